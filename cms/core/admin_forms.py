"""The form that pages are written in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class StepField(forms.IntegerField):
    """The step of a workflow that was on the page. It is no change, and a page shown again has the present one."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class PageForm(WagtailAdminPageForm):
    """Takes the step of a workflow that was shown and no other: a press that is sent twice takes one step."""

    workflow_step = StepField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.instance.current_workflow_task_state if self.instance.pk else None
        self.fields["workflow_step"].initial = state and state.pk

    def clean(self) -> Any:
        cleaned = super().clean()
        shown = self.cleaned_data.get("workflow_step")
        is_step = "workflow-action-name" in self.data and shown is not None
        if is_step and shown != self.fields["workflow_step"].initial:
            task = self.instance.current_workflow_task
            text = _("That step has been taken already, and nothing more was done.")
            waits = task and _("The text now waits in the step “%(step)s”.") % {"step": task.name}
            self.add_error(None, f"{text} {waits}" if waits else text)
        return cleaned
