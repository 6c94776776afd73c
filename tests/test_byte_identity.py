"""What was published stays the same to the byte, whatever happens to what it was made from.

Each change is also its own twin: the same page rendered live, as a site without frozen versions would show it, comes
out otherwise after the change.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.db import connection
from PIL import Image as Pillow
from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import AlterBlockValueOperation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Revision

from cms.versions.models import Citation, Content, Fragment, VersionAsset
from cms.versions.queries import sections_of
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion
from tests.factories import ContactFactory, GuidelinePageFactory, LegalReferenceFactory, UserFactory, heading, text
from tests.test_guidelines import edit
from tests.test_versions import block

pytestmark = pytest.mark.django_db


def png(colour: str) -> ImageFile:
    data = io.BytesIO()
    Pillow.new("RGB", (40, 30), colour).save(data, "PNG")
    return ImageFile(io.BytesIO(data.getvalue()), name="bild.png")


@dataclass
class Published:
    """A guideline with something of everything, published by somebody, and what it was made from."""

    version: GuidelineVersion
    image: Any
    owner: Any

    @property
    def stored(self) -> list[Any]:
        """Every byte that is kept of it, files included."""
        rows: list[Any] = [
            *Content.objects.values_list("pk", "sha256", "canonical", "html_sha256"),
            *Fragment.objects.values_list("pk", "position", "key", "kind", "audiences", "html", "text", "sha256"),
            *Citation.objects.order_by("pk").values_list("kind", "key", "anchor"),
        ]
        kept = GuidelineVersion.objects.get(pk=self.version.pk)
        said = (kept.number, kept.title, kept.sha256, kept.published_by_name, kept.approved_by_name, kept.revision_id)
        files = []
        for asset in VersionAsset.objects.order_by("pk"):
            with asset.file.open("rb") as file:
                files.append((asset.sha256, asset.media_type, asset.filename, file.read()))
        return [*rows, said, *files, [(one.anchor, one.html) for one in sections_of(kept.content_id)]]

    @property
    def live(self) -> object:
        """What the revision that was published would show today, and who would stand as its publisher."""
        revision = Revision.objects.filter(pk=self.version.revision_id).first()
        page = GuidelinePage.objects.filter(pk=revision.object_id).first() if revision else None
        if revision is None or page is None:
            return None
        who = revision.user.get_full_name() if revision.user else ""
        draft = revision.as_object().draft(strict=False)
        return who, [fragment.html for fragment in draft.fragments], sorted(draft.assets)


@pytest.fixture
def published() -> Published:
    LegalReferenceFactory(key="anmalan")
    ContactFactory(key="jour", open=True)
    owner = UserFactory(first_name="Erik", last_name="Ek")
    image = get_image_model().objects.create(title="Bild", file=png("#1f5a52"))
    document = get_document_model().objects.create(title="Blankett", file=ContentFile(b"%PDF-1.7", "blankett.pdf"))
    page = edit(
        GuidelinePageFactory(owner=owner),
        heading("Ansvar"),
        text(f'Enligt {{{{lag:anmalan}}}}, se <a linktype="document" id="{document.pk}">blanketten</a>.'),
        block("callout", tone="info", title="Tänk på", text="<p>Ring {{kontakt:jour}}.</p>"),
        block("picture", image=image.pk, alt="En bild", caption="Så går det till"),
        user=owner,
    )
    version = publish_guideline(page=page, published_by=owner)
    assert version is not None
    edit(page, "Nästa utkast.", user=owner)
    return Published(version, image, owner)


Patch = pytest.MonkeyPatch


def body_block(patch: Patch) -> Any:
    """The blocks of the guideline's text, a copy that can be changed until the test is over."""
    blocks = GuidelinePage._meta.get_field("body").stream_block
    patch.setattr(blocks, "child_blocks", {**blocks.child_blocks})
    return blocks


def remove_block_type(made: Published, patch: Patch) -> None:
    del body_block(patch).child_blocks["callout"]


def rename_field(made: Published, patch: Patch) -> None:
    callout = body_block(patch).child_blocks["callout"]
    renamed = {"words" if name == "text" else name: child for name, child in callout.child_blocks.items()}
    patch.setattr(callout, "child_blocks", renamed)


def migrate_stream_data(made: Published, patch: Patch) -> None:
    change = (AlterBlockValueOperation(new_value="Glöm inte"), "callout.title")
    migration = MigrateStreamData("guidelines", "GuidelinePage", "body", [change])
    migration.migrate_stream_data_forward(apps, SimpleNamespace(connection=connection))


def replace_image(made: Published, patch: Patch) -> None:
    made.image.file = png("#aa3311")
    made.image.save()
    made.image.renditions.all().delete()


def delete_image(made: Published, patch: Patch) -> None:
    made.image.delete()


def purge_revisions(made: Published, patch: Patch) -> None:
    call_command("purge_revisions", verbosity=0, stdout=io.StringIO())


def delete_page(made: Published, patch: Patch) -> None:
    Page.objects.get(pk=made.version.page_id).delete()


def delete_owner(made: Published, patch: Patch) -> None:
    made.owner.delete()


CHANGES: list[Callable[[Published, Patch], None]] = [
    remove_block_type,
    rename_field,
    migrate_stream_data,
    replace_image,
    delete_image,
    purge_revisions,
    delete_page,
    delete_owner,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_stored_bytes_stay_where_a_live_rendering_changes(published, monkeypatch, change):
    before, shown = published.stored, published.live
    assert shown == published.live, "a live rendering is the same until something happens"
    assert shown is not None
    change(published, monkeypatch)
    assert published.live != shown, "the twin: without frozen copies readers would have noticed"
    assert published.stored == before
