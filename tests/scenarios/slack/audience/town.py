"""A small company in which every word of the CRM says whose it is: `zqd017` stands in the name of deal 17 and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.flows import Line
from bot.store import Store, open_store
from connectors.access import Access
from connectors.company import Channel, Company, Fiscal, Target, Thresholds, Visible
from connectors.mirror import Mirror
from connectors.records import ForecastClass, Person, Stage, Status
from reports.context import Action
from tests.fakes.tiny_crm import TinyCrm, batch, event, opening

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
WORKSPACE = "town"
REGIONS = ("AMER", "EMEA", "APAC")
ROLES = ("VP Sales", "Manager", "Rep", "Operations")
VIEWS: tuple[Visible, ...] = ("all", "region", "team", "own", "nothing")
DEALS = 24
# Deal number k is worth this much times two to the k: any sum of deals says which they are.
UNIT = 1000
STAGES = (
    Stage(name="Discovery", order=1, status=Status.OPEN, category=ForecastClass.PIPELINE),
    Stage(name="Proposal", order=2, status=Status.OPEN, category=ForecastClass.BEST_CASE),
    Stage(name="Negotiation", order=3, status=Status.OPEN, category=ForecastClass.COMMIT),
    Stage(name="Won", order=4, status=Status.WON, category=ForecastClass.CLOSED),
    Stage(name="Lost", order=5, status=Status.LOST, category=ForecastClass.CLOSED),
)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """From an instant on a deal belongs to this owner and region; `since` in days before now."""

    since: float
    owner: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Deal:
    """A deal by its number; its holdings are oldest first."""

    number: int
    account: int
    holdings: tuple[Holding, ...]

    @property
    def id(self) -> str:
        return f"D{self.number:03}"

    @property
    def name(self) -> str:
        return f"Zqd{self.number:03} Rollout"

    @property
    def amount(self) -> int:
        return UNIT * 2**self.number


@dataclass
class TownCrm(TinyCrm):
    """The company's system of record; `staff` may be changed: people are promoted, moved, and leave."""

    staff: tuple[Person, ...] = ()

    def people(self) -> tuple[Person, ...]:
        return self.staff

    def stages(self) -> tuple[Stage, ...]:
        return STAGES


@dataclass(kw_only=True)
class Town:
    """A company, its records loaded, and a home for what people do."""

    deals: tuple[Deal, ...]
    staff: tuple[Person, ...]
    crm: TownCrm
    mirror: Mirror
    store: Store
    home: Path
    actions: tuple[Action, ...]
    company: Company = field(default_factory=lambda: company({}))
    seasons: int = 0

    def begin(self) -> None:
        """Begin a season: what people did in the one before is not known in this one."""
        self.seasons += 1
        self.store.close()
        self.store = open_store(self.home / f"season-{self.seasons}", None)
        self.store.keep_actions(WORKSPACE, self.actions)

    def line(self) -> Line:
        """Return the line under the operator's rights, as an installation gives it."""
        return Line(
            workspace=WORKSPACE,
            company=self.company,
            mirror=self.mirror,
            crm=self.crm,
            store=self.store,
            access=Access.operator(WORKSPACE),
            now=lambda: NOW,
        )


def company(visibility: Mapping[str, Visible], *, cleared: tuple[str, ...] = ()) -> Company:
    """Return the company file: who may see what by role, and the channels in which reps may be named."""
    return Company(
        name="Town Works",
        version=1,
        zone=ZoneInfo("America/New_York"),
        fiscal=Fiscal(),
        currency="USD",
        rates={"USD": Decimal(1)},
        rate_date=None,
        dimensions={"region": REGIONS, "segment": ("ENT", "SMB")},
        labels={},
        stages=STAGES,
        types_in_scope=(),
        targets=tuple(
            Target(period="FY26-Q4", amount=Decimal(amount), region=region)
            for region, amount in zip(REGIONS, (2_000_000_000, 3_000_000_000, 4_000_000_000), strict=True)
        ),
        thresholds=Thresholds(required_coverage=Decimal("2.2")),
        synonyms={},
        roles={"admin": (email(1),)},
        visibility=dict(visibility),
        channels=tuple(Channel(name=name, names=True) for name in cleared),
    )


def email(number: int) -> str:
    return f"zqe{number:03}@town.example"


def people(dice: Random) -> tuple[Person, ...]:
    """Return a VP, one of operations, and a manager with two or three reps in each region."""
    found = [_person(1, "VP Sales", "", "", None), _person(2, "Operations", "", "", None)]
    for region in REGIONS:
        lead = len(found) + 1
        found.append(_person(lead, "Manager", f"Team {region}", region, "P001"))
        found.extend(
            _person(lead + place, "Rep", f"Team {region}", region, f"P{lead:03}")
            for place in range(1, dice.choice((2, 3)) + 1)
        )
    return tuple(found)


