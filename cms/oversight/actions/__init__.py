from cms.oversight.actions.exports import make_anew, remove_old_exports, request_export, resume_exports
from cms.oversight.actions.looking import note_viewing
from cms.oversight.actions.training import NotOnesOwn, exempt, record_training, take_exemption_back
from cms.oversight.actions.transcripts import issue_transcript

__all__ = [
    "NotOnesOwn",
    "exempt",
    "issue_transcript",
    "make_anew",
    "note_viewing",
    "record_training",
    "remove_old_exports",
    "request_export",
    "resume_exports",
    "take_exemption_back",
]
