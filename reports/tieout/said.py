"""A tie-out in words: the two totals, what is only on one side, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from reports.tieout.differences import Difference, Reason, Side, TieOut, Where, total
from reports.words import count, money, plural
from reports.words import together as one_scale

# One deal and several, by reason; a type is called by its own name.
_CALLED: Final[dict[Reason, tuple[str, str]]] = {
    Reason.TYPE: ("of another type", "of other types"),
    Reason.OMITTED: ("omitted", "omitted"),
    Reason.OWNER: ("with an inactive or unknown owner", "with inactive or unknown owners"),
    Reason.CURRENCY: ("currency", "currency"),
    Reason.EDGE: ("on the period's edge", "on the period's edge"),
    Reason.TIME_ZONE: ("a day off (time zone)", "a day off (time zone)"),
    Reason.MOVED: ("with another close date", "with other close dates"),
    Reason.DUPLICATE: ("duplicate", "duplicates"),
    Reason.SPLIT: ("split", "splits"),
    Reason.CHANGED: ("changed amount", "changed amounts"),
    Reason.DELETED: ("deleted with us", "deleted with us"),
    Reason.NO_AMOUNT: ("without an amount", "without an amount"),
    Reason.STAGE: ("in another stage", "in other stages"),
    Reason.CATEGORY: ("in another forecast category", "in other forecast categories"),
    Reason.LATER: ("created later", "created later"),
    Reason.NEWER: ("created after your report", "created after your report"),
    Reason.RIGHTS: ("not among the deals that you may see", "not among the deals that you may see"),
    Reason.FILTERS: ("outside the filters", "outside the filters"),
    Reason.UNEXPLAINED: ("unexplained", "unexplained"),
}
_CENT: Final = Decimal("0.01")
_ALL: Final = "yours - ours"
_HEADS: Final = {
    Where.YOURS: "Only in yours",
    Where.OURS: "Only in ours",
    Where.AMOUNT: "Amount differs",
    Where.COUNT: "Several lines of one deal",
}


def summary(tied: TieOut) -> str:
    """Return the whole comparison as one paragraph: `Yours 12.98M (219), ours 12.43M (213). Only in yours: …`."""
    parts = [_totals(tied)]
    for where in Where:
        found = [item for item in tied.shown if item.where is where]
        if found:
            parts.append(f"{_HEADS[where]}: {_listed(where, found)}.")
    if not tied.shown:
        same = tied.yours.n == tied.ours.n
        parts.append(f"They agree{' deal by deal' if same and tied.ours.n else ''}.")
    return " ".join(parts)


def between(tied: TieOut) -> tuple[tuple[str, str, str], ...]:
    """Return (reason, how many more, how much more) the file counts for every reason, and in all: yours - ours."""
    sides = [*((str(reason), side) for reason, side in tied.by_reason()), (_ALL, total(tied.differences))]
    return tuple((name, count(side.n, signed=True), cents(side.value, signed=True)) for name, side in sides)


def cents(value: Decimal | None, *, signed: bool = False) -> str:
    """Return an amount to the cent, `-1,234.50`; empty where there is none."""
    if value is None:
        return ""
    rounded = value.quantize(_CENT)
    return f"{rounded or abs(rounded):{'+' if signed and rounded else ''},}".replace("-", "−")


def _totals(tied: TieOut) -> str:
    if not tied.money:
        return f"Yours {count(tied.yours.n)}, ours {count(tied.ours.n)}."
    scale = one_scale((tied.yours.value, tied.ours.value))

    def written(side: Side) -> str:
        return f"{money(side.value, tied.currency, scale)} ({count(side.n)})"

    return f"Yours {written(tied.yours)}, ours {written(tied.ours)}."


def _listed(where: Where, found: Iterable[Difference]) -> str:
    """Return how many there are of each kind, `4 renewals, 2 omitted`; where both count it, `1 (currency)`."""
    kinds = Counter(_kind(item) for item in found)
    if where is Where.AMOUNT:
        whole = kinds.total()
        names = [one for one, _many in kinds]
        if len(kinds) == 1:
            return f"{whole} ({names[0]})"
        return f"{whole} ({', '.join(f'{n} {one}' for (one, _), n in kinds.items())})"
    return ", ".join(f"{n} {plural(n, one, many)}" for (one, many), n in kinds.items())


def _kind(item: Difference) -> tuple[str, str]:
    """Return how one such deal, and several, are called."""
    if item.reason is Reason.TYPE and item.kind:
        one = item.kind.lower() if item.kind.istitle() or item.kind.capitalize() == item.kind else item.kind
        return one, one if one.endswith("s") else f"{one}s"
    return _CALLED[item.reason]
