"""Slide 4: the commit deals that carry the call, and the warning signs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.records import ForecastClass, Status
from reports import words
from reports.deck import Cell, Column, Lines, Table, TableRow
from reports.facts import Tone
from reports.findings import LAST_SEEN, FindingKind, Inspection
from reports.kinds.page import UNDATED, Body, LeftOut, Page, named, short_name
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.view import Deal
from reports.view.hygiene import knows_steps
from reports.view.timeline import Logged

# The deals shown: the fewest largest that carry this share of commit, LEAST to MOST of them.
CARRY_SHARE = Decimal(2) / Decimal(3)
LEAST, MOST = 5, 8
# So few deals leave room to tell what stands behind their signs.
FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """The commit deal that has to be asked about: its signs in short words, what to do, and by when (None: not dated)."""

    deal: Deal
    signs: tuple[str, ...]
    act: str
    by: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The commit deals that carry the call, and what a look at each shows."""

    deals: tuple[Deal, ...]
    seen: Mapping[str, Inspection]
    signs: Mapping[str, tuple[str, ...]]

    @property
    def doubt(self) -> Doubt | None:
        """Return the deal with the most signs, of several the largest; None where none shows a sign."""
        worst = max(self.deals, key=lambda deal: (len(self.signs[deal.id]), deal.amount or 0))
        if not self.signs[worst.id]:
            return None
        finding = next((item for item in self.seen[worst.id].signs), None) if worst.id in self.seen else None
        act = finding.act if finding else "Ask what has to happen, and when"
        return Doubt(deal=worst, signs=self.signs[worst.id], act=act, by=finding.by if finding else None)


def carried(scene: Scene) -> Carried | None:
    """Return the commit deals that carry the call; None where none is due in the period."""
    deals = scene.view.deals(status=Status.OPEN, category=ForecastClass.COMMIT, due=scene.period, limit=MOST)
    if not deals:
        return None
    shown = carriers(deals, scene.amount("commit") or Decimal(0))
    seen = scene.inspected(shown)
    return Carried(deals=shown, seen=seen, signs={deal.id: signs_of(seen.get(deal.id)) for deal in shown})


def build(page: Page) -> Body | LeftOut:
    """Return the inspection of the commit deals; left out when none is due in the period."""
    scene, ledger = page.scene, page.ledger
    found = carried(scene)
    if scene.undated:
        return UNDATED
    if found is None:
        return LeftOut(f"no commit deal is due in {scene.name}")
    title = ledger.say(titles.sentence(_carry(page, found.deals), _signs(page, found.signs)))
    return Body(
        title=title,
        blocks=(_table(page, found), *_evidence(page, found), _so_what(page, found.doubt)),
        remarks=(
            (
                "Shown: the fewest largest commit deals that together carry two thirds of commit, five to eight of them. "
                f"A warning sign is a rule that speaks against a deal{habit(scene)}."
            ),
            *scene.sampled,
        ),
    )


def carriers(deals: tuple[Deal, ...], total: Decimal) -> tuple[Deal, ...]:
    """Return the fewest of the largest deals that carry two thirds of `total`, LEAST to MOST of them."""
    held = Decimal(0)
    for number, deal in enumerate(deals[:MOST], start=1):
        held += deal.amount or 0
        if total and held >= total * CARRY_SHARE:
            return deals[: max(number, LEAST)]
    return deals[:MOST]


SIGNS = {
    FindingKind.STALE: "silent",
    FindingKind.NO_NEXT_STEP: "no next step",
    FindingKind.OVERDUE: "past due",
    FindingKind.REGRESS: "went back a stage",
    FindingKind.AMOUNT_DROP: "amount cut",
    FindingKind.LONG_IN_STAGE: "old for its stage",
    FindingKind.EARLY_FOR_DATE: "early stage for its date",
}


