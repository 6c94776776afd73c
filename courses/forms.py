"""What people post: learners their answers and the reading they choose, editors how a version is cut."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.enums import Audience
from cms.core.widgets import DayInput
from cms.versions.enums import Change
from courses.enums import Agreement, Matter
from courses.models import LearningPathVersion
from courses.queries.drafts import Gathered
from courses.queries.parcels import MOST_BYTES

ASKED = "fragor"  # the questions a form shows, also those left unanswered
ANSWER = "svar-"
ATTEMPT = "forsok"
EVERYTHING = "allt"
READINGS = [*Audience.choices, (EVERYTHING, _("Somewhere else: show everything"))]
LONG_AGO = timedelta(days=366)
PATH, CHOSEN = "vag", "val"
MOST_QUESTIONS, MOST_CHOICES, LONGEST = 200, 50, 64


def answers_in(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The answers of a posted form, or of a kept one, by question key. A shown question without one is empty."""
    read = data if isinstance(data, MultiValueDict) else MultiValueDict({k: list(v) for k, v in data.items()})
    answers = {}
    for key in read.getlist(ASKED)[:MOST_QUESTIONS]:
        if _is_key(key):
            answers[key] = [value[:LONGEST] for value in read.getlist(ANSWER + key)[:MOST_CHOICES]]
    return answers


def path_in(data: MultiValueDict[str, Any]) -> tuple[str, ...]:
    """The choices of a scenario that a form posts: those before, and the one that was just made."""
    return (*data.getlist(PATH), *data.getlist(CHOSEN)[:1])


def _is_key(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


class AttemptForm(forms.Form):
    """Which attempt a page of questions belongs to."""

    forsok = forms.IntegerField(min_value=1, max_value=10_000)


class EnrollForm(forms.Form):
    """Begin a course in a reading. `varv` is the cycle that the button was shown for: an old page begins none anew."""

    lasning = forms.ChoiceField(
        choices=READINGS,
        widget=forms.RadioSelect,
        label=_("Where do you work?"),
        help_text=_("Texts and questions are chosen by it. You cannot change it in the middle of the course."),
    )
    varv = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)

    @property
    def audience(self) -> str:
        """The chosen reading; empty for everything."""
        chosen: str = self.cleaned_data["lasning"]
        return "" if chosen == EVERYTHING else chosen


class MoveForm(forms.Form):
    """The version that the learner was shown."""

    version = forms.UUIDField()


class CutForm(forms.Form):
    """How a version is cut: what kind of change it is, from when, and with which units."""

    change = forms.ChoiceField(
        choices=[
            (Change.EDITORIAL, Change.EDITORIAL.label),
            (Change.REDO_UNITS, _("Redo the changed units: what has not changed still counts")),
            (Change.SUBSTANTIVE, Change.SUBSTANTIVE.label),
        ],
        widget=forms.RadioSelect,
        label=_("What kind of change is it?"),
    )
    note = forms.CharField(
        label=_("What has changed?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("Learners see it. Needed when something must be done again by a day."),
    )
    effective_on = forms.DateField(label=_("Applies from"), widget=DayInput, initial=timezone.localdate)
    redo_by = forms.DateField(
        label=_("To be done again by"),
        widget=DayInput,
        required=False,
        help_text=_(
            "Needed when everyone must do the course again. With changed units: then those who have completed the "
            "course redo them too. Until that day what they have done still counts."
        ),
    )
    units = forms.MultipleChoiceField(label=pgettext_lazy("courses", "Units"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, gathered: Gathered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (str(unit.key), unit.title) for unit in gathered.units if unit.page is not None
        ]
        if gathered.latest is None:
            for name in ("change", "redo_by", "note"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("change") not in (Change.SUBSTANTIVE, Change.REDO_UNITS):
            data["redo_by"] = None
            return data
        if data["change"] == Change.REDO_UNITS and not data.get("redo_by"):
            return data
        if not data.get("redo_by") and "redo_by" not in self.errors:
            self.add_error("redo_by", _("Say by which day everyone must have done the course again."))
        if not (data.get("note") or "").strip():
            self.add_error("note", _("Say what has changed, so that people know why they do it again."))
        return data

    def clean_effective_on(self) -> Any:
        effective_on = self.cleaned_data["effective_on"]
        if effective_on < timezone.localdate():
            raise forms.ValidationError(_("The day has passed. A version applies from today at the earliest."))
        return effective_on


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the course withdrawn?"),
        max_length=300,
        help_text=_("Everyone who comes to the course's address reads it, also those in the middle of the course."),
    )


class TalkForm(forms.Form):
    """A supervisor's talk was held. No free text: there is no place for what was said. `key` makes it count once."""

    vag = forms.ChoiceField(label=pgettext_lazy("talk", "Learning path"))
    dag = forms.DateField(
        label=pgettext_lazy("talk", "Held on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data: Any = None, *, paths: Iterable[LearningPathVersion], **kwargs: Any) -> None:
        super().__init__(data, auto_id="talk_%s", **kwargs)  # the page of follow-up has another day
        self.fields["vag"].choices = [(str(path.key), path.title) for path in paths]  # type: ignore[attr-defined]

    def clean_dag(self) -> Any:
        day = self.cleaned_data["dag"]
        if not timezone.localdate() - LONG_AGO <= day <= timezone.localdate():
            raise forms.ValidationError(_("The day cannot lie ahead, nor more than a year ago. Check the year."))
        return day


class ParcelForm(forms.Form):
    """A course as a file."""

    fil = forms.FileField(
        label=_("The file"),
        help_text=_(
            "A ZIP that was fetched from a course. It becomes a draft, which nobody sees until it is published."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
    )

    def clean_fil(self) -> Any:
        file = self.cleaned_data["fil"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return file


class EvaluationForm(forms.Form):
    """Three questions about a course, each with one answer. No free text: there is no place for a name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for matter in Matter:
            self.fields[str(matter)] = forms.ChoiceField(
                choices=Agreement.choices,
                widget=forms.RadioSelect,
                label=matter.label,
                error_messages={"required": _("Choose how far you agree.")},
            )

    @property
    def answers(self) -> dict[Matter, Agreement]:
        return {matter: Agreement(self.cleaned_data[str(matter)]) for matter in Matter}


class WithdrawUnitForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is the unit withdrawn?"),
        max_length=300,
        help_text=_(
            "It is kept with the version. The unit is gone from the course at once, and whoever opens it is told so."
        ),
    )
