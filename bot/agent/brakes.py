"""The words that stop all that the bot does by itself, and those that let it go on: they stand alone."""

from __future__ import annotations

import re

_PUT = r"(?:everything|it\s+all|it|all|the\s+bot|quarterdeck)"
# Whoever says more after them means something else, as one schedule.
BRAKE = re.compile(
    r"(?:please\s+)?(?:"
    rf"(?P<on>resume|unfreeze|go\s+on|carry\s+on|start\s+again|(?:turn|switch)\s+(?:everything|it\s+all|all)(?:\s+back)?\s+on)"
    rf"|stop|halt|pause|freeze|shut\s+up|emergency\s+stop|kill\s+switch|shut\s+{_PUT}\s+down|(?:turn|switch)\s+{_PUT}\s+off)"
    r"(?:\s+(?:everything|all(?:\s+(?:the\s+)?(?:schedules|posts|sends))?|it(?:\s+all)?|now|again|immediately|please|quarterdeck"
    r"|(?:the\s+)?bot|posting|sending))*[\s.!]*",
    re.IGNORECASE,
)
