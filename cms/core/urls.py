from django.urls import path

from cms.core import views

app_name = "ledstang_core"

urlpatterns = [
    path("utseende/", views.set_theme, name="theme"),
    path("sprak/", views.set_language, name="language"),
]
