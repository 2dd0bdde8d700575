"""What comes by itself on a stage: a schedule, its evening before and its hour, as works that the scenario begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.runs.ports import Work
from bot.schedules.schedule import Rhythm, Schedule
from bot.slack.feature import Feature
from bot.slack.handlers import failed, handlers
from bot.slack.previews import evening, publish_due
from tests.fakes.slack import Seen
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, LEADERS = "Dana Whitcombe", "Katrin Vogelsang", "sales-leadership"
# The Tuesday after the stage's Monday, 08:30 in New York.
DUE = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def schedule(at: Stage, **fields: object) -> Schedule:
    """Return Dana's weekly for the leaders, every Tuesday 08:30, but for what is said otherwise."""
    usual: dict[str, object] = {
        "id": "s1",
        "owner": at.slack.person(DANA).id,
        "text": "weekly",
        "rhythm": Rhythm(every="week", weekdays=(1,), at=time(8, 30), zone="America/New_York"),
        "channel": "CLEADERS",
        "done_through": DUE - timedelta(days=7),
        "made_at": DUE - timedelta(days=14),
    }
    return Schedule.model_validate(usual | fields)


def begin(at: Stage, what: str, kept: Schedule, due: datetime = DUE) -> None:
    """Let a schedule's evening or hour come, and do nothing about it yet."""
    at.runs.enqueue(
        Work(
            kind=what,
            key=f"{what}:{kept.id}:{due.isoformat()}",
            lane=f"schedule:{kept.id}",
            payload={"schedule": kept.model_dump(mode="json"), "due": due.isoformat()},
        )
    )


def revive(at: Stage, **roles: tuple[str, ...]) -> None:
    """Go on as the next process would, with the handlers of a schedule's evening and hour in it.

    `roles` stand beside those of the company file: by name, the names of people.
    """
    at.runs = at.runs.reopened()
    works = {
        "evening": lambda desk, steps, told: evening(desk, steps, *_given(told)),
        "hour": lambda desk, steps, told: publish_due(desk, steps, *_given(told)) or None,
    }
    desk = at.served.desk
    more = {role: tuple(at.slack.person(name).email for name in names) for role, names in roles.items()}
    company = replace(desk.line.company, roles=desk.line.company.roles | more)
    line, features = replace(desk.line, company=company), (*desk.features, Feature(works=works))
    desk = replace(desk, runs=at.runs, line=line, features=features)
    at.runs.start(handlers(desk), failed(desk))


def come(at: Stage, what: str, kept: Schedule, due: datetime = DUE) -> None:
    """Let a schedule's evening or hour come and be done."""
    moment = due if what == "hour" else due - timedelta(hours=15, minutes=30)
    at.clock.at = max(at.clock.at, moment)
    begin(at, what, kept, due)
    at.settle()


def preview(at: Stage, who: str) -> Seen:
    """Return the preview that somebody has in the direct messages, as it stands now."""
    (found,) = previews(at, who)
    return found


def previews(at: Stage, who: str) -> tuple[Seen, ...]:
    """Return the previews that somebody has."""
    return tuple(seen for seen in at.slack.seen_by(who) if "Preview for" in seen.text)


def press(at: Stage, who: str, button: str) -> str:
    """Press a button of one's preview; return what is new before that person's eyes, as words."""
    before = at.slack.seen_by(who)
    at.slack.click(who, preview(at, who), button)
    at.settle()
    return told(*(seen for seen in at.slack.seen_by(who) if seen not in before))


def fill(at: Stage, who: str, button: str, deal: str, words: str) -> str:
    """Fill in the dialog behind a button of one's preview; return what is new before that person's eyes, as words."""
    at.slack.click(who, preview(at, who), button)
    (dialog,) = [seen for seen in at.slack.seen_by(who) if seen.kind == "modal"]
    before = at.slack.seen_by(who)
    at.slack.submit(who, dialog, {"deal": deal, "words": words})
    at.settle()
    return told(*(seen for seen in at.slack.seen_by(who) if seen not in before))


def reports(at: Stage, where: str = LEADERS) -> tuple[Seen, ...]:
    """Return the reports that stand in a channel, as Dana sees them."""
    tops = [seen.ts for seen in at.slack.messages(where, bot=True) if seen.thread_ts in (None, seen.ts)]
    return tuple(at.shown(DANA, ts) for ts in tops)


def report(at: Stage, where: str = LEADERS) -> Seen:
    """Return the only report in a channel."""
    (found,) = reports(at, where)
    return found


def _given(told: object) -> tuple[Schedule, datetime]:
    assert isinstance(told, dict)
    return Schedule.model_validate(told["schedule"]), datetime.fromisoformat(told["due"])
