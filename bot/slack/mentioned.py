"""Mentions of people in somebody's words, as names: Slack's ids are for Slack."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.slack.people import Directory


def in_names(directory: Directory, text: str, users: Iterable[str]) -> str:
    """Return words with the names of those whom they mention, by the CRM where it knows them, in place of their ids."""
    for user in users:
        name = _name(directory, user).replace("\\", "")
        text = re.sub(rf"@{re.escape(user)}\b", name, text)
    return text


def unknown(directory: Directory, users: Iterable[str]) -> str:
    """Return that the CRM does not know one of those who are mentioned, as a sentence; empty where it knows them all."""
    for user in users:
        if directory.known(user).person is None:
            return f"The CRM does not know {_name(directory, user)}."
    return ""


def _name(directory: Directory, user: str) -> str:
    known = directory.known(user)
    return known.person.name if known.person else known.member.name or "somebody"
