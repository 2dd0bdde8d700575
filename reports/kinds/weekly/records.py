"""On slide 8: what is wrong with the records beside the hygiene of open deals, and which slides were left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reports import words
from reports.deck import Cell, Column, Lines, Table, TableRow
from reports.facts import Unit
from reports.kinds.ledger import Ledger
from reports.kinds.page import Page
from reports.measures.quality import Fault, Mender, Quality, quality
from reports.view.hygiene import WRONG
from reports.view.strays import stray_regions
from reports.view.uncounted import Uncounted, uncounted

# Kinds of faults in a table, and in a sentence beside two tables.
ROWS, NAMED = 6, 3
# Letters that a row of a strip holds: short reasons share one.
WIDTH = 120
_WHO = {Mender.OWNER: "owner", Mender.REVOPS: "RevOps", Mender.ADMIN: "CRM admin"}


def beside(page: Page) -> Quality:
    """Return the quality of the slide's records without what the hygiene table counts by team."""
    found = page.scene.view.once("quality", lambda: quality(page.scene.view))
    return Quality(
        deals=found.deals,
        faults=tuple(fault for fault in found.faults if fault.check.name not in WRONG),
        blind=found.blind,
        unmade=found.unmade,
        unread=found.unread,
    )


def table(page: Page, found: Quality) -> Table:
    """Return what else is wrong, most money first, with who can mend it."""
    shown, rest = found.faults[:ROWS], found.faults[ROWS:]
    scale = words.together(fault.value for fault in shown)
    more = [f"and {words.count(len(rest))} more {words.plural(len(rest), 'kind')}."] if rest else []
    if len(shown) > 1:
        more.append("A deal may stand in several rows.")
    for fault in shown:
        _bind(page.ledger, fault, words.money(fault.value, page.scene.currency, scale))
    return Table(
        id="records",
        slot="right",
        heading="Also wrong in the records, open and won deals",
        columns=(
            Column(heading="What", weight=2.6),
            Column(heading="Deals", align="right", weight=0.6),
            Column(heading="Value", align="right", weight=0.8),
            Column(heading="Who mends it", weight=1.0),
        ),
        rows=tuple(_row(page, fault, scale) for fault in shown),
        more=" ".join(more),
        alt="Other faults: "
        + "; ".join(f"{words.count(fault.n)} {fault.check.said(fault.n)}" for fault in shown)
        + ".",
    )


def _row(page: Page, fault: Fault, scale: words.Scale) -> TableRow:
    value = "–" if fault.value is None else words.money(fault.value, page.scene.currency, scale)
    said = fault.check.said(fault.n)
    return TableRow(
        cells=(
            Cell(text=f"{said[:1].upper()}{said[1:]}"),
            Cell(text=words.count(fault.n), value=Decimal(fault.n), unit=Unit.COUNT),
            Cell(text=value, value=fault.value, unit=Unit.MONEY),
            Cell(text=_WHO[fault.check.mender]),
        ),
    )


def sentence(page: Page, found: Quality) -> Lines:
    """Return the same in few words, for a slide that has no room for another table."""
    ledger, shown = page.ledger, found.faults[:NAMED]
    parts = []
    for fault in shown:
        value = "" if fault.value is None else words.money(fault.value, page.scene.currency)
        n = _bind(ledger, fault, value)
        worth = f"{{{{wrong.{fault.check.name}.value}}}}, " if value else ""
        parts.append(f"{n} {fault.check.said(fault.n)} ({worth}{_WHO[fault.check.mender]})")
    if rest := len(found.faults) - len(shown):
        n = ledger.digits("wrong.more", rest, source="Kinds of faults besides")
        parts.append(f"{n} more {words.plural(rest, 'kind')}")
    return Lines(
        id="records",
        slot="bottom",
        heading="Also wrong in the records",
        # Each in a clause of its own: what one says of its deals it does not say of those of the others.
        lines=(ledger.say(f"{'; '.join(parts)}."),),
        tone="warn",
    )


def _bind(ledger: Ledger, fault: Fault, text: str) -> str:
    """Bind how many deals a check found and what they are worth, and return the token of the count."""
    name, label = fault.check.name, f"Records {fault.check.said(2)}"
    if fault.value is not None:
        ledger.value(
            f"wrong.{name}.value",
            fault.value,
            Unit.MONEY,
            text,
            source=label,
            definition=fault.check.definition,
            records=fault.records,
            n=fault.n,
        )
    return ledger.value(
        f"wrong.{name}",
        fault.n,
        Unit.COUNT,
        words.count(fault.n),
        source=label,
        definition=fault.check.definition,
        records=fault.records,
        n=fault.n,
    )


