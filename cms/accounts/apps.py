from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "cms.accounts"
    label = "ledstang_accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.accounts.receivers import note_login, note_wrong_password

        user_login_failed.connect(note_wrong_password, dispatch_uid="ledstang_note_wrong_password")
        user_logged_in.connect(note_login, dispatch_uid="ledstang_note_login")
