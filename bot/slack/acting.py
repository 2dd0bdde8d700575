"""Actions: what somebody shall do by a day, kept by words or by a button, told to its owner, and followed to its end."""

from __future__ import annotations

from collections.abc import Sequence

from bot.agent.intents import Candidate, Errand
from bot.runs.ports import Steps
from bot.sentences import capital
from bot.slack import acting_book as book
from bot.slack import acting_list, acting_presses, deciding
from bot.slack import message as m
from bot.slack.acting_due import DROP, KEPT, MOVE, SAY, due, say, say_soon
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.mentioned import in_names
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of
from connectors.records import Person
from reports import words
from reports.context import Action
from reports.facts import Frozen

_ASKED, WHICH = "act-asked", "act-which"
# So many candidates are shown.
_SHOWN = 5
_EXAMPLE = "Say for example: remind jonas thursday re ostrander"
_UNDATED = (
    "I could not read the day: “{when}”. I remind once, at 09:00 on a day: say for example thursday, or 4 dec. "
    "What is no day goes behind “that”: remind jonas thursday that …"
)
_SATURDAY = 5


class Wanted(Frozen):
    """An action that somebody asked for, while it is not plain whose it is or which deal it is about.

    `people` are the ids of those who may be meant, None: nobody was named; `deal` is None while it is not chosen, and
    empty for none.
    """

    request: Request
    errand: Errand
    people: tuple[str, ...] | None = None
    deal: str | None = None


def _remind(desk: Desk, request: Request, known: Known, asked: Errand) -> Answer:
    """Keep an action, or ask the one thing that is not plain."""
    if asked.bulk:
        return _alone(f"I can remind one person at a time. {_EXAMPLE}")
    if not asked.text.strip() and not asked.letter:
        return _alone(f"Of what? {_EXAMPLE}")
    if asked.undated:
        return _alone(_UNDATED.format(when=asked.undated))
    if asked.day is not None and asked.day < book.company_day(desk):
        return _alone(f"{words.dated(asked.day)} has passed. {_EXAMPLE}")
    people, why = _people(desk, request, asked)
    if why:
        return _alone(why)
    deal = "" if len(asked.deals) == 0 else asked.deals[0].id if len(asked.deals) == 1 else None
    return _planned(desk, Wanted(request=request, errand=asked, people=people, deal=deal), known)


def _people(desk: Desk, request: Request, asked: Errand) -> tuple[tuple[str, ...] | None, str]:
    """Return the ids of those whom the words may mean, None for the one who speaks; or why it is nobody."""
    name = next(iter(asked.unread), "")
    if not asked.people and not name:
        return None, ""
    if name.startswith(("@", "<@")):
        person = desk.directory.known(request.people[0]).person if request.people else None
        shown = desk.directory.member(request.people[0]).name if request.people else name
        return ((person.id,), "") if person else ((), f"The CRM does not know {shown or name}.")
    if asked.people:
        return tuple(candidate.id for candidate in asked.people), ""
    found = book.matching(desk.directory.people(), name)
    if not found:
        return (), f"The CRM knows nobody called “{name}”. {_EXAMPLE}"
    return tuple(person.id for person in found), ""


def _planned(desk: Desk, wanted: Wanted, known: Known) -> Answer:
    """Return the question that is open, or keep the action and say so."""
    asked = wanted.errand
    if wanted.people is not None and len(wanted.people) > 1:
        found = [person for key in wanted.people if (person := desk.directory.person(key))]
        labels = [
            (person.name, ", ".join(part for part in (person.role, person.team) if part)) for person in found
        ]
        return _which(
            desk, wanted, "Several people match. Who is it?", [f"{name} ({more})" for name, more in labels]
        )
    if wanted.deal is None:
        return _which(
            desk,
            wanted,
            "Which deal is it about?",
            [_named(deal) for deal in asked.deals[:_SHOWN]],
            none="No deal",
        )
    person = known.person if wanted.people is None else desk.directory.person(wanted.people[0])
    if person is None:
        return _alone("The CRM no longer knows that person.")
    if not person.active:
        return _alone(f"{person.name} has left, so I kept nothing.")
    if asked.letter:
        return deciding.give_by_words(desk, wanted.request, known, asked.letter, person, asked.day)
    return _kept(desk, wanted, known, person)


def _named(deal: Candidate) -> str:
    return f"{deal.name} ({deal.detail})" if deal.detail else deal.name


