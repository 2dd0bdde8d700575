"""Who is who: confirmed once, never guessed, changed by admins only; people from outside are nobody of the CRM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.slack.shapes import User
from tests.scenarios.slack.stage import Stage, told

DANA, JONAS, MARCUS, ANA = "Dana Whitcombe", "Jonas Adler", "Marcus Bell", "Ana Ferreira"
LUC, PAULA, GUEST, SINGLE, STRANGER = (
    "Luc Fournel",
    "Paula Renner",
    "Gil Ostrow",
    "Sana Lindqvist",
    "Ulla Brandt",
)
OUTSIDE = "I answer the people of this company only, and you are a guest here."
OFFER = (
    "In the CRM I take you for Luc Fournel (Sales manager, EMEA West). Is that you? "
    "Once you have said so, I do not ask again."
)


def change(at: Stage, who: str, **fields: object) -> User:
    """Let Slack describe somebody differently from now on."""
    with at.slack.world.changed:
        user = replace(at.slack.person(who), **fields)
        at.slack.world.users[user.id] = user
    at.clock.forward(11 * 60)
    return user


def press(at: Stage, who: str, button: str) -> str:
    """Press a button of the newest message that somebody sees, and return what they are told then."""
    at.slack.click(who, at.slack.seen_by(who)[-1], button)
    at.settle()
    return at.slack.seen_by(who)[-1].text


def test_a_colleague_is_asked_once_and_what_they_said_is_answered_then(at: Stage):
    (asked,) = at.dm(LUC, "pipeline by region")
    assert OFFER in told(asked)
    assert "$" not in told(asked)

    assert press(at, LUC, "That's me").startswith("Open pipeline closing in Q4:")
    assert "Thank you, Luc." in told(*at.slack.seen_by(LUC))
    (answer,) = at.dm(LUC, "pipeline")
    assert answer.text.startswith("Open pipeline closing in Q4:")


def test_all_that_somebody_asked_before_is_answered_once_it_is_known_who_that_is(at: Stage):
    at.dm(LUC, "pipeline")
    (asked,) = at.dm(LUC, "win rate")
    before = at.slack.seen_by(LUC)
    at.slack.click(LUC, asked, "That's me")
    at.settle()

    new = told(*(seen for seen in at.slack.seen_by(LUC) if seen not in before))
    assert "Open pipeline closing in Q4:" in new
    assert "Win rate" in new


def test_what_waited_for_more_than_an_hour_is_not_done_but_said(at: Stage):
    at.dm(LUC, "pipeline")
    at.clock.forward(2 * 3600)
    (asked,) = at.dm(LUC, "win rate")
    before = at.slack.seen_by(LUC)
    at.slack.click(LUC, asked, "That's me")
    at.settle()

    new = told(*(seen for seen in at.slack.seen_by(LUC) if seen not in before))
    assert "Some of what you asked waited too long, and I left it. Say it once more: “pipeline”." in new
    assert "Open pipeline" not in new
    assert "Win rate" in new


def test_who_says_not_me_is_nobody_until_an_admin_links_them(at: Stage):
    at.dm(LUC, "pipeline")
    assert (
        press(at, LUC, "Not me") == "Then I take you for nobody. An admin can link you to the right person."
    )

    (answer,) = at.dm(LUC, "pipeline")
    assert answer.text == "I know you in Slack as luc.fournel@larkmoor.example, not in the CRM."
    *_, linked = at.command(MARCUS, "sales-leadership", f"link @{LUC} to luc.fournel@larkmoor.example")
    assert linked.text == "Linked: that person is Luc Fournel, Sales manager, in the CRM."
    (answer,) = at.dm(LUC, "pipeline")
    assert answer.text.startswith("Open pipeline closing in Q4:")


def test_connect_asks_the_admins_whom_the_bot_knows_and_nobody_else(at: Stage):
    at.confirm(ANA)
    at.dm(PAULA, "pipeline")
    before = at.slack.seen_by(DANA)
    assert press(at, PAULA, "Connect") == "I asked Marcus Bell and Ana Ferreira to link you."

    for admin in (MARCUS, ANA):
        word = at.slack.seen_by(admin)[-1]
        assert word.channel == at.slack.im_with(admin).id
        assert "Paula Renner (paula.renner@larkmoor.example) asks to be linked to the CRM." in told(word)
        assert "Say: /sales link UPAULA to NAME" in told(word)
    assert at.slack.seen_by(DANA) == before


def test_an_admin_is_asked_once_a_day_to_link_the_same_person(at: Stage):
    heard = []
    for _ in range(3):
        at.dm(PAULA, "pipeline")
        press(at, PAULA, "Connect")
        at.clock.forward(60)
        heard.append([seen.text for seen in at.slack.seen_by(MARCUS) if "to be linked" in seen.text])
    assert [len(words) for words in heard] == [1, 1, 1]

    at.clock.forward(24 * 3600)
    at.dm(PAULA, "pipeline")
    press(at, PAULA, "Connect")
    assert sum("to be linked" in seen.text for seen in at.slack.seen_by(MARCUS)) == 2


def test_connect_does_not_say_that_it_asked_somebody_whom_it_could_not_ask(at: Stage):
    for admin in (MARCUS, ANA):
        at.served.desk.directory.refuse(at.slack.person(admin).id)
    at.dm(PAULA, "pipeline")

    press(at, PAULA, "Connect")
    assert (
        "No admin has spoken with me yet, so I could ask none. "
        "Send Marcus Bell or Ana Ferreira this line: /sales link UPAULA to NAME"
    ) in told(at.slack.seen_by(PAULA)[-1])


def test_an_admins_link_decides_what_somebody_sees(at: Stage):
    *_, linked = at.command(MARCUS, "sales-leadership", f"link @{PAULA} to Birgit Sommerfeld")
    assert linked.text == "Linked: that person is Birgit Sommerfeld, Account executive, in the CRM."
    (answer,) = at.dm(PAULA, "pipeline")
    (denied,) = at.dm(PAULA, "pipeline amer")

    assert "$1.76M, 67 deals" in answer.text
    assert denied.text == "You cannot see AMER in the CRM, so I do not show it."


def test_only_admins_link_people(at: Stage):
    *_, refused = at.command(DANA, "sales-leadership", f"link @{PAULA} to Birgit Sommerfeld")
    assert refused.text == "Only Marcus Bell and Ana Ferreira can do that."
    (answer,) = at.dm(PAULA, "pipeline")
    assert "not in the CRM" in answer.text


def test_a_name_that_the_crm_does_not_have_is_named(at: Stage):
    *_, refused = at.command(MARCUS, "sales-leadership", f"link @{PAULA} to Nobody Atall")

    assert refused.text == "The CRM has nobody called 'Nobody Atall'; give the e-mail address."


def test_a_guest_is_never_linked_to_anybody(at: Stage):
    *_, refused = at.command(MARCUS, "sales-leadership", f"link @{GUEST} to Birgit Sommerfeld")
    assert (
        refused.text
        == "Gil Ostrow is no colleague in Slack (a guest, an app, or deactivated), and so nobody of the CRM."
    )
    (answer,) = at.dm(GUEST, "pipeline")
    assert answer.text == OUTSIDE


@pytest.mark.parametrize("who", [GUEST, SINGLE])
@pytest.mark.parametrize("words", ["pipeline", "weekly", "link me", "whoami", "allow"])
def test_guests_hear_one_sentence_whatever_they_say(at: Stage, who: str, words: str):
    (answer,) = at.dm(who, words)

    assert answer.text == OUTSIDE
    assert b"$" not in at.slack.all_bytes_visible_to(who)


def test_a_guest_with_a_colleagues_address_stays_a_guest(at: Stage):
    change(at, GUEST, email="dana.whitcombe@larkmoor.example")
    (answer,) = at.dm(GUEST, "pipeline")

    assert answer.text == OUTSIDE


def test_a_stranger_over_slack_connect_hears_it_alone(at: Stage):
    before = at.slack.seen_by(DANA)
    (answer,) = at.mention(STRANGER, "customer-shared", "pipeline")

    assert (answer.kind, answer.text) == ("ephemeral", OUTSIDE)
    bot = at.slack.world.bot.id
    assert not [seen for seen in at.slack.seen_by(DANA) if seen not in before and seen.author == bot]


def test_a_guests_press_of_a_button_gives_nothing(at: Stage):
    (answer,) = at.mention(DANA, "sales-leadership", "pipeline")
    at.slack.join(GUEST, "sales-leadership")
    shown = at.shown(GUEST, answer.ts)
    at.slack.click(GUEST, shown, "By region")
    at.settle()

    assert at.slack.seen_by(GUEST)[-1].text == OUTSIDE


def test_whoever_was_deactivated_after_asking_gets_nothing(at: Stage):
    at.slack.dm(JONAS, "my deals")
    at.slack.deactivate(JONAS)
    at.served.desk.directory.forget(at.slack.person(JONAS).id)
    at.settle(failing=True)

    assert b"open deals due" not in b"".join(
        message.text.encode() for message in at.slack.messages(at.slack.im_with(JONAS), bot=True)
    )


def test_what_another_program_says_is_not_heard(at: Stage):
    before = len(at.slack.calls)
    at.slack.mention("Standup Bot", "random", "pipeline")
    at.settle()

    assert not [call for call in at.slack.calls[before:] if call.method.startswith("chat.")]


def test_an_address_that_changes_later_does_not_change_who_somebody_is(at: Stage):
    change(at, JONAS, email="dana.whitcombe@larkmoor.example")
    (answer,) = at.dm(JONAS, "pipeline")
    assert "$1.76M, 67 deals" in answer.text
    (who,) = at.dm(JONAS, "whoami")
    assert who.text == "In the CRM you are Jonas Adler, Account executive."


def test_two_people_in_slack_cannot_be_one_person_of_the_crm(at: Stage):
    change(at, PAULA, email="jonas.adler@larkmoor.example")
    (asked,) = at.dm(PAULA, "my deals")
    assert asked.text.startswith("In the CRM I take you for Jonas Adler")

    told_then = press(at, PAULA, "That's me")
    assert told_then == "Somebody else in Slack is that person already; an admin can sort it out."
    (still,) = at.dm(PAULA, "my deals")
    assert "$" not in told(still)


def test_reps_see_their_region_and_leaders_everything(at: Stage):
    (rep,) = at.dm(JONAS, "pipeline")
    (leader,) = at.dm(DANA, "pipeline")

    assert "$1.76M, 67 deals" in rep.text
    assert "$5.49M, 212 deals" in leader.text


def test_whom_slack_does_not_know_hears_that_and_nothing_else(at: Stage):
    at.slack.fault("users.info", error="user_not_found")
    (answer,) = at.dm(LUC, "pipeline")

    assert answer.text == "Slack does not tell me who you are, so I do not answer."


def test_an_admin_who_links_nobody_is_told_so(at: Stage):
    at.slack.fault("users.info", error="user_not_found", times=2)
    at.served.desk.directory.member(at.slack.person(MARCUS).id)
    *_, refused = at.command(MARCUS, "sales-leadership", "link U0NOBODY to Birgit Sommerfeld")

    assert refused.text == "Slack knows nobody by 'U0NOBODY'; write @ and pick the person."


def test_whoever_was_deactivated_is_told_so_where_they_still_can_read(at: Stage):
    change(at, JONAS, deleted=True)
    known = at.served.desk.directory.known(at.slack.person(JONAS).id)

    assert known.person is None
    assert not known.confirmed
