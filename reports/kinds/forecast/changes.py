"""Slide 5: how the call changed in a week by category, what managers adjust, what threatens it, and what is being done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from connectors.records import ForecastClass, Status
from reports import words
from reports.deck import Block, Cell, Column, Lines, Table, TableRow, Words
from reports.errors import NothingThere
from reports.facts import Tone, Unit
from reports.kinds import back
from reports.kinds.forecast import calls as kept
from reports.kinds.forecast import titles
from reports.kinds.forecast.adjustments import adjustments, ends, no_call
from reports.kinds.forecast.calls import Called
from reports.kinds.ledger import Ledger
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.scene import Scene
from reports.kinds.weekly import taken
from reports.kinds.weekly.commitments import signs_of
from reports.measures.calling import CHANGES as MEANING
from reports.measures.calling import Calling, Recall, calling
from reports.view import Deal

LABELS = {
    "added": "Added new",
    "moved_in": "Moved in",
    "raised_to": "Upgraded to it",
    "lowered_to": "Downgraded to it",
    "entered": "Came into scope",
    "increased": "Amount raised",
    "decreased": "Amount cut",
    "won": "Won",
    "lost": "Lost",
    "moved_out": "Moved out",
    "raised_from": "Upgraded from it",
    "lowered_from": "Downgraded from it",
    "left": "Left scope",
}
# What leaves a category for the better.
GOOD = frozenset({LABELS["won"], LABELS["raised_from"]})
# Rows between the two ends; the smallest of more are put together.
MOST = 8
RISKS, ACTIONS, LOOKED_AT = 2, 2, 8
TOLD = 3


def build(page: Page) -> Body | LeftOut:
    """Return what changed in the call; left out when nothing is called, nothing changed and nobody has called."""
    scene, ledger = page.scene, page.ledger
    found = kept.calls(scene, page.context)
    if scene.is_over:
        return _over(page, found)
    both = moved(scene)
    quiet = both is None or not any(one.opening.n or one.closing.n for one in both)
    if quiet and not found and not scene.amount("commit"):
        return LeftOut(f"nothing is called commit or best case in {scene.name}")
    title = ledger.say(back.told(scene, ledger, _title(scene, ledger, both[0] if both else None)))
    right: list[Block] = [adjustments(page, found) if found else no_call(scene, ledger)]
    blocks: list[Block] = []
    if both is not None and not quiet:
        blocks.append(_table(scene, ledger, both))
    else:
        blocks.append(Lines(id="categories", slot="left", lines=(_nothing(scene, ledger, both),)))
    right.append(_threats(page))
    return Body(
        title=title,
        blocks=(*blocks, *right, _doing(page)),
        remarks=(
            back.plain(
                scene,
                "Each deal stands in one row: one that came counts at its amount now, one that left at its amount a week "
                "ago. What was called a week ago plus all rows is what is called now, exactly. "
                "An adjustment is the call minus the roll-up of the same scope.",
            ),
            *scene.sampled,
        ),
    )


def _over(page: Page, found: tuple[Called, ...]) -> Body | LeftOut:
    """Return what managers called against what the period ended with; left out where nobody has called."""
    scene, ledger = page.scene, page.ledger
    if not found:
        return LeftOut(f"{scene.name} is over and no call is kept for it")
    call = kept.of_scope(scene, found) or found[0]
    ledger.name("period", scene.name, source="fiscal calendar")
    ledger.name("caller", call.caller, source="call")
    kept.bind(scene, ledger, "call", call)
    apart = call.commit - kept.rolled_up(scene, call.region)
    ledger.money(
        "call.apart",
        abs(apart),
        source="Error of the call",
        definition="Call minus what the period ended with",
    )
    shown = scene.scale.round(apart)
    title = ledger.say(titles.sentence(titles.APART[0 if shown == 0 else 1 if shown > 0 else -1]))
    table = adjustments(page, found, slot="main")
    return Body(title=title, blocks=(table, *ends(scene, found), _doing(page)))


def moved(scene: Scene) -> tuple[Calling, Calling] | None:
    """Return how commit and best case moved in the week; None when history does not reach back to its start."""
    try:
        commit, best = (
            calling(scene.view, scene.period, scene.since, category)
            for category in (ForecastClass.COMMIT, ForecastClass.BEST_CASE)
        )
    except NothingThere:
        return None
    return commit, best


def told(scene: Scene, ledger: Ledger) -> tuple[Words, ...]:
    """Return the largest changes of the week in commit and best case, each deal once; empty for none."""
    both = moved(scene)
    if both is None:
        return ()
    chosen: dict[str, tuple[Calling, Recall]] = {}
    every = [(one, recall) for one in both for recall in one.recalls]
    for one, recall in sorted(every, key=lambda item: (-abs(item[1].value), item[1].deal_id)):
        if recall.value and recall.deal_id not in chosen and len(chosen) < TOLD:
            chosen[recall.deal_id] = (one, recall)
    deals = scene.deals(chosen)
    return tuple(
        _told(scene, ledger, f"change{number}", one, recall, deals.get(recall.deal_id))
        for number, (one, recall) in enumerate(chosen.values(), start=1)
    )


# What is said of a deal, by bucket; the two that change its amount read the other way round.
_SAID: Mapping[str, str] = {
    "added": "{deal} {amount} is new, called {category}",
    "moved_in": "{deal} {amount} moved into {period}, called {category}",
    "raised_to": "{deal} {amount} was upgraded to {category}",
    "lowered_to": "{deal} {amount} was downgraded to {category}",
    "entered": "{deal} {amount} came into scope, called {category}",
    "increased": "{deal} grew by {amount}, called {category}",
    "decreased": "{deal} shrank by {amount}, called {category}",
    "won": "{deal} {amount} was won; it was called {category}",
    "lost": "{deal} {amount} was lost; it was called {category}",
    "moved_out": "{deal} {amount} left {period}; it was called {category}",
    "raised_from": "{deal} {amount} was upgraded from {category} to {after}",
    "lowered_from": "{deal} {amount} was downgraded from {category} to {after}",
    "left": "{deal} {amount} left the scope; it was called {category}",
}


def _told(scene: Scene, ledger: Ledger, key: str, one: Calling, recall: Recall, deal: Deal | None) -> Words:
    said = _SAID[recall.bucket].format(
        deal=ledger.name(
            f"{key}.deal", (deal.account or deal.name) if deal else recall.deal_id, source="deal name"
        ),
        amount=ledger.deal_money(f"{key}.amount", abs(recall.value), recall.deal_id),
        period=ledger.name("period", scene.name, source="fiscal calendar"),
        category=_called(one.category),
        after=_called(recall.after or "pipeline"),
    )
    owner = f" ({ledger.name(f'{key}.owner', deal.owner, source='owner')})" if deal and deal.owner else ""
    return ledger.say(f"{said}{owner}.")


def _called(category: str) -> str:
    return category.replace("_", " ")


def _title(scene: Scene, ledger: Ledger, commit: Calling | None) -> str:
    """Bind what commit did in the week and what moved it most, and return the sentence."""
    ledger.measured("closing", scene.measure("commit"))
    ledger.name("period", scene.name, source="fiscal calendar")
    called = scene.amount("commit")
    if commit is None:
        return titles.sentence(titles.NO_SNAPSHOT if called else titles.NONE_KNOWN)
    change = (commit.closing.value or Decimal(0)) - (commit.opening.value or Decimal(0))
    ledger.money(
        "change",
        abs(change),
        source=back.plain(scene, "Change in a week"),
        definition=back.plain(scene, "Open commit now minus a week ago"),
    )
    if not called and not change:
        return titles.sentence(titles.NONE)
    base = titles.FELL if called else titles.GONE
    if scene.scale.round(change) == 0:
        base = titles.FLAT
    elif change > 0:
        base = titles.ROSE
    # What moved it most in the direction that it took.
    same = [step for step in commit.steps if step.value and (step.value < 0) == (change < 0)]
    most = max(
        same or [step for step in commit.steps if step.value], key=lambda step: abs(step.value), default=None
    )
    if most is None:
        return titles.sentence(base)
    ledger.money(
        "moved", abs(most.value), source=f"Week of the call, {LABELS[most.bucket].lower()}", records=most.records,
        n=most.n, definition=MEANING[most.bucket],
    )  # fmt: skip
    return titles.sentence(base, titles.BECAUSE[most.bucket])


def _nothing(scene: Scene, ledger: Ledger, both: tuple[Calling, Calling] | None) -> Words:
    if both is None:
        return ledger.say("There is no snapshot a week earlier to compare with.")
    ledger.name("period", scene.name, source="fiscal calendar")
    nothing = "Nothing is called commit or best case in {{period}}, now or a week ago."
    return ledger.say(back.told(scene, ledger, nothing))


def rows(both: tuple[Calling, Calling]) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return (label, commit, best case) of every way in and out that was used, in order; the smallest as one row."""
    found = [
        (LABELS[bucket], both[0].step(bucket).value, both[1].step(bucket).value)
        for bucket in MEANING
        if both[0].step(bucket).n or both[1].step(bucket).n
    ]
    if len(found) <= MOST:
        return tuple(found)
    kept_rows = sorted(found, key=lambda row: -max(abs(row[1]), abs(row[2])))[: MOST - 1]
    rest = [row for row in found if row not in kept_rows]
    other = (
        "Other changes",
        sum((row[1] for row in rest), Decimal(0)),
        sum((row[2] for row in rest), Decimal(0)),
    )
    return (*(row for row in found if row in kept_rows), other)


