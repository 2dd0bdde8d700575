from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from connectors.conformance import CrmConformance
from connectors.errors import ConnectorError
from connectors.mirror.sheets import batched
from connectors.protocol import Applied, Batch, Change, Flags
from connectors.records import Money
from tests.fakes.tiny_crm import PEOPLE, PRODUCTS, STAGES, TinyCrm, batch, event, instant, tiny


@dataclass(frozen=True)
class Case:
    """A way to be wrong, and the test that must notice."""

    name: str
    broken: Callable[[], TinyCrm]
    noticed_by: str


def told(*batches: Batch) -> Callable[[], TinyCrm]:
    """Return the tiny company, which tells one more page."""

    def broken() -> TinyCrm:
        crm = tiny()
        crm.pages.append(batches)
        return crm

    return broken


def kept(**live: Any) -> Callable[[], TinyCrm]:
    """Return the tiny company, whose live deal D1 differs from what its events say."""

    def broken() -> TinyCrm:
        crm = tiny()
        crm.live["D1"] = replace(crm.live["D1"], **live)
        return crm

    return broken


def acting(**methods: Any) -> Callable[[], TinyCrm]:
    """Return the tiny company with some of its methods replaced."""

    def broken() -> TinyCrm:
        crm = tiny()
        made = type("BrokenCrm", (TinyCrm,), methods)
        return made(pages=crm.pages, live=crm.live, can=methods.get("can", crm.can))

    return broken


def clocked(now: datetime) -> Callable[[], TinyCrm]:
    """Return the tiny company with another clock."""
    return lambda: replace(tiny(), now=now)


def without(table: str) -> Callable[[], TinyCrm]:
    """Return the tiny company, which tells nothing of one table."""

    def broken() -> TinyCrm:
        crm = tiny()
        crm.pages = [tuple(batch for batch in page if batch.table != table) for page in crm.pages]
        return crm

    return broken


def retyped(table: str, column: str, change: Callable[[Any], Any]) -> Callable[[], TinyCrm]:
    """Return the tiny company, in which one column has become something else."""

    def broken() -> TinyCrm:
        crm = tiny()
        crm.pages = [
            tuple(
                Batch(table=b.table, columns={**b.columns, column: change(b.columns[column])})
                if b.table == table and column in b.columns
                else b
                for b in page
            )
            for page in crm.pages
        ]
        return crm

    return broken


def forgetful(self: TinyCrm, since: str | None) -> Any:
    return self._after(0)


def trusting(self: TinyCrm, since: str | None) -> Any:
    return self._after(int(since) if since and since.isdecimal() else 0)


def hasty(self: TinyCrm, since: str | None) -> Any:
    start = int(since) + 1 if since and since.isdecimal() else 0
    return self._after(start) if since is None or since.isdecimal() else TinyCrm.changes(self, since)


def fickle(self: TinyCrm, since: str | None) -> Any:
    self.asked = getattr(self, "asked", 0) + 1
    if self.asked > 1 and since is None:
        return self._after(1)
    return TinyCrm.changes(self, since)


def obedient(self: TinyCrm, change: Change, *, person: str) -> Applied:
    self.live[change.deal_id] = replace(self.live[change.deal_id], next_step=str(change.after))
    return Applied(change=change, read_back=change.after, at=self.now)


