"""A report says what changed since the last one of its scope that was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import flows, published
from bot.flows import Line
from bot.store import Revision
from bot.wiring import Installation
from connectors.access import Access, Grant, Sight
from connectors.mirror import open_generation, sights
from reports.deck import Deck, Lines, Tiles
from reports.facts import Filter
from reports.kinds import KINDS
from reports.spec import ReportSpec

THURSDAY, WEEK_AGO = datetime(2026, 11, 19, 22, tzinfo=UTC), datetime(2026, 11, 16, 13, 30, tzinfo=UTC)
EARLIER_TODAY = datetime(2026, 11, 23, 13, tzinfo=UTC)
OSTRANDER = "Ostrander Paper $310k left Q4"


@pytest.fixture
def line(installation: Installation) -> Line:
    return installation.line()


def seeing(line: Line, sight: Sight) -> Line:
    """Return the line for somebody who sees so much by the rights of the system of record."""
    asker = Grant(person="x", sight=sight)
    return replace(line, access=Access(workspace=line.workspace, asker=asker))


def publish(line: Line, at: datetime | None, *filters: Filter) -> Revision:
    """Publish the weekly as it was at an instant."""
    made = flows.draft(line, weekly(*filters, at=at), author="Dana", key=f"{at}{filters}")
    published.keep(line, made)
    return made


def weekly(*filters: Filter, at: datetime | None = None) -> ReportSpec:
    return KINDS["weekly"].spec(filters=filters, as_of=at)


def opening(deck: Deck) -> tuple[Tiles, Lines]:
    """Return the tiles and the changes of slide 1."""
    tiles, changes = deck.slides[0].blocks[:2]
    assert isinstance(tiles, Tiles)
    assert isinstance(changes, Lines)
    return tiles, changes


def test_a_report_tells_what_changed_since_the_last_published_one_by_what_that_one_gave(line: Line):
    publish(line, THURSDAY)
    deck = flows.build(line, weekly()).deck

    lead = deck.message.lead
    assert lead is not None
    assert lead.text.endswith("Since the last report: won +$0.22M, commit −$0.22M, open pipeline −$0.32M.")
    assert deck.message.changed_since == "Changed since the report published Thu 19 Nov"
    assert OSTRANDER not in "".join(change.text for change in deck.message.changes)
    tiles, changes = opening(deck)
    assert changes.heading == deck.message.changed_since
    assert [tile.detail for tile in tiles.tiles[:3]] == [
        "unchanged since 19 Nov",
        "unchanged since 19 Nov",
        "−$0.32M since 19 Nov",
    ]


def test_where_the_last_one_was_a_week_ago_nothing_is_said_twice(line: Line):
    before = opening(flows.build(line, weekly()).deck)
    publish(line, WEEK_AGO)
    deck = flows.build(line, weekly()).deck

    lead = deck.message.lead
    assert lead is not None
    assert "commit −$0.73M, open pipeline −$0.74M, the gap grew by $0.31M." in lead.text
    assert deck.message.changed_since == "Changed since the report published Mon 16 Nov"
    assert opening(deck)[0] == before[0]
    assert opening(deck)[1].lines == before[1].lines


@pytest.mark.parametrize("at", [None, EARLIER_TODAY])
def test_what_was_published_today_is_not_what_people_read_before(line: Line, at: datetime | None):
    made = publish(line, at)
    deck = flows.build(line, weekly()).deck

    assert deck.message.changed_since == "Changed since Mon 16 Nov"
    assert deck.message.lead is not None
    assert "last report" not in deck.message.lead.text
    assert at is not None or deck == made.deck


def test_a_report_of_another_scope_or_for_other_eyes_is_not_what_its_readers_read(line: Line):
    publish(line, THURSDAY)
    emea = Access(workspace=line.workspace, asker=Grant(person="x", regions=frozenset({"EMEA"})))
    narrow = flows.build(line, weekly(Filter(dim="region", values=("EMEA",))))
    limited = flows.build(replace(line, access=emea), weekly())

    assert {narrow.deck.message.changed_since, limited.deck.message.changed_since} == {
        "Changed since Mon 16 Nov"
    }


@pytest.mark.parametrize(
    "grew, since",
    [(True, "Changed since the report published Thu 19 Nov"), (False, "Changed since Mon 16 Nov")],
)
def test_what_readers_read_is_found_still_when_they_see_more_deals_by_now(
    line: Line, tmp_path: Path, *, grew: bool, since: str
):
    with open_generation(line.mirror.current()) as con:
        deals = [row[0] for row in con.execute("SELECT DISTINCT deal_id FROM state ORDER BY 1").fetchall()]
    at = line.now()
    (few, few_path, _), (most, most_path, _) = (
        sights.keep(tmp_path, ids) for ids in (deals[:-9], deals[:-3])
    )
    before = Sight(key=few, deals=few_path, at=at)
    now = Sight(key=most, deals=most_path, includes=(few,) if grew else (), at=at)
    publish(seeing(line, before), THURSDAY)

    assert flows.build(seeing(line, now), weekly()).deck.message.changed_since == since


def test_the_newest_of_several_counts_whichever_was_kept_last(line: Line):
    publish(line, THURSDAY)
    publish(line, WEEK_AGO)

    assert flows.build(line, weekly()).deck.message.changed_since.endswith("Thu 19 Nov")
