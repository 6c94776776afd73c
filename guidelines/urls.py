from django.urls import path

from guidelines.feeds import news
from guidelines.views import flags, history, papers, public, search

app_name = "guidelines"

urlpatterns = [
    path("kontakter/affisch.pdf", papers.poster, name="poster"),
    path("sok/", search.search_page, name="search"),
    path("r/<uuid:key>/", public.guideline, name="guideline"),
    path("r/<uuid:key>/v/<int:major>.<int:minor>/", public.version, name="version"),
    path("r/<uuid:key>/jamfor/", history.compare, name="compare"),
    path("r/<uuid:key>/flode.atom", news, name="feed"),
    path("r/flode.atom", news, name="all_feed"),
    path("r/<uuid:key>/flagga/", flags.flag, name="flag"),
    path("r/<uuid:key>/v/<int:major>.<int:minor>/riktlinje.pdf", papers.paper, name="paper"),
    path("r/<uuid:key>/v/<int:major>.<int:minor>/laskvittens/", papers.receipt, name="receipt"),
    path("r/<uuid:key>/kvittera/", public.acknowledge, name="acknowledge"),
]