AFTER = instant(24)
CASES = (
    Case(
        "no way to lose", acting(stages=lambda _: STAGES[:3]), "stages_are_in_order_and_end_in_won_and_lost"
    ),
    Case(
        "stages reversed",
        acting(stages=lambda _: STAGES[::-1]),
        "stages_are_in_order_and_end_in_won_and_lost",
    ),
    Case(
        "a person twice",
        acting(people=lambda _: (*PEOPLE, PEOPLE[1])),
        "people_are_unique_and_have_managers_that_exist",
    ),
    Case(
        "a manager nobody knows",
        acting(people=lambda _: PEOPLE[1:]),
        "people_are_unique_and_have_managers_that_exist",
    ),
    Case("an owner nobody knows", acting(people=lambda _: PEOPLE[:1]), "events_speak_the_neutral_vocabulary"),
    Case(
        "money as float",
        retyped("event", "amount", lambda c: c.astype(float)),
        "columns_are_typed_as_the_port_says",
    ),
    Case(
        "text of fixed width",
        retyped("deal", "name", lambda c: c.astype(str)),
        "columns_are_typed_as_the_port_says",
    ),
    Case(
        "milliseconds",
        retyped("event", "valid_at", lambda c: c.astype("datetime64[ms]")),
        "columns_are_typed_as_the_port_says",
    ),
    Case(
        "a column too short", retyped("deal", "url", lambda c: c[:-1]), "columns_are_typed_as_the_port_says"
    ),
    Case(
        "a number as text",
        retyped("deal", "name", lambda c: np.array([7] * len(c), dtype=object)),
        "text_is_text_and_dates_are_midnights",
    ),
    Case(
        "a date with an hour",
        retyped("event", "close", lambda c: c + np.timedelta64(3600, "s")),
        "text_is_text_and_dates_are_midnights",
    ),
    Case(
        "an event again",
        told(batch("event", [event(3, "D1", instant(20), next_step="x")])),
        "every_row_has_its_own_id_and_comes_once",
    ),
    Case(
        "an event without an id",
        told(batch("event", [{**event(9, "D1", instant(20), next_step="x"), "id": ""}])),
        "every_row_has_its_own_id_and_comes_once",
    ),
    Case(
        "another answer the second time", acting(changes=fickle), "the_same_cursor_gives_the_same_rows_again"
    ),
    Case("a cursor that is ignored", acting(changes=forgetful), "any_cursor_goes_on_where_it_was_given"),
    Case("a cursor that skips a page", acting(changes=hasty), "any_cursor_goes_on_where_it_was_given"),
    Case("a foreign cursor taken for none", acting(changes=trusting), "a_foreign_cursor_is_refused"),
    Case(
        "an event of no deal",
        told(batch("event", [event(9, "D9", instant(20), next_step="x")])),
        "events_and_activities_belong_to_deals_that_exist",
    ),
    Case("deals that are never told", without("deal"), "events_and_activities_belong_to_deals_that_exist"),
    Case("accounts that are never told", without("account"), "accounts_of_deals_and_contacts_exist"),
    Case(
        "a bit without a column",
        retyped("event", "fields", lambda c: c | 1 << 15),
        "events_set_only_what_they_carry",
    ),
    Case(
        "a stage nobody knows",
        told(batch("event", [event(9, "D1", instant(20), stage="Hope")])),
        "events_speak_the_neutral_vocabulary",
    ),
    Case(
        "a status of another vocabulary",
        told(batch("event", [event(9, "D1", instant(20), status="Closed")])),
        "events_speak_the_neutral_vocabulary",
    ),
    Case(
        "an event in the future",
        told(batch("event", [event(9, "D1", AFTER, next_step="x")])),
        "nothing_happens_after_now",
    ),
    Case(
        "learned in the future",
        told(batch("event", [event(9, "D1", instant(3), learned=AFTER, next_step="x")])),
        "nothing_happens_after_now",
    ),
    Case("deals without events", without("event"), "every_deal_has_a_state_from_its_first_event_on"),
    Case(
        "born without a stage",
        told(batch("event", [event(0, "D1", instant(1, 11), next_step="x")])),
        "every_deal_has_a_state_from_its_first_event_on",
    ),
    Case(
        "an amount without a currency",
        retyped("event", "currency", lambda c: np.array([None] * len(c), dtype=object)),
        "every_deal_has_a_state_from_its_first_event_on",
    ),
    Case(
        "another amount live",
        kept(amount=Money(amount=Decimal(1001), currency="USD")),
        "a_deal_reads_as_its_events_say",
    ),
    Case(
        "another currency live",
        kept(amount=Money(amount=Decimal(1000), currency="EUR")),
        "a_deal_reads_as_its_events_say",
    ),
    Case("another next step live", kept(next_step="nothing"), "a_deal_reads_as_its_events_say"),
    Case("a deal that was forgotten", acting(read=lambda _, deal_id: None), "a_deal_reads_as_its_events_say"),
    Case(
        "a deal for every id",
        acting(read=lambda self, deal_id: self.live["D1"]),
        "an_unknown_deal_reads_as_none",
    ),
    Case("activities denied", acting(can=Flags(history=True, contacts=True)), "flags_are_honest"),
    Case("contacts promised", without("contact"), "flags_are_honest"),
    Case("a write that was not to be", acting(apply=obedient), "it_writes_only_if_it_says_so"),
    Case(
        "a stale write that goes through",
        acting(apply=obedient, can=Flags(history=True, activities=True, contacts=True, writes=True)),
        "it_writes_only_if_it_says_so",
    ),
    Case(
        "one address for all",
        acting(record_url=lambda _, deal_id: "https://tiny.example/"),
        "a_deal_has_an_address",
    ),
    Case("a now without a zone", clocked(instant(23)), "it_follows_the_port"),
    Case(
        "a now in Berlin",
        clocked(datetime(2026, 11, 23, 14, tzinfo=ZoneInfo("Europe/Berlin"))),
        "it_follows_the_port",
    ),
    Case("a product twice", acting(products=lambda _: PRODUCTS * 2), "products_are_unique"),
    Case(
        "what the mirror refuses",
        retyped("event", "fields", lambda c: c | 1 << 15),
        "the_mirror_takes_it_and_agrees",
    ),
)


def run(test: str, crm: TinyCrm, tmp_path: Any) -> None:
    """Run one test of the suite on this connector."""
    suite = CrmConformance()
    method = getattr(suite, f"test_{test}")
    given = {"crm": crm, "tmp_path": tmp_path}
    if "pages" in inspect.signature(method).parameters:
        given["pages"] = tuple(batched(crm.changes(None)))
    method(**{name: given[name] for name in inspect.signature(method).parameters})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_suite_notices(case, tmp_path):
    run(case.noticed_by, tiny(), tmp_path)

    with pytest.raises((AssertionError, ConnectorError, pytest.fail.Exception)):
        run(case.noticed_by, case.broken(), tmp_path / "broken")


def test_every_test_of_the_suite_has_been_seen_to_fail():
    tests = {name.removeprefix("test_") for name in dir(CrmConformance) if name.startswith("test_")}

    assert tests == {case.noticed_by for case in CASES}
