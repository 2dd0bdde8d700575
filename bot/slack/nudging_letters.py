"""The messages that ask owners: sealed, posted and kept by one work each, and shown as they stand after each answer."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError

from bot import flows
from bot.agent.answers.deals import reasons
from bot.nudges.asking import MORNING, is_out, working
from bot.nudges.book import Book, book_of
from bot.nudges.finding import in_order
from bot.nudges.rows import Row, row
from bot.nudges.values import Asked, Item
from bot.runs.ports import Payload, Steps, Work
from bot.slack import acting_book
from bot.slack.brake import stopped
from bot.slack.desk import Desk
from bot.slack.losing import loss_reasons, lost_stages
from bot.slack.nudging_message import Letter, letter
from bot.slack.people import Known
from bot.slack.telling import mark_of
from connectors.access import Access
from connectors.records import Status
from reports import words
from reports.facts import Frozen
from reports.periods import Calendar
from reports.view import Deal, PipelineView

ASK = "nudge_ask"
# What could not go out by then, for everything was stopped or nothing ran, does not go out at another hour.
LATE = timedelta(hours=3)
# Reasons that an owner can choose from.
_REASONS = 10
# Slack's words for somebody who cannot be written to.
_CLOSED = frozenset({"user_disabled", "cannot_dm_bot", "user_not_found", "channel_not_found", "is_archived"})


class _Seen(Frozen):
    """What a message says, and what is kept of its deals."""

    said: Letter
    names: dict[str, str]
    closes: dict[str, str]
    open: int


def book(desk: Desk) -> Book:
    """Return what the workspace keeps of nudges and goals."""
    return book_of(desk.notes, desk.workspace)


def zone_of(desk: Desk, user: str) -> str:
    """Return where somebody works, by name: what Slack says, else the company's zone."""
    return acting_book.zone_of(desk, user).key


def work_of(desk: Desk, asked: Asked) -> Work:
    """Return the work that sends an owner's message; one that had to wait, or did not come to its end, is tried anew."""
    return Work(
        kind=ASK,
        key=f"{ASK}:{asked.id}:{asked.due.isoformat()}:{desk.clock().date()}",
        lane=f"{desk.workspace}:{ASK}:{asked.user}",
        payload={"asked": asked.id},
    )


