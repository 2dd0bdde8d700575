"""An approved change is written once, under a guard, as who approved it; whatever is in its way has its own answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.errors import BadRequest, NotConnected, TryLater
from connectors.salesforce.allowed import Allowed
from connectors.salesforce.errors import OrgMovedOn, OutcomeUnknown
from connectors.salesforce.journal import Journal
from connectors.salesforce.live import Live
from connectors.salesforce.why import why
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Edit, Stale, Update, Why
from tests.connectors.salesforce.writing import MANY, STEP, World, refused, update
from tests.connectors.salesforce.writing import world as served
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.org import Rule
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.schema import Field


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def test_several_fields_change_by_one_request_of_who_approved_it(world: World):
    saved = world.org.tables["Opportunity"][world.deal]["LastModifiedDate"]

    done = world.writer().write(update(world, **MANY), person=world.jane)

    [patch] = world.patches()
    assert patch.user == world.jane
    assert patch.headers["If-Unmodified-Since"] == f"{saved:%a, %d %b %Y %H:%M:%S GMT}"
    assert world.held("LastModifiedById") == world.jane
    assert [world.held(name) for name in MANY] == [
        "Send the contract",
        Decimal("52000.50"),
        date(2027, 1, 29),
        "Negotiation/Review",
    ]
    assert [(edit.field, edit.before, edit.after) for edit in done.edits] == [
        (name, *values) for name, values in MANY.items()
    ]
    assert done.differing == ()
    assert done.record_id == world.deal


def test_what_changes_along_is_told_and_taken_back_where_it_may_be(world: World):
    world.org.update("Opportunity", world.deal, {"ForecastCategoryName": "Commit", "Probability": 40})
    world.org.clock.advance(5)
    writer = world.writer()

    done = writer.write(update(world, StageName=("Qualification", "Negotiation/Review")), person=world.jane)
    along = {edit.field: (edit.before, edit.after) for edit in done.along}
    world.org.clock.advance(5)
    writer.write(done.inverse, person=world.jane)

    assert along == {
        "ForecastCategoryName": ("Commit", "Pipeline"),
        "Probability": (Decimal(40), Decimal(90)),
    }
    assert world.held("StageName") == "Qualification"
    assert world.held("ForecastCategoryName") == "Commit"


@pytest.mark.parametrize(
    "of, name, before, after",
    [
        ("account", "Phone", None, "+49 30 1234"),
        ("contact", "Title", "CFO", "CEO"),
        ("contact", "Email", None, "b@hallam.example"),
    ],
)
def test_accounts_and_contacts_are_changed_the_same_way(world: World, of, name, before, after):
    record = getattr(world, of)
    world.org.settle("Contact", world.contact, Title="CFO")
    wanted = Update(key="k", of=of, record_id=record, edits=(Edit(field=name, before=before, after=after),))

    done = world.writer().write(wanted, person=world.jane)

    assert world.org.tables[of.title()][record][name] == after
    assert done.inverse is not None
    assert (done.inverse.of, done.inverse.record_id) == (of, record)


def test_nothing_can_be_deleted_or_merged(world: World):
    assert {name for name in vars(SalesforceWriter) if not name.startswith("_")} == {"write", "came_of"}
    assert {name for name in vars(Live) if not name.startswith("_")} == {
        "shape",
        "read",
        "change",
        "create",
        "mentioning",
    }


def test_undoing_is_a_change_like_any_other_and_spares_what_changed_since(world: World):
    writer = world.writer()
    done = writer.write(update(world, **MANY), person=world.jane)
    world.foreign(NextStep="John's own")

    with pytest.raises(Stale):
        writer.write(done.inverse, person=world.jane)
    assert world.held("NextStep") == "John's own"
    assert world.held("Amount") == Decimal("52000.50")


def test_the_same_key_is_answered_from_the_journal(world: World):
    first = world.writer().write(update(world, **STEP), person=world.jane)
    world.foreign(NextStep="Call")
    calls = len(world.server.calls)

    again = world.writer().write(update(world, **STEP), person=world.jane)

    assert again == first
    assert len(world.server.calls) == calls
    assert world.held("NextStep") == "Call"


@pytest.mark.parametrize("after, of", [("Pay", "jane"), ("Send the contract", "john")])
def test_a_key_is_bound_to_what_was_approved_and_by_whom(world: World, after: str, of: str):
    world.writer().write(update(world, **STEP), person=world.jane)
    other = update(world, NextStep=("Call", after))

    with pytest.raises(BadRequest, match="belongs to another write"):
        world.writer().write(other, person=getattr(world, of))
    assert len(world.patches()) == 1


def test_clearing_a_value_is_said_and_an_empty_text_is_none(world: World):
    world.writer().write(update(world, Amount=("48000.00", None), NextStep=("Call", "")), person=world.jane)
    world.org.clock.advance(5)
    world.writer().write(update(world, "2", NextStep=("", "Call"), Amount=(None, "1")), person=world.jane)

    assert b'"Amount": null' in world.patches()[0].body
    assert world.held("NextStep") == "Call"


def test_money_goes_as_text_and_no_float_comes_in_between(world: World):
    amount = "9007199254740993.11"
    done = world.writer().write(update(world, Amount=("48000", amount)), person=world.jane)

    assert world.held("Amount") == Decimal(amount)
    assert f'"Amount": "{amount}"'.encode() in world.patches()[0].body
    # The interface tells money by a float, so what it reads back is the nearest one.
    assert done.differing == ("Amount",)


def test_a_change_after_the_proposal_is_found_and_left_alone(world: World):
    world.foreign(NextStep="John's own", Amount="1.00")

    error = refused(world, update(world, **MANY))

    assert isinstance(error, Stale)
    assert {edit.field: (edit.before, edit.after) for edit in error.found} == {
        "NextStep": ("Call", "John's own"),
        "Amount": (Decimal(48000), Decimal(1)),
    }
    assert world.patches() == []
    assert "John's own" not in str(error)


def test_a_condition_is_looked_at_and_not_written(world: World):
    """An amount was approved in a currency."""
    world.org.add_field("Opportunity", Field("CurrencyIsoCode", "picklist", 3, picklist=("EUR", "USD")))
    world.org.settle("Opportunity", world.deal, CurrencyIsoCode="EUR")
    wanted = {"Amount": ("48000", "52000"), "CurrencyIsoCode": ("EUR", "EUR")}

    done = world.writer().write(update(world, "in euros", **wanted), person=world.jane)
    assert b"CurrencyIsoCode" not in world.patches()[0].body
    world.org.clock.advance(5)
    world.org.settle("Opportunity", world.deal, CurrencyIsoCode="USD")

    with pytest.raises(Stale, match="CurrencyIsoCode of Opportunity"):
        world.writer().write(
            update(world, "2", Amount=("52000", "1"), CurrencyIsoCode=("EUR", "EUR")), person=world.jane
        )
    assert world.held("Amount") == Decimal(52000)
    assert done.inverse is not None
    assert [edit.field for edit in done.inverse.edits] == ["Amount"]


def test_a_change_of_another_field_is_no_conflict(world: World):
    world.foreign(Description="by John")

    world.writer().write(update(world, **STEP), person=world.jane)
    assert world.held("Description") == "by John"
    assert world.held("NextStep") == "Send the contract"


def test_a_change_between_looking_and_writing_is_refused_by_the_guard(world: World):
    def meddle(request):
        if request.method == "PATCH":
            world.foreign(NextStep="John's own")

    with pytest.raises(Stale, match="in the moment of writing") as caught:
        world.writer(before=meddle).write(update(world, **STEP), person=world.jane)
    assert [edit.after for edit in caught.value.found] == ["John's own"]
    assert world.held("NextStep") == "John's own"


def test_a_record_saved_in_this_second_is_looked_at_again_in_the_next(world: World):
    world.foreign(Description="by John")
    looked = []

    def meddle(request):
        if "/sobjects/Opportunity/006" in request.url:
            looked.append(request.method)
            if looked == ["GET"]:
                # In the second of the first look: its stamp is that of the save before.
                world.foreign(after=0, NextStep="John's own")

    with pytest.raises(Stale):
        world.writer(before=meddle).write(update(world, **STEP), person=world.jane)

    assert looked == ["GET", "GET"]
    assert world.held("NextStep") == "John's own"


def test_a_record_that_is_saved_all_the_time_is_left_for_later(world: World):
    def meddle(request):
        if request.method == "GET" and "/sobjects/Opportunity/006" in request.url:
            world.foreign(after=0, Description="again")

    with pytest.raises(TryLater, match="saved again and again") as caught:
        world.writer(before=meddle).write(update(world, **STEP), person=world.jane)
    assert caught.value.after_seconds == 60
    assert world.patches() == []


def test_a_save_that_is_stamped_with_an_earlier_second_is_what_no_guard_can_see(world: World):
    """The platform's limit: docs/decisions/013 says what it would take."""
    stamp = world.held("LastModifiedDate")

    def meddle(request):
        if request.method == "PATCH":
            world.org.settle("Opportunity", world.deal, NextStep="John's own", LastModifiedDate=stamp)

    done = world.writer(before=meddle).write(update(world, **STEP), person=world.jane)

    assert world.held("NextStep") == "Send the contract"
    assert done.edits[0].before == "Call"


