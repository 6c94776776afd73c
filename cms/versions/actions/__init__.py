"""Mint versions, sign reviews, lay notices, withdraw documents: one verb each."""

from cms.versions.actions.drafting import settle_draft
from cms.versions.actions.minting import mint, plan_publishing, store_asset, store_content
from cms.versions.actions.noticing import end_notice, lay_notice, look_again
from cms.versions.actions.redacting import redact_passage
from cms.versions.actions.refusals import (
    AlreadyRedacted,
    AlreadyWithdrawn,
    EffectiveTooEarly,
    NoSuchPassage,
    NoteMissing,
    PublishingError,
    SecondPairNeeded,
)
from cms.versions.actions.reviewing import sign_passage, sign_review
from cms.versions.actions.withdrawing import withdraw

__all__ = [
    "AlreadyRedacted",
    "AlreadyWithdrawn",
    "EffectiveTooEarly",
    "NoSuchPassage",
    "NoteMissing",
    "PublishingError",
    "SecondPairNeeded",
    "end_notice",
    "lay_notice",
    "look_again",
    "mint",
    "plan_publishing",
    "redact_passage",
    "settle_draft",
    "sign_passage",
    "sign_review",
    "store_asset",
    "store_content",
    "withdraw",
]
