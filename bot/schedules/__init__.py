"""What comes by itself: when, where to, for whom."""

from bot.schedules.schedule import Rhythm, Schedule

__all__ = ["Rhythm", "Schedule"]
