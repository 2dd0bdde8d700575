"""What to decide today: what the slides ask of somebody, as one list that the summary and the message share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from reports import words
from reports.deck import Decision
from reports.findings import Move
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.kinds.weekly.ahead import lacking
from reports.kinds.weekly.commitments import carried
from reports.kinds.weekly.left import unanswered
from reports.kinds.weekly.standing import standing
from reports.kinds.weekly.win import act_of, soon

DECISIONS = 3
# What no finding dates has to be done in so many working days.
WORKING_DAYS = 4


def decisions(scene: Scene, ledger: Ledger, *, owners: bool) -> tuple[Decision, ...]:
    """Return up to three decisions; `owners`: the line names the owner. Empty only where no slide asks for anything.

    Moves that land in time come first; then, in this order, what else the slides ask for: where money has to come from,
    the commit deal in doubt, dates and reasons of what left, and who builds the next period.
    """
    made: list[Decision] = []
    for ask in _asks(scene):
        if len(made) == DECISIONS:
            break
        key, named = f"decision{len(made) + 1}", frozenset(item.deal_id for item in made if item.deal_id)
        told = ask(_Place(scene=scene, ledger=ledger, key=key, owners=owners, named=named))
        if told is not None:
            made.append(told.model_copy(update={"letter": "ABC"[len(made)]}))
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where one decision is bound: the scene, the ledger, the first part of its facts' names, deals decided on before."""

    scene: Scene
    ledger: Ledger
    key: str
    owners: bool
    named: frozenset[str]

    def decision(
        self,
        act: str,
        by: date,
        value: str = "",
        *,
        deal_id: str | None = None,
        owner: str | None = None,
    ) -> Decision:
        """Return `act` as a decision, with its day, its owner where that is named, and its value."""
        near = 0 <= (by - self.scene.today).days < 7
        day = self.ledger.day(f"{self.key}.by", by, source="finding", weekday=near)
        said = f"{self.key}.who" in {fact.id for fact in self.ledger.facts}
        who = (
            self.ledger.name(f"{self.key}.owner", owner, source="owner")
            if owner and self.owners and not said
            else ""
        )
        beside = ", ".join(part for part in (who, value) if part)
        return Decision(
            letter="",
            words=self.ledger.say(f"{act} by {day}" + (f" ({beside})" if beside else "")),
            deal_id=deal_id,
            owner=words.line(owner or "", 60) or None,
            due=by,
        )

    def soon(self) -> date:
        """Return the day by which something without a day of its own has to be done."""
        return self.scene.judged.by(WORKING_DAYS, None)


def _asks(scene: Scene) -> Iterator[Callable[[_Place], Decision | None]]:
    found = soon(scene)
    for move in (*found, *(move for move in scene.moves if move not in found)):
        yield _Ask(move)
    yield from (_undated, _missing, _doubted, _left, _unbuilt)


@dataclass(frozen=True, slots=True)
class _Ask:
    """The decision that a move asks for."""

    move: Move

    def __call__(self, place: _Place) -> Decision:
        move = self.move
        act = act_of(place.ledger, place.key, move, place.scene)
        value = place.ledger.money(
            f"{place.key}.value", move.value, source="Move", alone=True, records=move.deal_ids
        )
        return place.decision(
            act, move.by, value, deal_id=move.deal_ids[0] if move.deal_ids else None, owner=move.owner
        )


def _undated(place: _Place) -> Decision | None:
    """Ask for close dates where no open deal has one: until then nothing is known to be due."""
    if not place.scene.undated:
        return None
    n = place.ledger.digits(f"{place.key}.n", place.scene.undated, source="Open deals without a close date")
    return place.decision(f"Give the {n} open deals a close date,", place.soon())


def _missing(place: _Place) -> Decision | None:
    """Ask where the missing money comes from: while a period is short and no move was found in it."""
    scene, ledger = place.scene, place.ledger
    if scene.undated or scene.is_over or scene.is_ahead or standing(scene).side != "short" or soon(scene):
        return None
    gap = ledger.money(
        f"{place.key}.gap", scene.gap, source="Gap", definition="Target minus won and commit (open only)"
    )
    if not scene.amount("best_case"):
        return place.decision(f"Missing {gap}: no best case is open; say where it comes from,", place.soon())
    best = ledger.measured(f"{place.key}.best", scene.measure("best_case"))
    return place.decision(
        f"Missing {gap}: name the deals of the {best} best case that bring it,", place.soon()
    )


def _doubted(place: _Place) -> Decision | None:
    """Ask about the commit deal that shows most signs."""
    found = carried(place.scene)
    doubt = None if found is None else found.doubt
    if doubt is None or doubt.deal.id in place.named:
        return None
    deal, ledger = doubt.deal, place.ledger
    name = ledger.name(f"{place.key}.name", deal.account or deal.name, source="deal name", limit=40)
    act = ledger.name(f"{place.key}.act", f"{doubt.act[:1].lower()}{doubt.act[1:]}", source="finding")
    return place.decision(
        f"{name}: {act}, or take it out of commit,",
        doubt.by or place.soon(),
        ledger.deal_money(f"{place.key}.value", deal.amount, deal.id),
        deal_id=deal.id,
        owner=deal.owner,
    )


def _left(place: _Place) -> Decision | None:
    """Ask for new dates of what slipped, else for the reasons of what left without one."""
    left = unanswered(place.scene)
    if not left.n:
        return None
    ledger = place.ledger
    if left.n == 1:
        deal = place.scene.deals(left.records).get(left.records[0])
        if deal is None or deal.id in place.named:
            return None
        name = ledger.name(f"{place.key}.name", deal.account or deal.name, source="deal name", limit=40)
        act = f"Get a new date from the buyer of {name}" if left.slipped else f"Ask why {name} left"
        value = ledger.deal_money(f"{place.key}.value", left.value, deal.id)
        return place.decision(act, place.soon(), value, deal_id=deal.id, owner=deal.owner)
    n = ledger.number(f"{place.key}.n", left.n, source="Deals that left", records=left.records)
    value = ledger.money(
        f"{place.key}.value", left.value, source="Deals that left", alone=True, records=left.records, n=left.n
    )
    act = (
        f"Get new dates from the buyers of the {n} slipped deals"
        if left.slipped
        else f"Ask why {n} deals left"
    )
    return place.decision(act, place.soon(), value)


def _unbuilt(place: _Place) -> Decision | None:
    """Ask who builds the next period's pipeline where the pace of building is not enough."""
    lack = lacking(place.scene)
    if lack is None:
        return None
    period = place.ledger.name(
        f"{place.key}.next", place.scene.view.calendar.short(place.scene.next), source="fiscal calendar"
    )
    pace = place.ledger.money(
        f"{place.key}.value",
        lack,
        source="Required pace",
        alone=True,
        definition="(Needed − open) / weeks until it begins",
    )
    return place.decision(f"Say who creates the missing {period} pipeline, {pace} a week,", place.soon())
