"""The form that pages are written in."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminPageForm


class StepField(forms.IntegerField):
    """The step of a workflow that was on the page. It is no change, and a page shown again has the present one."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class PageForm(WagtailAdminPageForm):
    """Tells which step of a workflow was shown, so that a press that is sent twice takes one step (`wagtail_hooks`)."""

    workflow_step = StepField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.instance.current_workflow_task_state if self.instance.pk else None
        self.fields["workflow_step"].initial = state and state.pk
