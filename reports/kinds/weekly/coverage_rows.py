"""The rows of the coverage slide: the parts of the scope beside the total, few enough for it to hold them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reports.facts import Dim
from reports.kinds.scene import Scene

MEASURED: Final = ("target", "bookings", "commit", "open_pipeline")
# So many rows stand above the total.
MOST: Final = 9
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One row: a part of the scope (or, with no `part`, all of it), its amounts and its coverage."""

    part: str | None
    label: str
    amounts: dict[str, Decimal | None]
    coverage: Decimal | None
    coverage_then: Decimal | None
    open_change: Decimal | None


def compared(scene: Scene) -> Dim:
    """Return by what the scope is split: regions, else segments, else teams; the first that has several values."""
    dims: tuple[Dim, ...] = ("region", "segment")
    return next((dim for dim in dims if len(scene.values(dim)) > 1), "team")


def parts(scene: Scene, dim: Dim) -> tuple[str, ...]:
    """Return the values to compare: those of the company file, and others that something is targeted, won or open for."""
    found = [row.by[0][1] for name in MEASURED for row in scene.measure(name, dim).rows if row.by]
    return tuple(dict.fromkeys((*scene.values(dim), *(value for value in found if value is not None))))


def row_of(scene: Scene, part: str | None, label: str, dim: Dim) -> Covered:
    """Return the amounts and the coverage of one part of the scope, or of all of it."""

    def of(name: str, *, then: bool = False) -> Decimal | None:
        return scene.part(name, part, dim, then=then)

    amounts = {name: of(name) for name in MEASURED}
    now, before = amounts["open_pipeline"], of("open_pipeline", then=True)
    return Covered(
        part=part,
        label=label,
        amounts={**amounts, "gap": _gap_of(scene, amounts)},
        coverage=of("coverage"),
        coverage_then=of("coverage", then=True),
        open_change=(now or _ZERO) - (before or 0) if scene.has_history else None,
    )


def _gap_of(scene: Scene, amounts: dict[str, Decimal | None]) -> Decimal | None:
    """Return won and commit minus target. What has no target of its own counts toward the target of all, if there is one."""
    counts = (amounts["bookings"] or _ZERO) + (_ZERO if scene.is_over else amounts["commit"] or 0)
    if amounts["target"] is None:
        return (counts or None) if scene.amount("target") is not None else None
    return counts - amounts["target"]


def ranked(rows: list[Covered]) -> list[Covered]:
    """Return the rows that have a coverage, the lowest first; of equal ones by label."""
    rated = [(row.coverage, row.label, row) for row in rows if row.coverage is not None]
    return [row for _, _, row in sorted(rated, key=lambda item: item[:2])]


def shown_of(scene: Scene, rows: list[Covered], total: Covered, dim: Dim) -> list[Covered]:
    """Return the rows of the table, which come to the total; where they are too many, some of them as one."""
    shown = [row for row in rows if any(row.amounts.values()) or row.open_change]
    rest = _rest(scene, shown, total, f"No {dim}")
    if len(shown) + (rest is not None) > MOST:
        shown = few_of(shown, MOST - 1)
        rest = _rest(scene, shown, total, "All others")
    return [*shown, rest] if rest else shown


def few_of(rows: list[Covered], most: int) -> list[Covered]:
    """Return at most so many rows, in their order: the first ones, and those that the title names, wherever they stand."""
    named = named_of(rows)
    others = [row for row in rows if row not in named][: most - len(named)]
    return [row for row in rows if row in named or row in others]


def named_of(rows: list[Covered]) -> list[Covered]:
    """Return the parts that the title names: those of lowest and highest coverage."""
    rated = ranked([row for row in rows if row.part])
    return [rated[0], *rated[1:][-1:]] if rated else []


def _rest(scene: Scene, shown: list[Covered], total: Covered, label: str) -> Covered | None:
    """Return what the rows leave of the total, so that they add up to it: deals of no part, targets set for none."""

    def left(name: str) -> Decimal | None:
        own = total.amounts[name]
        if own is None:
            return None
        rest = own - sum((row.amounts[name] or 0 for row in shown), _ZERO)
        return rest if rest or name != "target" else None

    amounts = {name: left(name) for name in MEASURED}
    if all(row.amounts["target"] is None for row in shown):
        amounts["target"] = None  # no part has any, so the table has no column of it
    changed = None
    if total.open_change is not None:
        changed = total.open_change - sum((row.open_change or 0 for row in shown), _ZERO)
    if not any(amounts.values()) and not changed:
        return None
    wanted, booked = amounts["target"], amounts["bookings"] or _ZERO
    uncovered = None if wanted is None else wanted - booked
    return Covered(
        part=None,
        label=label,
        amounts={**amounts, "gap": _gap_of(scene, amounts)},
        coverage=(amounts["open_pipeline"] or 0) / uncovered if uncovered and uncovered > 0 else None,
        coverage_then=None,
        open_change=changed,
    )
