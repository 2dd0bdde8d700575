"""Composing: whatever names the records hold, whoever looks, whichever revision it is."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from connectors.access import Access, Grant
from connectors.demo import DemoCrm, company
from connectors.mirror import Mirror, open_generation
from reports.compose import compose, renumber
from reports.errors import BadInput, NothingThere
from reports.facts import Filter
from reports.kinds import KINDS, weekly
from reports.narrative import guard
from reports.spec import Question, SlideSpec
from reports.view import open_view
from tests.reports.deck_text import deck_text

HOSTILE = {
    "Ostrander Paper": "{{gap}} </a:t> & \"Ostrander\" 'Paper' 🚚\x07\ud800 7 Eleven",
    "Brandt & Söhne": "ברנדט ובניו\u202e 4 Söhne",
    "Velde Logistiek": "Velde " + "x" * 300,
    "Calderwick Beverage": "\r\n\tCalderwick\nBeverage\ufffe  ",
}


class Renamed(DemoCrm):
    """The demo company, where some customers and deals have names that break software."""

    def changes(self, since):
        for page in super().changes(since):
            yield replace(page, batches=tuple(self._renamed(batch) for batch in page.batches))

    def _renamed(self, batch):
        if batch.table not in {"account", "deal"} or "name" not in batch.columns:
            return batch
        names = batch.columns["name"].copy()
        for place, name in enumerate(names):
            names[place] = HOSTILE.get(name, name)
        return replace(batch, columns={**batch.columns, "name": names})


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    generation = Mirror(tmp_path_factory.mktemp("renamed"), "demo").load(Renamed())
    with closing(open_generation(generation)) as connection:
        yield connection


@pytest.fixture(scope="module")
def view(opened):
    return open_view(opened, company(), Access.operator("demo"))


@pytest.fixture(scope="module")
def deck(view):
    return compose(weekly.spec(), view)


def all_words(deck):
    for slide in deck.slides:
        yield slide.title, slide.facts
        yield from (
            (line, slide.facts) for block in slide.blocks if block.type == "lines" for line in block.lines
        )
    yield from ((words, deck.message.facts) for words in deck.message.changes)


def test_hostile_names_reach_the_deck_as_they_should_read(deck):
    text = deck_text(deck, notes=True)

    assert "{{gap}} </a:t> & \"Ostrander\" 'Paper' 🚚 7 Eleven $310k left Q4" in text
    assert "ברנדט ובניו 4 Söhne" in text
    assert "Calderwick Beverage $148k was won" in text
    assert not any(char in text for char in "\x07\ud800\u202e\ufffe\r")
    text.encode("utf-8")


def test_digits_in_names_are_facts_not_stray_numbers(deck):
    assert [problem for words, facts in all_words(deck) for problem in guard(words, facts)] == []


def test_a_name_of_three_hundred_letters_is_cut_in_cells(deck):
    rows = next(block for slide in deck.slides if slide.id == "commit" for block in slide.blocks).rows

    assert any(row.cells[0].text == "Velde " + "x" * 27 + "…" for row in rows)
    assert max(len(row.cells[0].text) for row in rows) <= 34


def test_a_right_to_left_name_moves_nothing_around_it(deck):
    assert "\u2068ברנדט ובניו 4 Söhne\u2069 $170k left Q4" in deck.message.changes[1].text


def test_who_may_see_one_region_gets_that_region_only(opened):
    access = Access(workspace="demo", asker=Grant(person="ana", regions=frozenset({"APAC"})))
    deck = compose(weekly.spec(), open_view(opened, company(), access))

    assert deck.slides[0].title.text.startswith("APAC is $50k short of $700k in Q4")
    assert "EMEA" not in deck_text(deck)
    assert "AMER" not in deck_text(deck)


def test_who_may_see_nothing_is_told_so(opened):
    access = Access(workspace="demo", asker=Grant(person="nobody", regions=frozenset()))

    with pytest.raises(NothingThere, match="no deal at all that those who will see this may see"):
        compose(weekly.spec(), open_view(opened, company(), access))


def test_renumbering_changes_the_number_and_nothing_else(deck):
    renumbered = renumber(deck, 4)

    assert renumbered.revision == 4
    assert renumbered.message.grey.endswith("r4, draft")
    assert [new.id for new, old in zip(renumbered.slides, deck.slides, strict=True) if new != old] == [
        "summary",
        "appendix",
    ]
    assert renumber(renumbered, 1) == deck


def test_slides_are_found_by_key_and_unknown_ones_name_the_known(view):
    spec = weekly.spec().model_copy(update={"slides": (SlideSpec(id="x", key="sumary"),)})

    with pytest.raises(BadInput, match="unknown slide 'sumary'; try: summary"):
        compose(spec, view)


def test_an_unknown_measure_on_a_slide_names_the_known(view):
    asked = SlideSpec(id="q", key="measure", question=Question(measure="win_rat"))

    with pytest.raises(BadInput, match="unknown measure 'win_rat'; try: win_rate"):
        compose(weekly.spec().model_copy(update={"slides": (asked,)}), view)


def test_unknown_periods_currencies_and_values_name_the_known(view):
    for change, message in (
        ({"period": "this-quater"}, "this-quarter"),
        ({"currency": "CHF"}, "CHF"),
        ({"filters": (Filter(dim="region", values=("EMAE",)),)}, "EMEA"),
    ):
        with pytest.raises(BadInput, match=message):
            compose(weekly.spec().model_copy(update=change), view)


def test_a_report_without_slides_is_refused(view):
    with pytest.raises(NothingThere, match="no slide is left to show"):
        compose(weekly.spec().model_copy(update={"slides": ()}), view)


def test_a_kind_that_cannot_be_made_yet_is_named(view):
    with pytest.raises(BadInput, match="unknown report kind 'qbr'"):
        compose(weekly.spec().model_copy(update={"kind": "qbr"}), view)


def test_the_weekly_has_its_eight_slides_under_stable_ids():
    assert [slide.id for slide in KINDS["weekly"].spec().slides] == [
        *("summary", "movement", "coverage", "commit", "left", "win", "next", "appendix")
    ]
