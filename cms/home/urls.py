from django.urls import path

from cms.home import views

app_name = "ledstang_home"

urlpatterns = [path("robots.txt", views.robots, name="robots")]
