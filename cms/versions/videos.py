"""What a video needs before anybody may be shown it: words for those who do not hear, and for those who do not see."""

from collections.abc import Iterator

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from cms.core.captions import Fault, fault_in
from cms.versions.freezing import Draft, DraftFragment

VIDEO = "video"
LANGUAGE = "sv"


def video_problems(draft: Draft) -> Iterator[str]:
    """What the videos of a draft lack, each named by its title."""
    for fragment in draft.fragments:
        if fragment.kind == VIDEO:
            for problem in _problems(fragment, draft):
                yield _("the video “%(title)s” %(problem)s") % {
                    "title": fragment.data["title"] or "–",
                    "problem": problem,
                }


def _problems(fragment: DraftFragment, draft: Draft) -> Iterator[str]:
    data = fragment.data
    video = draft.assets.get(data["video"] or "")
    if video is None or not video.media_type.startswith("video/"):
        yield _("has no file that browsers play")
    tracks = [(track["language"], draft.assets.get(track["file"] or "")) for track in data["tracks"]]
    faults = [(language, fault_in(file.data) if file else Fault.EMPTY) for language, file in tracks]
    for language, fault in faults:
        if fault is not None:
            yield _("has captions (%(language)s) that are not right: %(fault)s") % {
                "language": language,
                "fault": _fault_words()[fault],
            }
    if LANGUAGE not in [language for language, _fault in faults]:
        yield _("has no Swedish captions")
    if not strip_tags(data["transcript"]).strip():
        yield _("has no transcript")


def _fault_words() -> dict[Fault, str]:
    return {
        Fault.ENCODING: _("the file is not text in UTF-8"),
        Fault.SIGNATURE: _("the file does not begin with WEBVTT"),
        Fault.TIMING: _("a caption has no right time"),
        Fault.ORDER: _("the times are not in order"),
        Fault.EMPTY: _("there are no words in it"),
    }