def _unread(ledger: Ledger, place: int, field: str, n: int) -> str:
    """Return a field of which something could not be read, and of how many deals, as tokens."""
    label = "fields that hold no value of their kind"
    called = ledger.name(f"unread{place}", field, source=label, limit=60)
    return f"{called} of {ledger.digits(f'unread{place}.n', n, source=label)} {words.plural(n, 'deal')}"


def _untyped(page: Page, place: int, each: Uncounted) -> str:
    """Return a type that does not count, how many deals have it and what they are worth, as tokens."""
    ledger, key, label = (
        page.ledger,
        f"uncounted{place}",
        "deals of types that the company file does not know",
    )
    called = ledger.name(key, each.type or "no type", source=label)
    n = ledger.digits(f"{key}.n", each.n, source=label, records=each.records)
    worth = ledger.money(f"{key}.value", each.value, source=label, records=each.records, n=each.n, alone=True)
    return f"{called} ({n} {words.plural(each.n, 'deal')}{f', {worth}' if each.value is not None else ''})"


def _known_late(page: Page) -> date | None:
    """Return the day from which on alone the CRM tells how deals stood and what they were worth; None where it tells all."""
    view = page.scene.view
    known = view.session.known_from()
    instants = [known[word] for word in ("stage", "status", "close", "amount") if word in known]
    return view.calendar.day(max(instants)) if instants else None


def omitted(page: Page, found: Quality) -> Lines | None:
    """Return which slides were left out and why, and what the source does not say; None for neither."""
    reasons: dict[str, list[str]] = {}
    for text in page.left_out:
        label, _, why = text.partition(": ")
        reasons.setdefault(why, []).append(label)
    rows: list[str] = []
    width = 0
    for number, (why, labels) in enumerate(reasons.items()):
        text = f"{words.joined(labels)}: {why}"
        told = f"{page.ledger.name(f'omitted{number}', text, source='slides left out', limit=220)}."
        fits = bool(rows) and width + len(text) + 2 <= WIDTH
        rows[-1:] = [f"{rows[-1]} {told}"] if fits else [*rows[-1:], told]
        width = width + len(text) + 2 if fits else len(text)
    lines = [page.ledger.say(row) for row in rows]
    if found.blind:
        text = words.joined(found.blind, "or")
        name = page.ledger.name("blind", text, source="fields that no record has", limit=160)
        lines.append(page.ledger.say(f"Not checked, for no record has it: {name}."))
    if found.unread:
        wrong = [
            _unread(page.ledger, place, field, n) for place, (field, n) in enumerate(found.unread[:NAMED])
        ]
        lines.append(
            page.ledger.say(f"Counted as missing, for it holds no value of its kind: {words.joined(wrong)}.")
        )
    if new := uncounted(page.scene.view):
        told = words.joined([_untyped(page, place, each) for place, each in enumerate(new[:NAMED])])
        rest = (
            f" and {page.ledger.digits('uncounted.more', len(new) - NAMED, source='types')} more"
            if new[NAMED:]
            else ""
        )
        lines.append(
            page.ledger.say(f"Not counted, for the company file does not know the type: {told}{rest}.")
        )
    if strays := stray_regions(page.scene.view):
        named = words.joined([each.name for each in strays])
        told = page.ledger.name("strays", named, source="regions of targets that nobody knows", limit=160)
        lines.append(
            page.ledger.say(
                f"Not counted, for no deal has the region and the company file does not list it: targets of {told}."
            )
        )
    if page.scene.view.snapshots and not page.scene.known_days:
        lines.append(
            page.ledger.say("There is no history: which stages, dates and amounts stood before is not known.")
        )
    elif (late := _known_late(page)) is not None:
        page.ledger.name("known_late", words.day(late, page.scene.today), source="records")
        lines.append(
            page.ledger.say(
                "Which stages, dates and amounts stood before {{known_late}} is not known of all deals."
            )
        )
    if not lines:
        return None
    heading = "Left out" if page.left_out else "Not known"
    return Lines(id="omitted", slot="bottom", heading=heading, lines=tuple(lines), tone="warn")
