"""What the tests of approvals share: a proposal, a system of record of one deal that is written by keys, and a clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bot.approvals.executor import Executor
from bot.approvals.rules import AT_ONCE, CAPS
from bot.approvals.values import Decision, FieldChange, Kept, Proposal
from bot.store import Store, open_store
from connectors.errors import ConnectorError
from connectors.protocol import Writing
from connectors.records import ForecastClass, Money, Opportunity, Status
from connectors.writes import Done, Edit, Stale, Update, Why, Write, Writer
from tests.fakes.tiny_crm import TinyCrm

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
OWNER, OTHER = "P2", "P1"


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


@dataclass
class TinyWriter:
    """Writes next steps of a tiny system, each key once; `trouble` is raised before, `lost` after a write."""

    crm: WrittenCrm
    done: dict[str, Done] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    trouble: list[ConnectorError] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def write(self, wanted: Write, *, person: str) -> Done:
        self.before()
        if wanted.key in self.done:
            return self.done[wanted.key]
        if self.trouble:
            raise self.trouble.pop(0)
        assert isinstance(wanted, Update)
        held = self.crm.live[wanted.record_id]
        [edit] = wanted.edits
        if held.next_step != edit.before:
            found = (Edit(field=edit.field, before=edit.before, after=held.next_step),)
            raise Stale("it changed", found=found)
        self.crm.live[wanted.record_id] = dataclasses.replace(held, next_step=str(edit.after))
        self.people.append(person)
        back = Edit(field=edit.field, before=edit.after, after=edit.before)
        inverse = Update(key=f"{wanted.key}/undo", of="deal", record_id=wanted.record_id, edits=(back,))
        self.done[wanted.key] = Done(key=wanted.key, record_id=wanted.record_id, at=NOW, inverse=inverse)
        return self.done[wanted.key]

    def came_of(self, wanted: Write, *, person: str) -> Done | None:
        del person
        self.before()
        if self.trouble:
            raise self.trouble.pop(0)
        return self.done.get(wanted.key)


@dataclass
class WrittenCrm(TinyCrm):
    """A tiny system whose deals can be changed."""

    label: str = "Tiny"
    writer: Writer | None = None
    away: ConnectorError | None = None

    def read(self, deal_id: str) -> Opportunity | None:
        if self.away is not None:
            raise self.away
        return super().read(deal_id)

    def update(self, deal_id: str, edits: tuple[Edit, ...], *, key: str) -> Update:
        return Update(key=key, of="deal", record_id=deal_id, edits=edits)

    def why(self, error: ConnectorError) -> Why:
        return Why.STALE if isinstance(error, Stale) else Why.DOWN

    def choices(self, word: str) -> tuple[str, ...]:
        return ()

    def forget_writes(self, *, before: datetime) -> int:
        return 0


@dataclass
class Desk:
    """An executor over a store in a folder of its own."""

    store: Store
    crm: WrittenCrm
    writer: TinyWriter
    executor: Executor
    clock: Clock

    @property
    def step(self) -> str | None:
        """Return the next step that the deal holds."""
        return self.crm.live["D1"].next_step

    def approved(self, wanted: Proposal) -> Kept:
        """Keep a proposal with its owner's approval."""
        self.store.approvals.keep(wanted)
        decision = Decision(approved=True, by=wanted.approver, at=self.clock(), digest=wanted.digest)
        assert self.store.approvals.decide(wanted, decision, caps=CAPS) == "kept"
        return self.kept(wanted)

    def kept(self, wanted: Proposal) -> Kept:
        found = self.store.approvals.get(wanted.workspace, wanted.id)
        assert found is not None
        return found


def desk(folder: Path) -> Iterator[Desk]:
    """Open the store and the system."""
    clock, crm = Clock(), WrittenCrm()
    crm.live["D1"] = Opportunity(
        id="D1",
        name="Ostrander Paper",
        account_id="A1",
        owner_id=OWNER,
        stage="Proposal",
        status=Status.OPEN,
        category=ForecastClass.COMMIT,
        amount=Money(amount=Decimal(310_000), currency="USD"),
        close=date(2026, 12, 18),
        created_at=NOW,
        next_step="call",
    )
    writer = TinyWriter(crm)
    crm.writer = writer
    assert isinstance(crm, Writing)
    store = open_store(folder)
    yield Desk(store, crm, writer, Executor(crm, store.approvals, writer=writer, now=clock), clock)
    store.close()


def proposal(key: str = "p-1", *, after: str = "send the contract", workspace: str = "one") -> Proposal:
    """Return the proposal of a next step."""
    return Proposal(
        workspace=workspace,
        id=key,
        asker="U1",
        record_id="D1",
        record="Ostrander Paper",
        changes=(FieldChange(word="next_step", field="next_step", before="call", after=after),),
        approver=OWNER,
        user="U1",
        currency="USD",
        made_at=NOW,
        expires_at=NOW + AT_ONCE,
        source="words",
    )