def _table(scene: Scene, ledger: Ledger, both: tuple[Calling, Calling]) -> Table:
    """Return what was called a week ago, every change, and what is called now: commit beside best case."""
    for one in both:
        for step in one.steps:
            if step.n:
                ledger.money(
                    f"week.{one.category}.{step.bucket}", step.value, n=step.n,
                    source=f"Week of the call, {_called(one.category)}: {LABELS[step.bucket].lower()}",
                    definition=MEANING[step.bucket],
                )  # fmt: skip
    opening = (
        back.plain(scene, "A week ago"),
        both[0].opening.value or Decimal(0),
        both[1].opening.value or Decimal(0),
    )
    closing = [one.closing.value or Decimal(0) for one in both]
    parts = [opening, *rows(both)]
    foots = words.foots((row[1] for row in parts), closing[0], scene.scale) and words.foots(
        (row[2] for row in parts), closing[1], scene.scale
    )
    return Table(
        id="categories",
        slot="left",
        heading=f"Called for {scene.name}, open, since {words.dated(scene.since_day)}",
        columns=(
            Column(heading="Change", weight=1.8),
            Column(heading="Commit", align="right"),
            Column(heading="Best case", align="right"),
        ),
        rows=(
            *(
                TableRow(
                    cells=(
                        Cell(text=label, bold=place == 0),
                        *(
                            _step(scene, value, signed=place > 0, good=label in GOOD)
                            for value in (commit, best)
                        ),
                    )
                )
                for place, (label, commit, best) in enumerate(parts)
            ),
            TableRow(
                total=True,
                cells=(Cell(text="Now", bold=True), *(_step(scene, value, bold=True) for value in closing)),
            ),
        ),
        more="" if foots else "Figures are rounded; the totals are exact.",
        alt=back.plain(
            scene, "What was called commit and best case a week ago, what changed, and what is called now."
        ),
    )


