"""Where the bot may speak: what stands in the wrong place is nothing, and the asker hears why in one private sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.slack.shapes import Channel
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, home_of, stage, told

DANA, JONAS, KATRIN, MARCUS = "Dana Whitcombe", "Jonas Adler", "Katrin Vogelsang", "Marcus Bell"
GUEST, STRANGER, PAULA = "Gil Ostrow", "Ulla Brandt", "Paula Renner"
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."
HEADLINE = "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
INVITE = "Type /invite @quarterdeck there and I can post in it."


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place where nothing of the CRM may stand, why, and who is there besides the asker."""

    id: str
    name: str
    why: str
    others: tuple[str, ...]
    hears_mentions: bool = True


PLACES = (
    Place(
        id="shared with a customer",
        name="customer-shared",
        why="This channel has people from outside.",
        others=(STRANGER,),
    ),
    Place(
        id="a customer is invited",
        name="customer-pending",
        why="This channel has people from outside.",
        others=(JONAS,),
    ),
    Place(id="a guest is in it", name="with-guest", why="This channel has guests in it.", others=(GUEST,)),
    Place(
        id="private, without the bot",
        name="private-no-bot",
        why=f"I am not in this channel. {INVITE}",
        others=(KATRIN,),
        hears_mentions=False,
    ),
    Place(
        id="public, without the bot",
        name="public-no-bot",
        why=f"I am not in #public-no-bot. {INVITE}",
        others=(KATRIN,),
        hears_mentions=False,
    ),
    Place(
        id="somebody whom the CRM does not know is in it",
        name="random",
        why="Not everybody in #random may see this.",
        others=(PAULA, "Standup Bot"),
    ),
    Place(
        id="reps of different regions are in it",
        name="all-sales",
        why="Not everybody in #all-sales may see this.",
        others=(JONAS, "Priya Raman"),
    ),
)
CHANNELS = (
    "sales-leadership,emea-sales,all-sales,random,with-guest,customer-shared,customer-pending,private-with-bot,"
    "archived,public-no-bot"
)


