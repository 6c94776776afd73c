"""A step of Wagtail's workflows that nobody takes with their own text. `models` names it, so that Django finds it."""

from typing import Any

from django import forms
from django.db import models, transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask

from cms.core.enums import Competence
from guidelines.enums import KIND
from guidelines.registry import approvals


class CompetencesField(models.JSONField):
    """Some kinds of experts, chosen with checkboxes."""

    def formfield(self, **kwargs: Any) -> Any:
        wanted = {name: kwargs[name] for name in ("label", "help_text") if name in kwargs}
        return forms.MultipleChoiceField(
            choices=Competence.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=wanted.get("label", self.verbose_name),
            help_text=wanted.get("help_text", self.help_text),
        )


class ReviewTask(AbstractGroupApprovalTask):
    """A step of a workflow that nobody takes with their own text. Approving signs what its experts have to review."""

    competences = CompetencesField(
        _("experts"), default=list, blank=True, help_text=_("Whose review marks are signed when the step is approved.")
    )
    function = models.CharField(
        pgettext_lazy("workflow step", "reviewed by"),
        max_length=120,
        help_text=_("A function, not a name. Readers see it under the review marks."),
    )

    admin_form_fields = [*AbstractGroupApprovalTask.admin_form_fields, "competences", "function"]

    class Meta:
        verbose_name = _("review with four eyes")
        verbose_name_plural = _("reviews with four eyes")

    @classmethod
    def get_description(cls) -> str:
        return gettext("Members of the chosen groups approve what others have written, and sign it as experts.")

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """What an account may do in this step: only its groups approve it, and never those who wrote a part of it."""
        actions: list[tuple[str, Any, bool]] = super().get_actions(obj, user)
        is_in_step = self.groups.filter(user=user).exists()
        if actions and not (is_in_step and user.pk not in approvals.get(KIND).authors(getattr(obj, "specific", obj))):
            return [action for action in actions if action[0] != "approve"]
        return actions

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> Any:
        if action_name == "approve":
            approvals.get(KIND).approve(task_state, self, user)
        return super().on_action(task_state, user, action_name, **kwargs)