def _step(
    scene: Scene, value: Decimal, *, signed: bool = False, bold: bool = False, good: bool = False
) -> Cell:
    text = words.money(value, scene.currency, scene.scale, signed=signed) if value or not signed else "–"
    tone: Tone = "neutral" if not signed or not value else "good" if good or value > 0 else "bad"
    return Cell(text=text, value=value, unit=Unit.MONEY, bold=bold, tone=tone)


def _threats(page: Page) -> Lines:
    """Return what threatens the call: the commit deals with most against them."""
    risks = _risks(page)
    calm = (
        "No warning sign on the largest commit deals."
        if page.scene.amount("commit")
        else "No deal is called commit."
    )
    return Lines(
        id="risks",
        slot="right",
        heading="Risks to the call",
        lines=tuple(risks) or (page.ledger.say(calm),),
        tone="warn" if risks else "neutral",
    )


def _risks(page: Page) -> list[Words]:
    scene, ledger = page.scene, page.ledger
    deals = scene.view.deals(
        status=Status.OPEN, category=ForecastClass.COMMIT, due=scene.period, limit=LOOKED_AT
    )
    seen = scene.inspected(deals)
    signs = {deal.id: signs_of(seen.get(deal.id)) for deal in deals}
    ranked = sorted(deals, key=lambda deal: (-len(signs[deal.id]), -(deal.amount or Decimal(0)), deal.id))
    lines = []
    for number, deal in enumerate([deal for deal in ranked if signs[deal.id]][:RISKS]):
        name = ledger.name(f"risk{number}.deal", deal.account or deal.name, source="deal name")
        amount = ledger.deal_money(f"risk{number}.amount", deal.amount, deal.id)
        why = ledger.name(f"risk{number}.signs", ", ".join(signs[deal.id]), source="warning signs", limit=140)
        lines.append(ledger.say(f"{name} {amount}: {why}."))
    return lines


def _doing(page: Page) -> Lines:
    """Return what people have taken on and not done yet; a sentence where nothing is."""
    scene, ledger = page.scene, page.ledger
    still = [action for action in taken.taken(page) if action.state in {"open", "moved"}]
    lines = []
    for number, action in enumerate(sorted(still, key=lambda action: (action.due, action.id))[:ACTIONS]):
        text = ledger.name(f"action{number}", action.text, source="action", limit=120)
        owner = ledger.name(f"action{number}.owner", taken.owner_name(scene.view, action), source="action")
        due = ledger.day(f"action{number}.due", action.due, source="action")
        late = "was due" if action.due < scene.today else "by"
        lines.append(ledger.say(f"{text} ({owner}, {late} {due})"))
    if len(still) > ACTIONS:
        more = ledger.digits("actions.more", len(still) - ACTIONS, source="Open actions")
        lines.append(ledger.say(f"And {more} more."))
    if not lines:
        lines.append(ledger.say("No open action is kept for this scope."))
    return Lines(id="actions", slot="bottom", heading="Being done", lines=tuple(lines), tone="accent")