def habit(scene: Scene) -> str:
    """Return the clause that says what silence is held against; empty where no habit is known."""
    return "; silence is held against the owner's own habit" if scene.logged is Logged.TOUCHES else ""


def signs_of(look: Inspection | None) -> tuple[str, ...]:
    """Return the warning signs of a deal in short words, the gravest first; empty for none."""
    if look is None:
        return ()
    times = "twice" if look.pushes == 2 else f"{words.number_word(look.pushes)} times"
    said = (SIGNS.get(sign.kind, f"date moved {times}") for sign in look.signs)
    return tuple(dict.fromkeys(said))


def _carry(page: Page, shown: tuple[Deal, ...]) -> str:
    """Bind what the shown deals carry, and return the clause."""
    ledger, ids = page.ledger, [deal.id for deal in shown]
    ledger.measured("total", page.scene.measure("commit"))
    ledger.number("n", len(shown), source="Commit deals shown", records=ids)
    ledger.name("deals", words.plural(len(shown), "deal"), source="wording")
    if len(shown) == _count(page):
        return titles.CARRY_ALL_ONE if len(shown) == 1 else titles.CARRY_ALL
    part = sum((deal.amount or Decimal(0) for deal in shown), Decimal(0))
    ledger.money(
        "part",
        part,
        source="Commit, open, in the deals shown",
        definition="Sum of their amounts",
        records=ids,
    )
    return titles.CARRY_ONE if len(shown) == 1 else titles.CARRY


def _count(page: Page) -> int:
    """Return how many commit deals there are, shown or not."""
    return page.scene.measure("commit").rows[0].n


def _signs(page: Page, signs: Mapping[str, tuple[str, ...]]) -> str:
    """Bind how many deals show the most signs, and return the clause."""
    most = max(len(found) for found in signs.values())
    if most == 0:
        return titles.SIGNS_NONE if len(signs) > 1 else "it shows no warning sign"
    worst = [deal_id for deal_id, found in signs.items() if len(found) == most]
    page.ledger.number("k", len(worst), source="Commit deals with the most warning signs", records=worst)
    page.ledger.number("m", most, source="Warning signs on each of them", records=worst)
    page.ledger.name("signs", words.plural(most, "sign"), source="wording")
    if len(signs) == 1:
        return "it shows {{m}} warning {{signs}}"
    return titles.SIGNS_ONE_DEAL if len(worst) == 1 else titles.SIGNS_DEALS


def _table(page: Page, found: Carried) -> Table:
    scene = page.scene
    shown = found.deals
    rest = _count(page) - len(shown)
    scale = words.deal_scale(deal.amount for deal in shown)
    more = ""
    touched = [LAST_SEEN[scene.logged]] if scene.logged in LAST_SEEN else []
    if rest:
        value = (scene.amount("commit") or Decimal(0)) - sum((deal.amount or 0 for deal in shown), Decimal(0))
        more = f"and {words.count(rest)} more, {words.money(value, scene.currency, scale)}"
    return Table(
        id="commit",
        slot="main",
        columns=(
            Column(heading="Deal", weight=2.1),
            Column(heading="Owner", weight=1.0),
            Column(heading="Amount", align="right", weight=0.8),
            Column(heading=_stage_heading(scene), weight=1.5),
            Column(heading="Close", weight=0.75),
            *(Column(heading=heading, weight=1.0) for heading in touched),
            *([Column(heading="Next step", weight=1.8)] if knows_steps(scene.view) else ()),
            Column(heading="Warning signs", weight=2.2),
        ),
        rows=tuple(
            _row(page, deal, found.seen.get(deal.id), found.signs[deal.id], scale=scale) for deal in shown
        ),
        more=more,
        alt=f"The {len(shown)} largest commit deals with owner, amount, stage, close date and warning signs.",
    )


def _stage_heading(scene: Scene) -> str:
    """Return what the column of stages says besides: between exports, a stage was entered on nobody knows which day."""
    if not scene.known_days:
        return "Stage"
    return f"Stage, days in it{' at least' if scene.view.snapshots else ''} (usual)"


