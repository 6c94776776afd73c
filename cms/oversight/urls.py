from django.urls import path

from cms.oversight.views import (
    certificates,
    disclosures,
    figures,
    files,
    overview,
    own,
    readers,
    recording,
    staff,
    statements,
    terms,
)
from cms.oversight.views.access import told_if_disposed

app_name = "ledstang_oversight"

UNIT = "uppfoljning/enhet/<uuid:key>/"
PERSON = "uppfoljning/person/<uuid:key>/"

_pages = [
    path("min-utbildning/", own.training, name="training"),
    path("min-utbildning/forteckning/", own.transcript, name="transcript"),
    path("mina-uppgifter/", own.my_data, name="my-data"),
    path("mina-uppgifter/mina-uppgifter.json", own.my_data_file, name="my-data-file"),
    path("mina-uppgifter/mina-uppgifter.zip", own.my_data_archive, name="my-data-archive"),
    path("uppfoljning/", overview.overview, name="overview"),
    path("uppfoljning/villkor/", terms.terms, name="terms"),
    path("uppfoljning/enheter.<str:ending>", overview.overview_file, name="overview-file"),
    path(UNIT, overview.org_unit, name="org-unit"),
    path(f"{UNIT}enheter.<str:ending>", overview.org_unit_file, name="org-unit-file"),
    path("uppfoljning/utveckling/", figures.trend, name="trend"),
    path("uppfoljning/utveckling.<str:ending>", figures.trend_file, name="trend-file"),
    path("uppfoljning/matris/", figures.matrix, name="matrix"),
    path("uppfoljning/matris.<str:ending>", figures.matrix_file, name="matrix-file"),
    path("uppfoljning/tackning/", figures.coverage, name="coverage"),
    path("uppfoljning/tackning.<str:ending>", figures.coverage_file, name="coverage-file"),
    path(f"{UNIT}utveckling/", figures.trend, name="unit-trend"),
    path(f"{UNIT}utveckling.<str:ending>", figures.trend_file, name="unit-trend-file"),
    path(f"{UNIT}matris/", figures.matrix, name="unit-matrix"),
    path(f"{UNIT}matris.<str:ending>", figures.matrix_file, name="unit-matrix-file"),
    path(f"{UNIT}intyg/", statements.statement, name="statement"),
    path(f"{UNIT}intyg/alla/", statements.statements, name="statements"),
    path(f"{UNIT}versioner/", readers.readers, name="readers"),
    path(f"{UNIT}versioner.<str:ending>", readers.readers_file, name="readers-file"),
    path(f"{UNIT}versioner/enheter.<str:ending>", readers.reader_units_file, name="reader-units-file"),
    path(f"{UNIT}medarbetare/", staff.people, name="people"),
    path("uppfoljning/enhet/<uuid:key>/medarbetare/intyg/", certificates.certificates, name="people-certificates"),
    path(f"{UNIT}medarbetare.<str:ending>", staff.people_file, name="people-file"),
    path(f"{UNIT}bestall/medarbetare.<str:ending>", staff.ask_for_file, name="ask-for-file"),
    path(PERSON, staff.person, name="person"),
    path(f"{PERSON}registrera/", recording.record, name="record"),
    path(f"{PERSON}undantag/", recording.exemption, name="exemption"),
    path(f"{PERSON}undantag/<uuid:exemption_key>/avsluta/", recording.end_exemption, name="end-exemption"),
    path(f"{PERSON}pa-annat-satt/", recording.other_way, name="other-way"),
    path(f"{PERSON}underlag/<uuid:evidence_key>/aterta/", recording.void, name="void"),
    path(f"{PERSON}underlag/<uuid:evidence_key>/dokument/", recording.document, name="document"),
    path("uppfoljning/utlamnande/", disclosures.disclosures, name="disclosures"),
    path("uppfoljning/utlamnande/<uuid:key>/", disclosures.disclosure, name="disclosure"),
    path("uppfoljning/utlamnande/<uuid:key>/lamna-ut/", disclosures.release, name="release-disclosure"),
    path("uppfoljning/utlamnande/<uuid:key>/fil/", disclosures.released_file, name="disclosed-file"),
    path("uppfoljning/filer/", files.exports, name="exports"),
    path("uppfoljning/filer/<uuid:key>/", files.export, name="export"),
    path("uppfoljning/filer/<uuid:key>/hamta/", files.fetch, name="fetch-export"),
    path("uppfoljning/filer/<uuid:key>/gor-om/", files.again, name="export-again"),
]
urlpatterns = [told_if_disposed(page) for page in _pages]
