"""What a person may see by the role that the company file gives a view to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.access import Access, Grant
from connectors.company import Service, Visible, load
from connectors.demo.people import people
from connectors.records import Person
from connectors.visibility import below, grant, nobody, service_grant

COMPANY = load(Path(__file__).parents[2] / "connectors" / "demo" / "company.toml")
PEOPLE = people()


def named(name: str) -> Person:
    return next(person for person in PEOPLE if person.name == name)


@pytest.mark.parametrize(
    "name, regions",
    [
        ("Dana Whitcombe", None),
        ("Katrin Vogelsang", None),
        ("Jonas Adler", {"EMEA"}),
        ("Priya Raman", {"AMER"}),
    ],
)
def test_a_role_of_the_company_file_decides_what_is_seen(name: str, regions: set[str] | None) -> None:
    assert grant(COMPANY, named(name), PEOPLE).regions == regions


@pytest.mark.parametrize("role", ["", "Contractor"])
def test_a_role_that_the_file_does_not_name_sees_nothing(role: str) -> None:
    stranger = replace(named("Dana Whitcombe"), role=role)
    assert Access(workspace="w", asker=grant(COMPANY, stranger, PEOPLE)).nothing


def test_who_has_left_sees_nothing() -> None:
    gone = replace(named("Dana Whitcombe"), active=False)
    assert Access(workspace="w", asker=grant(COMPANY, gone, PEOPLE)).nothing


def test_a_region_that_nobody_entered_is_not_every_region() -> None:
    nowhere = replace(named("Priya Raman"), region="")
    assert Access(workspace="w", asker=grant(COMPANY, nowhere, PEOPLE)).nothing


@pytest.mark.parametrize("rule, others", [("own", set()), ("team", {"Jonas Adler", "Lena Rautio"})])
def test_team_and_own_are_limits_on_owners(rule: Visible, others: set[str]) -> None:
    company = replace(COMPANY, visibility={"Sales manager": rule})
    seen = grant(company, named("Katrin Vogelsang"), PEOPLE).owners
    assert seen is not None
    assert named("Katrin Vogelsang").id in seen
    assert {person.name for person in PEOPLE if person.id in seen} >= others
    assert (named("Céline Aubry").id in seen) is False


def test_a_circle_of_managers_ends() -> None:
    one, two = (
        replace(named("Jonas Adler"), id=key, manager_id=boss) for key, boss in (("a", "b"), ("b", "a"))
    )
    assert below("a", (one, two)) == {"b"}


def test_an_audience_hides_names_as_soon_as_one_grant_does() -> None:
    sees = Grant(person="a")
    assert Access(workspace="w", asker=sees).names
    assert not Access(workspace="w", asker=sees, audience=(nobody("b"),)).names


def test_what_comes_by_itself_sees_what_the_file_declares_for_it():
    everything = service_grant(Service(name="Monday report", sees="all"))
    emea = service_grant(Service(name="EMEA report", sees=("EMEA",)))

    assert everything.regions is None
    assert everything.owners is None
    assert emea.regions == {"EMEA"}