@pytest.fixture(scope="module")
def at(larkmoor_records: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return one stage for all places: what is said in one of them says nothing in another."""
    home = home_of(larkmoor_records, tmp_path_factory.mktemp("places"))
    with stage(home, channels=CHANNELS) as opened:
        opened.confirm(*PEOPLE)
        yield opened


def reached(at: Stage, *people: str) -> list[bytes]:
    """Return every byte that the bot ever put before each of these people, lines that are empty left out."""
    return [
        b"\n".join(line for line in at.slack.all_bytes_visible_to(who).split(b"\n") if line) for who in people
    ]


@pytest.mark.parametrize("place", PLACES, ids=[place.id for place in PLACES])
def test_r03_a_draft_asked_for_in_the_wrong_place_goes_to_the_asker_alone(at: Stage, place: Place):
    before = reached(at, *place.others)
    found = at.command(DANA, place.name, "weekly")

    working, root, deck, why = found
    direct = at.slack.im_with(DANA).id
    assert (working.text, root.text) == ("On it: weekly", HEADLINE)
    assert root.channel == deck.channel == direct
    assert (why.kind, why.channel) == ("ephemeral", at.slack.channel(place.name).id)
    assert why.text == f"{place.why} I sent the draft to you directly."
    assert [button["text"]["text"] for button in why.blocks[-1]["elements"]] == ["Open"]
    assert reached(at, *place.others) == before
    assert at.slack.messages(place.name, bot=True) == ()


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.hears_mentions], ids=lambda place: place.id
)
def test_a_question_asked_in_the_wrong_place_is_answered_directly(at: Stage, place: Place):
    before = reached(at, *place.others)
    answer, why = at.mention(DANA, place.name, "pipeline")

    assert (answer.channel, answer.text) == (at.slack.im_with(DANA).id, NUMBER)
    assert why.kind == "ephemeral"
    assert why.text == f"{place.why} I sent it to you directly."
    assert reached(at, *place.others) == before


@pytest.mark.parametrize("place", PLACES, ids=[place.id for place in PLACES])
def test_post_here_posts_nothing_in_the_wrong_place(at: Stage, place: Place):
    before = reached(at, *place.others)
    *_, answer = at.command(DANA, place.name, "pipeline")
    at.slack.click(DANA, answer, "Post here")
    at.settle()

    assert at.slack.seen_by(DANA)[-1].text == f"{place.why} I sent it to you directly."
    assert reached(at, *place.others) == before


def test_a_channel_that_is_not_on_the_list_gets_nothing_until_an_admin_allows_it(at: Stage):
    at.slack.world.put_channel(
        Channel(
            id="CNEW",
            name="new-deals",
            members=(at.slack.person(DANA).id, at.slack.person(MARCUS).id, at.slack.world.bot.id),
        )
    )
    before = reached(at, MARCUS)
    answer, why = at.mention(DANA, "new-deals", "pipeline")
    assert answer.channel == at.slack.im_with(DANA).id
    assert why.text.startswith("#new-deals is not on the list of channels that I may post in; ")
    assert "Marcus Bell or Ana Ferreira can allow it there with “allow”. I sent it to you directly." in told(
        why
    )
    assert reached(at, MARCUS) == before

    *_, refused = at.command(DANA, "new-deals", "allow")
    assert refused.text == "Only Marcus Bell and Ana Ferreira can do that."
    *_, allowed = at.command(MARCUS, "new-deals", "allow this channel")
    assert allowed.text == "From now on I may post in #new-deals."
    (answer,) = at.mention(DANA, "new-deals", "pipeline")
    assert (answer.channel, answer.text) == ("CNEW", NUMBER)
    *_, taken_back = at.command(MARCUS, "new-deals", "disallow")
    assert taken_back.text == "I no longer post in #new-deals."
    answer, _ = at.mention(DANA, "new-deals", "pipeline")
    assert answer.channel == at.slack.im_with(DANA).id


def test_an_admin_cannot_allow_a_channel_with_people_from_outside(at: Stage):
    at.slack.join(MARCUS, "customer-shared")
    *_, refused = at.command(MARCUS, "customer-shared", "allow")
    at.slack.leave(MARCUS, "customer-shared")

    assert refused.text == "#customer-shared has people from outside: I never post there."


def test_between_two_people_nothing_is_posted(at: Stage):
    between = at.slack.im_between(DANA, KATRIN)
    before = reached(at, KATRIN)
    *_, why = at.command(DANA, between, "weekly")

    assert why.text == "I do not post in messages between people. I sent the draft to you directly."
    assert reached(at, KATRIN) == before


def test_in_a_group_message_nothing_is_posted(at: Stage):
    people = tuple(at.slack.person(who).id for who in (DANA, KATRIN, JONAS))
    group = at.slack.world.put_channel(
        Channel(
            id="GGROUP",
            name="mpdm-three",
            members=(*people, at.slack.world.bot.id),
            is_mpim=True,
            is_private=True,
        )
    )
    before = reached(at, JONAS, KATRIN)
    answer, why = at.mention(DANA, group, "pipeline")

    assert answer.channel == at.slack.im_with(DANA).id
    assert why.text == "I do not post in messages between people. I sent it to you directly."
    assert reached(at, JONAS, KATRIN) == before


@pytest.mark.parametrize("where", ["emea-sales", "sales-leadership"])
def test_a_channel_gets_what_all_of_its_members_may_see(at: Stage, where: str):
    (answer,) = at.mention(DANA, where, "pipeline")

    total = {"emea-sales": "$1.76M, 67 deals", "sales-leadership": "$5.49M, 212 deals"}[where]
    assert answer.channel == at.slack.channel(where).id
    assert total in answer.text


def test_what_the_asker_may_see_and_others_may_not_goes_to_the_asker(at: Stage):
    before = reached(at, JONAS)
    answer, why = at.mention(DANA, "emea-sales", "pipeline amer")

    assert answer.channel == at.slack.im_with(DANA).id
    assert "$3.15M" in answer.text
    assert why.text == "Not everybody in #emea-sales may see this. I sent it to you directly."
    assert reached(at, JONAS) == before


def test_what_the_asker_may_not_see_is_said_to_be_so_and_not_shown(at: Stage):
    (denied,) = at.mention(JONAS, "emea-sales", "pipeline amer")

    assert denied.kind == "ephemeral"
    assert denied.text == "You cannot see AMER in the CRM, so I do not show it."


def test_a_deal_of_another_region_is_not_even_named(at: Stage):
    (answer,) = at.dm(JONAS, "cobalt cold storage")

    assert "$240k" not in told(answer)
    assert "Priya" not in told(answer)


def test_rep_names_stand_only_in_channels_cleared_for_them(at: Stage):
    (cleared,) = at.mention(DANA, "emea-sales", "pipeline by rep")
    assert JONAS in told(cleared)

    before = reached(at, MARCUS)
    answer, why = at.mention(DANA, "private-with-bot", "pipeline by rep")
    assert answer.channel == at.slack.im_with(DANA).id
    assert JONAS in told(answer)
    assert why.text == "Not everybody in #private-with-bot may see this. I sent it to you directly."
    assert reached(at, MARCUS) == before


def test_in_a_channel_that_is_not_cleared_a_list_of_deals_has_no_rep_names(at: Stage):
    (answer,) = at.mention(DANA, "private-with-bot", "what slipped last week")

    assert "Ostrander Paper" in told(answer)
    assert not [
        name for name in (JONAS, "Birgit Sommerfeld", "Kyle Brandvold", "Ruth Pellew") if name in told(answer)
    ]


def test_a_draft_for_a_channel_that_is_not_cleared_has_no_rep_names_in_message_card_or_deck(at: Stage):
    at.command(DANA, "private-with-bot", "weekly")

    assert HEADLINE in told(*at.slack.seen_by(MARCUS))
    everything = at.slack.all_bytes_visible_to(MARCUS)
    reps = [user.name for user in at.slack.world.users.values() if user.id.startswith("U") and user.email]
    staff = {person.name for person in at.served.desk.line.crm.people() if person.role == "Account executive"}
    assert not [name for name in reps if name in staff and name.encode() in everything]
