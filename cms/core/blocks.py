"""StreamField blocks shared by guidelines and courses. Each can be kept for some audiences only."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import VideoChooserBlock

from cms.core.enums import Audience, Competence, Tone

WORDS_IN_HALF_A_MINUTE = 110
RICH_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class AudienceBlock(blocks.MultipleChoiceBlock):
    """For whom a piece of text is. Empty: for all."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("choices", Audience.choices)
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Only for"))
        kwargs.setdefault("help_text", _("Leave empty for a text that everyone should read."))
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(**kwargs)


class ForWhom(blocks.BlockGroup):
    """What is said about a block, folded under what it says."""

    NAME = "for_whom"

    def __init__(self) -> None:
        super().__init__(["audiences", "review"], heading=self.NAME, icon="group", classname="collapsed")
        self.heading = _("For whom, and who reviews it")  # later than Wagtail's own, which asks for the words at once


class SectionBlock(blocks.StructBlock):
    """The base of every block: its audiences, and which experts have to review it."""

    audiences = AudienceBlock()
    review = blocks.MultipleChoiceBlock(
        choices=Competence.choices,
        required=False,
        label=_("Must be reviewed by"),
        help_text=_("The page shows it until an expert has signed."),
        widget=forms.CheckboxSelectMultiple,
    )

    def get_form_layout(self) -> blocks.BlockGroup:
        """First what the block says."""
        words = [name for name in self.child_blocks if name not in ("audiences", "review")]
        return blocks.BlockGroup([*words, ForWhom()])

    def render(self, value: Any, context: dict[str, Any] | None = None) -> str:
        """In the site's language: what is frozen must not depend on the language of an editor's admin."""
        with translation.override(settings.LANGUAGE_CODE):
            return super().render(value, context=context)  # type: ignore[no-any-return]


class HeadingBlock(SectionBlock):
    text = blocks.CharBlock(label=_("Heading"), max_length=200)
    level = blocks.ChoiceBlock(choices=[("2", _("Level 2")), ("3", _("Level 3"))], default="2", label=_("Level"))

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "ledstang_core/blocks/heading.html"


class TextBlock(SectionBlock):
    text = blocks.RichTextBlock(
        features=RICH_TEXT_FEATURES,
        label=_("Text"),
        help_text=_("Cite law and contacts by key: {{lag:orosanmalan}}, {{kontakt:socialjour}}."),
    )

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "ledstang_core/blocks/text.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=200)
    text = blocks.RichTextBlock(features=RICH_TEXT_FEATURES, required=False, label=_("Text"))
    audiences = AudienceBlock()


class StepsBlock(SectionBlock):
    """What to do, in order."""

    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "ledstang_core/blocks/steps.html"


class ResponsibilityBlock(blocks.StructBlock):
    role = blocks.CharBlock(label=_("Role"), max_length=200)
    duty = blocks.RichTextBlock(features=RICH_TEXT_FEATURES, label=_("Must"))
    audiences = AudienceBlock()


class ResponsibilityTableBlock(SectionBlock):
    """Who is responsible for what."""

    caption = blocks.CharBlock(required=False, label=_("Caption"), max_length=200)
    rows = blocks.ListBlock(ResponsibilityBlock(), min_num=1, label=_("Rows"))

    class Meta:
        icon = "group"
        label = _("Roles and responsibilities")
        template = "ledstang_core/blocks/responsibility_table.html"


class AgeSignsBlock(blocks.StructBlock):
    age = blocks.CharBlock(label=_("Age"), max_length=60)
    signs = blocks.RichTextBlock(features=RICH_TEXT_FEATURES, label=_("Look out for"))
    audiences = AudienceBlock()


class SignsTableBlock(SectionBlock):
    """Signs to look out for, by age."""

    caption = blocks.CharBlock(required=False, label=_("Caption"), max_length=200)
    rows = blocks.ListBlock(AgeSignsBlock(), min_num=1, label=_("Rows"))

    class Meta:
        icon = "table"
        label = _("Signs by age")
        template = "ledstang_core/blocks/signs_table.html"


class CalloutBlock(SectionBlock):
    tone = blocks.ChoiceBlock(choices=Tone.choices, default=Tone.INFO, label=_("Tone"))
    title = blocks.CharBlock(required=False, label=_("Heading"), max_length=200)
    text = blocks.RichTextBlock(features=RICH_TEXT_FEATURES, label=_("Text"))

    class Meta:
        icon = "warning"
        label = _("Call-out")
        template = "ledstang_core/blocks/callout.html"


class ChecklistBlock(SectionBlock):
    """A list to print and tick off on paper. Nothing that is ticked is stored."""

    title = blocks.CharBlock(label=_("Heading"), max_length=200)
    items = blocks.ListBlock(blocks.CharBlock(max_length=400), min_num=1, label=_("Points"))

    class Meta:
        icon = "tasks"
        label = _("Checklist")
        template = "ledstang_core/blocks/checklist.html"


