from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "cms.accounts"
    label = "ledstang_accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.accounts.oidc import offers_code
        from cms.accounts.receivers import begin_second_step, note_login, note_wrong_password
        from cms.core.registry import PagePart, page_parts

        user_login_failed.connect(note_wrong_password, dispatch_uid="ledstang_note_wrong_password")
        user_logged_in.connect(note_login, dispatch_uid="ledstang_note_login")
        user_logged_in.connect(begin_second_step, dispatch_uid="ledstang_begin_second_step")
        page_parts.register(
            PagePart(
                "login-code", "oversight.person", "ledstang_accounts/parts/login_code.html", offers_code, order=900
            )
        )
