from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from connectors import registry
from connectors.company import load
from connectors.errors import BadRequest
from connectors.registry import company_file, connect, names
from tests.fakes.tiny_crm import TinyCrm, tiny


def open_tiny(home, options):
    """Open the tiny company as a third party's connector would be opened."""
    crm = tiny()
    crm.name = options.get("name", "tiny")
    return crm


def open_nothing(home, options):
    return object()


@dataclass
class Installed:
    """Entry points that a third party's package would bring."""

    entries: tuple[EntryPoint, ...]

    def __call__(self, *, group):
        return tuple(entry for entry in self.entries if entry.group == group)


@pytest.fixture
def third_party(monkeypatch):
    here = __name__
    found = tuple(
        EntryPoint(name=name, value=f"{here}:{attribute}", group=registry.GROUP)
        for name, attribute in (("tiny", "open_tiny"), ("broken", "open_nothing"), ("gone", "open_gone"))
    )
    monkeypatch.setattr(registry, "entry_points", Installed(found))


def test_the_demo_is_built_in_and_takes_its_size_seed_and_day(tmp_path):
    options = {"opportunities": "300", "seed": "3", "today": "2026-11-30"}
    crm = connect("demo", home=tmp_path, options=options)

    assert crm.name == "demo"
    assert crm.now.date().isoformat() == "2026-11-30"


@pytest.mark.parametrize(
    "options, said",
    [
        ({"seed": "seven"}, r"seed = 'seven'.*like '\d+'"),
        ({"opportunities": "5e3"}, "opportunities = '5e3'.*like '5000'"),
        ({"today": "23 Nov"}, "today = '23 Nov'.*like '2026-11-23'"),
        ({"sede": "7"}, "unknown option 'sede'.*try: seed, "),
        ({"opportunities": "0"}, "0"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_with_one_that_can(tmp_path, options, said):
    with pytest.raises(BadRequest, match=said):
        connect("demo", home=tmp_path, options=options)


def test_an_unknown_connector_is_named_with_those_that_exist(tmp_path, third_party):
    for ask in (lambda: connect("tyni", home=tmp_path), lambda: company_file("tyni", tmp_path)):
        with pytest.raises(
            BadRequest, match="unknown connector 'tyni'; try: tiny, gone, files, broken, demo"
        ):
            ask()


def test_a_third_partys_connector_is_found_by_its_entry_point(tmp_path, third_party):
    crm = connect("tiny", home=tmp_path, options={"name": "renamed"})

    assert isinstance(crm, TinyCrm)
    assert crm.name == "renamed"
    assert names() == ("broken", "demo", "files", "gone", "salesforce", "tiny")


def test_what_does_not_follow_the_port_is_refused(tmp_path, third_party):
    with pytest.raises(BadRequest, match=r"'broken' does not follow.*object"):
        connect("broken", home=tmp_path)


def test_a_connector_that_cannot_be_loaded_is_named_with_the_reason(tmp_path, third_party):
    with pytest.raises(BadRequest, match=r"'gone' is installed, but .*open_gone"):
        connect("gone", home=tmp_path)


def test_the_company_file_of_the_home_comes_before_the_connectors_own(tmp_path):
    default = company_file("demo", tmp_path)
    (tmp_path / "company.toml").write_text(default.read_text(encoding="utf-8"), encoding="utf-8")

    assert load(default).name == "Larkmoor Software"
    assert company_file("demo", tmp_path) == tmp_path / "company.toml"


def test_a_connector_without_a_company_file_asks_for_one(tmp_path, third_party):
    with pytest.raises(BadRequest, match=r"write '.*company.toml'"):
        company_file("tiny", tmp_path)
