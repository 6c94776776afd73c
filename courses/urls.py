from django.urls import path

from courses.views import catalogue, learning, moving, paths, scenarios, voluntary

app_name = "courses"

urlpatterns = [
    path("kurs/", catalogue.index, name="index"),
    path("kurs/<uuid:key>/", catalogue.course, name="course"),
    path("kursdeltagande/<uuid:key>/", learning.home, name="home"),
    path("kursdeltagande/<uuid:key>/fortsatt/", learning.resume, name="resume"),
    path("kursdeltagande/<uuid:key>/delintyg/", learning.so_far, name="so_far"),
    path("kursdeltagande/<uuid:key>/genomford/", learning.finished, name="finished"),
    path("kursdeltagande/<uuid:key>/byt-version/", moving.move, name="move"),
    path("kursdeltagande/<uuid:key>/avsluta/", moving.finish, name="finish"),
    path("kursdeltagande/<uuid:key>/del/<uuid:unit_key>/", learning.unit, name="unit"),
    path("kursdeltagande/<uuid:key>/del/<uuid:unit_key>/svar/", learning.save, name="save"),
    path("kursdeltagande/<uuid:key>/del/<uuid:unit_key>/lamna-in/", learning.submit, name="submit"),
    path("kursdeltagande/<uuid:key>/del/<uuid:unit_key>/scenario/", scenarios.play, name="scenario"),
    path("kursdeltagande/<uuid:key>/del/<uuid:unit_key>/last/", learning.mark_as_read, name="read"),
    path("kursdeltagande/<uuid:key>/vardering/", voluntary.evaluate, name="evaluate"),
    path("kursdeltagande/<uuid:key>/minns/<int:days>/", voluntary.recall, name="recall"),
    path("utbildningsvag/<uuid:key>/", paths.path, name="path"),
    path("handledarsamtal/<uuid:key>/", paths.talk, name="talk"),
    path("handledarsamtal/<uuid:key>/<uuid:talk_key>/ta-tillbaka/", paths.take_back, name="take_talk_back"),
]
