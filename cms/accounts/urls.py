from django.urls import path

from cms.accounts.tokens import LinkKind
from cms.accounts.views import login, second_step, sso

app_name = "ledstang_accounts"

urlpatterns = [
    path("logga-in/", login.LoginView.as_view(), name="login"),
    path("logga-ut/", login.LogoutView.as_view(), name="logout"),
    path("glomt-losenord/", login.reset, name="reset"),
    path("glomt-losenord/skickat/", login.reset_sent, name="reset_sent"),
    path("nytt-losenord/<str:uid>/<str:token>/", login.choose, {"kind": LinkKind.RESET}, name="choose"),
    path("inbjudan/<str:uid>/<str:token>/", login.choose, {"kind": LinkKind.INVITATION}, name="accept"),
    path("byt-losenord/", login.ChangeView.as_view(), name="change"),
    path("gick-inte/", sso.sso_failed, name="sso_failed"),
    path("kod/", sso.code, name="code"),
    path("kod/<uuid:key>/", sso.print_code, name="print_code"),
    path("andra-steget/", second_step.ask, name="second_step"),
    path("andra-steget/app/", second_step.connect_app, name="connect_app"),
    path("andra-steget/ta-bort/", second_step.remove_app, name="remove_app"),
]
