"""A passage is taken out of what has been published: by its own right, with a tombstone, and by no other way."""

import hashlib

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from wagtail.documents import get_document_model

from cms.certificates.enums import CertificateState
from cms.certificates.models import Certificate
from cms.certificates.queries import find_fetchable
from cms.core.immutability import drop_triggers, gate_opened, install_triggers
from cms.people.models import AuditEntry
from cms.versions.actions import AlreadyRedacted, NoSuchPassage, PublishingError, redact_passage
from cms.versions.models import Content, Fragment, Redaction
from cms.versions.queries import counts, text_of
from cms.versions.signals import passage_redacted
from guidelines.actions import publish_guideline
from guidelines.actions.papers import issue_document
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.documents import document
from guidelines.queries.drafts import outlook
from guidelines.queries.papers import document_facts
from tests.factories import GuidelinePageFactory, as_stream, body, text
from tests.test_guidelines import TODAY, edit

SECRET = "Elsa Exempel på Gatan 1"


@pytest.fixture
def paper(db):
    """Two versions with the same unfortunate passage; the second has another sentence too."""
    paper = GuidelinePageFactory()
    kept = body("Anmäl när du är orolig.", text(f"Så gick det för {SECRET}."))
    paper.body = as_stream(GuidelinePage, kept)
    paper.save_revision()
    publish_guideline(page=paper)
    draft = GuidelinePage.objects.get(pk=paper.pk).get_latest_revision_as_object()
    draft.summary = "Nu kortare."
    draft.save_revision()
    publish_guideline(page=GuidelinePage.objects.get(pk=paper.pk))
    return GuidelinePage.objects.get(pk=paper.pk)


def passage():
    return Fragment.objects.filter(text__contains="Elsa").first().sha256


def redact(**given):
    wanted = {"reason": "Namngav en person.", "redacted_by": None, "actor": None, **given}
    return redact_passage(**{"fragment_sha256": wanted.get("fragment_sha256") or passage(), **wanted})


def bytes_of_the_database():
    rows = [*Fragment.objects.values_list("html", "text"), *Content.objects.values_list("canonical")]
    return " ".join(" ".join(row) for row in rows)


def test_tombstone_stands_in_every_version_and_hashes_stay(paper, client):
    hashes = set(Content.objects.values_list("sha256", "html_sha256"))
    pieces = list(Fragment.objects.order_by("pk").values_list("sha256", flat=True))
    heard = []
    passage_redacted.connect(lambda redaction, contents, **kwargs: heard.append(contents), weak=False, dispatch_uid="t")
    try:
        redaction = redact()
    finally:
        passage_redacted.disconnect(dispatch_uid="t")
    assert SECRET not in bytes_of_the_database()
    assert set(Content.objects.values_list("sha256", "html_sha256")) == hashes
    assert list(Fragment.objects.order_by("pk").values_list("sha256", flat=True)) == pieces
    assert heard == [sorted(Content.objects.values_list("pk", flat=True))]
    for number in ("1.0", "1.1"):
        answer = client.get(f"/r/{paper.key}/v/{number}/").content.decode()
        assert SECRET not in answer
        assert "Skäl: Namngav en person." in answer
        assert "med de stycken som har tagits bort" in answer
        assert "Anmäl när du är orolig." in answer
    entry = AuditEntry.objects.get(action="passage_redacted")
    assert entry.object_key == redaction.fragment_sha256
    assert entry.details == {"reason": "Namngav en person.", "texts": 2}
    facts = document_facts(document(paper.key), GuidelineVersion.objects.get(minor=1), None, TODAY())
    assert SECRET not in str(facts)


def test_the_rest_of_the_canonical_text_is_as_it_was(paper):
    content = GuidelineVersion.objects.get(minor=0).content
    before = {part["key"]: part for part in content.parts["fragments"]}
    assert hashlib.sha256(content.canonical.encode()).hexdigest() == content.sha256
    redact()
    after = {part["key"]: part for part in Content.objects.get(pk=content.pk).parts["fragments"]}
    differing = [key for key in before if before[key] != after[key]]
    assert len(differing) == 1
    assert after[differing[0]]["data"]["redacted"]["reason"] == "Namngav en person."


def test_documents_that_hold_it_are_taken_back_and_a_new_one_is_made_without(paper):
    found = document(paper.key)
    assert found is not None
    old = issue_document(document=found, version=found.latest, audience=None, on=TODAY())
    assert SECRET in str(old.facts)
    assert find_fetchable(old.public_id, None, TODAY()) == old
    redact()
    assert Certificate.objects.get(pk=old.pk).state == CertificateState.REVOKED
    assert find_fetchable(old.public_id, None, TODAY()) is None
    new = issue_document(document=found, version=found.latest, audience=None, on=TODAY())
    assert SECRET not in str(new.facts)
    assert find_fetchable(new.public_id, None, TODAY()) == new


