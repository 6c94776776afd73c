from cms.oversight.forms.filters import StaffForm, TargetForm
from cms.oversight.forms.rules import RequirementForm, RuleForm
from cms.oversight.forms.terms import TermsForm

__all__ = ["RequirementForm", "RuleForm", "StaffForm", "TargetForm", "TermsForm"]
