"""Reports that come by themselves: shown to who answers for them the evening before, and published at the hour."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.agent.turn import turn
from bot.runs.ports import Steps
from bot.schedules.schedule import Schedule
from bot.slack import message as m
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.places import Verdict
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from connectors.access import Access
from reports.facts import Frozen


class Made(Frozen):
    """A schedule's report as a draft.

    `why` says why there is none, `report` whether the schedule's words ask for one at all.
    """

    draft_id: str = ""
    number: int = 0
    limits: str = ""
    why: str = ""
    report: bool = True


def evening(_desk: Desk, _steps: Steps, _schedule: Schedule, _due: datetime) -> None:
    """Show a report to its owner and the managers before it is due."""


def publish_due(desk: Desk, steps: Steps, schedule: Schedule, due: datetime) -> bool:
    """Post a schedule's report, or tell its owner why not; False where its words ask for no report, and nothing is done."""
    made = Made.model_validate(steps.step("draft", lambda: drafted(desk, schedule, due).model_dump()))
    if not made.report:
        return False
    channel = steps.step("place", lambda: channel_of(desk, schedule))
    request = asked(desk, schedule, due, channel=channel)
    if made.why:
        told, key = m.sentence(made.why), mark_of(f"{request.key}:why")
        alone = request.model_copy(update={"channel": schedule.owner})
        steps.step("tell", lambda: tell(desk, alone, told, key=key, look=steps.again))
        return True
    answer = Answer(to="here", draft_id=made.draft_id, number=made.number, limits=made.limits)
    deliver(desk, steps, request, answer)
    return True


def key_of(schedule: Schedule, due: datetime) -> str:
    """Return what a schedule's report for one instant is known by."""
    return f"schedule:{schedule.id}:{due.astimezone(UTC).isoformat()}"


def channel_of(desk: Desk, schedule: Schedule) -> str:
    """Return the channel that a schedule's report goes to: its owner's direct messages where it is for the owner alone."""
    return desk.poster.direct(schedule.owner) if schedule.channel == schedule.owner else schedule.channel


def asked(desk: Desk, schedule: Schedule, due: datetime, *, channel: str) -> Request:
    """Return a schedule's report as something that its owner said aloud where it goes to."""
    return Request(
        key=key_of(schedule, due),
        workspace=desk.workspace,
        channel=channel,
        user=schedule.owner,
        text=schedule.text,
        surface="direct" if channel.startswith("D") else "slash",
        at=due,
    )


def verdict(desk: Desk, schedule: Schedule, owner: Known) -> Verdict:
    """Return whether a schedule's report may go to where it is meant for, and under whose rights."""
    if schedule.channel == schedule.owner:
        return Verdict(here=True, access=Access(workspace=desk.workspace, asker=owner.grant))
    return desk.places.judge(desk.places.look(schedule.channel), owner)


def drafted(desk: Desk, schedule: Schedule, due: datetime) -> Made:
    """Make the draft of a schedule's report for one instant, under the rights of who reads where it goes to; once."""
    owner = desk.directory.known(schedule.owner)
    seen = verdict(desk, schedule, owner)
    if not seen.here or seen.access.nothing:
        return Made(why=seen.why or "You may see no deal that this report is about.")
    key = key_of(schedule, due)
    reply, made = turn(
        desk.under(seen.access), schedule.text, thread_id=key, asker=owner.asker, surface="slash", key=key
    )
    if made is None:
        return Made(why=" ".join(reply.lines), report=reply.intent == "report")
    return Made(draft_id=made.draft_id, number=made.number, limits=seen.access.limits)
