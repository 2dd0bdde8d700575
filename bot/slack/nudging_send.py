"""A nudge on its way: who is asked and who cannot be, the brakes on how many, and the owners' messages that it joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot import flows
from bot.agent.intents import Intent
from bot.agent.turn import understand
from bot.nudges.asking import REPORT, ask, working
from bot.nudges.finding import found
from bot.nudges.grouping import by_owner
from bot.nudges.limits import over
from bot.nudges.values import Asked, Item, Nudge, Search
from bot.schedules.rhythm import dated
from bot.slack.brake import stopped
from bot.slack.desk import Desk
from bot.slack.gate import OWNERS
from bot.slack.nudging_letters import book, work_of, zone_of
from bot.slack.people import Known
from connectors.access import Access
from connectors.visibility import below
from reports import words
from reports.errors import ReportError
from reports.facts import Frozen
from reports.kinds.owners import stands
from reports.view import Deal

# A preview is good for so long.
_FRESH = timedelta(hours=12)
# What an owner answered so lately is not asked again.
LATELY = timedelta(days=7)
# Within so many days no goal has an owner asked again about a deal, whoever had them asked before.
AGAIN = 3


class Owner(Frozen):
    """Somebody who owns deals that are asked about: how the CRM calls them, who they are in Slack, else why not."""

    person_id: str
    name: str
    deals: tuple[str, ...]
    user: str = ""
    why: str = ""


class Outcome(Frozen):
    """What asking came to: the messages that it joined, and those who were not reached."""

    asked: tuple[Asked, ...]
    missed: tuple[Owner, ...]


def leads(desk: Desk, known: Known) -> bool:
    """Say whether somebody may ask others about their deals: who leads people, and who has a role of the company file."""
    person = known.person
    if person is None:
        return False
    return any(desk.directory.is_in(role, known) for role in OWNERS) or bool(
        below(person.id, desk.directory.people())
    )


def reader(desk: Desk, known: Known, *, about: str) -> Callable[[str], Intent]:
    """Return what reads words as a question of somebody's, under their own rights, apart from all that they talked about."""
    line = desk.under(Access(workspace=desk.workspace, asker=known.grant))
    return partial(understand, line, thread_id=about, asker=known.asker)


def deals_of(desk: Desk, known: Known, search: Search) -> tuple[Deal, ...]:
    """Return the deals of a search under somebody's own rights, worst first.

    Raises:
        ReportError: something that the search names is not known any more.
    """
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        return found(view, search, known.person.id if known.person else None)


def answered(desk: Desk, known: Known, deals: Iterable[Deal], *, since: datetime) -> frozenset[str]:
    """Return the deals for which an answer stands that was given since an instant: the records have not moved after it."""
    given = {note.note.deal_id: note for note in book(desk).given.all() if note.at >= since}
    few = [deal for deal in deals if deal.id in given]
    if not few:
        return frozenset()
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        return frozenset(deal.id for deal in few if stands(given[deal.id].note, deal, view))


def asked_since(desk: Desk, since: datetime) -> frozenset[str]:
    """Return the deals about which owners were asked since then, by whichever nudge or goal, or are to be."""
    kept = book(desk)
    return frozenset(
        item.deal_id
        for asked in kept.asked.all()
        if asked.state in {"waiting", "sealed", "sent"} and (asked.sent_at or asked.due) > since
        for item in asked.items
        if asked.state == "sent" or kept.is_open(item.cause)
    )


def owners_of(desk: Desk, deals: Iterable[Deal]) -> tuple[Owner, ...]:
    """Return who owns the deals, whoever owns the worst first, and why somebody cannot be asked."""
    return tuple(
        _owner(desk, owner_id, theirs[0].owner, tuple(deal.id for deal in theirs))
        for owner_id, theirs in by_owner(deals).items()
    )


def missed(owners: Iterable[Owner]) -> tuple[str, ...]:
    """Return who cannot be asked, a sentence for each reason."""
    reasons: dict[str, list[Owner]] = {}
    for owner in owners:
        if owner.why:
            reasons.setdefault(owner.why, []).append(owner)
    return tuple(
        f"Not asked, {why}: {', '.join(f'{one.name} ({_deals(len(one.deals))})' for one in theirs)}."
        for why, theirs in reasons.items()
    )


def ask_all(desk: Desk, owners: Iterable[Owner], item: Item, *, now: datetime) -> Outcome:
    """Put the deals on the owners' messages, and have those sent that go out now; done twice, it is once.

    `item` says what for; it is made one for each deal.
    """
    kept, asked, left = book(desk), [], []
    for owner in owners:
        if not owner.user:
            left.append(owner)
            continue
        items = tuple(item.model_copy(update={"deal_id": deal_id}) for deal_id in owner.deals)
        put = ask(
            kept,
            items,
            owner=owner.person_id,
            user=owner.user,
            zone=zone_of(desk, owner.user),
            now=now,
            holidays=desk.line.company.holidays,
        )
        asked.append(put)
        if put.state == "waiting" and put.due <= now:
            desk.runs.enqueue(work_of(desk, put))
    return Outcome(asked=tuple(asked), missed=tuple(left))