class BriefBlock(SectionBlock):
    """What one must know, so short that it is read in half a minute."""

    title = blocks.CharBlock(required=False, max_length=200, label=_("Heading"))
    points = blocks.ListBlock(
        blocks.RichTextBlock(features=["bold", "italic", "link"], label=_("Point")),
        min_num=1,
        max_num=6,
        label=_("Points"),
    )

    class Meta:
        icon = "time"
        label = _("In 30 seconds")
        template = "ledstang_core/blocks/brief.html"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        words = sum(len(strip_tags(point.source).split()) for point in cleaned["points"])
        if words > WORDS_IN_HALF_A_MINUTE:
            raise blocks.StructBlockValidationError(
                non_block_errors=[
                    _("%(words)d words take longer than half a minute: keep to %(most)d.")
                    % {"words": words, "most": WORDS_IN_HALF_A_MINUTE}
                ]
            )
        return cleaned


class PictureBlock(SectionBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Alternative text"),
        help_text=_("What the picture shows, for those who do not see it. Empty only for decoration."),
    )
    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Image")
        template = "ledstang_core/blocks/picture.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """`assets` in the parent's context turns an image into the address of its frozen copy."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        assets = context.get("assets")
        context["asset"] = assets.add(value["image"]) if assets is not None and value.get("image") else None
        return context


class FoldBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=200)
    text = blocks.RichTextBlock(features=RICH_TEXT_FEATURES, label=_("Text"))
    audiences = AudienceBlock()


class AccordionBlock(SectionBlock):
    """Texts that are folded until the reader opens them: what not everybody needs. On paper they are all open."""

    items = blocks.ListBlock(FoldBlock(), min_num=1, label=_("Folded texts"))

    class Meta:
        icon = "collapse-down"
        label = _("Accordion")
        template = "ledstang_core/blocks/accordion.html"


class DocumentBlock(SectionBlock):
    """A file to fetch, frozen by hash, with what kind it is and how large."""

    title = blocks.CharBlock(label=_("What the file is called"), max_length=200)
    document = DocumentChooserBlock(label=_("File"))
    text = blocks.CharBlock(required=False, max_length=400, label=_("What it is for"))

    class Meta:
        icon = "doc-full"
        label = _("Document to fetch")
        template = "ledstang_core/blocks/document.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The frozen copy's address where `assets` collects files, its type and its size."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        assets, document = context.get("assets"), value.get("document")
        if assets is None or document is None:
            return context
        asset = assets.add_document(document)
        kind = Path(asset.filename).suffix.lstrip(".").upper()
        return {**context, "asset": asset, "kind": kind, "size": filesizeformat(len(asset.data))}


CAPTION_LANGUAGES = [("sv", "svenska"), ("en", "English"), ("ar", "العربية"), ("fi", "suomi"), ("so", "Soomaali")]


class CaptionsBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(choices=CAPTION_LANGUAGES, default="sv", label=_("Language"))
    file = DocumentChooserBlock(label=_("Captions as WebVTT (.vtt)"))


class VideoBlock(SectionBlock):
    """A video that never starts by itself. Swedish captions and a transcript are needed before it can be published."""

    title = blocks.CharBlock(label=_("Heading"), max_length=200)
    video = VideoChooserBlock(label=_("Video"))
    poster = ImageChooserBlock(required=False, label=_("Picture before it starts"))
    tracks = blocks.ListBlock(CaptionsBlock(), default=[], label=_("Captions"))
    transcript = blocks.RichTextBlock(
        features=["bold", "italic", "ol", "ul"],
        required=False,
        label=_("The video as text"),
        help_text=_("All that is said, and what one must see to follow. Needed before the video can be published."),
    )

    class Meta:
        icon = "wagtailmedia-video"
        label = _("Video")
        template = "ledstang_core/blocks/video.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The frozen copies' addresses where `assets` collects files; whole minutes, at least one."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        assets, video = context.get("assets"), value.get("video")
        if assets is None or video is None:
            return context
        labels = dict(CAPTION_LANGUAGES)
        tracks = [
            {
                "language": track["language"],
                "label": labels.get(track["language"], track["language"]),
                "asset": assets.add_document(track["file"]),
                "is_default": index == 0,
            }
            for index, track in enumerate(track for track in value["tracks"] if track["file"])
        ]
        poster = assets.add(value["poster"]) if value.get("poster") else None
        minutes = max(1, round(video.duration / 60)) if video.duration else None
        return {**context, "asset": assets.add_video(video), "tracks": tracks, "poster": poster, "minutes": minutes}


def section_blocks() -> list[tuple[str, blocks.Block]]:
    """Fresh instances of the blocks that need no register."""
    return [
        ("brief", BriefBlock()),
        ("heading", HeadingBlock()),
        ("text", TextBlock()),
        ("steps", StepsBlock()),
        ("responsibilities", ResponsibilityTableBlock()),
        ("signs", SignsTableBlock()),
        ("callout", CalloutBlock()),
        ("checklist", ChecklistBlock()),
        ("picture", PictureBlock()),
        ("accordion", AccordionBlock()),
        ("document", DocumentBlock()),
        ("video", VideoBlock()),
    ]