def _lock(world: World) -> None:
    world.org.locked.add(world.deal)


def _rule(world: World) -> None:
    world.org.rules.append(
        Rule(object="Opportunity", check=lambda _row, _before: "Name the reason first.", field="NextStep")
    )


def _unshare(world: World, level: Level) -> None:
    world.org.sharing = lambda user, _object, _record: level if user == world.jane else Level.EDIT


def _fault(world: World, code: str, status: int = 400) -> None:
    world.server.faults.next(
        "refuse", path="/sobjects/Opportunity/", method="PATCH", error=ApiError(status, code, "as said")
    )


@pytest.mark.parametrize(
    "arrange, reason, words",
    [
        (_rule, Why.RULE, "FIELD_CUSTOM_VALIDATION_EXCEPTION: Name the reason first (NextStep)"),
        (_lock, Why.LOCKED, "UNABLE_TO_LOCK_ROW"),
        (lambda w: _unshare(w, Level.READ), Why.NO_RIGHT, "INSUFFICIENT_ACCESS_OR_READONLY"),
        (lambda w: _unshare(w, Level.NONE), Why.GONE, "NOT_FOUND"),
        (lambda w: w.org.delete("Opportunity", w.deal), Why.GONE, "ENTITY_IS_DELETED"),
        (
            lambda w: _fault(w, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            Why.PICKLIST,
            "RESTRICTED_PICKLIST: as said",
        ),
        (lambda w: _fault(w, "REQUIRED_FIELD_MISSING"), Why.REQUIRED, "REQUIRED_FIELD_MISSING: as said"),
        (lambda w: _fault(w, "STRING_TOO_LONG"), Why.VALUE, "STRING_TOO_LONG"),
        (
            lambda w: _fault(w, "INVALID_FIELD_FOR_INSERT_UPDATE"),
            Why.NO_RIGHT,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
        (lambda w: _fault(w, "ENTITY_IS_DELETED", 404), Why.GONE, "ENTITY_IS_DELETED"),
        (lambda w: w.server.faults.next("limit", method="PATCH"), Why.LIMIT, "REQUEST_LIMIT_EXCEEDED"),
        (lambda w: w.server.faults.next("too_many", method="PATCH"), Why.LIMIT, "TOO_MANY_REQUESTS"),
        (lambda w: setattr(w.server.rest, "allowed", 0), Why.LIMIT, "REQUEST_LIMIT_EXCEEDED"),
    ],
)
def test_each_refusal_has_its_own_answer_with_salesforces_words(world: World, arrange, reason, words):
    arrange(world)

    error = refused(world)

    assert why(error) is reason
    assert words in str(error)
    assert world.held("NextStep") == "Call"


def test_what_was_refused_can_be_asked_for_again_and_is_written_once(world: World):
    _lock(world)
    refused(world)
    world.org.locked.clear()
    world.foreign(Description="by John")

    world.writer().write(update(world, **STEP), person=world.jane)

    assert world.held("NextStep") == "Send the contract"
    assert [patch.status for patch in world.patches()] == [400, 204]


def test_the_amount_of_a_deal_with_products_is_left_to_salesforce(world: World):
    world.org.insert("OpportunityLineItem", {"OpportunityId": world.deal, "Quantity": 2, "UnitPrice": "100"})
    world.org.clock.advance(5)

    error = refused(world, update(world, Amount=("200", "300")))

    assert why(error) is Why.SUMMED
    assert world.patches() == []


def test_what_salesforce_holds_otherwise_than_approved_is_said(world: World):
    world.org.rules.append(
        Rule(object="Opportunity", check=lambda row, _before: row.update(NextStep="set by a flow"))
    )

    done = world.writer().write(update(world, **STEP), person=world.jane)

    assert done.differing == ("NextStep",)
    assert done.edits[0].after == "set by a flow"
    assert done.inverse is not None
    assert done.inverse.edits == (Edit(field="NextStep", before="set by a flow", after="Call"),)


def test_an_expired_session_keeps_the_guard(world: World):
    world.server.faults.next("expired", method="PATCH")

    world.writer().write(update(world, **STEP), person=world.jane)

    assert [patch.status for patch in world.patches()] == [401, 204]
    assert len({patch.headers["If-Unmodified-Since"] for patch in world.patches()}) == 1


def test_who_is_not_connected_writes_nothing(world: World):
    def nobody(_person):
        raise NotConnected("connect Salesforce first")

    writer = SalesforceWriter(Allowed(), Journal(world.home), nobody, pause=world.org.clock.advance)

    with pytest.raises(NotConnected):
        writer.write(update(world, **STEP), person=world.jane)
    assert world.server.calls == []


def test_no_word_of_a_record_reaches_a_log_or_a_repr(world: World, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        done = world.writer().write(update(world, **STEP), person=world.jane)
        world.server.faults.next("cut_before", method="PATCH", count=2)
        world.org.clock.advance(5)
        with pytest.raises(OutcomeUnknown):
            world.writer().write(
                update(world, "2", NextStep=("Send the contract", "Wait")), person=world.jane
            )

    for told in (caplog.text, repr(done), repr(update(world, **STEP))):
        assert "contract" not in told
        assert "48000" not in told


def test_what_is_kept_is_for_its_owner_alone(world: World):
    world.writer().write(update(world, **STEP), person=world.jane)

    [kept] = (world.home / "salesforce" / "writes").glob("*.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text("{}")
    with pytest.raises(BadRequest, match="nobody can tell whether this was written"):
        world.writer().write(update(world, **STEP), person=world.jane)
    assert len(world.patches()) == 1


def test_a_record_that_is_gone_says_so(world: World):
    world.org.delete("Opportunity", world.deal)

    assert isinstance(refused(world), OrgMovedOn)
