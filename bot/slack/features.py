"""The parts of the bot that were hooked in, in the order in which they are asked."""

from __future__ import annotations

<<<<<<< HEAD
from bot.slack import acting, brake, nudging, previews, scheduling
=======
from bot.slack import brake, goals, nudging, previews, scheduling
>>>>>>> 679a2d9 (Follow a goal over days: find the deals, ask their owners, look again each working day, report; steps shown, one Stop)
from bot.slack.feature import Feature

FEATURES: tuple[Feature, ...] = (
    brake.FEATURE,
    previews.FEATURE,
    scheduling.FEATURE,
<<<<<<< HEAD
    acting.FEATURE,
    nudging.FEATURE,
=======
    nudging.FEATURE,
    goals.FEATURE,
>>>>>>> 679a2d9 (Follow a goal over days: find the deals, ask their owners, look again each working day, report; steps shown, one Stop)
)