def test_file_in_the_passage_goes_with_it(paper, client):
    files = [
        get_document_model().objects.create(title=name, file=ContentFile(name.encode(), f"{name}.pdf"))
        for name in ("kvar", "borta")
    ]
    words = [text(f'Se <a linktype="document" id="{file.pk}">{file.title}</a>.') for file in files]
    publish_guideline(page=edit(paper, *words))
    kept, gone = (
        reverse("ledstang_versions:asset", args=[hashlib.sha256(name).hexdigest()]) for name in (b"kvar", b"borta")
    )
    assert client.get(gone).status_code == 200  # the twin: until the passage is taken out
    redact(fragment_sha256=Fragment.objects.get(text="Se borta.").sha256)
    assert (client.get(kept).status_code, client.get(gone).status_code) == (200, 404)


def test_nothing_is_left_to_review_in_it(paper, settings):
    settings.LEDSTANG_DEMO = False
    version = publish_guideline(page=edit(paper, "Ett.", text("Elsa igen.", review=("J",))))
    assert not counts(version)
    redact(fragment_sha256=Fragment.objects.get(text="Elsa igen.").sha256)
    assert counts(version)
    assert [piece.open_reviews for piece in text_of(version.content_id).pieces] == [(), ()]


def test_it_needs_a_reason_a_passage_and_is_done_once(paper):
    with pytest.raises(PublishingError):
        redact(reason=" ")
    with pytest.raises(NoSuchPassage):
        redact(fragment_sha256="0" * 64)
    sha256 = passage()
    redact()
    with pytest.raises(AlreadyRedacted):
        redact(fragment_sha256=sha256)


def test_draft_does_not_bring_it_back(paper):
    redact()
    draft = paper.get_latest_revision_as_object()
    draft.summary = "En ändring till."
    draft.save_revision()
    paper = GuidelinePage.objects.get(pk=paper.pk)
    assert any("tagits bort" in problem for problem in outlook(paper.get_latest_revision_as_object()).problems)
    with pytest.raises(AlreadyRedacted):
        publish_guideline(page=paper)
    assert publish_guideline(page=edit(paper)).number == "1.2"


# In the database


def change(model, pk, **values):
    with transaction.atomic():
        models.QuerySet(model).filter(pk=pk).update(**values)


@pytest.fixture
def gate():
    def open_for(row):
        return gate_opened(type(row), [row.pk])

    return open_for


def test_gate_alone_lets_no_text_change(paper, gate):
    piece = Fragment.objects.filter(text__contains="Elsa").first()
    for row, field in ((piece, "text"), (piece, "html"), (piece.content, "canonical")):
        with gate(row), pytest.raises(IntegrityError):
            change(type(row), row.pk, **{field: "Något annat."})


def test_log_and_gate_let_only_the_passage_change(paper, gate):
    sha256 = passage()
    redact()
    piece = Fragment.objects.filter(sha256=sha256).first()
    other = Fragment.objects.exclude(sha256=sha256).first()
    with pytest.raises(IntegrityError):  # the log without the gate
        change(Fragment, piece.pk, text="Något annat.")
    with gate(other), pytest.raises(IntegrityError):  # a passage that the log does not name
        change(Fragment, other.pk, text="Något annat.")
    for row, fields in ((piece, {"sha256": "0" * 64}), (piece, {"kind": "x"}), (piece.content, {"sha256": "0" * 64})):
        with gate(row), pytest.raises(IntegrityError):  # hashes, keys and the rest never
            change(type(row), row.pk, **fields)
    with gate(piece):
        change(Fragment, piece.pk, text="Borttaget.")


def test_twin_without_the_rule_the_gate_lets_anything_change(paper, gate, monkeypatch):
    monkeypatch.setattr(Fragment, "redactable", ())
    try:
        install_triggers()
        piece = Fragment.objects.first()
        with gate(piece):
            change(Fragment, piece.pk, sha256="0" * 64)
        assert Fragment.objects.filter(sha256="0" * 64).exists()
    finally:
        monkeypatch.undo()
        drop_triggers()
        install_triggers()


def test_redaction_itself_is_never_changed(paper):
    redaction = redact()
    with pytest.raises(IntegrityError):
        change(Redaction, redaction.pk, reason="Annat skäl")


# Who may


@pytest.mark.parametrize("may", [True, False])
def test_right_of_its_own(paper, cast, may):
    """The twin of `may`: without the right, editing and publishing give nothing."""
    user, address = cast.approver.user, reverse("guidelines_admin:redact", args=[paper.pk])
    if may:
        user.user_permissions.add(Permission.objects.get(codename="add_redaction"))
    client = cast.approver.client()
    form = {"passage": passage(), "reason": "Namngav en person.", "is_sure": "on"}
    assert (client.get(address).status_code == 200) == may
    refused = client.post(address, {**form, "is_sure": ""})
    assert ('<a href="#id_is_sure">' in refused.content.decode()) == may  # above all the passages
    assert not Redaction.objects.exists()
    client.post(address, form)
    assert Redaction.objects.exists() == may
    if may:
        redaction = Redaction.objects.get()
        assert (redaction.redacted_by, redaction.redacted_by_name) == (user, user.get_full_name())
        assert AuditEntry.objects.get(action="passage_redacted").actor == cast.approver.person
        shown = client.get(address).content.decode()
        assert SECRET not in shown
