"""What a patch says that it changed: one line each, of what a person did and of the figures that came of it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal

import pytest

from connectors.access import Access
from connectors.demo import DemoCrm, company
from connectors.mirror import Mirror, open_generation
from reports.changes import describe
from reports.compose import compose
from reports.context import Context
from reports.edits import (
    AddNote,
    AddSlide,
    MoveSlide,
    RemoveSlide,
    SetCurrency,
    SetFilter,
    SetPeriod,
    SetTitle,
)
from reports.facts import Fact, Filter, Unit
from reports.spec import ReportSpec
from reports.view import open_view
from tests.reports.test_edits import EMEA, ENT, KEYS, NOTE, NOW, SPEC, TITLE, WIN_RATE, edited


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    generation = Mirror(tmp_path_factory.mktemp("edited"), "demo").load(DemoCrm())
    with closing(open_generation(generation)) as connection:
        yield open_view(connection, company(), Access.operator("demo"), generation=generation.name)


@pytest.fixture(scope="module")
def first(view):
    return compose(SPEC, view)


def revised(view, spec: ReportSpec):
    return compose(spec, view, Context(revision=2))


def test_the_change_list_says_what_a_person_did(view, first):
    spec = edited(
        SetFilter(target="coverage", filter=EMEA),
        RemoveSlide(slide="next"),
        AddSlide(key="measure", question=WIN_RATE),
    )

    lines = describe(SPEC, spec, first, revised(view, spec), zone=company().zone)

    assert lines == (
        "Slide 3 now shows EMEA only",
        "slide 7 dropped",
        "slide 7 added: win rate by segment",
        "r1 → r2",
        "unchanged: 1, 2, 4, 5, 6, 8",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "ops, lines",
    [
        ((SetFilter(filter=ENT),), ("The report now shows Enterprise only",)),
        (
            (SetFilter(filter=Filter(dim="region", values=("APAC",), negate=True)),),
            ("The report now shows all but APAC",),
        ),
        ((SetCurrency(currency="EUR"),), ("Amounts are now in EUR",)),
        ((SetCurrency(target="coverage", currency="EUR"),), ("Slide 3 is now in EUR",)),
        ((SetPeriod(period="last-quarter"),), ("The report now looks at last quarter (was this quarter)",)),
        ((RemoveSlide(slide="commit"), RemoveSlide(slide="win")), ("Slides 4 and 6 dropped",)),
        ((MoveSlide(slide="left", before="movement"),), ("Slide 5 moved to 2",)),
        (
            (SetTitle(slide="movement", title=TITLE),),
            ("Slide 2 has a title by Dana Whitcombe, not computed: “EMEA needs 1.2M more by Xmas”",),
        ),
        ((AddNote(note=NOTE),), ("Note on Ostrander Paper by Jonas: “legal call Tue”",)),
        ((), ("Nothing changed",)),
    ],
)
def test_each_change_is_one_line(view, first, ops, lines):
    spec = edited(*ops)

    said = describe(SPEC, spec, first, revised(view, spec), zone=company().zone)

    assert said[: len(lines)] == lines
    assert said[len(lines)] == "r1 → r2"


@pytest.mark.slow
def test_a_patch_changes_only_the_slides_it_names(view, first):
    def shown(deck, key):
        slide = next(slide for slide in deck.slides if slide.id == key)
        return slide.model_copy(update={"footer": slide.footer.replace("r2, draft", "r1, draft")})

    for key in KEYS:
        deck = revised(view, edited(SetFilter(target=key, filter=EMEA)))
        changed = {other for other in KEYS if shown(deck, other) != shown(first, other)}
        assert changed <= {key}
        assert changed or key == "appendix"


def test_fresh_records_are_told_fact_by_fact(first):
    spec = SPEC.model_copy(update={"generation": "g2"})
    slide = first.slides[0]
    gap = Fact(id="gap", value="1", unit=Unit.MONEY, text="$0.80M", source="Gap, Q4", as_of=NOW)
    before = first.model_copy(
        update={"generation": "g1", "slides": (slide.model_copy(update={"facts": (gap,)}), *first.slides[1:])}
    )
    moved = slide.model_copy(
        update={"facts": (gap.model_copy(update={"text": "$0.65M", "value": str(Decimal(2))}),)}
    )
    after = first.model_copy(update={"generation": "g2", "revision": 2, "slides": (moved, *first.slides[1:])})

    lines = describe(SPEC, spec, before, after, zone=company().zone)

    assert lines[:3] == ("Records fetched again", "slide 1, Gap, Q4: $0.80M → $0.65M", "r1 → r2")
    assert "1" not in lines[-1].removeprefix("unchanged: ").split(", ")


def test_a_deck_as_of_a_day_names_the_day_of_the_company_and_not_that_of_utc(view, first):
    evening = view.calendar.end_of(date(2026, 10, 3))
    spec = SPEC.model_copy(update={"as_of": evening})

    lines = describe(SPEC, spec, first, first, zone=company().zone)

    assert evening.day == 4  # in UTC it is the next day by then
    assert lines[0] == "The report is now as of 3 Oct 2026"
