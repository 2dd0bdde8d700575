"""The card of a change that was asked for in words: before and after, which the deal's owner alone approves."""

from __future__ import annotations

from typing import TypeAlias

from bot import flows
from bot.approvals.asked import Wish
from bot.approvals.executor import said_of
from bot.approvals.rules import WAITS, not_decided
from bot.approvals.values import Decision, Outcome, Proposal
from bot.approvals.words import change_of, proposed
from bot.nudges.finding import in_order
from bot.runs.ports import Payload, Steps, Work
from bot.slack import message as m
from bot.slack.approving import (
    UNDO,
    approve,
    came,
    decide,
    executor_of,
    keep_unasked,
    kept_of,
    off,
    person_of,
    pressed_at,
    remember,
    stand,
    to_asker,
    today,
)
from bot.slack.blocks import Block, button
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.people import Known
from bot.slack.presses import Press, instead
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from connectors.access import Access
from connectors.errors import ConnectorError
from connectors.records import Opportunity, Status
from reports import words
from reports.view import Deal

APPROVE, NO, CARD = "write_yes", "write_no", "write_card"
_SEEN = {"close": "close date", "next_step": "next step"}

Before: TypeAlias = str | None


def card(desk: Desk, request: Request, known: Known, deal_id: str, wanted: Wish) -> Answer:
    """Keep a proposal, and return its card to the owner; somebody else hears that the owner is asked."""
    executor = executor_of(desk)
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        deal = next(iter(in_order(view, (deal_id,))), None)
    if deal is None:
        return _alone("You do not see that deal.")
    if wanted.word in deal.hidden:
        return _alone(
            f"You do not see the {_SEEN.get(wanted.word, wanted.word)} of this deal, so I do not propose one."
        )
    try:
        live = executor.read(deal_id)
        if live is None:
            return _alone(f"{_named(deal)} is not in {executor.label} any more.")
        found = _values(live, wanted, executor.label)
        if isinstance(found, str):
            return _alone(found)
        changes = executor.changes(deal_id, found)
    except ConnectorError as error:
        return _alone(f"I could not propose that: {said_of(error).rstrip('.')}.")
    owner = desk.directory.person(live.owner_id)
    user = desk.directory.user_of(owner) if owner is not None and owner.active else ""
    # Two people of the CRM may have one address; only the owner can approve it.
    user = user if user and person_of(desk.directory.known(user)) == live.owner_id else ""
    mine = known.person is not None and known.person.id == live.owner_id
    if not mine and not user:
        name = owner.name if owner is not None else "Its owner"
        return _alone(f"{name} owns this deal and cannot be reached in Slack, so I proposed nothing.")
    proposal = Proposal(
        workspace=desk.workspace,
        # One request can come to several deals: each button of “Which deal is it?” may be pressed.
        id=mark_of(
            f"words:{request.key}:{deal_id}:{wanted.word}:{wanted.value}{wanted.reason and ':'}{wanted.reason}"
        ),
        asker=known.member.id,
        record_id=deal_id,
        record=live.name,
        changes=changes,
        approver=live.owner_id,
        user=known.member.id if mine else user,
        currency=live.currency or desk.line.company.currency,
        made_at=request.at,
        expires_at=request.at + WAITS,
        source="words",
    )
    kept = executor.kept.keep(proposal, waits=executor.writes)
    proposal = kept.proposal
    change = change_of(proposal, today(desk))
    if not executor.writes:
        keep_unasked(desk, proposal)
        return _alone(proposed(proposal, executor.label, today(desk)))
    if kept.decision is not None:
        return _alone(f"{change}: that was answered already.")
    here = request.channel.startswith("D") and not request.response_url
    if mine and here:
        return Answer(to="alone", why=_asks(desk, proposal), buttons=_buttons(proposal), card=proposal.id)
    desk.runs.enqueue(
        Work(
            kind=CARD,
            key=f"{CARD}:{proposal.id}",
            lane=f"{desk.workspace}:{CARD}:{proposal.user}",
            payload={"proposal": proposal.id},
        )
    )
    if mine:
        # What only one person sees in a channel is gone when Slack loads anew, and [Undo] with it.
        return _alone(f"{change}. I sent you that directly, to approve it there.")
    name = owner.name if owner is not None else "the owner"
    return _alone(f"{change}. {name} owns the deal, so I asked {name.split()[0]}. You hear what came of it.")


def _values(live: Opportunity, wanted: Wish, system: str) -> dict[str, tuple[Before, Before]] | str:
    """Return the field before and after, as the system holds it now; why it is not to be changed, as a sentence."""
    name = words.line(live.name, 80)
    if live.status is not Status.OPEN:
        return f"{name} is {live.status} in {system}. I change open deals only."
    match wanted.word:
        case "close":
            before: Before = live.close.isoformat() if live.close else None
        case "amount":
            if not live.currency:
                return f"I cannot see in which currency {name} is, so I leave its amount alone. Change it in {system}."
            if wanted.currency not in {"", live.currency}:
                return f"{name} is in {live.currency}, and you said {wanted.currency}."
            before = f"{live.amount.amount:f}" if live.amount else None
        case "next_step":
            before = live.next_step or None
        case "stage":
            before = live.stage
        case _:
            before = str(live.category)
    same = before == wanted.value
    if wanted.word == "amount" and live.amount is not None:
        same = f"{live.amount.amount.normalize():f}" == wanted.value
    if same:
        return f"{name} has that already in {system}."
    found: dict[str, tuple[Before, Before]] = {wanted.word: (before, wanted.value)}
    if wanted.reason and wanted.reason != live.reason:
        found["reason"] = (live.reason, wanted.reason)
    if wanted.word == "amount":
        found["currency"] = (live.currency, live.currency)
    return found


