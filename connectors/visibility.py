"""Declared visibility: what a person of the CRM may see by the company file, for who has no rights of a CRM to ask."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.access import Grant
from connectors.company import Company, Service
from connectors.records import Person

_NOTHING: frozenset[str] = frozenset()


def grant(company: Company, person: Person, people: Iterable[Person]) -> Grant:
    """Return what a person may see by the role that the company file gives a view to.

    A manager's team is everybody below, at any depth. A role that the file does not name, somebody who has left, and
    a region that nobody entered see nothing.
    """
    match company.visibility.get(person.role, "nothing") if person.active else "nothing":
        case "all":
            return Grant(person=person.id)
        case "region" if person.region:
            return Grant(person=person.id, regions=frozenset((person.region,)))
        case "team":
            return Grant(person=person.id, owners=frozenset((person.id, *below(person.id, people))))
        case "own":
            return Grant(person=person.id, owners=frozenset((person.id,)))
        case _:
            return nobody(person.id)


def service_grant(service: Service) -> Grant:
    """Return what comes by itself may see, by the scope that the company file declares for it."""
    regions = None if service.sees == "all" else frozenset(service.sees)
    return Grant(person=f"service:{service.name}", regions=regions)


def nobody(person: str) -> Grant:
    """Return the grant of somebody who may see nothing."""
    return Grant(person=person, regions=_NOTHING, owners=_NOTHING, names=False)


def below(manager_id: str, people: Iterable[Person]) -> frozenset[str]:
    """Return the ids of everybody who reports to a person, directly or through others; a circle ends where it closes."""
    reports: dict[str | None, list[str]] = {}
    for person in people:
        reports.setdefault(person.manager_id, []).append(person.id)
    found: set[str] = set()
    waiting = list(reports.get(manager_id, ()))
    while waiting:
        one = waiting.pop()
        if one not in found and one != manager_id:
            found.add(one)
            waiting.extend(reports.get(one, ()))
    return frozenset(found)
