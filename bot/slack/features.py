"""The parts of the bot that were hooked in, in the order in which they are asked."""

from __future__ import annotations

from bot.slack import (
    acting,
    approving,
    approving_asked,
    approving_cards,
    approving_late,
    approving_undo,
    brake,
    calling,
    connecting,
    goals,
    nudging,
    previews,
    scheduling,
    syncing,
    watching,
)
from bot.slack.feature import Feature

FEATURES: tuple[Feature, ...] = (
    brake.FEATURE,
    previews.FEATURE,
    scheduling.FEATURE,
    acting.FEATURE,
    nudging.FEATURE,
    approving.FEATURE,
    approving_asked.FEATURE,
    approving_cards.FEATURE,
    approving_late.FEATURE,
    approving_undo.FEATURE,
    goals.FEATURE,
    calling.FEATURE,
    watching.FEATURE,
    syncing.FEATURE,
    connecting.FEATURE,
)
