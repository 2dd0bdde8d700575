"""Sums over deals, by any dimensions: how rows are keyed, named, ordered, and tied to their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from reports.facts import RECORD_CAP, Dim, Row
from reports.view import PipelineView

Key = tuple[str | None, ...]

# Where the company file gives no order, categories stand as they are called.
_CATEGORIES: Final = ("commit", "best_case", "most_likely", "pipeline", "closed", "omitted")
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Deals that share their dimension values.

    `total` sums the amounts that are known (0 where none is), `n` counts all deals, `valued` those with an amount in
    the view's currency, `unrated` those whose currency has no plan rate. `records` are ids, largest amount first.
    """

    total: Decimal = Decimal(0)
    n: int = 0
    valued: int = 0
    unrated: int = 0
    records: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """Return the total; None where there are deals but no amount of any is known."""
        return None if self.n and not self.valued else self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row before its keys are turned into names."""

    key: Key
    value: Decimal | None
    n: int
    records: tuple[str, ...] = ()
    record_count: int | None = None


# The ids of the largest deals of a group, largest first, then by id; those without a value last.
LARGEST: Final = f"min(struct_pack(v := -coalesce(abs(value), -1), id := deal_id), {RECORD_CAP})"


def keyed(by: tuple[Dim, ...], source: str) -> str:
    """Return a relation as SQL: `source` with a column k0, k1 … for each dimension; owners and accounts by id."""
    if not by:
        return source
    keys = ", ".join(f"{_EXPRESSION.get(dim, f'r.{dim}')} AS k{number}" for number, dim in enumerate(by))
    joins = ""
    if {"manager", "team"} & set(by):
        joins += " LEFT JOIN person p ON p.id = r.owner_id"
    if "account" in by:
        joins += " LEFT JOIN deal d ON d.id = r.deal_id"
    return f"(SELECT r.*, {keys} FROM {source} r{joins})"


_EXPRESSION: Final[Mapping[Dim, str]] = {
    "owner": "r.owner_id",
    "manager": "p.manager_id",
    "team": "nullif(p.team, '')",
    "account": "d.account_id",
}


def columns(by: tuple[Dim, ...], *, prefix: str = "") -> str:
    """Return the key columns as a list that ends in a comma; empty without dimensions."""
    return "".join(f"{prefix}k{number}, " for number in range(len(by)))


# So many columns `sums` returns.
WIDTH: Final = 5


def sums(condition: str | None = None) -> str:
    """Return the columns that `group` reads, for the deals that meet a condition (None: all), as SQL."""
    only = f" FILTER ({condition})" if condition else ""
    unrated = f"({condition}) AND unrated" if condition else "unrated"
    return (
        f"count(*){only}, count(value){only}, coalesce(sum(value){only}, 0), count(*) FILTER ({unrated}), "
        f"{LARGEST}{only}"
    )


def group(row: Sequence[Any]) -> Group:
    """Return the group that `sums` counted."""
    n, valued, total, unrated, largest = row
    return Group(n=n, valued=valued, total=exact(total), unrated=unrated, records=identities(largest))


def groups(
    view: PipelineView, source: str, by: tuple[Dim, ...], condition: str = "TRUE", **values: Any
) -> dict[Key, Group]:
    """Return the groups of the deals of `source` (a relation like `PipelineView.states`) that meet a condition.

    Without dimensions there is exactly one group, with the empty key, even where there is no deal.
    """
    keys = columns(by)
    rows = view.rows_once(
        f"SELECT {keys}{sums()} FROM {keyed(by, source)} WHERE {condition}"
        f"{' GROUP BY ' + keys.rstrip(', ') if by else ''}",
        **values,
    )
    return {row[: len(by)]: group(row[len(by) :]) for row in rows}


def identities(largest: list[dict[str, Any]] | None) -> tuple[str, ...]:
    """Return the deal ids of a LARGEST column."""
    return tuple(each["id"] for each in largest or ())


def exact(value: Decimal) -> Decimal:
    """Return the same number without needless zeros: two decimals, more only where they say something."""
    cents = value.quantize(_CENT)
    return cents if cents == value else value.normalize()


def ordered(
    view: PipelineView, by: tuple[Dim, ...], lines: Iterable[Line]
) -> list[tuple[tuple[tuple[str, str | None], ...], Line]]:
    """Return the lines with names for their keys: in the company's order where it has one, else largest first."""
    found = list(lines)
    names = [_names(view, dim, {line.key[place] for line in found}) for place, dim in enumerate(by)]
    order = [_order(view, dim) for dim in by]

    def rank(line: Line) -> tuple[Any, ...]:
        places = tuple(
            len(known) + 1 if key is None else known.get(key, len(known))
            for known, key in zip(order, line.key, strict=True)
        )
        labels = tuple("" if key is None else names[place][key] for place, key in enumerate(line.key))
        ids = tuple(key or "" for key in line.key)
        return (places, line.value is None, -(line.value or 0), labels, ids)

    return [
        (
            tuple(
                (str(dim), None if key is None else names[place][key])
                for place, (dim, key) in enumerate(zip(by, line.key, strict=True))
            ),
            line,
        )
        for line in sorted(found, key=rank)
    ]


def rows(view: PipelineView, by: tuple[Dim, ...], lines: Iterable[Line]) -> tuple[Row, ...]:
    """Return the lines as rows, named and ordered as by `ordered`."""
    return tuple(
        Row(
            by=named,
            value=line.value,
            n=line.n,
            records=line.records[:RECORD_CAP],
            record_count=line.n if line.record_count is None else line.record_count,
        )
        for named, line in ordered(view, by, lines)
    )


def _order(view: PipelineView, dim: Dim) -> dict[str | None, int]:
    known: tuple[str, ...] = view.company.dimensions.get(dim, ())
    if dim == "stage":
        known = tuple(stage.name for stage in view.company.stages)
    if dim == "category":
        known = (*known, *(name for name in _CATEGORIES if name not in known))
    return {name: place for place, name in enumerate(known)}


def _names(view: PipelineView, dim: Dim, keys: Iterable[str | None]) -> dict[str | None, str]:
    """Return what each key is called; namesakes get their id in brackets."""
    wanted = sorted({key for key in keys if key is not None})
    if dim in {"owner", "manager"}:
        names = {key: view.people[key].name if key in view.people else key for key in wanted}
    elif dim == "account":
        found = view.rows(
            "SELECT id, name FROM account WHERE id IN (SELECT unnest($wanted::VARCHAR[]))", wanted=wanted
        )
        names = {key: key for key in wanted} | {key: name for key, name in found if name}
    else:
        return {key: key for key in wanted}
    taken = list(names.values())
    return {
        key: f"{name} ({key})" if taken.count(name) > 1 and name != key else name
        for key, name in names.items()
    }
