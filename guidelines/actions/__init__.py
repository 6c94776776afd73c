from guidelines.actions.acknowledging import NotInForce, NotRequirable, WrongAnswers, acknowledge_guideline
from guidelines.actions.approving import FourEyes, approve_step
from guidelines.actions.flagging import NoSuchSection, flag_section
from guidelines.actions.indexing import index_guideline, rebuild_search
from guidelines.actions.publishing import (
    DateMissing,
    NotDecided,
    NotProofed,
    NotReviewed,
    OverrideRefused,
    PlanMissing,
    mint_published,
    plan_guideline,
    publish_guideline,
    require_guideline,
)
from guidelines.actions.reviewing import remind_owners
from guidelines.actions.withdrawing import withdraw_guideline

__all__ = [
    "DateMissing",
    "FourEyes",
    "NoSuchSection",
    "NotDecided",
    "NotInForce",
    "NotProofed",
    "NotRequirable",
    "NotReviewed",
    "OverrideRefused",
    "PlanMissing",
    "WrongAnswers",
    "acknowledge_guideline",
    "approve_step",
    "flag_section",
    "index_guideline",
    "mint_published",
    "plan_guideline",
    "publish_guideline",
    "rebuild_search",
    "remind_owners",
    "require_guideline",
    "withdraw_guideline",
]
