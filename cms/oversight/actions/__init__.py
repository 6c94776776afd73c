from cms.oversight.actions.disclosures import NotDecided, decide_lines, open_disclosure, release_disclosure
from cms.oversight.actions.exports import make_anew, remove_old_exports, request_export, resume_exports
from cms.oversight.actions.looking import note_viewing
from cms.oversight.actions.rules import ask_again, ask_for_rule, write_awaited_rule
from cms.oversight.actions.training import AlreadyRecorded, NotOnesOwn, exempt, record_training, take_exemption_back
from cms.oversight.actions.transcripts import issue_transcript

__all__ = [
    "AlreadyRecorded",
    "NotDecided",
    "NotOnesOwn",
    "ask_again",
    "ask_for_rule",
    "decide_lines",
    "exempt",
    "issue_transcript",
    "make_anew",
    "note_viewing",
    "open_disclosure",
    "record_training",
    "release_disclosure",
    "remove_old_exports",
    "request_export",
    "resume_exports",
    "take_exemption_back",
    "write_awaited_rule",
]