def _kept(desk: Desk, wanted: Wanted, known: Known, person: Person) -> Answer:
    asked, today = wanted.errand, book.company_day(desk)
    mine = known.person is not None and person.id == known.person.id
    owner = known.member.id if mine else desk.directory.user_of(person)
    day = asked.day or book.next_working_day(desk.line.company, today)
    new = Action(
        id=mark_of(f"action:{wanted.request.key}").removeprefix("qd-"),
        text=capital(words.line(in_names(desk.directory, asked.text, wanted.request.people), book.LONGEST)),
        owner=person.name,
        owner_id=person.id,
        due=day,
        deal_id=wanted.deal or None,
        source=f"asked by {known.asker.name}, {words.dated(today)}",
        private=mine,
    )
    action = book.keep_new(desk, new, giver=known, owner=owner)
    say_soon(desk, action)
    held = book.given(desk, action.id)
    told = _told(desk, action, held, known, mine=mine, owner=owner)
    if asked.day is None:
        told += " You said no day, so it is the next working day."
    elif day.weekday() >= _SATURDAY:
        told += " That is a weekend day."
    last = "Drop" if mine else "Take back"
    return Answer(
        to="alone",
        why=told,
        buttons=(("Move", f"{MOVE}:{KEPT}", action.id), (last, f"{DROP}:{KEPT}", action.id)),
    )


def _told(
    desk: Desk, action: Action, held: book.Given | None, known: Known, *, mine: bool, owner: str
) -> str:
    """Return what somebody is told of a new action: whose, what, when, and who hears of it how."""
    zone = book.zone_of(desk, owner)
    at = book.when(desk, action.due, zone)
    begun = held is not None and held.told
    if mine:
        alone = " It is on nobody's list but yours." if action.private else ""
        due = (
            f"due {words.dated(action.due)}; I remind at 09:00, which has passed: [Move] chooses another day"
            if begun
            else f"I remind you {at}"
        )
        return f"Kept for you: {book.quoted(action)}; {due}.{alone}"
    first = action.owner.split()[0]
    kept = f"Kept for {action.owner}: {book.quoted(action)}, due {words.dated(action.due) if begun else at}."
    if not owner:
        return f"{kept} {first} has not spoken with me in Slack yet, so I cannot reach them."
    return f"{kept} I tell {first} now that it is from {known.asker.name.split()[0]}."


def _which(desk: Desk, wanted: Wanted, question: str, labels: Sequence[str], *, none: str = "") -> Answer:
    """Keep what somebody asked for, and ask which of several is meant."""
    key = mark_of(f"{wanted.request.key}:{question}")
    desk.notes.write(desk.workspace, _ASKED, key, wanted.model_dump(mode="json"))
    shown = labels[:_SHOWN]
    more = " There are more: say the whole name." if len(labels) > _SHOWN else ""
    buttons = [(label, f"{WHICH}:{number}", f"{key}:{number}") for number, label in enumerate(shown)]
    if none:
        buttons.append((none, f"{WHICH}:none", f"{key}:none"))
    return Answer(to="alone", why=question + more, buttons=tuple(buttons))


def _chosen(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Go on with what somebody asked for, now that it is plain who or which deal is meant."""
    key, _, number = press.value.partition(":")

    def go_on() -> Answer:
        note = desk.notes.read(desk.workspace, _ASKED, key)
        if note is None:
            return _alone("I no longer know what that was about. Please say it once more.")
        wanted = Wanted.model_validate(note)
        if wanted.request.user != known.member.id:
            return _alone("That question was put to somebody else.")
        if wanted.people is not None and len(wanted.people) > 1:
            chosen = wanted.model_copy(update={"people": (wanted.people[int(number)],)})
        else:
            deal = "" if number == "none" else wanted.errand.deals[int(number)].id
            chosen = wanted.model_copy(update={"deal": deal})
        return _planned(desk, chosen, known)

    kept = steps.step("answer", lambda: go_on().model_dump(mode="json"))
    deliver(desk, steps, press.request, Answer.model_validate(kept))


def _alone(why: str) -> Answer:
    return Answer(to="alone", why=why)


FEATURE = Feature(
    errands={"remind": _remind},
    topics={"actions": acting_list.listed},
    presses={**acting_presses.PRESSES, **deciding.PRESSES, WHICH: _chosen},
    dialogs={MOVE: acting_presses.move_dialog, m.GIVE: deciding.give_dialog},
    checks={MOVE: acting_presses.move_wrong, m.GIVE: deciding.give_wrong},
    filled={MOVE: acting_presses.moved, m.GIVE: deciding.given},
    works={SAY: say},
    clock=(due,),
    home=acting_list.home,
)
