"""The first days of a quarter: how the last one closed, against its target and what was called, and how this one opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from reports import words
from reports.deck import Lines, Tile, Words
from reports.errors import NothingThere
from reports.facts import Fact, Tone
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles
from reports.kinds.weekly.standing import Standing, Templates, bind, told
from reports.measures import ENDS, Movement, Outcome, Step, measure, outcome
from reports.narrative import TOKEN

# What was called is that of so many days before the quarter's last day.
BEFORE = 7
# What people call the ways in which a call ends.
LABELS = {
    "beyond": "Won besides",
    "slipped": "Slipped over",
    "lost": "Lost",
    "changed": "Amounts changed",
    "gone": "No longer counted",
}
NAMED = 2
LINES = 3
# By what targets can be set: a scope that is cut by anything else has none of its own.
TARGETED = frozenset({"region", "owner", "manager"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """The quarter that closed as a scene of its own, the one that opens, and what became of the call (None: not known)."""

    last: Scene
    scene: Scene
    outcome: Outcome | None

    @property
    def opened(self) -> Decimal:
        """Return what is open and due in the quarter that begins."""
        return self.scene.amount("open_pipeline") or Decimal(0)

    @property
    def need(self) -> Decimal | None:
        """Return the pipeline that what is left to win takes; None without a target or a required coverage."""
        target, required = self.scene.amount("target"), self.scene.company.thresholds.required_coverage
        if target is None or required is None:
            return None
        return max(target - (self.scene.amount("bookings") or Decimal(0)), Decimal(0)) * required

    @property
    def coarse(self) -> words.Scale:
        """Return the scale in which the quarter that begins is told."""
        scale = words.scale_for((self.need, self.opened))
        if scale is not words.MILLIONS:
            return scale
        tenths, need = words.TENTHS.round, self.need
        fits = need is None or tenths(need) - tenths(self.opened) == tenths(need - self.opened)
        return words.TENTHS if fits else scale

    @property
    def missing(self) -> Decimal:
        """Return what is shown to be missing of the pipeline that is needed; below zero where there is more of it."""
        return self.coarse.round((self.need or Decimal(0)) - self.opened)

    @property
    def first_day(self) -> bool:
        """Say whether the quarter began today: what is open is what it opens with."""
        return self.scene.today == self.scene.period.start

    @property
    def elsewhere(self) -> bool:
        """Say whether targets are set for the quarter, but for nothing as narrow as this scope."""
        scene = self.scene
        cut = any(item.dim not in TARGETED for item in scene.view.filters)
        return cut and measure(scene.view.everything(), "target", period=scene.period).value is not None


def rolled(scene: Scene) -> Rolled | None:
    """Return how the quarter before closed and this one opens; None where the report does not open with that."""
    if not scene.opening:
        return None
    last = replace(scene, period=scene.view.calendar.previous(scene.period), opening=False)
    if not last.measure("bookings").rows[0].n and last.amount("target") is None:
        return None
    return Rolled(last=last, scene=scene, outcome=_outcome(last))


def _outcome(last: Scene) -> Outcome | None:
    """Return what became of the call of a week before the quarter's end; None where nobody knows what was called."""
    view, end = last.view, last.period.end
    since = view.back((last.today - end).days + 1 + BEFORE, early=0)
    if view.calendar.day(since) >= end - timedelta(days=1):
        return None
    try:
        return outcome(view, last.period, since)
    except NothingThere:
        return None


def templates(found: Rolled, ledger: Ledger) -> Templates:
    """Bind how the quarter closed and how this one opens, and return that as title, headline, lead and notification."""
    closed = told(found.last, _bound(found, ledger))
    base = _prefixed(closed.headline).rstrip(".")
    opens = _opens(found, ledger)
    return Templates(
        title=titles.sentence(base, opens),
        headline=f"{base}.",
        lead=f"{opens}.",
        notification=f"{base}, {opens}.",
    )


def _bound(found: Rolled, ledger: Ledger) -> Standing:
    """Bind the standing of the quarter that closed under names of its own."""
    own = found.last.ledger()
    standing = bind(found.last, own)
    ledger.extend(_renamed(fact) for fact in own.facts)
    return standing


def _renamed(fact: Fact) -> Fact:
    return fact.model_copy(update={"id": f"last.{fact.id}"})


def _prefixed(template: str) -> str:
    return TOKEN.sub(lambda match: f"{{{{last.{match[1]}}}}}", template)


