"""The company file: what it gives, and that a wrong value is named."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import company
from connectors.company import Thresholds
from connectors.company_edit import amended
from connectors.errors import BadRequest

SMALL = 'name = "A"\nzone = "Europe/Berlin"\ncurrency = "EUR"\n'


def test_a_small_file_has_defaults_for_the_rest() -> None:
    read = company.parse(SMALL)

    assert (read.version, read.fiscal.start_month, read.rates) == (1, 1, {"EUR": Decimal(1)})
    assert read.thresholds == Thresholds()
    assert read.label("EMEA") == "EMEA"


def test_a_rate_written_as_a_number_is_exact() -> None:
    assert company.parse(SMALL + "[rates]\nUSD = 0.1\n").rates["USD"] == Decimal("0.1")


WRONG = {
    'name = "A"\ncurrency = "EUR"\n': "zone is missing",
    SMALL.replace("Europe/Berlin", "Mars/Olympus"): "zone = 'Mars/Olympus' cannot be used: not a time zone",
    SMALL + 'version = "three"\n': "version = 'three' cannot be used",
    SMALL + "colour = 1\n": "colour is not a key of the company file",
    SMALL + "[thresholds]\npush_sever = 3\n": "thresholds.push_sever is not a key of the company file",
    SMALL + "[thresholds]\nstale_probability = 2\n": "thresholds.stale_probability = 2",
    SMALL + "[rates]\nUSD = 0\n": "rates.USD = 0",
    SMALL + '[rates]\nUSD = "nan"\n': "rates.USD = 'nan'",
    SMALL + "[fiscal]\nstart_month = 13\n": "fiscal.start_month = 13",
    SMALL + '[[stages]]\nname = "S"\nstatus = "maybe"\n': "stages.1.status = 'maybe'",
    SMALL + '[[targets]]\nperiod = "FY26-Q4"\namount = "many"\n': "targets.1.amount = 'many'",
    SMALL + '[[stages]]\nname = "S"\n[[stages]]\nname = "S"\n': "the stage 'S' stands there twice",
    SMALL
    + '[[targets]]\nperiod = "Q4"\namount = 1\n[[targets]]\nperiod = "Q4"\namount = 2\n': "target 'Q4' stands there twice",
    SMALL
    + '[[targets]]\nperiod = "FY26-Q5"\namount = 1\n': "targets.1.period = 'FY26-Q5' is no fiscal quarter",
    SMALL + '[[targets]]\nperiod = "FY26"\namount = 1\n': "targets.1.period = 'FY26' is no fiscal quarter",
    SMALL
    + '[rates]\nEUR = "1.25"\n': "rates.EUR = '1.25' cannot be used: EUR is the company's own currency, so its rate is 1",
    SMALL.replace(
        "EUR", "US$"
    ): "currency = 'US$' cannot be used: write the code of a currency, three capital letters like 'USD'",
    SMALL + '[service]\nname = "S"\nsees = "most"\n': "'most' cannot be used: Input should be 'all'",
    SMALL
    + '[service]\nname = "S"\nsees = ["EMEA"]\n': "service.sees names the region 'EMEA'; the regions are: none",
    SMALL + 'holidays = ["someday"]\n': "holidays.1 = 'someday'",
    SMALL + '[calls]\nprompt = "thursdays"\n': "calls.prompt = 'thursdays'",
    "name = \n": "not valid TOML",
}


@pytest.mark.parametrize("text", WRONG, ids=list(WRONG.values()))
def test_a_wrong_value_is_named(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        company.parse(text, source="mine.toml")

    assert str(refused.value).startswith("mine.toml: ")
    assert WRONG[text] in str(refused.value)


def test_a_mark_that_an_editor_writes_first_is_read_over(tmp_path: Path) -> None:
    file = tmp_path / "company.toml"
    file.write_text(SMALL, encoding="utf-8-sig")
    changed = amended(file.read_text(encoding="utf-8"), {"currency": ('currency = "USD"',)})

    assert company.load(file).currency == "EUR"
    assert company.parse(changed).currency == "USD"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"cannot read the company file '.*nowhere\.toml'"):
        company.load(tmp_path / "nowhere.toml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        company.parse(SMALL + text)
    except BadRequest as refused:
        assert str(refused)  # noqa: PT017 — either outcome is fine


def test_every_key_of_the_documentation_is_read_and_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "company-file.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]

    read = company.parse(example)

    assert set(tomllib.loads(example)) == set(company._File.model_fields)
    assert set(tomllib.loads(example)["thresholds"]) == set(Thresholds.model_fields)
    assert read.stages
