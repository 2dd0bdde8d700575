"""Slide 8: what to mend in the records, what became of last week's actions, what was left out, and definitions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from connectors.records import Status
from reports import words
from reports.context import Action
from reports.deck import Block, Cell, Column, Lines, Slot, Table, TableRow
from reports.facts import Unit
from reports.findings import silence_rule
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.weekly import records, taken, titles
from reports.measures import CATALOGUE, measure
from reports.view.hygiene import FIRST_STAGE, Hygiene, hygiene, knows_steps

TEAMS = 6
NO_TEAM = "no team"
PRINTED = ("open_pipeline", "coverage", "slip_rate")


def build(page: Page) -> Body | LeftOut:
    """Return hygiene, what else is wrong, actions, what was left out, and definitions; left out where there is none."""
    teams = hygiene(page.scene.view)
    actions, found = taken.taken(page), records.beside(page)
    if not teams and not actions and not found.faults and not page.left_out:
        return LeftOut("nothing is open and no action was taken on last week")
    title = page.ledger.say(titles.sentence(*_title(page, actions)))
    wide = bool(found.faults) and not actions
    blocks: list[Block] = [_hygiene(page, teams, slot="left" if actions or wide else "main")] if teams else []
    if actions:
        blocks.append(taken.table(page, actions))
    if wide:
        blocks.append(records.table(page, found).model_copy(update={"slot": "right" if teams else "main"}))
    strips = [records.sentence(page, found)] if found.faults and actions else []
    strips += [block for block in [records.omitted(page, found)] if block is not None]
    # Strips push the tables together: the fewer definitions are printed, the more of them there are.
    rule = silence_rule(page.scene.view)
    taken_up = sum(len(block.lines) for block in strips) + bool(rule)
    printed = PRINTED[: max(len(PRINTED) - taken_up, 1)]
    return Body(
        title=title,
        blocks=(*blocks, *strips, _definitions(page, printed, rule)),
        remarks=(
            (
                "Past due: open, with a close date before today, whatever the period. "
                "No next step counts from the second stage on. Teams are those of the owners today."
            ),
            *(
                f"{CATALOGUE[name].label}: {CATALOGUE[name].definition}"
                for name in PRINTED
                if name not in printed
            ),
        ),
    )


def _title(page: Page, actions: tuple[Action, ...]) -> tuple[str, str]:
    scene, ledger = page.scene, page.ledger
    late = measure(scene.view, "overdue").rows[0]
    value = late.value or Decimal(0)
    definition = "Open deals whose close date lies before today, any period"
    ledger.value(
        "overdue", late.n, Unit.COUNT, words.number_word(late.n), source="Close dates past due",
        definition=definition, records=late.records, n=late.n,
    )  # fmt: skip
    coarse = scene.scale.with_decimals(1) if value >= 1_000_000 else words.scale_for([value])
    ledger.money(
        "value",
        value,
        source="Value past due",
        scale=coarse,
        definition=definition,
        records=late.records,
        n=late.n,
    )
    none = titles.NO_DATES if scene.undated else titles.PAST_DUE_NONE
    dates = titles.PAST_DUE if late.n > 1 else titles.PAST_DUE_ONE if late.n else none
    if not actions:
        return "", dates[:1].upper() + dates[1:]
    done = [action for action in actions if action.state == "done"]
    ledger.number("done", len(done), source="Actions done")
    ledger.number("all", len(actions), source="Actions of last week")
    return titles.ACTIONS_DONE if len(actions) > 1 or not done else titles.ACTION_DONE_ONE, dates


def _hygiene(page: Page, teams: tuple[Hygiene, ...], *, slot: Slot) -> Table:
    total = _together("All", teams)
    ranked = sorted(teams, key=lambda part: (-part.overdue, -_faults(part), part.team or NO_TEAM))
    shown, rest = ranked[:TEAMS], ranked[TEAMS:]
    if len(rest) > 1:
        shown.append(_together(f"{len(rest)} other teams", rest))
    else:
        shown += rest
    scale = words.together(part.overdue_value for part in (*shown, total))
    rows = [_hygiene_row(page, part, scale, total=False) for part in shown]
    feet = words.foots((part.overdue_value for part in shown), total.overdue_value, scale)
    return Table(
        id="hygiene",
        slot=slot,
        heading="To mend in the CRM, open deals of any period",
        columns=(
            Column(heading="Team", weight=1.8),
            Column(heading="Past due", align="right", weight=0.8),
            Column(heading="Value", align="right", weight=0.9),
            Column(heading="No amount", align="right", weight=0.9),
            *([Column(heading="No next step", align="right", weight=1.0)] if _steps(page) else ()),
        ),
        rows=(*rows, _hygiene_row(page, total, scale, total=True)),
        more=" ".join((_step_rule(page), "Figures are rounded; the total is exact." * (not feet))).strip(),
        alt=f"Hygiene by team: {total.overdue} close dates past due, "
        f"{total.no_amount} deals without an amount{f', {total.no_step} without a next step' if _steps(page) else ''}.",
    )


def _step_rule(page: Page) -> str:
    """Return from which stage on a missing next step counts, as the slide says it; empty where no record has any."""
    if not _steps(page):
        return ""
    stages = (stage for stage in page.scene.company.stages if stage.status is Status.OPEN)
    later = next((stage.name for stage in stages if stage.order > FIRST_STAGE), None)
    return f"No next step: counted from {words.line(later, 24)} on." if later else ""


def _steps(page: Page) -> bool:
    return knows_steps(page.scene.view)


def _together(name: str, parts: Iterable[Hygiene]) -> Hygiene:
    found = tuple(parts)
    return Hygiene(
        team=name,
        deals=sum(part.deals for part in found),
        overdue=sum(part.overdue for part in found),
        overdue_value=sum((part.overdue_value for part in found), Decimal(0)),
        no_amount=sum(part.no_amount for part in found),
        no_step=sum(part.no_step for part in found),
    )


def _faults(part: Hygiene) -> int:
    return part.overdue + part.no_amount + part.no_step


def _hygiene_row(page: Page, part: Hygiene, scale: words.Scale, *, total: bool) -> TableRow:
    value = words.money(part.overdue_value, page.scene.currency, scale)
    return TableRow(
        total=total,
        cells=(
            Cell(text=words.line(part.team or NO_TEAM, 28), bold=total),
            _counted(part.overdue, bold=total),
            Cell(text=value if part.overdue else "–", value=part.overdue_value, unit=Unit.MONEY, bold=total),
            _counted(part.no_amount, bold=total),
            *((_counted(part.no_step, bold=total),) if _steps(page) else ()),
        ),
    )


def _counted(number: int, *, bold: bool) -> Cell:
    return Cell(
        text=words.count(number) if number else "–", value=Decimal(number), unit=Unit.COUNT, bold=bold
    )


def _definitions(page: Page, names: tuple[str, ...], rule: str) -> Lines:
    lines = [page.ledger.say(_defined(page, name)) for name in names]
    if rule:
        told = page.ledger.name("silence", rule, source="activity in the records", limit=220)
        lines.append(page.ledger.say(f"Silence: {told}."))
    return Lines(
        id="definitions",
        slot="bottom",
        heading="Definitions in force",
        lines=tuple(lines),
        tone="muted",
    )


def _defined(page: Page, name: str) -> str:
    """Bind a definition of the catalogue, word for word, and return the sentence."""
    found = CATALOGUE[name]
    label = page.ledger.name(f"label.{name}", found.label, source="catalogue of measures")
    text = found.definition.rstrip(".")
    return (
        f"{label}: {page.ledger.name(f'definition.{name}', text, source='catalogue of measures', limit=220)}."
    )
