from django.urls import path

from cms.accounts import views
from cms.accounts.tokens import LinkKind

app_name = "ledstang_accounts"

urlpatterns = [
    path("logga-in/", views.LoginView.as_view(), name="login"),
    path("logga-ut/", views.LogoutView.as_view(), name="logout"),
    path("glomt-losenord/", views.reset, name="reset"),
    path("glomt-losenord/skickat/", views.reset_sent, name="reset_sent"),
    path("nytt-losenord/<str:uid>/<str:token>/", views.choose, {"kind": LinkKind.RESET}, name="choose"),
    path("inbjudan/<str:uid>/<str:token>/", views.choose, {"kind": LinkKind.INVITATION}, name="accept"),
    path("byt-losenord/", views.ChangeView.as_view(), name="change"),
]
