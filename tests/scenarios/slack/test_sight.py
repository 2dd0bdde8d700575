"""Everybody hears of the deals that the CRM shows them, a channel of those that all see there, the unconnected of none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.access import Sight
from connectors.demo import DemoCrm
from connectors.errors import NotConnected, TryLater
from connectors.mirror import Mirror, open_generation, sights
from tests.scenarios.slack.coming import come, press, preview, reports, revive, schedule
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import START, Stage, stage, told

DANA, JONAS, KATRIN, MARCUS = "Dana Whitcombe", "Jonas Adler", "Katrin Vogelsang", "Marcus Bell"
UNTOLD = "I do not know yet what you may see in the CRM, so I show nothing of it."
ASKED = "open pipeline this quarter"
HOW = "Press Connect Salesforce on my Home tab."


class SharedCrm(DemoCrm):
    """The demo company as an org with sharing: `shared` is what each person sees; who is not in it has not connected."""

    def __init__(self) -> None:
        super().__init__()
        self.shared: dict[str, Sight] = {}
        self.busy = False

    def sight(self, user: str) -> Sight:
        if self.busy:
            raise TryLater("busy")
        if user not in self.shared:
            raise NotConnected(HOW)
        return self.shared[user]


class Town:
    """A stage, the org behind it, and the deals of each region."""

    def __init__(self, at: Stage, crm: SharedCrm, home: Path) -> None:
        self.at, self.crm, self.folder = at, crm, home / "sight"
        with open_generation(Mirror(home, "local").current()) as con:
            rows = con.execute("SELECT DISTINCT region, deal_id FROM state").fetchall()
            self.accounts = {name for (name,) in con.execute("SELECT name FROM account").fetchall()}
        self.regions = {region: {deal for key, deal in rows if key == region} for region, _ in rows}

    def share(self, name: str, *regions: str, hidden: str = "") -> None:
        """Let somebody see the deals of these regions; all deals where none is named."""
        person = next(one for one in self.crm.people() if one.name == name)
        words = frozenset(hidden.split())
        if not regions:
            self.crm.shared[person.id] = Sight(hidden=words, at=START)
            return
        key, path, count = sights.keep(self.folder, set().union(*(self.regions[one] for one in regions)))
        before = self.crm.shared.get(person.id)
        grew = before is not None and before.deals is not None and sights.within(before.deals, path)
        self.crm.shared[person.id] = Sight(
            key=key, deals=path, count=count, hidden=words, includes=(before.key,) if grew else (), at=START
        )


@pytest.fixture
def town(own_home: Path) -> Iterator[Town]:
    crm = SharedCrm()
    with stage(own_home, crm=crm) as opened:
        found = Town(opened, crm, own_home)
        opened.confirm(*PEOPLE)
        yield found


def amount(said: str) -> str:
    found = re.search(r"\$[\d.]+[MK]?", said, re.IGNORECASE)
    assert found, said
    return found.group()


def test_two_people_with_different_rights_get_different_answers(town: Town):
    town.share(KATRIN, "EMEA")
    town.share(MARCUS, "AMER", "APAC")
    town.share(DANA)
    heard = {name: told(*town.at.dm(name, ASKED)) for name in (KATRIN, MARCUS, DANA)}

    assert len({amount(said) for said in heard.values()}) == 3
    assert "deals that all who read this may see in the CRM" in heard[KATRIN]
    assert "CRM rights of 23 Nov" in heard[DANA]


@pytest.mark.parametrize("more, known", [("EMEA AMER", True), ("AMER", False)])
def test_what_was_answered_is_known_still_when_more_deals_are_seen(town: Town, more: str, *, known: bool):
    town.share(KATRIN, "EMEA")
    before = amount(told(*town.at.dm(KATRIN, ASKED)))
    town.share(KATRIN, *more.split())
    said = told(*town.at.dm(KATRIN, "where does that come from"))

    assert (before in said) is known


@pytest.mark.parametrize("more, out", [("EMEA AMER", True), ("AMER", False)])
def test_a_word_of_review_counts_still_when_a_reader_sees_more_deals(town: Town, more: str, *, out: bool):
    revive(town.at)
    for person in town.crm.people():
        town.share(person.name)
    town.share(KATRIN, "EMEA")
    come(town.at, "evening", schedule(town.at))
    press(town.at, DANA, "Looks right")
    town.share(KATRIN, *more.split())
    come(town.at, "hour", schedule(town.at))

    why = "What those in #sales-leadership may see in the CRM changed since, and it shows something else now."
    assert bool(reports(town.at)) is out
    assert (why in told(preview(town.at, DANA))) is not out


def test_who_has_not_connected_hears_how_and_nothing_of_the_crm(town: Town):
    town.share(DANA)
    for text in (ASKED, "weekly", "my deals", "at risk"):
        said = told(*town.at.dm(KATRIN, text))

        assert set(said.split("\n")) == {f"{UNTOLD} {HOW}"}
        assert not [name for name in town.accounts if name in said]


def test_who_cannot_be_asked_about_hears_nothing_of_the_crm_either(town: Town):
    town.share(KATRIN)
    town.crm.busy = True

    assert "does not answer at the moment" in told(*town.at.dm(KATRIN, ASKED))


def test_a_channel_hears_what_all_of_its_readers_see(town: Town):
    for person in town.crm.people():
        town.share(person.name)
    town.share(KATRIN, "EMEA")
    here = told(*town.at.mention(DANA, "sales-leadership", ASKED))
    alone = told(*town.at.dm(KATRIN, ASKED))

    assert amount(here) == amount(alone)
    assert "deals that all who read this may see in the CRM" in here


def test_where_somebody_has_not_connected_the_channel_hears_nothing(town: Town):
    town.share(DANA)
    heard = told(*town.at.mention(DANA, "sales-leadership", ASKED))

    assert "Not everybody in #sales-leadership may see this." in heard
    assert "$" in heard
    assert "$" not in told(*town.at.slack.seen_by(KATRIN))


def test_a_field_that_one_reader_may_not_read_is_not_shown(town: Town):
    town.share(KATRIN, hidden="amount segment")
    count = told(*town.at.dm(KATRIN, "how many open deals this quarter"))

    assert "cannot be shown: you may not read the amount in the CRM" in told(*town.at.dm(KATRIN, ASKED))
    assert "segment cannot be shown" in told(*town.at.dm(KATRIN, "open deals by segment this quarter"))
    assert re.search(r"\d+ ", count)
    assert "$" not in count
