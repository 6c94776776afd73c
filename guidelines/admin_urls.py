from django.urls import path

from guidelines.views import admin, flags, notices, readers, redacting

app_name = "guidelines_admin"

urlpatterns = [
    path("flaggor/", flags.FlaggedView.as_view(), name="flagged"),
    path("<int:page_id>/publicera/", admin.PublishView.as_view(), name="publish"),
    path("<int:page_id>/lasare/", readers.ReadersView.as_view(), name="readers"),
    path("<int:page_id>/notiser/", notices.NoticesView.as_view(), name="notices"),
    path("<int:page_id>/ta-bort-passage/", redacting.RedactView.as_view(), name="redact"),
    path("<int:page_id>/aterkalla/", admin.WithdrawView.as_view(), name="withdraw"),
]
