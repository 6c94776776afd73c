"""Requirements and their rules, as HR writes them."""

from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.compliance.due import Deadline, Span, Validity
from cms.compliance.models import RequirementRule, Target
from cms.compliance.standing import Audience
from cms.compliance.wording import RuleInWords
from cms.people.enums import OrgUnitKind
from cms.people.models import OrgUnit, Role
from cms.people.queries import org_tree

LONGEST_DUE = 1830
LEAP_YEAR = 2000


class RuleForm(forms.Form):
    """How a requirement reads from a day on."""

    effective_on = forms.DateField(
        label=_("Applies from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today or later: what applied before stays as it was."),
    )
    org_units = forms.TypedMultipleChoiceField(
        label=_("Where"), required=False, coerce=int,
        widget=forms.SelectMultiple(attrs={"size": 10, "class": "w-w-full"}),
        help_text=_("The org unit and everything below it. Nothing chosen: everywhere."),
    )  # fmt: skip
    org_unit_kinds = forms.MultipleChoiceField(
        label=_("Kinds of workplace"), required=False, choices=OrgUnitKind.choices,
        widget=forms.CheckboxSelectMultiple, help_text=_("Nothing chosen: all kinds."),
    )  # fmt: skip
    roles = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("employment", "Roles"), required=False, queryset=Role.objects.all(),
        widget=forms.CheckboxSelectMultiple, help_text=_("Nothing chosen: all roles."),
    )  # fmt: skip
    due_days = forms.IntegerField(
        label=_("Days from being employed"), required=False, min_value=0, max_value=LONGEST_DUE,
        help_text=_("Leave pauses the clock."),
    )  # fmt: skip
    due_on = forms.DateField(
        label=_("Or by a day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("With days as well, those who come later have that many days."),
    )  # fmt: skip
    validity_months = forms.IntegerField(
        label=_("To be done again within months"), required=False, min_value=1, max_value=600,
        help_text=_("12 is every year, 24 every other year. Empty: once is enough."),
    )  # fmt: skip
    yearly_day = forms.IntegerField(label=_("Or every year by the day"), required=False, min_value=1, max_value=31)
    yearly_month = forms.TypedChoiceField(
        label=pgettext_lazy("yearly", "and month"), required=False, coerce=int, empty_value=None,
        choices=[("", "–"), *MONTHS.items()],
    )  # fmt: skip
    prior_months = forms.IntegerField(
        label=_("Prior learning counts if at most this many months old"), required=False, min_value=0, max_value=600,
        help_text=_("Counted from the day the rule begins to apply to somebody. Empty: however old."),
    )  # fmt: skip
    alternatives = forms.ModelMultipleChoiceField(
        label=_("Also met by"), required=False, queryset=Target.objects.filter(is_withdrawn=False),
        widget=forms.CheckboxSelectMultiple, help_text=_("Whoever has done one of these need not do what is required."),
    )  # fmt: skip
    window_days = forms.IntegerField(
        label=_("Days before it expires when it can be renewed"), min_value=0, max_value=365, initial=90
    )

    def __init__(self, *args: Any, required: Target | None = None, **kwargs: Any) -> None:
        """`required` is what the requirement is of; it is no alternative to itself."""
        super().__init__(*args, **kwargs)
        if required is not None:
            others = self.fields["alternatives"]
            others.queryset = others.queryset.exclude(pk=required.pk)  # type: ignore[attr-defined]
        self.tree = org_tree(timezone.localdate())
        self.fields["org_units"].choices = self.tree.indented()  # type: ignore[attr-defined]
        self.fields["effective_on"].initial = timezone.localdate()

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields in the order of the sentence that they make: what, who, by when, again, and what else counts."""
        groups = (
            (pgettext_lazy("rule", "What, and from when"), ("target", "name", "effective_on")),
            (pgettext_lazy("rule", "Who"), ("org_units", "org_unit_kinds", "roles")),
            (pgettext_lazy("rule", "By when"), ("due_days", "due_on")),
            (pgettext_lazy("rule", "Again"), ("validity_months", "yearly_day", "yearly_month", "window_days")),
            (pgettext_lazy("rule", "What else counts"), ("prior_months", "alternatives")),
        )
        return [(label, [self[name] for name in names if name in self.fields]) for label, names in groups]

    def lead_to_fault(self) -> None:
        """The first field that is wrong gets focus, so that the page opens there."""
        name = next((name for name in self.fields if name in self.errors), None)
        if name:
            self.fields[name].widget.attrs["autofocus"] = True

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("A rule can apply from today at the earliest."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (
            data.get("due_days") is None
            and data.get("due_on") is None
            and not {"due_days", "due_on"} & set(self.errors)
        ):
            self.add_error("due_days", _("Say within how many days, or by which day."))
        if data.get("due_on") and data.get("effective_on") and data["due_on"] < data["effective_on"]:
            self.add_error("due_on", _("The day lies before the rule applies."))
        self._check_repetition(data)
        return data

    def _check_repetition(self, data: dict[str, Any]) -> None:
        day, month = data.get("yearly_day"), data.get("yearly_month")
        if (day is None) != (month is None):
            self.add_error("yearly_day", _("Give both the day and the month."))
        elif day is not None and month is not None and day > monthrange(LEAP_YEAR, month)[1]:
            self.add_error("yearly_day", _("The month has no such day."))
        if data.get("validity_months") and day is not None:
            self.add_error("validity_months", _("Choose either months or a day of the year."))

    @property
    def rule(self) -> dict[str, Any]:
        """What `set_rule` takes."""
        data = dict(self.cleaned_data)
        data["org_units"] = OrgUnit.objects.filter(pk__in=data["org_units"])
        data["roles"], data["alternatives"] = list(data["roles"]), list(data["alternatives"])
        return {name: data[name] for name in RuleForm.base_fields}

    @property
    def audience(self) -> Audience:
        """On whom the rule would fall, in today's organisation."""
        data = self.cleaned_data
        return Audience(
            span=Span(date.min),
            org_units=self.tree.union_of_subtrees(data["org_units"]) if data["org_units"] else None,
            kinds=frozenset(data["org_unit_kinds"]),
            roles=frozenset(role.pk for role in data["roles"]),
        )

    def in_words(self, target: Target) -> RuleInWords:
        data = self.cleaned_data
        yearly = (data["yearly_month"], data["yearly_day"]) if data["yearly_day"] else None
        return RuleInWords(
            target=target.title,
            effective_on=data["effective_on"],
            deadline=Deadline(days=data["due_days"], on=data["due_on"]),
            validity=Validity(months=data["validity_months"], yearly=yearly),
            window_days=data["window_days"],
            places=tuple(self.tree.nodes[unit].name for unit in data["org_units"]),
            kinds=tuple(str(OrgUnitKind(kind).label) for kind in data["org_unit_kinds"]),
            roles=tuple(role.name for role in data["roles"]),
            others=tuple(other.title for other in data["alternatives"] if other != target),
            prior_months=data["prior_months"],
        )


class RequirementForm(RuleForm):
    """A new requirement with its first rule."""

    target = forms.ModelChoiceField(
        label=_("What is required"),
        queryset=Target.objects.filter(is_withdrawn=False),
        empty_label="–",
        widget=forms.Select(attrs={"class": "w-w-full"}),
    )
    name = forms.CharField(
        label=_("Name of the requirement"), max_length=200, required=False, help_text=_("Empty: the same as above.")
    )
    field_order = ("target", "name")


def initial_of(rule: RequirementRule) -> dict[str, Any]:
    """A rule as the first values of a form for the next one."""
    return {
        "org_units": [row.org_unit_id for row in rule.org_unit_rows.all()],
        "org_unit_kinds": rule.org_unit_kinds,
        "roles": [row.role_id for row in rule.role_rows.all()],
        "due_days": rule.due_days,
        "due_on": rule.due_on,
        "validity_months": rule.validity_months,
        "yearly_day": rule.yearly_day,
        "yearly_month": rule.yearly_month,
        "window_days": rule.window_days,
        "prior_months": rule.prior_months,
        "alternatives": [row.target_id for row in rule.target_rows.all()],
    }
