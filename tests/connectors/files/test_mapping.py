"""The mapping file: what it says, what it refuses by key, and that it is read back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import BadRequest
from connectors.files import mapping as mappings
from connectors.files.mapping import ASK, DAY, POINT, FileMap, Mapping
from connectors.records import ForecastClass, Status

LEAST = '[[files]]\nmatch = "*.csv"\nkind = "deals"\n[files.columns]\nid = "ID"\n'
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "[[files]] is missing"),
        ("files = 3", "[[files]] is missing"),
        ("zone =", "not valid TOML"),
        ('[[files]]\nkind = "deals"', "files[1].match is missing"),
        (
            '[[files]]\nmatch = "a"\nkind = "leads"',
            "files[1].kind = 'leads'; use one of: deals, accounts, people, products",
        ),
        (LEAST + 'colour = "X"\n', "files[1].columns.colour is not a key"),
        (LEAST + "amount = 5\n", "files[1].columns.amount = 5 must be a text or a list of texts"),
        (LEAST + "amount = []\n", "files[1].columns.amount = [] must be a text or a list of texts"),
        (
            LEAST + '[files.written]\nclose = "american"\n',
            "files[1].written.close = 'american'; use 'day first' or 'month first'",
        ),
        (
            LEAST + '[files.written]\namount = "day first"\n',
            "files[1].written.amount = 'day first'; use '1,234.5' or",
        ),
        (LEAST + '[files.written]\nname = "day first"\n', "files[1].written.name is not a key"),
        (LEAST + "[files.values]\nproduct = 5\n", "files[1].values.product must be a table of texts"),
        (LEAST + '[stages]\nopen = ["A"]\nwon = ["A"]\n', "the stage 'A' stands twice"),
        (LEAST + '[stages]\nclosed = ["A"]\n', "stages.closed is not a key"),
        (LEAST + '[categories]\nlikely = ["A"]\n', "categories.likely is not a key"),
        (LEAST + '[categories]\ncommit = ["A"]\npipeline = ["A"]\n', "the category 'A' stands twice"),
        ("zone = 5\n" + LEAST, "zone = 5 is not a time zone"),
        ('zone = "Mars/Olympus"\n' + LEAST, "zone = 'Mars/Olympus' is not a time zone"),
        ('sort = "x"\n' + LEAST, "sort is not a key of the mapping; known: zone, files, stages, categories"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_key(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadRequest) as refused:
        mappings.load(path)

    assert str(refused.value).startswith("mine.toml: ")
    assert words in str(refused.value)


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"cannot read the mapping .*gone\.toml"):
        mappings.load(tmp_path / "gone.toml")


def test_open_questions_are_named_by_the_key_to_fill_in() -> None:
    file = FileMap(match="a.csv", kind="deals", columns={"close": ("Due",)}, written={"close": ASK})

    asked = Mapping(files=(file,), stages={"Phase 1": ASK, "Won": Status.WON}).open_questions

    assert [question.key for question in asked] == ["files.written.close", "stages.ask"]
    assert "Due in a.csv" in asked[0].text
    assert asked[1].options == ("Phase 1",)


def test_a_file_is_known_by_its_name_or_by_its_columns() -> None:
    named = FileMap(match="deals-*.csv", kind="deals", columns={"id": ("ID",), "region": ("people.Office",)})
    known = Mapping(files=(named,))

    assert known.file("Deals-2026.csv", ("x",)) is named
    assert known.file("other.csv", ("ID", "more")) is named
    assert known.file("other.csv", ("more",)) is None


@st.composite
def mappings_of_any_kind(draw: st.DrawFn) -> Mapping:
    columns = draw(
        st.dictionaries(
            st.sampled_from(["id", "name", "region", "amount", "close"]),
            st.lists(TEXTS, min_size=1, max_size=3, unique=True).map(tuple),
            min_size=1,
        )
    )
    file = FileMap(
        match=draw(TEXTS),
        kind="deals",
        columns=columns,
        written=draw(st.sampled_from([{}, {"amount": POINT}, {"close": DAY}, {"close": ASK}])),
        values=draw(
            st.dictionaries(st.sampled_from(["product", "region"]), st.dictionaries(TEXTS, TEXTS, min_size=1))
        ),
        sheet=draw(st.none() | TEXTS),
    )
    return Mapping(
        files=(file,),
        stages=draw(st.dictionaries(TEXTS, st.sampled_from([*Status, ASK]), max_size=4)),
        categories=draw(st.dictionaries(TEXTS, st.sampled_from(list(ForecastClass)), max_size=3)),
        zone=draw(st.sampled_from([None, "UTC", "Europe/Berlin"])),
        comments={(0, "id"): draw(TEXTS)},
    )


@given(made=mappings_of_any_kind())
def test_any_mapping_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, made: Mapping) -> None:
    path = tmp_path_factory.mktemp("map") / "map.toml"
    mappings.save(made, path)

    assert mappings.load(path) == made
