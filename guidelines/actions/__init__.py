from guidelines.actions.acknowledging import NotInForce, NotRequirable, acknowledge_guideline
from guidelines.actions.flagging import NoSuchSection, flag_section
from guidelines.actions.publishing import (
    DateMissing,
    FourEyes,
    NotDecided,
    NotProofed,
    PlanMissing,
    mint_published,
    plan_guideline,
    publish_guideline,
    require_guideline,
)
from guidelines.actions.withdrawing import withdraw_guideline

__all__ = [
    "DateMissing",
    "FourEyes",
    "NoSuchSection",
    "NotDecided",
    "NotInForce",
    "NotProofed",
    "NotRequirable",
    "PlanMissing",
    "acknowledge_guideline",
    "flag_section",
    "mint_published",
    "plan_guideline",
    "publish_guideline",
    "require_guideline",
    "withdraw_guideline",
]
