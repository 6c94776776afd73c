from django.urls import path

from cms.oversight.views import overview, own, staff, terms

app_name = "ledstang_oversight"

urlpatterns = [
    path("min-utbildning/", own.training, name="training"),
    path("mina-uppgifter/", own.my_data, name="my-data"),
    path("mina-uppgifter/mina-uppgifter.json", own.my_data_file, name="my-data-file"),
    path("uppfoljning/", overview.overview, name="overview"),
    path("uppfoljning/villkor/", terms.terms, name="terms"),
    path("uppfoljning/enheter.csv", overview.overview_csv, name="overview-csv"),
    path("uppfoljning/enhet/<uuid:key>/", overview.org_unit, name="org-unit"),
    path("uppfoljning/enhet/<uuid:key>/enheter.csv", overview.org_unit_csv, name="org-unit-csv"),
    path("uppfoljning/enhet/<uuid:key>/medarbetare/", staff.people, name="people"),
    path("uppfoljning/enhet/<uuid:key>/medarbetare.csv", staff.people_csv, name="people-csv"),
    path("uppfoljning/person/<uuid:key>/", staff.person, name="person"),
]
