"""What the house's forms have in common."""

from django.forms import BaseForm


def lead_to_fault(form: BaseForm) -> None:
    """The first field that is wrong gets focus, so that the page opens there, however long it is."""
    name = next((name for name in form.fields if name in form.errors), None)
    if name:
        form.fields[name].widget.attrs["autofocus"] = True
