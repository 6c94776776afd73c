from cms.accounts.views.login import shut

__all__ = ["shut"]
