"""Actions: kept by words, told to their owners once, due once, and what becomes of them reaches the next weekly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.slack.acting_book import matching
from connectors.records import Person
from tests.fakes.slack.seen import Seen
from tests.fakes.slack.world import BOT_USER
from tests.scenarios.slack.stage import Stage, told

DANA, JONAS, KATRIN, PRIYA, MARCUS = (
    "Dana Whitcombe",
    "Jonas Adler",
    "Katrin Vogelsang",
    "Priya Raman",
    "Marcus Bell",
)
BIRGIT, PAULA = "Birgit Sommerfeld", "Paula Renner"
LEADERS, EMEA = "sales-leadership", "emea-sales"
ASK = "remind jonas thursday re ostrander"


def new(at: Stage, who: str, before: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """Return what the bot put before somebody since then."""
    known = {seen.ts for seen in before}
    found = (seen for seen in at.slack.seen_by(who) if seen.kind in {"message", "ephemeral"})
    return tuple(seen for seen in found if seen.ts not in known and seen.author == BOT_USER)


def until(at: Stage, month: int, day: int, hour: int, minute: int = 0) -> None:
    """Let the clock go on to an instant in UTC, and the bot do what is due then."""
    at.clock.at = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    at.settle()


def buttons(seen: Seen) -> list[str]:
    """Return the labels of a message's buttons."""
    rows = [block.get("elements", ()) for block in seen.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


def press(at: Stage, who: str, seen: Seen, button: str) -> tuple[Seen, ...]:
    """Press a button, let the bot work, and return what is new before that person."""
    before = at.slack.seen_by(who)
    at.slack.click(who, seen, button)
    at.settle()
    return new(at, who, before)


def fill(at: Stage, who: str, values: dict[str, str]) -> dict[str, object]:
    """Fill in the open dialog and send it; return what is wrong with it, nothing where it was taken."""
    shown = next(seen for seen in at.slack.seen_by(who) if seen.kind == "modal")
    answer = at.slack.submit(who, shown, values)
    at.settle()
    return dict(answer.json.get("errors", {})) if answer.json else {}


def kept(at: Stage) -> dict[str, tuple[str, str, str]]:
    """Return owner, due day and state of every action by its text, but for those that were there before."""
    found = at.served.desk.line.store.actions(at.served.desk.workspace)
    return {
        action.text: (action.owner, action.due.isoformat(), action.state)
        for action in found
        if not action.id.startswith("action-")
    }


def given_to(at: Stage, who: str, text: str = ASK, by: str = DANA) -> Seen:
    """Let somebody be given an action, and return the message that says so."""
    before = at.slack.seen_by(who)
    at.dm(by, text)
    (seen,) = new(at, who, before)
    return seen


def on_slide_8(at: Stage, draft: Seen) -> tuple[str, list[list[str]]]:
    """Return the title of the slide with the actions in a draft's deck, and their rows."""
    desk = at.served.desk
    revision = desk.revision(desk.thread(f"{draft.channel}:{draft.ts}").draft_id or "")
    slide = revision.deck.slides[-1]
    (table,) = (block for block in slide.blocks if block.id == "actions")
    return slide.title.text, [[cell.text for cell in row.cells] for row in table.rows]  # type: ignore[union-attr]


def test_r50_a_reminder_is_told_to_its_owner_due_at_nine_in_their_zone_and_stands_in_the_weekly(at: Stage):
    before = at.slack.seen_by(JONAS)
    (answer,) = at.dm(DANA, ASK)
    (given,) = new(at, JONAS, before)

    assert "Kept for Jonas Adler: “Re ostrander”, due Thu 26 Nov 09:00 CET." in told(answer)
    assert "I tell Jonas now that it is from Dana." in told(answer)
    assert buttons(answer) == ["Move", "Take back"]
    assert "Dana Whitcombe gave you “Re ostrander”. I remind you Thu 26 Nov 09:00 CET." in told(given)
    assert buttons(given) == ["Done", "Move", "Not mine"]

    until(at, 11, 26, 7, 58)
    assert new(at, JONAS, before) == (given,)
    until(at, 11, 26, 8, 1)
    _, due = new(at, JONAS, before)
    assert "Due today: “Re ostrander”, from Dana Whitcombe." in told(due)
    assert buttons(due) == ["Done", "Move", "Not mine"]
    until(at, 11, 27, 12)
    assert new(at, JONAS, before) == (given, due)

    _, rows = on_slide_8(at, at.draft(DANA, LEADERS))
    assert ["Re ostrander", "J. Adler", "26 Nov", "open"] in rows


def test_what_is_done_moved_dropped_or_given_back_stands_in_the_next_weekly_as_that(at: Stage):
    for day, what in (("tuesday", "one"), ("wednesday", "two"), ("thursday", "three"), ("friday", "four")):
        given = given_to(at, JONAS, f"remind jonas {day} re ostrander {what}")
        match what:
            case "one":
                press(at, JONAS, given, "Done")
            case "two":
                press(at, JONAS, given, "Move")
                fill(at, JONAS, {"day": "2026-11-30"})
            case "three":
                press(at, JONAS, given, "Not mine")
            case _:
                *_, list_ = at.dm(DANA, "actions")
                row = next(line for line in told(list_).splitlines() if "Re ostrander four" in line)
                press(at, DANA, list_, f"Drop {row.partition('.')[0]}")
    draft = at.draft(DANA, LEADERS)

    assert (
        "5 of 9 actions done; open: Second sponsor at Brandt & Söhne (B. Sommerfeld), "
        "Re ostrander three (D. Whitcombe) and 1 more." in told(draft)
    )
    title, rows = on_slide_8(at, draft)
    assert title.startswith("Five of nine actions done")
    assert [row for row in rows if "ostrander" in row[0]] == [
        ["Re ostrander three", "D. Whitcombe", "26 Nov", "open"],
        ["Re ostrander two", "J. Adler", "30 Nov", "moved"],
        ["Re ostrander four", "J. Adler", "27 Nov", "dropped"],
    ]


def test_done_is_kept_once_and_shown_in_place_of_the_message(at: Stage):
    before = at.slack.seen_by(JONAS)
    given = given_to(at, JONAS)

    assert press(at, JONAS, given, "Done") == ()
    shown = at.shown(JONAS, given.ts)
    assert "Done: “Re ostrander”." in told(shown)
    assert buttons(shown) == []
    assert kept(at) == {"Re ostrander": ("Jonas Adler", "2026-11-26", "done")}
    until(at, 11, 26, 9)
    assert [seen.ts for seen in new(at, JONAS, before)] == [given.ts]


def test_what_is_moved_by_its_dialog_is_said_once_on_the_new_day(at: Stage):
    before = at.slack.seen_by(JONAS)
    given = given_to(at, JONAS)
    at.slack.click(JONAS, given, "Move")
    assert fill(at, JONAS, {"day": "2026-11-20"}) == {
        "day": "That day has passed; choose today or a later one."
    }
    assert fill(at, JONAS, {"day": "2026-11-30"}) == {}

    assert "Moved to Mon 30 Nov: “Re ostrander”. I remind you Mon 30 Nov 09:00 CET." in told(
        at.shown(JONAS, given.ts)
    )
    assert kept(at) == {"Re ostrander": ("Jonas Adler", "2026-11-30", "moved")}
    until(at, 11, 26, 12)
    assert len(new(at, JONAS, before)) == 1
    for hour in (8, 9, 15):
        until(at, 11, 30, hour, 1)
    _, due = new(at, JONAS, before)
    assert "Due today: “Re ostrander”" in told(due)


def test_not_mine_goes_back_to_who_gave_it_and_who_is_told(at: Stage):
    given = given_to(at, JONAS)
    before = at.slack.seen_by(DANA)
    press(at, JONAS, given, "Not mine")
    (back,) = new(at, DANA, before)

    assert "Back with Dana Whitcombe: “Re ostrander”." in told(at.shown(JONAS, given.ts))
    assert (
        "Jonas Adler says that this is not theirs. “Re ostrander”, due Thu 26 Nov, is yours again."
        in told(back)
    )
    assert buttons(back) == ["Done", "Move", "Drop"]
    assert kept(at) == {"Re ostrander": ("Dana Whitcombe", "2026-11-26", "open")}
    until(at, 11, 26, 8, 1)
    assert new(at, DANA, before) == (back,)
    until(at, 11, 26, 14, 1)
    assert "Due today: “Re ostrander”." in told(new(at, DANA, before)[-1])


def test_a_reminder_to_oneself_is_on_nobodys_list_but_the_own(at: Stage):
    (answer,) = at.dm(DANA, "remind me tomorrow to ask about the budget")

    assert "Kept for you: “Ask about the budget”; I remind you Tue 24 Nov 09:00 ET." in told(answer)
    assert "It is on nobody's list but yours." in told(answer)
    assert "Ask about the budget" not in str(on_slide_8(at, at.draft(DANA, LEADERS)))
    assert "Ask about the budget" not in told(*at.dm(MARCUS, "actions"))
    assert "“Ask about the budget”: due Tue 24 Nov, open" in told(*at.dm(DANA, "my actions"))
    before = at.slack.seen_by(DANA)
    until(at, 11, 24, 14, 1)
    (due,) = new(at, DANA, before)
    assert "Due today: “Ask about the budget”." in told(due)
    assert buttons(due) == ["Done", "Move", "Drop"]


def test_without_a_day_it_is_due_the_next_working_day_and_the_answer_says_so(at: Stage):
    (answer,) = at.dm(DANA, "todo send the deck")
    (weekend,) = at.dm(DANA, "todo write it up on saturday")

    assert "I remind you Tue 24 Nov 09:00 ET." in told(answer)
    assert "You said no day, so it is the next working day." in told(answer)
    assert "I remind you Sat 28 Nov 09:00 ET." in told(weekend)
    assert "That is a weekend day." in told(weekend)


@pytest.mark.parametrize(
    "text, why",
    [
        ("remind zorro friday re ostrander", "The CRM knows nobody called “zorro”."),
        ("remind everybody to log it", "I can remind one person at a time."),
        ("remind me", "Of what? Say for example: remind jonas thursday re ostrander"),
        ("remind me on 2026-11-02 to call", "Mon 2 Nov has passed."),
        ("give A to priya", "There is no draft in this conversation whose decisions could be given."),
    ],
)
def test_what_cannot_be_kept_is_said_with_what_would_work(shared: Stage, text: str, why: str):
    (answer,) = shared.dm(DANA, text)

    assert why in told(answer)
    assert kept(shared) == {}


def test_somebody_who_has_not_spoken_with_us_gets_it_once_they_have(at: Stage):
    (answer,) = at.dm(DANA, "remind birgit thursday re ostrander")
    assert "Birgit has not spoken with me in Slack yet, so I cannot reach them." in told(answer)
    assert new(at, BIRGIT, ()) == ()

    at.confirm(BIRGIT)
    at.clock.forward(300)
    at.settle()
    (given,) = new(at, BIRGIT, ())
    assert "Dana Whitcombe gave you “Re ostrander”." in told(given)


@pytest.mark.parametrize(
    "button, deal", [("Inverbrook Paper – Flow (Brett Lindgren)", "d004954"), ("No deal", None)]
)
def test_a_deal_that_is_not_plain_is_asked_for_once(at: Stage, button: str, deal: str | None):
    (asked,) = at.dm(DANA, "remind me tomorrow to call inverbrook")
    assert "Which deal is it about?" in told(asked)
    assert kept(at) == {}

    (answer,) = press(at, DANA, asked, button)
    assert "Kept for you: “Call inverbrook”; I remind you Tue 24 Nov 09:00 ET." in told(answer)
    actions = at.served.desk.line.store.actions(at.served.desk.workspace)
    assert [one.deal_id for one in actions if one.text == "Call inverbrook"] == [deal]


def test_of_people_of_the_same_name_each_is_offered():
    def one(number: int, name: str, *, active: bool = True) -> Person:
        return Person(
            id=f"p{number}", name=name, email="", role="", team="", region="", manager_id=None, active=active
        )

    people = (one(1, "Zoë Brandt"), one(2, "Anna Zoe Vogel"), one(3, "Zoe Left", active=False), one(4, "Zo"))

    assert [person.id for person in matching(people, "zoe")] == ["p2", "p1"]
    assert [person.id for person in matching(people, "Brandt Zoe")] == ["p1"]
    assert matching(people, "") == ()


def test_what_somebody_has_who_left_goes_back_to_who_gave_it(at: Stage):
    given_to(at, JONAS)
    before = at.slack.seen_by(DANA)
    at.slack.deactivate(JONAS)
    until(at, 11, 26, 14, 1)
    at.clock.forward(300)
    at.settle()
    (back,) = new(at, DANA, before)

    assert "Jonas Adler has left Slack. “Re ostrander”, due Thu 26 Nov, is yours again." in told(back)
    assert kept(at) == {"Re ostrander": ("Dana Whitcombe", "2026-11-26", "open")}


def test_a_colleague_whom_the_crm_does_not_know_gets_no_action(at: Stage):
    user = at.slack.person(PAULA).id
    (answer,) = at.dm(
        DANA,
        f"remind <@{user}> tomorrow to call",
    )

    assert "The CRM does not know Paula Renner." in told(answer)
    assert kept(at) == {}


def test_only_its_owner_and_who_gave_it_say_what_becomes_of_it(at: Stage):
    given = given_to(at, JONAS)
    before = at.slack.seen_by(KATRIN)
    (own,) = at.dm(KATRIN, "remind me tomorrow to call")
    element = next(block for block in given.blocks if block["type"] == "actions")["elements"][0]
    at.slack.world.messages[own.channel, own.ts].blocks[-1]["elements"][0].update(
        value=element["value"], action_id=element["action_id"], text=element["text"]
    )
    press(at, KATRIN, own, "Done")

    assert "That is Jonas Adler's; they or who gave it say what becomes of it." in told(
        *new(at, KATRIN, before)
    )
    assert kept(at)["Re ostrander"][2] == "open"


def test_the_list_shows_what_one_may_see_with_buttons_for_what_is_theirs_and_so_does_home(at: Stage):
    given_to(at, JONAS)
    (mine,) = at.dm(JONAS, "my actions")
    (others,) = at.dm(PRIYA, "actions")
    (emea,) = at.dm(DANA, "actions emea")
    at.slack.open_home(JONAS)
    at.settle()
    home = next(seen for seen in at.slack.seen_by(JONAS) if seen.kind == "home")

    assert "1. “Re ostrander”: due Thu 26 Nov, open" in told(mine)
    assert buttons(mine) == ["Done 1", "Move 1", "Not mine 1"]
    assert "Re ostrander" not in told(others)
    assert "“Re ostrander”: Jonas Adler, due Thu 26 Nov, open" in told(emea)
    assert "“Re ostrander”: due Thu 26 Nov, open" in told(home)
    press(at, JONAS, mine, "Done 1")
    assert "“Re ostrander”: due Thu 26 Nov, done" in told(*at.dm(JONAS, "my actions"))


def test_done_on_home_shows_home_as_it_is_by_then(at: Stage):
    given_to(at, JONAS)
    at.slack.open_home(JONAS)
    at.settle()
    home = next(seen for seen in at.slack.seen_by(JONAS) if seen.kind == "home")
    press(at, JONAS, home, "Done")

    home = next(seen for seen in at.slack.seen_by(JONAS) if seen.kind == "home")
    assert "ostrander" not in told(home)
    assert kept(at)["Re ostrander"][2] == "done"


def test_what_was_missed_while_we_were_away_is_said_within_the_day_else_the_next_morning_in_one_message(
    at: Stage,
):
    given_to(at, JONAS)
    given_to(at, JONAS, "remind jonas friday re ostrander again")
    given_to(at, JONAS, "remind jonas on 30 nov to log it")
    before = at.slack.seen_by(JONAS)
    until(at, 11, 28, 22)
    assert new(at, JONAS, before) == ()
    until(at, 11, 30, 8, 1)
    due, late = new(at, JONAS, before)

    assert "Due today: “Log it”" in told(due)
    assert "These were due while I said nothing." in told(late)
    assert "“Re ostrander”, due Thu 26 Nov, from Dana Whitcombe" in told(late)
    assert "“Re ostrander again”, due Fri 27 Nov, from Dana Whitcombe" in told(late)
    until(at, 12, 1, 9)
    assert len(new(at, JONAS, before)) == 2


def test_while_everything_is_stopped_nothing_is_said_and_afterwards_it_still_is(at: Stage):
    given_to(at, JONAS)
    given_to(at, JONAS, "remind jonas friday re ostrander again")
    before = at.slack.seen_by(JONAS)
    at.command(MARCUS, LEADERS, "stop")
    until(at, 11, 26, 9)
    at.dm(DANA, "remind jonas on 30 nov to log it")
    until(at, 11, 27, 9)
    assert new(at, JONAS, before) == ()

    at.command(MARCUS, LEADERS, "resume")
    until(at, 11, 27, 9, 5)
    shown = [told(seen) for seen in new(at, JONAS, before)]
    assert len(shown) == 3
    assert "Dana Whitcombe gave you “Log it”." in shown[0]
    assert "Due today: “Re ostrander again”" in shown[1]
    assert "This was due while I said nothing." in shown[2]