def _row(
    page: Page, deal: Deal, look: Inspection | None, signs: tuple[str, ...], *, scale: words.Scale
) -> TableRow:
    scene = page.scene
    today = scene.today
    kinds = {sign.kind for sign in look.signs} if look else set()
    stage = words.line(deal.stage or "", 20)
    if look is not None:
        norm = "" if look.norm_days is None else f" ({look.norm_days})"
        # A deal that stood in its stage when history begins has been there for nobody knows how long.
        if look.days_in_stage < page.scene.known_days:
            stage = f"{stage}, {look.days_in_stage}{'+' if scene.view.snapshots else ''}{norm}"
    tone: Tone = "bad" if len(signs) >= 3 else "warn" if signs else "good"
    overdue = deal.close is not None and deal.close < today
    return TableRow(
        record=deal.id,
        cells=(
            named(deal.name, link=deal.url, note=page.note(deal.id), bold=True),
            Cell(text=short_name(deal.owner)),
            page.deal_amount(deal.amount, scale),
            Cell(text=stage),
            Cell(text=words.day(deal.close, today), tone="bad" if overdue else "neutral"),
            *([_touch(look)] if scene.logged in LAST_SEEN else []),
            *(
                (
                    Cell(
                        text=words.line(deal.next_step or "", 40) or "none",
                        tone="bad" if FindingKind.NO_NEXT_STEP in kinds else "neutral",
                    ),
                )
                if knows_steps(page.scene.view)
                else ()
            ),
            Cell(text=f"{len(signs)}: {', '.join(signs)}" if signs else "none", tone=tone),
        ),
    )


def _touch(look: Inspection | None) -> Cell:
    """Return when somebody was last in touch."""
    text, silent = "none logged", False
    if look is not None:
        silent = any(sign.kind is FindingKind.STALE for sign in look.signs)
        if look.last_touch is not None:
            text = f"{words.days(look.idle_days)} ago" if look.idle_days else "today"
    return Cell(text=text, tone="bad" if silent else "neutral")


def _evidence(page: Page, found: Carried) -> tuple[Lines, ...]:
    """Return what was seen on each of a few deals, in a line each; none where there are more or nothing was seen."""
    if len(found.deals) > FEW:
        return ()
    lines = []
    for number, deal in enumerate(found.deals):
        look = found.seen.get(deal.id)
        seen = [sign.evidence[0] for sign in look.signs] if look else []
        for item in seen:
            page.ledger.extend(item.facts)
        if seen:
            name = page.ledger.name(f"seen{number}", deal.account or deal.name, source="deal name", limit=40)
            lines.append(page.ledger.say(f"{name}. {'. '.join(item.template for item in seen)}."))
    if not lines:
        return ()
    return (Lines(id="evidence", slot="main", heading="What stands behind the signs", lines=tuple(lines)),)


def _so_what(page: Page, doubt: Doubt | None) -> Lines:
    ledger = page.ledger
    if doubt is None:
        text = ledger.say("So what: the call stands on deals that behave; hold their dates.")
        return Lines(id="so-what", slot="bottom", lines=(text,))
    deal = ledger.name("worst", doubt.deal.account or doubt.deal.name, source="deal name")
    amount = ledger.deal_money("worst.amount", doubt.deal.amount, doubt.deal.id)
    reasons = ledger.name("worst.signs", ", ".join(doubt.signs), source="warning signs", limit=140)
    owner = ledger.name("worst.owner", doubt.deal.owner, source="owner")
    act = ledger.name("worst.act", doubt.act, source="finding", limit=120)
    text = ledger.say(f"So what: {deal} ({amount}, {owner}): {reasons}. {act}, or take it out of commit.")
    return Lines(id="so-what", slot="bottom", lines=(text,), tone="warn")
