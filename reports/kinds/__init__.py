"""The kinds of report: what each shows, slide by slide. A kind is a module that has what `Kind` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from reports.context import Context
from reports.deck import Card, Message
from reports.facts import Filter
from reports.kinds import forecast, weekly
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.spec import ReportSpec


class Kind(Protocol):
    """One kind of report."""

    @property
    def NAME(self) -> str:  # noqa: N802 — a module's constant
        """Return what the report is called."""
        ...

    @property
    def SLIDES(self) -> Mapping[str, Callable[[Page], Body | LeftOut]]:  # noqa: N802 — a module's constant
        """Return the key of every slide the kind knows, in order, and what makes it."""
        ...

    @property
    def LABELS(self) -> Mapping[str, str]:  # noqa: N802 — a module's constant
        """Return what each slide is called where it is named without its title."""
        ...

    @property
    def REVISED(self) -> frozenset[str]:  # noqa: N802 — a module's constant
        """Return the keys of slides whose footer names the revision."""
        ...

    def spec(
        self,
        period: str = ...,
        as_of: datetime | None = ...,
        filters: tuple[Filter, ...] = ...,
        generation: str | None = ...,
        currency: str | None = ...,
    ) -> ReportSpec:
        """Return the report as data: every slide of the kind in the scope asked for."""
        ...

    def message(self, scene: Scene, context: Context) -> Message:
        """Return the message that carries the report."""
        ...

    def card(self, scene: Scene) -> Card:
        """Return the phone card."""
        ...


KINDS: Mapping[str, Kind] = {"weekly": weekly, "forecast": forecast}
