"""Actions as they are followed in Slack: whose each is, who gave it, when its owner is reminded, and what they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from bot.agent.tokens import fold
from bot.slack.desk import Desk
from bot.slack.people import Known
from connectors.company import Company, zone_named
from connectors.records import Person
from reports import words
from reports.context import Action
from reports.facts import Frozen

KIND = "acting"
# The owner's hour of the reminder, and the hour after which nothing is said by itself any more that day.
AT, QUIET = time(9), time(20)
# So many letters of a person's own words are kept.
LONGEST = 300
OPEN = ("open", "moved")
_SATURDAY = 5


class Given(Frozen):
    """How an action is followed in Slack, kept under the action's id while it is open.

    Attributes:
        owner: the Slack person whose it is; empty while nobody in Slack is known to be that person.
        giver, by: the Slack person who gave it, and how that person is called.
        day: the wall's day on which the owner is reminded.
        known: the owner knows that it is theirs.
        told: the owner was reminded of it.
        back: why it came back to the one who gave it, as a sentence; empty where it did not.
        round: grows with every change, so that what is said about it anew is another message.
        channel, ts: the last message about it to its owner; empty for none, or one about several.
        press: what changed it last; the same once more changes nothing.
    """

    owner: str
    giver: str
    by: str
    day: date
    known: bool = False
    told: bool = False
    back: str = ""
    round: int = 0
    channel: str = ""
    ts: str = ""
    press: str = ""

    @property
    def own(self) -> bool:
        """Say whether its owner took it on without anybody giving it, or has it back."""
        return self.owner == self.giver


def keep_new(desk: Desk, action: Action, *, giver: Known, owner: str) -> Action:
    """Keep a new action and how it is followed, and return what is kept: the first one of that id."""
    kept = desk.line.store.change_action(desk.workspace, action.id, lambda before: before or action)
    day = wall_day(desk, kept.due)
    given = Given(
        owner=owner,
        giver=giver.member.id,
        by=giver.asker.name,
        day=day,
        known=owner == giver.member.id,
        told=desk.clock() >= reminded_at(day, zone_of(desk, owner)),
    )
    desk.notes.change(
        desk.workspace, KIND, action.id, lambda note: given.model_dump(mode="json") if note is None else note
    )
    return kept


def followed(desk: Desk) -> Mapping[str, Given]:
    """Return how every open action is followed, by its id."""
    return {
        action_id: Given.model_validate(note)
        for action_id, note in desk.notes.all(desk.workspace, KIND).items()
    }


def given(desk: Desk, action_id: str) -> Given | None:
    """Return how an action is followed; None for one that is not."""
    note = desk.notes.read(desk.workspace, KIND, action_id)
    return None if note is None else Given.model_validate(note)


def change_given(desk: Desk, action_id: str, to: Callable[[Given], Given]) -> None:
    """Change how an action is followed; nothing happens to one that is not."""

    def changed(note: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        return None if note is None else to(Given.model_validate(note)).model_dump(mode="json")

    desk.notes.change(desk.workspace, KIND, action_id, changed)


def action_of(desk: Desk, action_id: str) -> Action | None:
    """Return an action; None where there is none of that id."""
    return next(
        (action for action in desk.line.store.actions(desk.workspace) if action.id == action_id), None
    )


def owner_of(desk: Desk, action: Action, held: Given | None) -> str:
    """Return the Slack person whose an action is, by who is who now; empty where nobody in Slack is known to be.

    One who has left stays the owner until the action is given back.
    """
    if held is not None and held.owner:
        one = desk.directory.known(held.owner)
        known = one.person
        if one.member.gone or action.owner_id is None or (known is not None and known.id == action.owner_id):
            return held.owner
    person = desk.directory.person(action.owner_id or "")
    return "" if person is None else desk.directory.user_of(person)


def is_theirs(action: Action, held: Given | None, known: Known) -> bool:
    """Say whether somebody owns an action."""
    if held is not None and held.owner == known.member.id:
        return True
    return known.person is not None and action.owner_id == known.person.id


def may_change(action: Action, held: Given | None, known: Known) -> bool:
    """Say whether somebody may say what became of an action: its owner, and who gave it."""
    return is_theirs(action, held, known) or (held is not None and held.giver == known.member.id)


def matching(people: tuple[Person, ...], name: str) -> tuple[Person, ...]:
    """Return those whose names hold all words of a name, ordered by name; nobody who has left."""
    wanted = set(fold(name).split())
    found = (
        person for person in people if person.active and wanted and wanted <= set(fold(person.name).split())
    )
    return tuple(sorted(found, key=lambda person: person.name))


def next_working_day(company: Company, today: date) -> date:
    """Return the first day after today on which people work."""
    day = today + timedelta(days=1)
    while day.weekday() >= _SATURDAY or day in company.holidays:
        day += timedelta(days=1)
    return day


def company_day(desk: Desk) -> date:
    """Return the company's own today, which due days are counted from."""
    return desk.line.now().astimezone(desk.line.company.zone).date()


def wall_day(desk: Desk, due: date) -> date:
    """Return the day of the wall's calendar that is as far away as a due day is from the company's own today."""
    return desk.clock().astimezone(desk.line.company.zone).date() + (due - company_day(desk))


def zone_of(desk: Desk, user: str) -> ZoneInfo:
    """Return the zone that somebody lives in as Slack has it, else the company's."""
    name = desk.directory.member(user).zone if user else ""
    return (zone_named(name) if name else None) or desk.line.company.zone


def reminded_at(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant of the reminder on a day of the owner's calendar."""
    return datetime.combine(day, AT, zone)


def when(desk: Desk, due: date, zone: ZoneInfo) -> str:
    """Return when somebody is reminded, `Thu 26 Nov 09:00 CET`; where the company lives on a day of its own, by both."""
    said = f"{words.weekday(due)} {words.instant(reminded_at(due, zone), zone)}"
    day = wall_day(desk, due)
    return said if day == due else f"{said} (by the real calendar on {words.dated(day)})"


def quoted(action: Action) -> str:
    """Return a person's own words, as theirs."""
    return f"“{words.line(action.text, LONGEST)}”"
