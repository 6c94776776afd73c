"""What wagtailmedia says in the admin. It brings no Swedish of its own, so our catalogue has it.

Nothing imports this: it is read by `tools/catalogs.py` only. The strings are wagtailmedia's own, to the letter.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LISTS = (
    _("Media"),
    _("media"),
    _("media items"),
    _("Latest media"),
    _("Search media"),
    _("Search media files"),
    _("Popular Tags:"),
    _("Uploaded"),
    _("Audio file"),
    _("Video file"),
    _("Usage of"),
    _("Usage of %(title)s"),
    _("(Private %s)"),
    ngettext_lazy("%(count)s media file", "%(count)s media files", "count"),
    ngettext_lazy(
        '<span>%(total)s</span> Media file <span class="visuallyhidden w-sr-only">created in %(site_name)s</span>',
        '<span>%(total)s</span> Media files <span class="visuallyhidden w-sr-only">created in %(site_name)s</span>',
        "total",
    ),
    ngettext_lazy(
        "\n            There is one match\n        ",
        "\n            There are %(counter)s matches\n        ",
        "counter",
    ),
    _('Sorry, no media files match "<em>%(query_string)s</em>"'),
    _(
        "You haven't uploaded any media files in this collection. You can upload"
        ' <a href="%(wagtailmedia_add_audio_url)s">audio</a> or'
        ' <a href="%(wagtailmedia_add_video_url)s">video</a> files.'
    ),
    _(
        "You haven't uploaded any media files. You can upload"
        ' <a href="%(wagtailmedia_add_audio_url)s">audio</a> or'
        ' <a href="%(wagtailmedia_add_video_url)s">video</a> files.'
    ),
    _(
        "You haven't uploaded any media in this collection."
        ' Why not <a href="%(wagtailmedia_add_url)s">upload one now</a>?'
    ),
    _('You haven\'t uploaded any media. Why not <a href="%(wagtailmedia_add_url)s">upload one now</a>?'),
)

CHOOSING = (
    _("Choose a media item"),
    _("Choose another media item"),
    _("Edit this media item"),
    _("Choose audio"),
    _("Choose another audio item"),
    _("Edit this audio item"),
    _("Choose video"),
    _("Choose another video"),
    _("Edit this video"),
    _("Edit this %s"),
    _("Upload Audio"),
    _("Upload Video"),
)

WRITING = (
    _("Add audio"),
    _("Add video"),
    _("Add audio or video"),
    _("Change media file:"),
    _("Editing %(title)s"),
    _("duration"),
    _("Duration in seconds"),
    _("thumbnail"),
    _("Media file '{0}' added."),
    _("Media file '{0}' updated"),
    _("Media file '{0}' deleted."),
    _("The media file could not be saved due to errors."),
    _("The media could not be saved due to errors."),
    _("The file could not be found. Please change the source or delete the media file"),
    _("Delete media file"),
    _("Are you sure you want to delete this media file?"),
    _("Your browser does not support the audio element."),
    _("Your browser does not support the video element."),
)

RIGHTS = (
    _("Media permissions"),
    _("Add a media permission"),
    _("Add/edit media you own"),
    _("Edit any media"),
)
