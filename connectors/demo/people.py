"""The people of Larkmoor: a VP, five managers, 26 reps, and the two who run the sales systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from connectors.records import Person

DOMAIN = "larkmoor.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """Somebody who sells, with the habits that the generator gives them.

    Attributes:
        segments: what they sell to; S, M and E for small business, mid-market and enterprise.
        habit: a word for what is odd about them, empty for most.
        logging: share of their activity that they write down, 0 to 1.
        hygiene: how soon they mend a close date that has passed, 0 to 1.
        optimism: by how much they date deals too early (log of the cycle).
        started: first day, where it is recent enough to matter.
    """

    name: str
    team: str
    region: str
    segments: str
    habit: str = ""
    logging: float = 0.8
    hygiene: float = 0.6
    optimism: float = 0.25
    started: date | None = None


# team, its manager, region
TEAMS = (
    ("AMER Enterprise", "Renee Calloway", "AMER"),
    ("AMER Commercial", "Tom Okafor", "AMER"),
    ("EMEA Central", "Katrin Vogelsang", "EMEA"),
    ("EMEA West", "Luc Fournel", "EMEA"),
    ("APAC", "Mei Hartono", "APAC"),
)
# name, role
LEADERS = (
    ("Dana Whitcombe", "VP Sales"),
    ("Marcus Bell", "RevOps lead"),
    ("Ana Ferreira", "Sales systems admin"),
)
REPS = (
    Rep(name="Priya Raman", team="AMER Enterprise", region="AMER", segments="EEM", logging=0.9, hygiene=0.8),
    Rep(
        name="Walt Pruitt",
        team="AMER Enterprise",
        region="AMER",
        segments="EEM",
        habit="sandbagger",
        hygiene=0.8,
    ),
    Rep(
        name="Gloria Stamm",
        team="AMER Enterprise",
        region="AMER",
        segments="EEM",
        habit="silent",
        logging=0.12,
    ),
    Rep(name="Deshawn Ellery", team="AMER Enterprise", region="AMER", segments="EM", hygiene=0.5),
    Rep(
        name="Colleen O'Hare", team="AMER Enterprise", region="AMER", segments="EM", started=date(2026, 8, 10)
    ),
    Rep(
        name="Brett Lindgren",
        team="AMER Commercial",
        region="AMER",
        segments="MMS",
        habit="happy ears",
        optimism=0.75,
    ),
    Rep(
        name="Nadia Rusk", team="AMER Commercial", region="AMER", segments="MS", habit="friday", hygiene=0.45
    ),
    Rep(name="Hector Salas", team="AMER Commercial", region="AMER", segments="SSM"),
    Rep(name="Joy Tremaine", team="AMER Commercial", region="AMER", segments="SSM", logging=0.7),
    Rep(name="Kyle Brandvold", team="AMER Commercial", region="AMER", segments="MS", hygiene=0.4),
    Rep(name="Amara Nwosu", team="AMER Commercial", region="AMER", segments="MMS", logging=0.9),
    Rep(name="Sam Whitlock", team="AMER Commercial", region="AMER", segments="S", hygiene=0.5),
    Rep(name="Tessa Grune", team="AMER Commercial", region="AMER", segments="MS", started=date(2026, 9, 1)),
    Rep(name="Diego Paz", team="AMER Commercial", region="AMER", segments="SM", logging=0.65),
    Rep(name="Jonas Adler", team="EMEA Central", region="EMEA", segments="EEM", logging=1.3),
    Rep(name="Birgit Sommerfeld", team="EMEA Central", region="EMEA", segments="EM", logging=0.75),
    Rep(name="Milan Dvorsky", team="EMEA Central", region="EMEA", segments="MS", hygiene=0.5),
    Rep(name="Lena Rautio", team="EMEA Central", region="EMEA", segments="SM"),
    Rep(name="Céline Aubry", team="EMEA West", region="EMEA", segments="EM", logging=0.8),
    Rep(name="Fergus Mallory", team="EMEA West", region="EMEA", segments="MS", hygiene=0.45),
    Rep(name="Inês Carvalho", team="EMEA West", region="EMEA", segments="SM", logging=0.7),
    Rep(name="Zoë van Rijn", team="EMEA West", region="EMEA", segments="MS", started=date(2026, 8, 24)),
    Rep(name="Callum Reeve", team="APAC", region="APAC", segments="EM", hygiene=0.5),
    Rep(name="Aiko Nishida", team="APAC", region="APAC", segments="MS", logging=0.9),
    Rep(name="Ruth Pellew", team="APAC", region="APAC", segments="SM"),
    Rep(name="Tane Rewiri", team="APAC", region="APAC", segments="SM", logging=0.6),
)
REP_NAMES = tuple(rep.name for rep in REPS)


def rep_id(index: int) -> str:
    """Return the id of the rep at that place in REPS."""
    return f"u{index + 11:02d}"


def rep_number(name: str) -> int:
    """Return the place of a rep in REPS."""
    return REP_NAMES.index(name)


@cache
def people() -> tuple[Person, ...]:
    """Return everybody, ordered by id."""
    leaders = [
        _person(
            f"u{place:02d}", name, role, "Sales leadership" if place == 1 else "Sales operations", "", None
        )
        for place, (name, role) in enumerate(LEADERS, start=1)
    ]
    managers = [
        _person(f"u{place:02d}", name, "Sales manager", team, region, "u01")
        for place, (team, name, region) in enumerate(TEAMS, start=len(LEADERS) + 1)
    ]
    lead = {person.team: person.id for person in managers}
    reps = [
        _person(
            rep_id(place), rep.name, "Account executive", rep.team, rep.region, lead[rep.team], rep.started
        )
        for place, rep in enumerate(REPS)
    ]
    return (*leaders, *managers, *reps)


def email(name: str) -> str:
    """Return a person's address at the company: plain letters, first and last name."""
    plain = name.casefold()
    for letter, replacement in (("é", "e"), ("ê", "e"), ("ë", "e"), ("ö", "o"), ("'", "")):
        plain = plain.replace(letter, replacement)
    return f"{plain.replace(' ', '.')}@{DOMAIN}"


def _person(
    key: str, name: str, role: str, team: str, region: str, manager: str | None, started: date | None = None
) -> Person:
    return Person(
        id=key,
        name=name,
        email=email(name),
        role=role,
        team=team,
        region=region,
        manager_id=manager,
        started_on=started,
    )
