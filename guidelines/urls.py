from django.urls import path

from guidelines.views import public

app_name = "guidelines"

urlpatterns = [
    path("r/<uuid:key>/", public.guideline, name="guideline"),
    path("r/<uuid:key>/v/<int:major>.<int:minor>/", public.version, name="version"),
    path("r/<uuid:key>/kvittera/", public.acknowledge, name="acknowledge"),
]