def send(desk: Desk, known: Known, nudge_id: str, *, at: datetime) -> str:
    """Send a nudge at its asker's word, once; return what the asker is told. Who may and what it finds is decided now."""
    kept = book(desk)
    nudge = kept.nudges.get(nudge_id)
    if nudge is None or nudge.asker != known.member.id:
        return "Only who asked for this nudge can send it."
    ours = nudge.state == "running" and nudge.sent_at == at
    if why := "" if ours else _not_sent(desk, nudge, at=at):
        return why
    try:
        own = nudge.search.own or not leads(desk, known)
        search = nudge.search.model_copy(update={"own": own})
        now_found = {deal.id: deal for deal in deals_of(desk, known, search)}
    except ReportError as refusal:
        return f"{refusal}."
    owners = owners_of(desk, [now_found[one] for one in nudge.deals if one in now_found])
    reached = [owner for owner in owners if owner.user]
    if why := "" if ours else too_many(desk, known.member.id, len(reached), at=at):
        return why

    def running(note: Nudge | None) -> Nudge | None:
        offered = note is not None and note.state == "offered"
        return note.model_copy(update={"state": "running", "sent_at": at}) if note and offered else note

    after = kept.nudges.change(nudge_id, running)
    if after is None or after.sent_at != at:
        return "That was sent already."
    item = Item(
        cause=nudge.id,
        round=nudge.id,
        asker=nudge.asker,
        words=nudge.search.words,
        deal_id="",
        need=nudge.search.need,
    )
    outcome = ask_all(desk, owners, item, now=at)
    last = max((asked.due for asked in outcome.asked), default=at)
    report_at = working(REPORT, nudge.zone, max(last, at), desk.line.company.holidays)
    kept.nudges.change(
        nudge_id, lambda note: note.model_copy(update={"report_at": report_at}) if note else None
    )
    gone = len(nudge.deals) - sum(one in now_found for one in nudge.deals)
    return " ".join(
        (
            f"On its way to {len(reached)} {words.plural(len(reached), 'owner')}.",
            *_later(outcome, at, nudge.zone),
            *(
                (f"{_deals(gone)} of the preview no longer {'fits' if gone == 1 else 'fit'}.",)
                if gone
                else ()
            ),
            f"I report on {dated(report_at, nudge.zone)}.",
        )
    )


def too_many(desk: Desk, asker: str, owners: int, *, at: datetime) -> str:
    """Return why so many more owners are not written to now; empty where they are."""
    zone = ZoneInfo(zone_of(desk, asker))
    today = at.astimezone(zone).date()
    out = sum(
        asked.due.astimezone(zone).date() == today and any(item.asker == asker for item in asked.items)
        for asked in book(desk).asked.all()
    )
    return over(owners, out)


def held_back(desk: Desk) -> str:
    """Return that nothing is sent while everything is stopped; empty while it is not."""
    why = stopped(desk)
    return f"I send nothing now: everything is {why}. {desk.command} resume lets me go on." if why else ""


def _not_sent(desk: Desk, nudge: Nudge, *, at: datetime) -> str:
    if nudge.state == "stopped":
        return "That nudge was let go of. Ask for it anew."
    if nudge.state != "offered":
        return "That was sent already."
    if why := held_back(desk):
        return why
    if at - nudge.made_at > _FRESH:
        return "That preview is too old by now. Ask for it anew, and I count again."
    return ""


def _owner(desk: Desk, owner_id: str, name: str, deals: tuple[str, ...]) -> Owner:
    person = desk.directory.person(owner_id)
    owner = Owner(person_id=owner_id, name=name, deals=deals)
    if person is None or not person.active:
        return owner.model_copy(update={"why": "for they have left"})
    user = desk.directory.user_of(person)
    if not user:
        why = "for they have not told me who they are in Slack, or are not there"
        return owner.model_copy(update={"why": why})
    if Access(workspace=desk.workspace, asker=desk.directory.known(user).grant).nothing:
        return owner.model_copy(update={"why": "for their role is given a view of no deal"})
    return owner.model_copy(update={"user": user})


def _later(outcome: Outcome, at: datetime, zone: str) -> tuple[str, ...]:
    """Return who gets the message another day, for there was one today."""
    waiting = [asked for asked in outcome.asked if asked.due > at]
    if not waiting:
        return ()
    first = min(asked.due for asked in waiting)
    verb = words.plural(len(waiting), "gets", "get")
    when = dated(first, zone)
    return (f"{len(waiting)} of them had a message today, and {verb} this with the next, from {when}.",)


def _deals(number: int) -> str:
    return f"{number} {words.plural(number, 'deal')}"
