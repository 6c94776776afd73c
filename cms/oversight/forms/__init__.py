from cms.oversight.forms.disclosures import DisclosureForm, LineForm
from cms.oversight.forms.filters import DayForm, MatrixForm, StaffForm, TargetForm, VersionForm
from cms.oversight.forms.recording import ExemptionForm, OtherWayForm, TrainingForm, VoidForm
from cms.oversight.forms.rules import RequirementForm, RuleForm
from cms.oversight.forms.terms import TermsForm

__all__ = [
    "DayForm",
    "DisclosureForm",
    "ExemptionForm",
    "LineForm",
    "MatrixForm",
    "OtherWayForm",
    "RequirementForm",
    "RuleForm",
    "StaffForm",
    "TargetForm",
    "TermsForm",
    "TrainingForm",
    "VersionForm",
    "VoidForm",
]