def deals(dice: Random, staff: tuple[Person, ...]) -> tuple[Deal, ...]:
    """Return deals, most of them in the region of their rep; some have been somebody else's before."""
    reps = [person for person in staff if person.role == "Rep"]

    def holding(since: float) -> Holding:
        rep = dice.choice(reps)
        region = dice.choice(REGIONS) if dice.random() < 0.1 else rep.region
        return Holding(since=since, owner=rep.id, region=region)

    return tuple(
        Deal(
            number=number,
            account=number // 2,
            holdings=(holding(60), *((holding(dice.choice((3, 20))),) if dice.random() < 0.15 else ())),
        )
        for number in range(DEALS)
    )


def build(seed: int, home: Path, *, told: Callable[[Deal], int] | None = None) -> Town:
    """Return a town with its records loaded. `told` says what a deal is worth where that is not its own amount."""
    dice = Random(seed)
    staff = people(dice)
    found = deals(dice, staff)
    rows = [row for deal in found for row in _events(Random(f"{seed}:{deal.number}"), deal, told)]
    page = (
        batch("person", [_row(person) for person in staff]),
        batch(
            "account",
            [
                {"id": f"A{number:03}", "name": f"Zqa{number:03} Freight"}
                for number in {deal.account for deal in found}
            ],
        ),
        batch(
            "deal",
            [
                {
                    "id": deal.id,
                    "name": deal.name,
                    "account_id": f"A{deal.account:03}",
                    "created_at": _ago(60),
                    "url": f"https://town.example/zqu{deal.number:03}",
                }
                for deal in found
            ],
        ),
        batch("event", rows),
        batch(
            "activity",
            [
                {
                    "id": f"X{deal.number}",
                    "deal_id": deal.id,
                    "person_id": deal.holdings[-1].owner,
                    "kind": "meeting",
                    "at": _ago(deal.number + 1),
                    "buyer": True,
                    "subject": f"zqn{deal.number:03} talk",
                }
                for deal in found
            ],
        ),
    )
    crm = TownCrm(pages=[page], staff=staff, now=NOW, name="town")
    mirror = Mirror(home, WORKSPACE)
    mirror.load(crm)
    store = open_store(home, None)
    actions = tuple(
        Action(
            id=f"T{deal.number}",
            text=f"Call zqn{deal.number:03}",
            owner=next(person.name for person in staff if person.id == deal.holdings[-1].owner),
            due=NOW.date() - timedelta(days=1),
            deal_id=deal.id,
        )
        for deal in found[::3]
    )
    return Town(deals=found, staff=staff, crm=crm, mirror=mirror, store=store, home=home, actions=actions)


def _events(dice: Random, deal: Deal, told: Callable[[Deal], int] | None) -> list[Mapping[str, object]]:
    stage = dice.choice(STAGES[:3])
    first, *later = deal.holdings
    amount = Decimal(deal.amount if told is None else told(deal))
    month = dice.choice((date(2026, 11, 20), date(2026, 12, 11), date(2026, 12, 18), date(2027, 1, 29)))
    rows = [
        opening(
            deal.number * 10,
            deal.id,
            _ago(first.since),
            stage=stage.name,
            category=str(stage.category),
            amount=amount,
            close=month,
            owner_id=first.owner,
            region=first.region,
            segment=dice.choice(("ENT", "SMB")),
            next_step=f"zqn{deal.number:03} call" if dice.random() < 0.7 else None,
        )
    ]
    happens = dice.choice(("won", "lost", "slips", "slips", "stays", "stays"))
    more: dict[str, object] = {}
    match happens:
        case "won":
            more = {"stage": "Won", "status": "won", "category": "closed", "close": date(2026, 11, 20)}
        case "lost":
            more = {
                "stage": "Lost",
                "status": "lost",
                "category": "closed",
                "reason": f"zqn{deal.number:03} price",
            }
        case "slips":
            more = {"close": date(2027, 1, 15)}
        case _:
            more = {}
    if more:
        rows.append(event(deal.number * 10 + 1, deal.id, _ago(4), **more))
    rows.extend(
        event(deal.number * 10 + 2 + place, deal.id, _ago(one.since), owner_id=one.owner, region=one.region)
        for place, one in enumerate(later)
    )
    return rows


def _person(number: int, role: str, team: str, region: str, manager: str | None) -> Person:
    return Person(
        id=f"P{number:03}",
        name=f"Zqp{number:03} Zqs{number:03}",
        email=email(number),
        role=role,
        team=team,
        region=region,
        manager_id=manager,
    )


def _row(person: Person) -> dict[str, object]:
    return {
        name: getattr(person, name)
        for name in ("id", "name", "email", "role", "team", "region", "manager_id", "active")
    }


def _ago(days: float) -> datetime:
    return (NOW - timedelta(days=days)).replace(tzinfo=None)


def reorganised(dice: Random, staff: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return the people after some were given another role or region, or have left."""

    def moved(person: Person) -> Person:
        if person.role == "VP Sales" or dice.random() < 0.75:
            return person
        match dice.choice(("role", "region", "left", "lead")):
            case "role":
                return replace(person, role=dice.choice((*ROLES, "Intern")))
            case "region":
                return replace(person, region=dice.choice((*REGIONS, "")))
            case "lead":
                return replace(person, manager_id=dice.choice(staff).id)
            case _:
                return replace(person, active=False)

    return tuple(moved(person) for person in staff)