def _opens(found: Rolled, ledger: Ledger) -> str:
    """Bind what the quarter opens with and what it needs, and return the clause."""
    scene = found.scene
    ledger.name("next", scene.view.calendar.short(scene.period), source="fiscal calendar")
    if scene.undated:
        return titles.BEGINS[found.first_day, "undated"]
    text = words.money(found.opened, scene.currency, found.coarse)
    ledger.measured("opens.open", scene.measure("open_pipeline"), text=text)
    need, target = found.need, scene.amount("target")
    if need:
        ledger.money(
            "opens.need", need, source="Needed pipeline", scale=found.coarse,
            definition="(Target − won) × required coverage, both set in the company file",
        )  # fmt: skip
        against = "short" if found.missing > 0 else "enough" if found.missing < 0 else "even"
    elif target is not None:
        ledger.money("opens.target", target, source="Target", scale=found.coarse)
        against = "target"
    else:
        against = "elsewhere" if found.elsewhere else "none"
    clause = titles.BEGINS[found.first_day, against]
    for key in ("open", "need", "target"):
        clause = clause.replace(f"{{{{{key}}}}}", f"{{{{opens.{key}}}}}")
    return clause


def _own(found: Rolled, ledger: Ledger, make: Callable[[Ledger], str]) -> str:
    """Bind a fact of the quarter that closed, in its scale and for its period, and return its token."""
    own = found.last.ledger()
    token = make(own)
    ledger.extend(own.facts)
    return token


def tiles(found: Rolled, ledger: Ledger) -> tuple[Tile, ...]:
    """Return what was won of the target, and what slipped over, as key figures; `templates` has bound the standing."""
    last, shown = found.last, [_won(found, ledger)]
    if found.outcome is not None:
        step = found.outcome.step("slipped")
        _step(found, ledger, step)
        since = words.day(last.view.calendar.day(found.outcome.since))
        _own(
            found,
            ledger,
            lambda own: own.digits(
                "ends.slipped.count", step.n, source=_source("slipped"), records=step.records
            ),
        )
        deals = f"{words.count(step.n)} {words.plural(step.n, 'deal')}"
        shown.append(
            Tile(
                label="Slipped over",
                value=words.money(abs(step.value), last.currency, last.scale),
                detail=f"{deals} of the commit of {since}",
                tone="bad" if step.n else "good",
                fact="ends.slipped",
            )
        )
    return tuple(shown)


def _won(found: Rolled, ledger: Ledger) -> Tile:
    last = found.last
    target, won = last.amount("target"), last.amount("bookings") or Decimal(0)
    detail = "no target for this scope"
    if target:
        part = won / target
        _own(
            found,
            ledger,
            lambda own: own.share("last.attained", part, source="Attainment", definition="Won / target"),
        )
        detail = f"{words.share(part)} of {words.money(target, last.currency, last.scale)}"
    return Tile(
        label=f"Won in {last.name}",
        value=words.money(won, last.currency, last.scale),
        detail=detail,
        tone="neutral" if not target else "good" if won >= target else "bad",
        fact="last.called",
    )


def heading(found: Rolled) -> str:
    """Return the heading of how the quarter closed."""
    return f"How {found.last.name} closed"


def lines(found: Rolled, ledger: Ledger) -> tuple[Words, ...]:
    """Return what became of what was called: the totals, and every way out, largest first."""
    if found.outcome is None:
        return (ledger.say("What was called before its end is not known: no snapshot goes back that far."),)
    ends, last = found.outcome, found.last
    since = ledger.day("ends.since", last.view.calendar.day(ends.since), source="day of the call")
    called = _money(
        found, ledger, "ends.called", ends.opening.value, "Won and commit, open", ends.opening.records
    )
    won = _money(found, ledger, "ends.won", ends.closing.value, "Won", ends.closing.records)
    feet = words.foots(
        (ends.opening.value, *(step.value for step in ends.steps)), ends.closing.value, last.scale
    )
    first = ", the first export," if ends.since == last.view.begins and last.view.snapshots else ""
    said = [
        ledger.say(
            f"On {since}{first} {called} was won and committed; {won} is won{'' if feet else ' (rounded)'}."
        )
    ]
    steps = sorted(
        (step for step in ends.steps if last.scale.round(step.value)), key=lambda step: -abs(step.value)
    )
    told_alone = steps[: LINES - 1 - (len(steps) > LINES - 1)]
    said += [ledger.say(_sentence(_clause(found, ends, ledger, step.bucket))) for step in told_alone]
    if rest := steps[len(told_alone) :]:
        joined = "; ".join(_clause(found, ends, ledger, step.bucket, names=False) for step in rest)
        said.append(ledger.say(_sentence(joined)))
    if not any(step.n for step in ends.steps):
        said.append(ledger.say("Everything that was called was won, and nothing besides."))
    return tuple(said)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _clause(found: Rolled, ends: Outcome, ledger: Ledger, bucket: str, *, names: bool = True) -> str:
    """Bind one way out and return its clause, with the largest deals of it."""
    step = ends.step(bucket)
    amount = _step(found, ledger, step)
    n = _own(
        found,
        ledger,
        lambda own: own.number(f"ends.{bucket}.n", step.n, source=_source(bucket), records=step.records),
    )
    deals = words.plural(step.n, "deal")
    way = bucket if bucket != "changed" else "rose" if step.value > 0 else "fell"
    said = titles.ENDED[way].format(amount=amount, n=n, deals=deals)
    if not names or bucket == "changed":
        return said
    moved = ends.moved(bucket)[:NAMED]
    known = found.last.deals(move.deal_id for move in moved)
    named = []
    for number, move in enumerate(moved):
        deal = known.get(move.deal_id)
        name = (deal.account or deal.name) if deal else move.deal_id
        token = ledger.name(f"ends.{bucket}.deal{number}", name, source="deal name", limit=40)
        worth = _worth(found, ledger, f"ends.{bucket}.deal{number}.amount", move)
        named.append(f"{token} {worth}")
    return f"{said}: {words.joined(named)}" + (" first" if step.n > len(named) else "") if named else said


