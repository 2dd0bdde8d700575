"""Which line of the file is which deal of ours: by record id, or by name and amount where the file has no id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connectors.files.claim import Claim
from reports.tieout.amounts import Amounts, same
from reports.view import Deal, PipelineView
from reports.view.lookups import Absence, absent, known_as

# Salesforce shows an id with 15 letters in reports and with 18 elsewhere; the last three only repeat the case.
_SHORT, _LONG = 15, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know of the deals that the file names, and of those that the measure adds up.

    `measured` are the measure's deals by id, `deals` these and every other visible one; `gone` says of deals by id why
    they are not there at the instant.
    """

    measured: Mapping[str, Deal]
    deals: Mapping[str, Deal]
    gone: Mapping[str, tuple[str, Absence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The lines by the deal that they are about, in the file's order; `strangers` are about no deal that is there.

    `absent` says of strangers, by line, what we know of the deal all the same.
    """

    lines: Mapping[str, tuple[Claim, ...]]
    strangers: tuple[Claim, ...]
    absent: Mapping[int, tuple[str, Absence]] = field(default_factory=dict)


def known(
    view: PipelineView, measured: Iterable[Deal], claims: Iterable[Claim], counted: Iterable[Claim]
) -> Known:
    """Return what a view knows of the deals that the claims name: by the ids of those that count, else all by name."""
    held = {deal.id: deal for deal in measured}
    ids = {form for claim in counted if claim.id for form in (claim.id, _short(claim.id))}
    found = _known(view, held, ids=ids, names=())
    if ids & {form for key in (*found.deals, *found.gone) for form in (key, _short(key))}:
        return found
    return _known(view, held, ids=(), names={_folded(claim.name) for claim in claims})


def _known(
    view: PipelineView, measured: Mapping[str, Deal], *, ids: Iterable[str], names: Iterable[str]
) -> Known:
    others = set(known_as(view, ids=ids, names=names)) - set(measured)
    found = view.everything().deals(ids=others, counted=False) if others else ()
    return Known(
        measured=measured,
        deals={**measured, **{deal.id: deal for deal in found}},
        gone={key: (name, why) for key, name, why in absent(view, ids=ids, names=names)},
    )


def pair(claims: Iterable[Claim], ours: Known, amounts: Amounts) -> Pairs:
    """Return which line is about which deal. Where no id of the file is known here, names and amounts decide."""
    claims = tuple(claims)
    by_id = {form: key for key in (*ours.gone, *ours.deals) for form in (key, _short(key))}
    if not any(claim.id and (claim.id in by_id or _short(claim.id) in by_id) for claim in claims):
        return _by_name(claims, ours, amounts)
    lines: dict[str, list[Claim]] = {}
    strangers, gone = list[Claim](), dict[int, tuple[str, Absence]]()
    for claim in claims:
        key = by_id.get(claim.id or "") or by_id.get(_short(claim.id or ""))
        if key is not None and key in ours.deals:
            lines.setdefault(key, []).append(claim)
            continue
        strangers.append(claim)
        if key is not None:
            gone[claim.line] = (key, ours.gone[key][1])
    return _pairs(lines, strangers, gone)


def _by_name(claims: tuple[Claim, ...], ours: Known, amounts: Amounts) -> Pairs:
    named: dict[str, list[Deal]] = {}
    for deal in ours.deals.values():
        named.setdefault(_folded(deal.name), []).append(deal)
    vanished = {_folded(name): (key, why) for key, (name, why) in ours.gone.items()}
    lines: dict[str, list[Claim]] = {}
    strangers, gone = list[Claim](), dict[int, tuple[str, Absence]]()
    for claim in claims:
        folded = _folded(claim.name)
        candidates = named.get(folded, [])
        if candidates:
            best = max(candidates, key=lambda deal: _likeness(claim, deal, ours, amounts, lines))
            lines.setdefault(best.id, []).append(claim)
            continue
        strangers.append(claim)
        if folded in vanished:
            gone[claim.line] = vanished[folded]
    return _pairs(lines, strangers, gone)


def _likeness(
    claim: Claim, deal: Deal, ours: Known, amounts: Amounts, lines: Mapping[str, list[Claim]]
) -> tuple[bool, bool, bool, bool, bool, bool]:
    """Return how well a line fits a deal of its name; of those that fit, one that no line is about yet comes first."""
    value, entered = amounts.value(claim), deal.entered
    equal = same(value, deal.amount) or (entered is not None and same(claim.amount, entered[0]))
    account = claim.account is None or _folded(claim.account) == _folded(deal.account or "")
    standing = claim.status is None or claim.status == deal.status
    return (
        account,
        standing,
        equal,
        deal.id not in lines,
        claim.close == deal.close,
        deal.id in ours.measured,
    )


def _pairs(
    lines: Mapping[str, list[Claim]], strangers: list[Claim], gone: Mapping[int, tuple[str, Absence]]
) -> Pairs:
    return Pairs(
        lines={key: tuple(found) for key, found in lines.items()}, strangers=tuple(strangers), absent=gone
    )


def _short(key: str) -> str:
    return key[:_SHORT] if len(key) == _LONG and key.isalnum() else key


def _folded(name: str) -> str:
    return " ".join(name.split()).lower()


def total(claims: Iterable[Claim], amounts: Amounts) -> Decimal | None:
    """Return what the lines add up to; None where none has an amount."""
    values = [value for claim in claims if (value := amounts.value(claim)) is not None]
    return sum(values, Decimal(0)) if values else None
