"""What `quarterdeck doctor` finds: how one thing stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing checked: how it stands, and what to do where it is not right."""

    state: State
    what: str
    do: str = ""
