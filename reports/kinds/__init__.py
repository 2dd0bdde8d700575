"""The kinds of report: what each shows, slide by slide."""

from __future__ import annotations

from types import ModuleType

from reports.kinds import weekly

KINDS: dict[str, ModuleType] = {"weekly": weekly}
