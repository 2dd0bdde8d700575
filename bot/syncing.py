"""How often the mirror follows a system that records are fetched from, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

# Minutes between two syncs unless the settings say otherwise, and the most that they may say.
SYNC_MINUTES: Final = 15
MOST_MINUTES: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Syncing:
    """A mirror that is brought up to date so often; `run` does it."""

    every: timedelta
    run: Callable[[], None]
