"""What was to be won: targets of the company file for a period, a scope, and each row of a measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from connectors.company import Target
from connectors.records import Person
from reports.errors import BadInput
from reports.facts import Dim, Period
from reports.measures.groups import Key, exact
from reports.view import PipelineView, cross_rates
from reports.view.strays import stray_regions

# Dimensions for which a company file can hold targets.
_SET_BY: frozenset[Dim] = frozenset({"region", "owner", "manager"})

_PERSONAL: tuple[Dim, ...] = ("owner", "manager")


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The targets of one period under one view; amounts in the view's currency."""

    view: PipelineView
    period: Period
    lines: tuple[tuple[Period, Target], ...]
    quarters: tuple[Period, ...]

    def keys(self, by: tuple[Dim, ...]) -> tuple[Key, ...]:
        """Return the keys for which targets are written, for a measure by exactly region, owner or manager."""
        if by == ("region",) and not self._partial(by):
            allowed = self._regions((), ())
            named = (line.region for _, line in self.lines if line.owner is None and line.region is not None)
            return tuple((name,) for name in dict.fromkeys(named) if allowed is None or name in allowed)
        return ()

    def of(self, by: tuple[Dim, ...], key: Key) -> Decimal | None:
        """Return the target of one row; None where none is set. See `why` for the reason."""
        if not self.quarters or self.unfit(by) or self._partial(by):
            return None
        regions = self._regions(by, key)
        owners = self._owners(by, key)
        total = Decimal(0)
        for quarter in self.quarters:
            amount = self._amount([line for period, line in self.lines if period == quarter], regions, owners)
            if amount is None:
                return None
            total += amount
        rate = cross_rates(self.view.company, self.view.currency)[self.view.company.currency]
        return exact(total * rate)

    def unfit(self, by: Iterable[Dim]) -> tuple[Dim, ...]:
        """Return the dimensions in use for which targets cannot be set, in order."""
        used = (*by, *(item.dim for item in self.view.filters))
        negated = tuple(item.dim for item in self.view.filters if item.negate and item.dim != "region")
        return tuple(dict.fromkeys([*(dim for dim in used if dim not in _SET_BY), *negated]))

    def why(self, by: tuple[Dim, ...], missing: int) -> tuple[str, ...]:
        """Return what to say where targets are missing; nothing where none is."""
        if not missing:
            return ()
        if not self.quarters:
            return (
                f"no target: targets are set per fiscal quarter, and {self.period.label} is not made of whole ones",
            )
        if self._partial(by):
            return ("no target: it is for all deals, and some of them may be out of sight here",)
        unfit = self.unfit(by)
        if unfit:
            return (f"no target: targets are set by region and owner, not by {', '.join(unfit)}",)
        if missing == 1 and not by:
            return (f"no target for {self.period.label} in the company file for this scope",)
        return (
            f"no target for {self.period.label} in the company file for {missing} row{'s' if missing > 1 else ''}",
        )

    def _partial(self, by: tuple[Dim, ...]) -> bool:
        """Say whether the CRM's own rights may leave deals out that a target counts; nobody's own deals are left out."""
        access = self.view.access
        if not access.sights:
            return False
        return bool(access.audience) or self._owners((), ()) != frozenset({access.asker.person}) or bool(by)

    def _regions(self, by: tuple[Dim, ...], key: Key) -> frozenset[str] | None:
        """Return the regions that the row covers; None where nothing limits them. Rights limit like a filter."""
        limits: list[frozenset[str | None]] = []
        if self.view.access.regions is not None:
            limits.append(frozenset(self.view.access.regions))
        known = frozenset(self.view.company.dimensions.get("region", ())) | {
            line.region for _, line in self.lines if line.region is not None
        }
        limits += [
            known - set(item.values) if item.negate else frozenset(item.values)
            for item in self.view.filters
            if item.dim == "region"
        ]
        if "region" in by:
            limits.append(frozenset({key[by.index("region")]}))
        if not limits:
            return None
        common = limits[0].intersection(*limits[1:])
        return frozenset(name for name in common if name is not None) or frozenset({""})

    def _owners(self, by: tuple[Dim, ...], key: Key) -> frozenset[str] | None:
        """Return the ids of those whose own targets make up the row's; None where nothing limits owners."""
        limits: list[frozenset[str]] = []
        people = self.view.people.values()
        if self.view.access.owners is not None:
            limits.append(self.view.access.owners)
        limits += [
            frozenset(person.id for person in people if {person.id, person.name} & set(item.values))
            for item in self.view.filters
            if item.dim in {"owner", "manager"}
        ]
        limits += [frozenset({key[by.index(dim)] or ""}) for dim in _PERSONAL if dim in by]
        return limits[0].intersection(*limits[1:]) if limits else None

    def _amount(
        self, lines: list[Target], regions: frozenset[str] | None, owners: frozenset[str] | None
    ) -> Decimal | None:
        if owners is not None:
            return self._by_owner(lines, regions, owners)
        by_region = [line for line in lines if line.owner is None and line.region is not None]
        if regions is None:
            whole = [line for line in lines if line.owner is None and line.region is None]
            chosen = whole or by_region
            return sum((line.amount for line in chosen), Decimal(0)) if chosen else None
        if regions - {line.region for line in by_region}:
            return None
        return sum((line.amount for line in by_region if line.region in regions), Decimal(0))

    def _by_owner(
        self, lines: list[Target], regions: frozenset[str] | None, owners: frozenset[str]
    ) -> Decimal | None:
        total, found = Decimal(0), False
        for owner in owners:
            person = self.view.people.get(owner)
            own = [
                line
                for line in lines
                if line.owner is not None
                and _is(line.owner, owner, person)
                and (regions is None or line.region is None or line.region in regions)
            ]
            if not own:
                return None
            total, found = total + sum((line.amount for line in own), Decimal(0)), True
        return total if found else None


def targets(view: PipelineView, period: Period) -> Targets:
    """Return the targets for a period under a view's scope and rights; one of a region that nobody knows is a mistake."""
    quarters = view.calendar.quarters(period)
    spans = {(quarter.start, quarter.end): quarter for quarter in quarters}
    lines, strays = [], {each.name for each in stray_regions(view)}
    for line in view.company.targets:
        if line.owner is None and line.region in strays:
            continue
        try:
            named = view.calendar.parse(line.period, view.today)
        except BadInput as error:
            raise BadInput(f"the company file sets a target for {line.period!r}: {error}") from error
        quarter = spans.get((named.start, named.end))
        if quarter:
            lines.append((quarter, line))
    return Targets(view=view, period=period, lines=tuple(lines), quarters=quarters)


def _is(written: str, owner_id: str, person: Person | None) -> bool:
    names = {owner_id.casefold()} | ({person.name.casefold(), person.email.casefold()} if person else set())
    return written.casefold() in names
