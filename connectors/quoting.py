"""Names and texts of people's files inside SQL and TOML, so that no sign in them means anything there."""

from __future__ import annotations

import json


def quoted(name: str) -> str:
    """Return a column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """Return a text, or a path, as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def toml(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
