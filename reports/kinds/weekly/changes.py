"""What changed in a week, why, and the way out: the lines that the summary and the message share."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.deck import Words
from reports.facts import Unit
from reports.findings import FindingKind
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.kinds.weekly.movement import few_of
from reports.kinds.weekly.standing import standing
from reports.kinds.weekly.win import soon, weighted_of
from reports.measures import Movement
from reports.view import Deal
from reports.view.signals import Signal
from reports.view.timeline import Logged

CHANGES = 3
# At most so many changes of one bucket: a week is not told by slips alone.
PER_BUCKET = 2
TOLD = (
    *("pushed_out", "lost", "won", "pulled_in", "pushed_in"),
    *("created", "returned", "pulled_out", "increased", "decreased"),
)
# What of it says something where no deal has a date before it is closed.
ENDS = ("lost", "won")

IN_AND_OUT = {"pulled_in": "came forward into", "pulled_out": "moved ahead of", "pushed_in": "slipped into"}


def changes(scene: Scene, ledger: Ledger) -> tuple[Words, ...]:
    """Return the largest changes of the week, at most three; empty without history or without movement."""
    # Where no open deal has a date, closing gives it one: that is no move of a date.
    chosen = chosen_moves(scene.moved(*(ENDS if scene.undated else TOLD)))
    ids = [move.deal_id for move in chosen]
    deals, seen = scene.deals(ids), scene.signals(ids)
    return tuple(
        _told(scene, ledger, f"change{number}", move, deals.get(move.deal_id), seen.get(move.deal_id))
        for number, move in enumerate(chosen, start=1)
    )


def chosen_moves(moved: tuple[Movement, ...]) -> tuple[Movement, ...]:
    """Return the largest movements, at most CHANGES, each deal once, at most PER_BUCKET of one bucket."""
    chosen: list[Movement] = []
    for move in moved:
        same = sum(other.bucket == move.bucket for other in chosen)
        if same < PER_BUCKET and all(other.deal_id != move.deal_id for other in chosen):
            chosen.append(move)
        if len(chosen) == CHANGES:
            break
    return tuple(chosen)


def _told(
    scene: Scene, ledger: Ledger, key: str, move: Movement, deal: Deal | None, signal: Signal | None
) -> Words:
    name = ledger.name(
        f"{key}.deal", (deal.account or deal.name) if deal else move.deal_id, source="deal name"
    )
    amount = ledger.deal_money(f"{key}.amount", abs(move.value), move.deal_id)
    period = ledger.name("period", scene.name, source="fiscal calendar")
    owner = f" ({ledger.name(f'{key}.owner', deal.owner, source='owner')})" if deal and deal.owner else ""
    then = f"close date on {words.dated(scene.since_day)}"
    old = ledger.day(f"{key}.old", move.old_close, source=then) if move.old_close else ""
    new = ledger.day(f"{key}.new", move.new_close, source="close date now") if move.new_close else ""
    match move.bucket:
        case "pushed_out":
            dates = f": {old} → {new}" if old and new else ""
            return ledger.say(f"{name} {amount} left {period}{dates}.{_why(ledger, key, signal)}")
        case "lost":
            reason = (
                f": {ledger.name(f'{key}.reason', deal.reason, source='reason')}"
                if deal and deal.reason
                else ""
            )
            return ledger.say(f"{name} {amount} was lost{reason}{owner}.")
        case "won":
            return ledger.say(f"{name} {amount} was won{owner}.")
        case "pulled_out" if move.new_close is None:
            return ledger.say(f"{name} {amount} lost its date{f', which was {old}' if old else ''}{owner}.")
        case "pulled_in" | "pulled_out" | "pushed_in":
            verb = IN_AND_OUT[move.bucket]
            dates = f": {old} → {new}" if old and new else ""
            return ledger.say(f"{name} {amount} {verb} {period}{dates}{owner}.")
        case "created":
            return ledger.say(f"{name} {amount} is new in {period}{owner}.")
        case "returned":
            back = "is back in the export" if scene.view.snapshots else "came back"
            return ledger.say(f"{name} {amount} {back}{owner}.")
        case _:
            if move.bucket == "decreased" and deal is not None and deal.entered is None:
                return ledger.say(f"{name} lost its amount, which was {amount}{owner}.")
            verb = "grew" if move.value > 0 else "shrank"
            return ledger.say(f"{name} {verb} by {amount}{owner}.")


def _why(ledger: Ledger, key: str, signal: Signal | None) -> str:
    """Return what the record shows behind a slip: how many moves, how long silent; empty for nothing."""
    if signal is None:
        return ""
    parts = []
    if signal.pushes > 1:
        nth = ledger.value(
            f"{key}.nth",
            signal.pushes,
            Unit.COUNT,
            words.ordinal(signal.pushes),
            source="moves of the close date",
        )
        parts.append(f"{nth} move")
    if signal.stale or (signal.gap is not None and signal.idle > 2 * signal.gap and signal.idle > 7):
        what = "buyer touch" if signal.logged is Logged.TOUCHES else "activity"
        idle = ledger.value(
            f"{key}.idle", signal.idle, Unit.DAYS, words.days(signal.idle), source=f"last {what}"
        )
        silence = f"no {what} for {idle}"
        if signal.gap is not None:
            usual = int(signal.gap.to_integral_value())
            gap = ledger.value(
                f"{key}.gap",
                usual,
                Unit.DAYS,
                words.count(usual),
                source="usual gap of the owner in this stage",
            )
            silence += f" (usual gap: {gap})"
        parts.append(silence)
    if not parts:
        return ""
    text = ", ".join(parts)
    return f" {text if text.startswith('{') else text[0].upper() + text[1:]}."


def cause(scene: Scene, ledger: Ledger) -> Words | None:
    """Return where the gap sits, in one sentence: one region, a few slipped deals there, one of them not dead.

    None where the records do not show all three.
    """
    found, slipped, step = standing(scene), scene.moved("pushed_out"), scene.step("pushed_out")
    if found.driver is None or not found.driver_explains or step is None:
        return None
    few = few_of(slipped, -step.value) or (slipped if len(slipped) == 1 else ())
    ids = [move.deal_id for move in few]
    places = {deal.region for deal in scene.deals(ids).values()}
    alive = [move for move in soon(scene) if move.kind is FindingKind.SAVE and set(move.deal_ids) <= set(ids)]
    if places != {found.driver} or not alive:
        return None
    where = ledger.name("driver", scene.company.label(found.driver), source="region")
    n = ledger.number("cause.few", len(few), source="Slipped deals that hold most of the value", records=ids)
    kept = [deal_id for move in alive for deal_id in move.deal_ids]
    living = ledger.number("cause.alive", len(kept), source="Slipped deals that can be saved", records=kept)
    verb = "is" if len(kept) == 1 else "are"
    return ledger.say(
        f"It is {where}, it is {n} slipped {words.plural(len(few), 'deal')}, and {living} {verb} not dead."
    )


def breath(scene: Scene, ledger: Ledger) -> Words | None:
    """Return the way out in one breath: what is on the table, and what odds (if any) say; None without moves."""
    found = soon(scene)
    if not found:
        return None
    ids = [deal_id for move in found for deal_id in move.deal_ids]
    value = ledger.money(
        "table", sum((move.value for move in found), Decimal(0)), source="Moves, face value", records=ids,
        definition="Sum of the amounts of their deals",
    )  # fmt: skip
    weighted = weighted_of(found)
    odds = "" if weighted is None else ledger.money(
        "odds", weighted, source="Moves, weighted by odds", records=ids,
        definition="Sum of amount × peers' odds, measured on past quarters at the same day",
    )  # fmt: skip
    parts = []
    for number, move in enumerate(found[:3]):
        amount = ledger.money(f"table{number}.value", move.value, source="Move", records=move.deal_ids)
        n = ledger.number(
            f"table{number}.n", len(move.deal_ids), source="Deals of the move", records=move.deal_ids
        )
        name = ledger.name(
            f"table{number}.name", (move.accounts or move.deals or ("",))[0], source="finding", limit=40
        )
        many = len(move.deal_ids) > 1
        match move.kind:
            case FindingKind.SAVE:
                parts.append(f"{name} if the sponsor is reached this week ({amount})")
            case FindingKind.BETTER_THAN_CALLED:
                what = (
                    f"{n} deals that behave better than they are called"
                    if many
                    else f"{name}, better than it is called"
                )
                parts.append(f"{what} ({amount})")
            case _:
                what = f"{n} deals ready to pull in" if many else f"{name}, ready to pull in"
                parts.append(f"{what} ({amount})")
    said = f"; odds say {odds}" if odds else ""
    return ledger.say(f"There is {value} on the table: {words.joined(parts)}{said}.")
