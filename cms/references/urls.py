from django.urls import path

from cms.references import views

app_name = "ledstang_references"

urlpatterns = [path("kontakter/", views.contacts, name="contacts")]
