"""What can go wrong above, grouped by what the person does next.

BotError
├── BadSetting   mend the setting: the message names it, its value and what would have worked
├── HomeInUse    stop the other process, or choose another home
└── NoSuchDraft  name another draft or revision
"""

from __future__ import annotations


class BotError(Exception):
    """Base of everything the top floor raises on purpose."""


class BadSetting(BotError):
    """A setting that cannot be used."""


class HomeInUse(BotError):
    """Another process does the works of this home."""


class NoSuchDraft(BotError):
    """There is no such draft or revision."""
