"""What wagtailmedia and Wagtail say in the admin and have no Swedish for, or not ours: our catalogue has it.

Nothing imports this: it is read by `tools/catalogs.py` only. The strings are theirs, to the letter. What Wagtail's
scripts say is in `locale/ledstang_core/sv/LC_MESSAGES/djangojs.po`, which the reference site reads.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

LISTS = (
    _("Parent"),
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

WAGTAIL = (
    _("%(start_index)s-%(end_index)s of %(items_count)s %(model_name)s"),
    _("%(start_index)s-%(end_index)s of %(items_count)s %(model_name)s across entire site."),
    _(
        "%(start_index)s-%(end_index)s of %(items_count)s %(model_name)s in "
        "'<span class=\"w-title-ellipsis\">%(title)s</span>'."
    ),
    _("There are no %(model_name)s to display."),
    _('There are no %(model_name)s to display. Why not <a href="%(add_url)s">add one</a>?'),
    _("No %(model_name)s match your query."),
    _("Create a new %(model_name)s"),
    _("To be created by %(user)s"),
    _("A network error occurred"),
    _(
        "Troubleshoot your connection to the site before proceeding. Open the editor in a separate tab to view the "
        "last saved version."
    ),
    _("View latest version"),
    _("Actions (footer)"),
    _("Side panels"),
    _("Side panel width"),
    _("Minimap"),
    _("Show issue"),
    _("Saved"),
    _("Autosave is paused"),
    _("Anyone with editing permissions can create schedules"),
    _("But only those with publishing permissions can make them effective."),
    _('This publishing schedule will only take effect after you select the "Schedule to publish" option'),
    _("Exploring"),
    _("Any"),
    _("Anyone"),
    _("App"),
    _("Date updated"),
    _("Locked by"),
    _("Minimum"),
    _("Maximum"),
    _("Permanent"),
    _("Edit account avatar"),
    _("system"),
)

TOGETHER = (
    _("Autosave is <span>paused</span>"),
    _("There are validation errors, click save to highlight them."),
    _("Saving will overwrite a newer version."),
    _("The page could not be saved as it is locked."),
    _("You saved a new version in another window"),
    _("%(user_name)s saved a new version"),
    _("%(user_name)s has unsaved changes"),
    _("System"),
    _("Currently idle"),
    _("Currently viewing"),
    ngettext_lazy("One other user is currently viewing", "%(num_user)s other users are currently viewing", "num_user"),
    _("Proceeding will overwrite the changes you made in that window."),
    _("Proceeding will overwrite the changes made by %(user_name)s."),
    _("Alternatively, you can view the latest version in a new tab."),
    _("Refreshing…"),
    _("Refresh"),
    _("Compare"),
    _("Expiry:"),
    _("Go-live:"),
    _("Invalid schedule"),
    _("Once scheduled:"),
    _("Cancelled by %(cancelled_by)s"),
)

BULK = (
    ngettext_lazy(
        "%(num_parent_objects)d page has been published",
        "%(num_parent_objects)d pages have been published",
        "num_parent_objects",
    ),
    ngettext_lazy(
        "%(num_parent_objects)d page has been unpublished",
        "%(num_parent_objects)d pages have been unpublished",
        "num_parent_objects",
    ),
    ngettext_lazy(
        "%(num_parent_objects)d page has been deleted",
        "%(num_parent_objects)d pages have been deleted",
        "num_parent_objects",
    ),
)

# What Wagtail has a Swedish for, in other words than ours: a text is reviewed, in a step.
REVIEW = (
    _("in moderation"),
    _("live + in moderation"),
    _("Submit for moderation"),
    _("Page '%(page_title)s' created and submitted for moderation."),
    _("Page '%(page_title)s' has been submitted for moderation."),
    _("The page '%(page_title)s' is not currently awaiting moderation."),
    _("The page '%(page_title)s' is not currently awaiting moderation in task '%(task_name)s'."),
    _("This %(model_name)s is currently awaiting moderation."),
    _("This {model_name} is awaiting <b>'{task_name}'</b> in the <b>'{workflow_name}'</b> workflow."),
    _("Only reviewers for this task can edit the %(model_name)s."),
    _("Only reviewers can edit and approve the %(model_name)s"),
    _('The page "%(title)s" has been approved in moderation stage "%(task)s".'),
    _('The page "%(title)s" has been rejected in moderation stage "%(task)s".'),
    _('The page "%(title)s" has been submitted for approval in moderation stage "%(task)s".'),
    _('The page "%(title)s" has been submitted for approval to moderation stage "%(task)s".'),
    _('The page "%(title)s" has been submitted for approval in moderation stage "%(task)s"'),
    _('The page "%(title)s" has been submitted for moderation to workflow "%(workflow)s" by %(requester)s.'),
    _('The page "%(title)s" has been submitted for moderation to workflow "%(workflow)s".'),
    _("This page hasn't been submitted for moderation yet"),
)