def send(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Send an owner's message, once: what is asked is fixed first, and looked at as the CRM has it now."""
    asked_id = str(payload["asked"])
    sealed = steps.step("seal", lambda: cast("JsonValue", _sealed(desk, asked_id)))
    if sealed is None:
        return
    asked = Asked.model_validate(sealed)

    def post() -> JsonValue:
        return cast("JsonValue", _posted(desk, asked, look=steps.again or asked.tries > 1))

    posted = steps.step("post", post)
    steps.step("keep", lambda: _keep(desk, asked.id, cast("dict[str, JsonValue]", posted)))


def show(desk: Desk, asked_id: str, *, key: str) -> bool:
    """Show an owner's message as it stands now; False where it is not there any more."""
    asked = book(desk).asked.get(asked_id)
    if asked is None or not asked.ts:
        return False
    seen = _seen(desk, asked, desk.directory.known(asked.user))
    return desk.poster.update(asked.channel, asked.ts, letter(asked, seen.said), key=key)


def rows_of(
    view: PipelineView, kept: Book, asked: Asked, items: tuple[Item, ...]
) -> dict[str, tuple[Row, Deal | None]]:
    """Return how deals of a message stand for those whom the view is for, each once, and the deals that they may see."""
    first = {item.deal_id: item for item in reversed(items)}
    ids = list(dict.fromkeys(item.deal_id for item in items))
    deals = {deal.id: deal for deal in in_order(view, ids)}
    return {
        one: (row(view, asked, first[one], deals.get(one), kept.given.get(one)), deals.get(one))
        for one in ids
    }


def _sealed(desk: Desk, asked_id: str) -> dict[str, JsonValue] | None:
    """Fix what a message asks and return it; None where it does not go out now: stopped, let go of, or another day's turn."""
    kept, now = book(desk), desk.clock()
    before = kept.asked.get(asked_id)
    if before is None:
        return None
    known, held_back = desk.directory.known(before.user, fresh=True), bool(stopped(desk))
    zone, holidays = zone_of(desk, before.user), desk.line.company.holidays

    def seal(asked: Asked | None) -> Asked | None:
        if asked is None or asked.state not in {"waiting", "sealed"}:
            return asked
        if held_back or (asked.state == "waiting" and now - asked.due > LATE):
            return asked.model_copy(update={"state": "stopped"})
        if known.person is None or known.person.id != asked.owner:
            return asked.model_copy(update={"state": "unreachable"})
        mine = [one for one in kept.asked.all() if one.owner == asked.owner]
        if asked.state == "waiting" and is_out(mine, now, zone, but=asked.id):
            return asked.model_copy(update={"due": working(MORNING, zone, now, holidays)})
        items = tuple(item for item in asked.items if kept.is_open(item.cause))
        return asked.model_copy(
            update={"state": "sealed" if items else "void", "items": items or asked.items}
        )

    after = kept.asked.change(asked_id, seal)
    return after.model_dump(mode="json") if after is not None and after.state == "sealed" else None


def _posted(desk: Desk, asked: Asked, *, look: bool) -> dict[str, JsonValue]:
    """Post a message and return what is kept of it; no `ts` where nothing is left to ask, or Slack does not deliver it."""
    if stopped(desk):
        return {"state": "stopped"}
    seen = _seen(desk, asked, desk.directory.known(asked.user))
    if not seen.open:
        return {"state": "void"}
    try:
        channel = desk.poster.direct(asked.user)
        ts = desk.poster.post(channel, letter(asked, seen.said), key=mark_of(f"{ASK}:{asked.id}"), look=look)
    except SlackApiError as error:
        if error.response.get("error") not in _CLOSED:
            raise
        return {"state": "unreachable"}
    return {
        "state": "sent",
        "channel": channel,
        "ts": ts,
        "sent_at": desk.clock().isoformat(),
        "names": cast("JsonValue", seen.names),
        "closes": cast("JsonValue", seen.closes),
        "reasons": cast("JsonValue", _reasons(desk, desk.directory.known(asked.user))),
        **_choices(desk),
    }


def _keep(desk: Desk, asked_id: str, posted: dict[str, JsonValue]) -> bool:
    def sent(asked: Asked | None) -> Asked | None:
        if asked is None:
            return None
        return Asked.model_validate(asked.model_dump(mode="json") | posted)

    book(desk).asked.change(asked_id, sent)
    return True


def _seen(desk: Desk, asked: Asked, known: Known) -> _Seen:
    """Return a message under the rights of the owner, who alone gets it."""
    kept = book(desk)
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        rows = rows_of(view, kept, asked, asked.items)
    # What is no longer the owner's, closed or out of sight before it was asked about is not asked.
    shown = tuple(one for one, _ in rows.values() if asked.ts or one.state != "settled")
    deals = {key: deal for key, (_, deal) in rows.items() if deal is not None}
    askers = dict.fromkeys(desk.directory.known(item.asker).asker.name for item in asked.items)
    said = Letter(
        askers=tuple(askers),
        conditions=tuple(dict.fromkeys(words.line(item.words, 80) for item in asked.items)),
        rows=shown,
        changeable=any(kept.is_open(item.cause) for item in asked.items),
        writes=desk.writes,
    )
    return _Seen(
        said=said,
        names={key: words.line(deal.name, 80) for key, deal in deals.items()},
        closes={key: deal.close.isoformat() if deal.close else "" for key, deal in deals.items()},
        open=sum(one.state == "open" for one in shown),
    )


def _choices(desk: Desk) -> dict[str, JsonValue]:
    """Return the stages of lost deals where there are several, and the reasons that can be written; none without writing."""
    if desk.executor is None or not desk.executor.writes:
        return {}
    stages, written = lost_stages(desk), loss_reasons(desk.executor)
    several = stages if len(stages) > 1 else ()
    return {"stages": cast("JsonValue", several), "written": cast("JsonValue", written)}


def _reasons(desk: Desk, known: Known) -> list[str]:
    """Return why deals were lost in the last twelve months as far as somebody may see them, the most frequent first."""
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        year = Calendar(view.company.fiscal, view.company.zone).parse("trailing-12-months", view.today)
        told = reasons(view.deals(status=Status.LOST, due=year))
    return [reason for reason in told if reason != "no reason given"][:_REASONS]