def _ask_owner(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Show a deal's owner the card of a change that somebody else asked for."""
    kept = kept_of(desk, str(payload["proposal"]))
    if kept is None or kept.decision is not None or off(desk):
        return
    proposal = kept.proposal
    asker = desk.directory.known(proposal.asker).asker.name
    own = proposal.asker == proposal.user
    told = m.sentence(
        f"{'' if own else f'{asker} asks you to change a deal of yours. '}{_asks(desk, proposal)}",
        buttons=_blocks(proposal),
    )
    key = mark_of(f"{CARD}:{proposal.id}")

    def post() -> bool:
        channel = desk.poster.direct(proposal.user)
        ts = desk.poster.post(channel, told, key=key, look=steps.again)
        return stand(desk, proposal, channel=channel, ts=ts)

    steps.step("post", post)


def _approve(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Approve a change and have it carried out; the card says so in place of its buttons."""
    if not _may(desk, steps, press, known):
        return
    steps.step("remember", lambda: remember(desk, press, press.value))
    kept = kept_of(desk, press.value)
    if kept is None:
        return
    label, change = executor_of(desk).label, change_of(kept.proposal, today(desk))
    instead(desk, steps, press, f"{change}: on its way to {label}.")

    def approved() -> str:
        now = kept_of(desk, press.value)
        return approve(desk, now, known) if now is not None else "I no longer have that proposal."

    if why := steps.step("approve", approved):
        after = kept_of(desk, press.value)
        # What is only stopped, or too much for today, can be pressed again.
        again = () if after is None or after.decision is not None else _blocks(after.proposal)
        instead(desk, steps, press, f"{change}: {why}", buttons=again)


def _decline(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep that the owner said no; who asked hears it."""
    if not _may(desk, steps, press, known):
        return

    def declined() -> str:
        kept = kept_of(desk, press.value)
        if kept is None:
            return "I no longer have that proposal."
        no = Decision(approved=False, by=kept.proposal.approver, at=desk.clock(), digest=kept.proposal.digest)
        decide(desk, kept.proposal, no)
        return f"Left as it is. {change_of(kept.proposal, today(desk))}: not approved."

    told = steps.step("decline", declined)
    instead(desk, steps, press, told)
    kept = kept_of(desk, press.value)
    if kept is not None and kept.proposal.asker != kept.proposal.user:
        said = f"{known.asker.name} did not approve it. {change_of(kept.proposal, today(desk))}: nothing was changed."
        steps.step("tell asker", lambda: to_asker(desk, kept.proposal, said))


def _may(desk: Desk, steps: Steps, press: Press, known: Known) -> bool:
    """Say whether somebody may decide on the proposal of a button now; else tell them why not."""

    def why_not() -> str:
        kept = kept_of(desk, press.value)
        if kept is None:
            return "I no longer have that proposal."
        return not_decided(kept, person=person_of(known), now=desk.clock()) or off(desk)

    why = steps.step("check", why_not)
    if why:
        key = mark_of(press.request.key)
        steps.step("tell", lambda: tell(desk, press.request, m.sentence(why), key=key, look=steps.again))
    return not why


def settle(desk: Desk, steps: Steps, proposal: Proposal, outcome: Outcome) -> None:
    """Say in place of the card what came of a change, with [Undo]; who asked for it hears it too."""
    told = came(desk, proposal, outcome)
    undo: tuple[Block, ...] = ()
    if outcome.state == "written" and outcome.back and not proposal.undoes:
        undo = (button("Undo", UNDO, proposal.id),)
    press = pressed_at(desk, proposal.id)
    if press is not None:
        request = press.request.model_copy(update={"key": f"settled:{proposal.id}"})
        instead(desk, steps, press.model_copy(update={"request": request}), told, buttons=undo)
    card = pressed_at(desk, proposal.undoes) if proposal.undoes and outcome.state == "written" else None
    if card is not None and (press is None or card.message != press.message):
        key = mark_of(f"undone:{proposal.id}")
        steps.step(
            "card", lambda: desk.poster.update(card.request.channel, card.message, m.sentence(told), key=key)
        )
    if proposal.asker != proposal.user:
        name = desk.directory.known(proposal.user).asker.name
        steps.step("tell asker", lambda: to_asker(desk, proposal, f"{name} approved it. {told}"))


def _asks(desk: Desk, proposal: Proposal) -> str:
    """Return what a card says: the change, and what approving it does."""
    label = executor_of(desk).label
    return f"{change_of(proposal, today(desk))}. Approve writes it to {label} in your name."


def _buttons(proposal: Proposal) -> tuple[tuple[str, str, str], ...]:
    return (("Approve", APPROVE, proposal.id), ("No", NO, proposal.id))


def _blocks(proposal: Proposal) -> tuple[Block, ...]:
    return tuple(button(label, action, value) for label, action, value in _buttons(proposal))


def _named(deal: Deal) -> str:
    return words.line(deal.name, 80)


def _alone(why: str) -> Answer:
    return Answer(to="alone", why=why)


FEATURE = Feature(
    presses={APPROVE: _approve, NO: _decline},
    works={CARD: _ask_owner},
    settled={"words": settle},
)
