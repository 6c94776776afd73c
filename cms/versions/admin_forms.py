"""How films are uploaded. Which file it reads is the site's choice: `WAGTAILMEDIA["MEDIA_FORM_BASE"]`."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from wagtailmedia.forms import BaseMediaForm
from wagtailmedia.models import MediaType
from wagtailmedia.settings import wagtailmedia_settings


class FilmForm(BaseMediaForm):
    """Wagtailmedia's form, which says what each field is for; the picture before the start is chosen in the block."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("thumbnail", None)
        if not self.instance.duration:  # kept as 0 when it was left empty
            self.initial["duration"] = None
        is_video = self.instance.type == MediaType.VIDEO
        kinds = wagtailmedia_settings.VIDEO_EXTENSIONS if is_video else wagtailmedia_settings.AUDIO_EXTENSIONS
        helps = {
            "file": _("Kinds of file: %(kinds)s.") % {"kinds": ", ".join(kinds)},
            "duration": _("In seconds. Readers are told how many minutes it takes. May be left empty."),
            "width": _("With width and height the page does not jump when the film is fetched. May be left empty."),
        }
        for name, words in helps.items():
            if name in self.fields:
                self.fields[name].help_text = words
        if "file" in self.fields:
            self.fields["file"].validators.append(FileExtensionValidator(kinds))

    def full_clean(self) -> None:
        """What is wrong with the file is said once, beside it: the record's own check says it again above the form."""
        super().full_clean()
        if self.is_bound and self.has_error("file"):
            self.errors.pop(NON_FIELD_ERRORS, None)