def _worth(found: Rolled, ledger: Ledger, key: str, move: Movement) -> str:
    return _own(found, ledger, lambda own: own.deal_money(key, abs(move.value), move.deal_id))


def _step(found: Rolled, ledger: Ledger, step: Step) -> str:
    key, source = f"ends.{step.bucket}", _source(step.bucket)
    return _money(found, ledger, key, abs(step.value), source, step.records, ENDS[step.bucket])


def _source(bucket: str) -> str:
    return f"Call of the last quarter: {LABELS[bucket].lower()}"


def _money(
    found: Rolled,
    ledger: Ledger,
    key: str,
    value: Decimal | None,
    source: str,
    records: tuple[str, ...],
    definition: str = "",
) -> str:
    """Bind an amount of the quarter that closed, in its scale and for its period."""
    return _own(
        found,
        ledger,
        lambda own: own.money(key, value, source=source, definition=definition, records=records),
    )


def opening(found: Rolled, ledger: Ledger) -> Lines:
    """Return what the quarter has open, against its target and what it needs, and what the last one left, as the strip."""
    scene = found.scene
    name = ledger.name("next", scene.view.calendar.short(scene.period), source="fiscal calendar")
    left = _left_open(found, ledger)
    opens = "opens with" if found.first_day else "has open"
    if scene.undated:
        text = ledger.say(f"What {name} {opens} is not known: no open deal has a close date.")
        return Lines(id="so-what", slot="bottom", lines=(text, *left), tone="warn")
    parts = []
    target, need = scene.amount("target"), found.need
    open_now = (
        "opens with {{opens.open}} of pipeline" if found.first_day else "has {{opens.open}} of pipeline open"
    )
    if target is not None:
        goal = ledger.money("opens.target", target, source="Target", scale=found.coarse)
        parts.append(f"{name} {open_now} against a target of {goal}")
    elif found.elsewhere:
        parts.append(f"{name} {open_now}; targets are set by region and owner only, so this part has none")
    else:
        parts.append(f"{name} {open_now} and no target: set it now")
    if need and found.missing > 0:
        missing = ledger.money(
            "opens.missing", need - found.opened, source="Missing pipeline", scale=found.coarse,
            definition="Needed − open",
        )  # fmt: skip
        parts.append(f"{missing} is missing: say who creates it, and from which source")
    text = ledger.say(f"So what: {'; '.join(parts)}.")
    tone: Tone = "good" if need is not None and need <= found.opened else "warn"
    return Lines(id="so-what", slot="bottom", lines=(text, *left), tone=tone)


def _left_open(found: Rolled, ledger: Ledger) -> tuple[Words, ...]:
    """Return what of the quarter that closed is still open: nobody won, lost or moved it; nothing where nothing is."""
    last = found.last
    still = last.measure("open_pipeline")
    if not still.rows[0].n:
        return ()
    n = still.rows[0].n
    worth = _own(found, ledger, lambda own: own.measured("ends.still", still))
    deals = _own(
        found,
        ledger,
        lambda own: own.digits("ends.still.n", n, source="Still open, due in the last quarter"),
    )
    verb = "close it, or give it a new date" if n == 1 else "close them, or give them new dates"
    name = ledger.name("last", last.name, source="fiscal calendar")
    return (ledger.say(f"{worth} in {deals} {words.plural(n, 'deal')} of {name} is still open: {verb}."),)
