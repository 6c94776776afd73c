"""What HR administrators enter: files to import, words to map, rights to give."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.tables import LARGEST
from cms.people.enums import OrgUnitKind, Right
from cms.people.models import KindMapping, OrgUnit, Role, RoleMapping
from cms.people.queries import org_tree
from cms.people.roster.sheets import File
from cms.people.roster.sources import FILES, named_sources

NEW = 0  # among the choices of a word: no role of ours has it as its key


class UploadForm(forms.Form):
    """Files of one source, or a source that is asked over the net."""

    source = forms.ChoiceField(label=_("Where it comes from"))
    staff = forms.FileField(
        label=_("Staff, or a workbook with both tables"),
        required=False,
        help_text=_("CSV or XLSX, a row for each employment."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    units = forms.FileField(
        label=_("Org units"),
        required=False,
        help_text=_("CSV or XLSX, a row for each org unit. Not needed if nothing has changed."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    is_whole = forms.BooleanField(
        label=_("It holds everybody and everything"),
        required=False,
        initial=True,
        help_text=_("Whoever is not in it has left, and an org unit that is not in it has closed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(name, one.label) for name, one in named_sources().items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        source = named_sources().get(data.get("source", ""))
        given = [data[name] for name in ("units", "staff") if data.get(name)]
        if source is not None and source.kind == FILES and not given and not self.errors:
            self.add_error("staff", _("Choose a file."))
        for upload in given:
            if upload.size > LARGEST:
                self.add_error(None, _("The file is too large."))
        return data

    @property
    def uploads(self) -> list[File]:
        given = [self.cleaned_data[name] for name in ("units", "staff") if self.cleaned_data.get(name)]
        return [File(upload.name, upload.read()) for upload in given]


class ConfirmForm(forms.Form):
    digest = forms.CharField(widget=forms.HiddenInput)
    accepts_removals = forms.BooleanField(label=_("Yes, so many have left"), required=False)


class WordsForm(forms.Form):
    """A choice for each word of the sources: which role, which kind of org unit."""

    def __init__(
        self, *args: Any, roles: Iterable[RoleMapping] = (), kinds: Iterable[KindMapping] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {f"role-{row.pk}": row for row in roles}
        self.kinds = {f"kind-{row.pk}": row for row in kinds}
        own = list(Role.objects.values_list("pk", "name"))
        for name, row in self.roles.items():
            new = [] if row.role_id else [(NEW, _("A new role with this name"))]
            self.fields[name] = forms.TypedChoiceField(
                label=row.value,
                choices=[("", pgettext_lazy("mapping", "Not mapped")), *new, *own],
                required=False,
                initial=row.role_id or "",
                coerce=int,
                empty_value=None,
            )
        for name, mapped in self.kinds.items():
            self.fields[name] = forms.ChoiceField(
                label=mapped.value,
                choices=[("", pgettext_lazy("mapping", "Not mapped")), *OrgUnitKind.choices],
                required=False,
                initial=mapped.kind,
            )

    @property
    def changed_roles(self) -> dict[int, int | None]:
        return {
            row.pk: self.cleaned_data[name]
            for name, row in self.roles.items()
            if self.cleaned_data[name] not in (row.role_id, NEW)
        }

    @property
    def new_roles(self) -> list[int]:
        """The words that are to be roles of our own, by their mappings' ids."""
        return [row.pk for name, row in self.roles.items() if self.cleaned_data[name] == NEW]

    @property
    def changed_kinds(self) -> dict[int, str]:
        return {
            row.pk: self.cleaned_data[name] for name, row in self.kinds.items() if self.cleaned_data[name] != row.kind
        }


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget, **kwargs)


class ScopeForm(forms.Form):
    """A right over an org unit and everything below it."""

    right = forms.ChoiceField(
        label=pgettext_lazy("scope", "Right"), choices=Right.choices, widget=forms.RadioSelect, initial=Right.HEAD
    )
    org_unit = forms.TypedChoiceField(label=_("Org unit, with all below it"), coerce=int)
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org_unit"].choices = [("", "–"), *org_tree(timezone.localdate()).indented()]  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day comes before the first."))
        return data

    @property
    def scope(self) -> dict[str, Any]:
        """What `give_scope` takes."""
        data = self.cleaned_data
        org_unit = OrgUnit.objects.get(pk=data["org_unit"])
        return {**data, "org_unit": org_unit, "right": Right(data["right"])}
