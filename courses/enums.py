from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuestionKind(TextChoices):
    SINGLE = "single", _("One right choice")
    MULTIPLE = "multiple", _("Several right choices")
    TRUE_FALSE = "true_false", _("True or false")
