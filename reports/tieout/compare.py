"""The comparison: lines of the file beside our deals, every one that differs with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from connectors.files.claim import Claim
from reports.facts import Period
from reports.measures import CATALOGUE
from reports.tieout.amounts import Amounts, same
from reports.tieout.differences import Difference, Reason, Side, TieOut, Where
from reports.tieout.pairs import Known, Pairs, known, pair, total
from reports.tieout.selection import counted, selection
from reports.tieout.why import (
    Circumstances,
    Why,
    not_with_us,
    not_with_you,
    other_amount,
    several,
    unknown_to_us,
)
from reports.view import Deal, PipelineView
from reports.view.lookups import earlier
from reports.view.narrow import must_read
from reports.words import joined, plural

_NOTHING = Decimal(0)
_DAY = timedelta(days=1)
# So many deals of ours on one day, and none of the file's, are more than chance.
_SEVERAL = 3


def tie_out(
    claims: Iterable[Claim],
    view: PipelineView,
    name: str = "open_pipeline",
    *,
    period: Period | None = None,
    made: date | None = None,
) -> TieOut:
    """Return how the company's own report of a measure compares with ours, for a period (None: the measure's own).

    `made` is the day of the report where it is known.

    Raises:
        BadInput: the measure does not add up deals one by one.
        NotShown: somebody may not read amounts.
    """
    must_read("amount", view.access, "a comparison")
    chosen, definition = selection(name), CATALOGUE[name]
    if period is None and definition.period is not None:
        period = view.calendar.parse(definition.period, view.today)
    chosen = replace(chosen, period=period, today=view.today)
    claims = tuple(claims)
    theirs, notes = counted(claims, chosen)
    amounts = Amounts.of(view)
    ours = known(view, chosen.deals(view), claims, theirs)
    at = Circumstances(
        chosen=chosen,
        company=view.company,
        people=view.people,
        filters=view.filters,
        limited=view.access.partial,
        as_of=view.as_of,
        today=view.today,
        amounts=amounts,
        edges=frozenset(_edges(claims, ours, period)),
        newest=_newest(claims, view, made),
    )
    pairs = pair(claims, ours, amounts)
    at = replace(at, earlier=earlier(view, _unlike(pairs, ours, amounts)))
    differences = _differences(pairs, ours, {claim.line for claim in theirs}, at)
    return TieOut(
        measure=name,
        label=definition.label,
        definition=definition.definition,
        version=view.company.version,
        money=chosen.money,
        currency=view.currency,
        as_of=view.as_of,
        period=period,
        filters=view.filters,
        yours=Side(value=total(theirs, amounts) or _NOTHING, n=len(theirs)),
        ours=Side(
            value=sum((deal.amount or _NOTHING for deal in ours.measured.values()), _NOTHING),
            n=len(ours.measured),
        ),
        differences=tuple(sorted(differences, key=_place)),
        notes=(*notes, *_remarks(theirs, amounts)),
    )


def _differences(pairs: Pairs, ours: Known, theirs: set[int], at: Circumstances) -> Iterator[Difference]:
    """Yield every difference; `theirs` are the lines that the file counts."""
    for key, lines in pairs.lines.items():
        deal = ours.deals[key]
        mine = tuple(claim for claim in lines if claim.line in theirs)
        if mine and key in ours.measured:
            yield from _both(mine, deal, at, parted=len(lines) > 1)
        elif mine:
            yield from _only_yours(mine, deal, at)
    for key, deal in ours.measured.items():
        lines = pairs.lines.get(key, ())
        if not any(claim.line in theirs for claim in lines):
            why = not_with_you(deal, lines, at)
            yield _of(deal, Where.OURS, why, at, ours=deal.amount, counted=-1, lines=_numbers(lines))
    yield from _strangers(pairs, theirs, at)


def _edges(claims: Iterable[Claim], ours: Known, period: Period | None) -> Iterator[date]:
    """Yield the first and the last day of a period where the file, and not we, leave them out."""
    if period is None:
        return
    theirs = {claim.close for claim in claims} - {None}
    for day in (period.start, period.end - _DAY):
        inside = any(period.start <= close < period.end for close in theirs if close)
        many = sum(deal.close == day for deal in ours.measured.values()) >= _SEVERAL
        if inside and many and day not in theirs:
            yield day


def _newest(claims: Iterable[Claim], view: PipelineView, made: date | None) -> date | None:
    """Return the day of the report: the one it is known by, at least that of the deal in it that was created last."""
    days = [view.calendar.day(claim.created) for claim in claims if claim.created is not None]
    return max(days + ([made] if made else []), default=None)


def _unlike(pairs: Pairs, ours: Known, amounts: Amounts) -> list[str]:
    """Return the ids of the deals for which the file has another amount."""
    return [
        key
        for key, lines in pairs.lines.items()
        if key in ours.measured and not same(total(lines, amounts), ours.measured[key].amount)
    ]


def _both(lines: tuple[Claim, ...], deal: Deal, at: Circumstances, *, parted: bool) -> Iterator[Difference]:
    """Yield what differs for a deal that both count: its amount, or how often the file counts it."""
    yours = total(lines, at.amounts)
    if len(lines) > 1 and not same(yours, deal.amount):
        lines, again = _once(lines)
        yield from _again(again, deal, at)
        yours = total(lines, at.amounts)
    if len(lines) > 1:
        why = several(lines, yours, deal)
        yield _of(
            deal,
            Where.COUNT,
            why,
            at,
            yours=yours,
            ours=deal.amount,
            counted=len(lines) - 1,
            lines=_numbers(lines),
        )
    elif yours != deal.amount:
        why = other_amount(lines, yours, deal, at, parted=parted)
        yield _of(deal, Where.AMOUNT, why, at, yours=yours, ours=deal.amount, lines=_numbers(lines))


def _only_yours(lines: tuple[Claim, ...], deal: Deal, at: Circumstances) -> Iterator[Difference]:
    first, *others = lines
    why = not_with_us(first, deal, at)
    yours = at.amounts.value(first)
    yield _of(deal, Where.YOURS, why, at, yours=yours, counted=1, lines=(first.line,))
    yield from _again(tuple(others), deal, at)


def _strangers(pairs: Pairs, theirs: set[int], at: Circumstances) -> Iterator[Difference]:
    """Yield the lines about deals that are not there with us."""
    seen: set[tuple[object, ...]] = set()
    told = {_told(claim) for lines in pairs.lines.values() for claim in lines if claim.line in theirs}
    for claim in pairs.strangers:
        if claim.line not in theirs:
            continue
        key, found = pairs.absent.get(claim.line, (None, None))
        reason, detail = unknown_to_us(claim, found, at)
        same_again = (claim.id,) if claim.id else (claim.name, claim.account, claim.amount, claim.close)
        if same_again in seen:
            reason, detail = Reason.DUPLICATE, "the same line again"
        elif key is None and claim.amount is not None and _told(claim) in told:
            reason, detail = Reason.DUPLICATE, "the same name, account, amount and date under another id"
        seen.add(same_again)
        told.add(_told(claim))
        yield Difference(
            where=Where.YOURS,
            reason=reason,
            name=claim.name,
            deal_id=key,
            lines=(claim.line,),
            yours=at.amounts.value(claim),
            counted=1,
            kind=claim.type or "",
            detail=detail,
        )


def _told(claim: Claim) -> tuple[object, ...]:
    """Return what makes two lines about deals of different ids the same to a reader."""
    return (claim.name, claim.account, claim.amount, claim.currency, claim.close)


def _again(lines: tuple[Claim, ...], deal: Deal, at: Circumstances) -> Iterator[Difference]:
    for claim in lines:
        yield _of(
            deal,
            Where.YOURS,
            (Reason.DUPLICATE, "the same deal again"),
            at,
            yours=at.amounts.value(claim),
            counted=1,
            lines=(claim.line,),
        )


def _once(lines: tuple[Claim, ...]) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """Return the lines that differ in their amount or owner, and those that only repeat one of them."""
    seen: set[tuple[Decimal | None, str | None, str | None]] = set()
    first, again = list[Claim](), list[Claim]()
    for claim in lines:
        part = (claim.amount, claim.currency, claim.owner)
        (again if part in seen else first).append(claim)
        seen.add(part)
    return tuple(first), tuple(again)


def _of(
    deal: Deal,
    where: Where,
    why: Why,
    at: Circumstances,
    *,
    lines: tuple[int, ...],
    yours: Decimal | None = None,
    ours: Decimal | None = None,
    counted: int = 0,
) -> Difference:
    reason, detail = why
    return Difference(
        where=where,
        reason=reason,
        name=deal.name,
        deal_id=deal.id,
        lines=lines,
        yours=yours,
        ours=ours,
        counted=counted,
        kind=at.company.label(deal.type) if deal.type else "",
        detail=detail,
    )


def _numbers(lines: Iterable[Claim]) -> tuple[int, ...]:
    return tuple(claim.line for claim in lines)


def _place(item: Difference) -> tuple[int, int, Decimal, str]:
    """Return where a difference stands: by who counts it, by reason, the largest money first."""
    return (
        list(Where).index(item.where),
        list(Reason).index(item.reason),
        -abs(item.delta),
        item.deal_id or item.name,
    )


def _remarks(theirs: Iterable[Claim], amounts: Amounts) -> Iterator[str]:
    """Yield what has to be said of how the file's amounts were read."""
    converted = {claim.currency for claim in theirs if amounts.converted(claim)}
    without = sorted(code for code in converted if code and code not in amounts.rates)
    if known_codes := sorted(code for code in converted if code and code in amounts.rates):
        yield f"amounts in {joined(known_codes)} at the company file's plan rates"
    if without:
        yield (
            f"the company file has no plan rate for {joined(without)}: "
            f"{plural(len(without), 'its', 'their')} amounts count as missing"
        )
