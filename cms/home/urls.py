from django.urls import path

from cms.home.views import faults, robots

app_name = "ledstang_home"

urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("favicon.ico", robots.favicon, name="favicon"),
    path("meddela-brist/", faults.report, name="fault"),
]
