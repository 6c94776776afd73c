from django.urls import path

from cms.reminders.views import rehearsal, sending

app_name = "ledstang_reminders"

urlpatterns = [
    path("uppfoljning/paminnelser/", rehearsal.rehearsal, name="rehearsal"),
    path("uppfoljning/enhet/<uuid:key>/paminn/", sending.remind_unit, name="remind-unit"),
    path("uppfoljning/person/<uuid:key>/paminn/", sending.remind_person, name="remind-person"),
]
