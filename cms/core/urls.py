from django.urls import path, re_path

from cms.core import views

app_name = "ledstang_core"

urlpatterns = [
    path("utseende/", views.set_theme, name="theme"),
    re_path(r"^utseende/(?P<colour>[0-9a-f]{6})-(?P<digest>[0-9a-f]{12})\.css$", views.style, name="style"),
    re_path(r"^utseende/(?P<colour>[0-9a-f]{6})\.svg$", views.icon, name="icon"),
    path("sprak/", views.set_language, name="language"),
]
