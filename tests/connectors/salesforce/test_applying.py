"""The port's `apply` reaches an org as a person, and only where writing is switched on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.wiring import crm_options
from connectors import demo
from connectors.errors import BadRequest, Conflict, NotAllowed, NotConnected
from connectors.protocol import Change
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.opening import WORKSPACE, open_crm
from connectors.salesforce.people import propose, users_of
from connectors.salesforce.vault import Vault
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Edit
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.signing import CLIENT, PEM, app
from tests.connectors.salesforce.test_vault import KEY
from tests.connectors.salesforce.writing import World
from tests.connectors.salesforce.writing import world as served
from tests.fakes.salesforce.oauth import at
from tests.fakes.salesforce.schema import Choice, Field


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def writing(world: World) -> SalesforceCrm:
    return crm(world.server, world.home, writer=world.writer())


@pytest.mark.parametrize(
    "field, before, after, name, held",
    [
        ("next_step", "Call", "Send the contract", "NextStep", "Send the contract"),
        ("amount", Decimal("48000.00"), Decimal("51000.50"), "Amount", Decimal("51000.50")),
        ("close", "2026-12-18", "2027-01-29", "CloseDate", date(2027, 1, 29)),
        ("stage", "Qualification", "Closed Won", "StageName", "Closed Won"),
        ("category", "pipeline", "best_case", "ForecastCategoryName", "Best Case"),
        ("type", None, "New Customer", "Type", "New Customer"),
    ],
)
def test_a_change_in_our_words_reaches_the_org_and_is_read_back_in_them(
    world, writing, field, before, after, name, held
):
    change = Change(deal_id=world.deal, field=field, before=before, after=after)

    applied = writing.apply(change, person=world.jane)

    assert applied.change == change
    assert applied.read_back == after
    assert applied.at == world.org.clock()
    assert world.held(name) == held
    assert world.held("LastModifiedById") == world.jane


def test_under_a_key_it_is_applied_once_and_without_one_each_time(world: World, writing: SalesforceCrm):
    def apply(key: str) -> None:
        change = Change(deal_id=world.deal, field="next_step", before="Call", after="Wait", key=key)
        writing.apply(change, person=world.jane)

    apply("p-1")
    apply("p-1")
    world.foreign(NextStep="Call")
    world.org.clock.advance(5)
    apply("")
    world.foreign(NextStep="Call")
    world.org.clock.advance(5)
    apply("")

    assert len(world.patches()) == 3


@pytest.mark.parametrize(
    "word, words",
    [
        ("colour", "'colour' is no field of a deal; what can be changed is stage, category"),
        ("product", "'product' is no field"),
    ],
)
def test_a_word_that_stands_for_no_field_is_refused(
    world: World, writing: SalesforceCrm, word: str, words: str
):
    with pytest.raises(BadRequest, match=words):
        writing.apply(Change(deal_id=world.deal, field=word, before=None, after="x"), person=world.jane)


def test_a_word_that_is_read_from_another_record_is_refused(world: World, writing: SalesforceCrm):
    (world.home / "salesforce.toml").write_text('[deal]\nregion = "Account.Industry"\n', encoding="utf-8")

    with pytest.raises(BadRequest, match=r"read from Account\.Industry, which belongs to another record"):
        writing.apply(Change(deal_id=world.deal, field="region", before=None, after="x"), person=world.jane)


def _opened(world: World, writes: str | None, **more: str) -> SalesforceCrm:
    """Open the org as an installation does whose environment says so."""
    environ = {
        "QUARTERDECK_CRM": "salesforce",
        "SALESFORCE_INSTANCE_URL": world.server.url,
        "SALESFORCE_CLIENT_ID": CLIENT,
        "SALESFORCE_PRIVATE_KEY": PEM,
        "SALESFORCE_USERNAME": world.org.tables["User"][world.org.admin]["Username"],
        "QUARTERDECK_KEY": KEY,
        **({"QUARTERDECK_WRITES": writes} if writes else {}),
        **more,
    }
    oauth = at(world.server, app(approved={row["Username"] for row in world.org.tables["User"].values()}))
    oauth.now = lambda: datetime.now(UTC)
    settings = read_settings(environ, folder=world.home, home=world.home)
    return open_crm(settings.home, demo.company(), crm_options(settings))


def _writers() -> set[int]:
    """Return which writers there are in this process."""
    return {id(held) for held in gc.get_objects() if isinstance(held, SalesforceWriter)}


@pytest.mark.parametrize("writes", [None, "off", "propose"])
def test_nothing_that_writes_is_made_unless_writing_is_on(world: World, writes: str | None):
    others = _writers()
    opened = _opened(world, writes)
    change = Change(deal_id=world.deal, field="next_step", before="Call", after="Wait")

    with pytest.raises(NotAllowed, match="unless QUARTERDECK_WRITES is on"):
        opened.apply(change, person=world.jane)

    assert opened.writer is None
    assert _writers() <= others
    assert not opened.flags().writes
    assert not (world.home / "salesforce" / "writes").exists()
    assert {call.method for call in world.server.calls if "oauth2" not in call.path} <= {"GET"}
    assert world.held("NextStep") == "Call"


def test_where_writing_is_on_a_person_writes_by_their_own_sign_in(world: World):
    opened = _opened(world, "on")
    row = world.org.tables["User"][world.jane]
    vault = Vault(world.home, KEY)
    with world.session(world.org.admin) as session:
        [user] = users_of(session, row["Email"])
    propose(vault, WORKSPACE, world.jane, email=row["Email"], user=user)
    change = Change(deal_id=world.deal, field="next_step", before="Call", after="Wait")
    with pytest.raises(NotConnected):
        opened.apply(change, person=world.jane)
    vault.confirm(WORKSPACE, world.jane, username=row["Username"], at=world.org.clock())

    opened.apply(change, person=world.jane)

    assert opened.flags().writes
    [patch] = world.patches()
    assert patch.user == world.jane
    assert world.held("NextStep") == "Wait"
    world.org.clock.advance(5)
    with pytest.raises(Conflict):
        opened.apply(change, person=world.jane)


def test_writing_needs_the_sign_ins_of_persons(world: World):
    session = {
        "SALESFORCE_AUTH": "session",
        "SALESFORCE_SESSION_ID": world.server.tokens.issue(world.org.admin),
    }

    with pytest.raises(BadRequest, match="need an app: run `quarterdeck salesforce init`"):
        _opened(world, "on", SALESFORCE_CLIENT_ID="", **session)


@pytest.mark.parametrize(
    "yearly, amount, before, field",
    [
        (None, "48000.00", "48000.00", "Amount"),
        ("9000.00", "48000.00", "9000.00", "ARR__c"),
        (None, None, None, "ARR__c"),
    ],
)
def test_of_several_fields_for_a_word_the_one_is_changed_whose_value_was_shown(
    world: World, yearly: str | None, amount: str | None, before: str | None, field: str
):
    (world.home / "salesforce.toml").write_text('[deal]\namount = ["ARR__c", "Amount"]\n', encoding="utf-8")
    world.org.add_field("Opportunity", Field("ARR__c", "currency"))
    world.org.settle(
        "Opportunity", world.deal, ARR__c=yearly and Decimal(yearly), Amount=amount and Decimal(amount)
    )
    writing = crm(world.server, world.home, writer=world.writer())

    edit = Edit(field="amount", before=before, after="51000")
    wanted = writing.update(world.deal, (edit,), key="p-1")

    assert [one.field for one in wanted.edits] == [field]


def test_what_can_be_chosen_are_the_values_in_use_of_a_picklist_that_is_open(world: World):
    (world.home / "salesforce.toml").write_text(
        '[write]\nOpportunity = ["StageName", "Loss_Reason__c", "NextStep"]\n', encoding="utf-8"
    )
    picks = (Choice("Price", "Price"), Choice("Fax", "Fax", active=False), Choice("Timing", "Timing"))
    world.org.add_field("Opportunity", Field("Loss_Reason__c", "picklist", 255, picklist=picks))
    world.org.set_stages(
        [("Proposal", 50, "Pipeline", "open"), ("Lost", 0, "Omitted", "lost"), ("Old", 0, "Omitted", "lost")]
    )
    stages = (Choice("Proposal", "Proposal"), Choice("Lost", "Lost"), Choice("Old", "Old", active=False))
    world.org.change_field("Opportunity", "StageName", picklist=stages)
    found = crm(world.server, world.home)

    assert found.choices("reason") == ("Price", "Timing")
    assert sorted(found.choices("stage")) == ["Lost", "Proposal"]
    assert found.choices("next_step") == found.choices("type") == found.choices("colour") == ()
