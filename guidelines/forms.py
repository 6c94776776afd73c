"""What readers send, and what editors decide when they publish or withdraw."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.enums import Audience
from cms.core.widgets import DayInput
from cms.versions.enums import Change, NoticeTone
from guidelines.enums import FlagReason, GuidelineKind
from guidelines.grading import Question
from guidelines.models import GuidelineVersion


class AcknowledgeForm(forms.Form):
    """Bound to the version on the screen, by its public id, with the control questions of that version."""

    version = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Sequence[Question] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question.key] = _answer_to(question)

    @property
    def answers(self) -> dict[str, list[str]]:
        """The keys of the picked choices, by question."""
        picked = {question.key: self.cleaned_data[question.key] for question in self.questions}
        return {key: [keys] if isinstance(keys, str) else keys for key, keys in picked.items()}

    def point_out(self, wrong: Iterable[Question]) -> None:
        """Say which answers are wrong, not how."""
        for question in wrong:
            self.add_error(question.key, _("This is not right. Read again, and answer once more."))


def _answer_to(question: Question) -> forms.Field:
    settings: dict[str, Any] = {
        "label": question.text,
        "choices": [(choice.key, choice.text) for choice in question.choices],
        "error_messages": {"required": _("Answer this question.")},
    }
    if question.has_several:
        help_text = _("Several are right.")
        return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, help_text=help_text, **settings)
    return forms.ChoiceField(widget=forms.RadioSelect, **settings)


class FlagForm(forms.Form):
    """Which section of the version on the screen, and what is the matter with it. No words of one's own."""

    version = forms.UUIDField(widget=forms.HiddenInput)
    section = forms.CharField(max_length=64)
    reason = forms.ChoiceField(choices=FlagReason)


class DayForm(forms.Form):
    """Which day a reader asks about."""

    datum = forms.DateField(
        label=pgettext_lazy("point in time", "Day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "ds-input"}),
        error_messages={"invalid": _("Write the day as 2026-03-01."), "required": _("Choose a day.")},
    )

    def clean_datum(self) -> date:
        day: date = self.cleaned_data["datum"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies ahead: what will apply then can still change."))
        return day


class SearchForm(forms.Form):
    """What a reader searches for, and where."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "class": "ds-input"}),
        error_messages={"required": _("Write a word to search for.")},
    )
    lasning = forms.ChoiceField(label=_("Reading for"), required=False)
    slag = forms.ChoiceField(label=pgettext_lazy("search", "Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every, choices in (
            ("lasning", _("Everyone"), Audience.choices),
            ("slag", pgettext_lazy("search", "All kinds"), GuidelineKind.choices),
        ):
            field: Any = self.fields[name]
            field.choices = [("", every), *choices]
            field.widget.attrs["class"] = "ds-input"


class PairForm(forms.Form):
    """Which two versions of a guideline a reader compares, by their numbers."""

    fran = forms.ChoiceField(label=pgettext_lazy("comparison", "From version"))
    till = forms.ChoiceField(label=pgettext_lazy("comparison", "To version"))

    def __init__(self, *args: Any, versions: tuple[GuidelineVersion, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.number: version for version in versions}
        for name in ("fran", "till"):
            field: Any = self.fields[name]
            field.choices = [(v.number, f"{v.number}, {v.effective_on.isoformat()}") for v in versions]
            field.widget.attrs["class"] = "ds-input"

    @property
    def pair(self) -> tuple[GuidelineVersion, GuidelineVersion]:
        return self.versions[self.cleaned_data["fran"]], self.versions[self.cleaned_data["till"]]


class PlanForm(forms.Form):
    """How a changed draft is published. Without a `latest` version, what only later versions need is left out."""

    change = forms.ChoiceField(label=_("What kind of change is it?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What has changed?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Readers see this in the list of versions. Required for a substantive change."),
    )
    effective_on = forms.DateField(label=_("Applies from"), widget=DayInput)
    redo_by = forms.DateField(
        label=_("To be read again by"),
        required=False,
        widget=DayInput,
        help_text=_("Only for a substantive change. Empty: 30 days after it applies."),
    )

    override_reason = forms.CharField(
        label=_("Why is it published without the review?"),
        required=False,
        max_length=300,
        help_text=_("Only administrators see this. What you write is kept in the log, with your account. No names."),
    )
    looked_at = forms.BooleanField(
        label=_("I have looked at the remarks above, and the text can be published as it is"),
        error_messages={"required": _("Look at the remarks first, and say so here.")},
    )

    def __init__(
        self,
        *args: Any,
        latest: GuidelineVersion | None,
        earliest: date,
        has_remarks: bool = False,
        may_override: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, is_asked in (("looked_at", has_remarks), ("override_reason", may_override)):
            if not is_asked:
                del self.fields[name]
        self.fields["effective_on"].initial = earliest
        if latest is None:
            for name in ("change", "redo_by"):
                del self.fields[name]
            self.fields["note"].help_text = _("Readers see this in the list of versions.")
            return
        change: Any = self.fields["change"]
        change.choices = self.changes_after(latest)
        self.fields["effective_on"].help_text = _("%(day)s at the earliest.") % {"day": earliest.isoformat()}

    def changes_after(self, latest: GuidelineVersion) -> list[tuple[str, str]]:
        """What the editor chooses between, each with the number it leads to."""
        editorial = _("Editorial, %(number)s: same meaning, better words. Earlier acknowledgements still count.")
        substantive = _("Substantive, %(number)s: something new to know or to do. It must be read again.")
        return [
            (Change.EDITORIAL, editorial % {"number": f"{latest.major}.{latest.minor + 1}"}),
            (Change.SUBSTANTIVE, substantive % {"number": f"{latest.major + 1}.0"}),
        ]

    def clean(self) -> dict[str, Any]:
        """The action asks for the note too; here it is said together with what else is lacking."""
        if self.cleaned_data.get("change") == Change.SUBSTANTIVE and not self.cleaned_data.get("note"):
            self.add_error("note", _("A substantive change needs a note on what has changed."))
        return self.cleaned_data

    @property
    def decision(self) -> dict[str, Any]:
        """What the action takes."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "looked_at"}
        return {"change": Change.SUBSTANTIVE, **asked}


class WithdrawForm(forms.Form):
    """Why a guideline is taken out of use, from when, and what applies instead."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=300,
        help_text=_("Readers who come to its address see this."),
    )
    on = forms.DateField(label=pgettext_lazy("withdrawal", "From"), widget=DayInput)
    successor = forms.ChoiceField(label=_("What applies instead?"), required=False)

    def __init__(self, *args: Any, others: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successor: Any = self.fields["successor"]
        successor.choices = [("", pgettext_lazy("successor", "Nothing")), *others]


class NoticeForm(forms.Form):
    """What readers must know now, on top of a frozen text."""

    tone = forms.ChoiceField(label=_("How grave is it?"), choices=NoticeTone, widget=forms.RadioSelect, initial="info")
    text = forms.CharField(
        label=_("What must readers know?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown at the top of every version at once, with today's date."),
    )


class RedactForm(forms.Form):
    """Which passage is taken out of all versions, and why."""

    passage = forms.ChoiceField(label=_("Which passage?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why is it taken out?"),
        max_length=300,
        help_text=_("Readers see this in its place, with the day. Do not repeat what is taken out."),
    )
    is_sure = forms.BooleanField(
        label=_("I know that it cannot be undone"),
        error_messages={"required": _("Say that you know that it cannot be undone.")},
    )

    def __init__(self, *args: Any, passages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passage: Any = self.fields["passage"]
        passage.choices = passages
