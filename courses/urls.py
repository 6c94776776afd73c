from django.urls import path

from courses.views import catalogue

app_name = "courses"

urlpatterns = [
    path("kurs/", catalogue.index, name="index"),
    path("kurs/<uuid:key>/", catalogue.course, name="course"),
]
