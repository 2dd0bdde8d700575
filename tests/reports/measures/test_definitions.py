"""The catalogue and the page that explains it say the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.measures import BUCKETS, CATALOGUE
from reports.measures.slipping import AVERAGED_WEEKS

PAGE = (Path(__file__).parents[3] / "docs" / "definitions.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_measure_is_explained(name):
    assert re.search(rf"^(?:\| )?`{name}`(?: \||:)", PAGE, re.MULTILINE)


def test_every_measure_that_is_explained_exists():
    defined = re.findall(r"^(?:\| )?`([a-z_]+)`(?: \||:)", PAGE, re.MULTILINE)

    assert set(defined) == set(CATALOGUE)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_is_explained(bucket):
    assert f"`{bucket}`" in PAGE


def test_a_definition_is_one_line_that_a_person_can_check():
    for definition in CATALOGUE.values():
        assert 20 <= len(definition.definition) <= 110
        assert definition.definition.endswith(".")
        assert "\n" not in definition.definition


def test_the_page_names_the_number_of_weeks_that_are_averaged():
    assert AVERAGED_WEEKS == 4
    assert "the mean of the four weekly slip rates" in PAGE
