"""What a deal's owner answered stands on the deal's row, until the records say it or have moved on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.access import Access, Grant
from connectors.records import Status
from reports.compose import compose
from reports.context import Context, OwnerNote
from reports.facts import Filter
from reports.kinds import weekly
from reports.kinds.owners import held, said, stands, told
from reports.view import Deal, PipelineView, open_view

AT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture
def velde(larkmoor_view: PipelineView) -> Deal:
    """Return a deal that stands on the slide of commitments."""
    emea = larkmoor_view.where(Filter(dim="account", values=("Velde Logistiek",)))
    return emea.deals(status=Status.OPEN)[0]


def note_on(deal: Deal, answer: str = "date", **more: object) -> OwnerNote:
    day = date(2027, 2, 26) if answer == "date" else None
    known = {"day": day, "was": held(deal, answer), "at": AT, **more}  # type: ignore[arg-type]
    return OwnerNote.model_validate(
        {"deal_id": deal.id, "owner": deal.owner, "owner_id": deal.owner_id, "answer": answer, **known}
    )


def rows_on(view: PipelineView, note: OwnerNote) -> list[str]:
    """Return what stands beside the names of the slide's deals."""
    deck = compose(weekly.spec(), view, Context(notes=(note,)))
    slide = next(slide for slide in deck.slides if slide.key == "commit")
    table = next(block for block in slide.blocks if block.id == "commit")
    return [row.cells[0].note for row in table.rows if row.cells[0].note]


def test_an_owners_answer_stands_on_the_deals_row_with_name_and_day(larkmoor_view: PipelineView, velde: Deal):
    assert rows_on(larkmoor_view, note_on(velde)) == ["Céline Aubry, 23 Nov: new date 26 Feb, not in CRM yet"]


def test_where_reps_are_not_named_the_owner_is_not(larkmoor_view: PipelineView, velde: Deal):
    access = Access(workspace="demo", asker=Grant(person="x", names=False))
    view = open_view(larkmoor_view.session.con.cursor(), larkmoor_view.company, access)

    (row,) = rows_on(view, note_on(velde))
    assert "Aubry" not in row
    assert row.endswith(", 23 Nov: new date 26 Feb, not in CRM yet")


@pytest.mark.parametrize(
    "answer, moved",
    [
        ("date", {"close": date(2027, 2, 26)}),
        ("left", {"close": date(2026, 12, 23)}),
        ("lost", {"status": Status.LOST}),
        ("step", {"next_step": "legal call"}),
        ("amount", {"entered": (Decimal(5), "EUR")}),
        ("date", {"owner_id": "somebody else"}),
    ],
)
def test_an_answer_is_gone_once_the_record_has_moved(
    larkmoor_view: PipelineView, velde: Deal, answer: str, moved: dict[str, object]
):
    note = note_on(velde, answer)

    assert stands(note, velde, larkmoor_view)
    assert not stands(note, replace(velde, **moved), larkmoor_view)  # type: ignore[arg-type]


def test_a_day_before_the_answer_knows_nothing_of_it(larkmoor_view: PipelineView, velde: Deal):
    week_ago = larkmoor_view.at(larkmoor_view.as_of - timedelta(days=7))

    assert not stands(note_on(velde), velde, week_ago)
    assert stands(note_on(velde, at=AT - timedelta(days=7)), velde, week_ago)


def test_an_answer_that_is_younger_than_the_newest_records_stands(larkmoor_view: PipelineView, velde: Deal):
    assert stands(note_on(velde, at=AT + timedelta(days=2)), velde, larkmoor_view)


@pytest.mark.parametrize(
    "answer, text, expected",
    [
        ("lost", "no budget", "lost: no budget"),
        ("lost", "", "lost"),
        ("left", "", "leave it as it is"),
        ("step", "legal call Tue", "next step: legal call Tue"),
        ("amount", "120k", "amount: 120k"),
    ],
)
def test_an_answer_is_said_in_the_owners_own_words(velde: Deal, answer: str, text: str, expected: str):
    assert said(note_on(velde, answer, text=text)) == expected


def test_who_leaves_a_deal_as_it_is_owes_the_crm_nothing(larkmoor_view: PipelineView, velde: Deal):
    assert told(note_on(velde, "left"), larkmoor_view) == "Céline Aubry, 23 Nov: leave it as it is"
