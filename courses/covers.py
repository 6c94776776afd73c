"""The drawings over courses. One family: stairs, ways and a rail to hold. Pure.

Drawn in the colours of the page, so they are right in light, dark and on paper. They say nothing: hidden from those who
listen. An editor may choose one; otherwise it follows from the course's lasting key.
"""

from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from courses.enums import Cover

# In a box of 320 × 120. Classes: `t` is a tinted shape, `r` the rail; what has none is a line.
COVERS = {
    Cover.STAIRS: (
        '<path class="t" d="M24 120v-16h56V84h56V64h56V44h56V24h72v96z"/><path d="M0 104h80V84h56V64h56V44h56V24h72"/>'
        '<path d="M52 104V62M108 84V42M164 64V22"/><path class="r" d="M24 72 198 10h20"/>'
    ),
    Cover.TALK: (
        '<path class="t" d="M176 40h88a10 10 0 0 1 10 10v26a10 10 0 0 1-10 10h-10v16l-18-16h-60a10 10 0 0 1-10-10V50'
        'a10 10 0 0 1 10-10z"/>'
        '<path d="M56 20h92a10 10 0 0 1 10 10v30a10 10 0 0 1-10 10H90L72 86V70H56a10 10 0 0 1-10-10V30'
        'a10 10 0 0 1 10-10z"/><path d="M66 38h68M66 52h44"/><path class="r" d="M0 108h320"/>'
    ),
    Cover.DOOR: (
        '<path class="t" d="M134 104h52l52 16H98z"/><path d="M134 104V18h52v86M134 18l-28 8v92l28-14"/>'
        '<path d="M115 66v8"/>'
        '<path d="M0 104h106M186 104h134"/><path class="r" d="M206 104V62h114M262 62v42"/>'
    ),
    Cover.LAMP: (
        '<path class="t" d="m170 34 74 70H96z"/>'
        '<path d="M230 104V20a14 14 0 0 0-14-14h-34a12 12 0 0 0-12 12v8M156 34h28"/>'
        '<path d="M0 104h320"/><path class="r" d="M0 78h84M24 78v26M60 78v26"/>'
    ),
    Cover.BRIDGE: (
        '<path class="t" d="M0 76h320v44h-44c0-30-84-30-84 0h-64c0-30-84-30-84 0H0z"/>'
        '<path d="M0 76h320M44 120c0-30 84-30 84 0'
        'M192 120c0-30 84-30 84 0"/><path d="M32 76V50M96 76V50M160 76V50M224 76V50M288 76V50"/>'
        '<path class="r" d="M0 50h320"/>'
    ),
    Cover.HILLS: (
        '<path class="t" d="M0 96c60-44 112-44 164-8 54-38 106-36 156-6v38H0z"/>'
        '<path d="M0 96c60-44 112-44 164-8m0 0c54-38 106'
        '-36 156-6"/><circle cx="244" cy="30" r="14"/><path class="r" d="M118 120c40-14 70-16 52-26-12-6 12-10 26-18"/>'
    ),
    Cover.TREE: (
        '<path class="t" d="M128 62a36 36 0 1 1 70-12 26 26 0 1 1-8 48h-60a24 24 0 0 1-2-36z"/>'
        '<path d="M164 106V58m0 26 20-16m'
        '-20 6-14-12"/><path d="M0 106h320"/><path class="r" d="M222 106V86h72v20M222 86V68h72v18"/>'
    ),
}


def cover_of(key: UUID, chosen: str = "") -> Cover:
    """The drawing that was chosen, or the one that this key always gets."""
    return Cover(chosen) if chosen in COVERS else list(COVERS)[key.int % len(COVERS)]


def drawing(cover: Cover) -> SafeString:
    return format_html(
        '<svg class="lc-cover" viewBox="0 0 320 120" width="320" height="120" preserveAspectRatio="xMidYMid slice"'
        ' fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(COVERS[cover]),
    )
