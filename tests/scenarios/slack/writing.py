"""What scenarios of writing share: Larkmoor's people in a small org with three deals, and the bot that writes to it as them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.approvals.executor import Executor
from bot.settings import Writes
from bot.slack.presses import Press
from bot.slack.request import Request
from connectors.demo.people import people
from connectors.errors import NotConnected
from connectors.mirror import Mirror
from connectors.protocol import Crm, Seeing, Writing
from connectors.salesforce.allowed import Allowed, load
from connectors.salesforce.client import client
from connectors.salesforce.fieldmap import OWN
from connectors.salesforce.journal import FOLDER, Journal
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.write import SalesforceWriter
from tests.connectors.salesforce.desk import crm as reading
from tests.connectors.salesforce.orgs import AT_ONCE
from tests.connectors.salesforce.writing import Before, Meddling
from tests.fakes.runs import MemoryRuns
from tests.fakes.salesforce.clock import Clock as OrgClock
from tests.fakes.salesforce.larkmoor import furnish, stages
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.schema import Choice
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import letters, modal, values
from tests.scenarios.slack.stage import START, Stage, stage

DANA, JONAS, KATRIN, MARCUS = "Dana Whitcombe", "Jonas Adler", "Katrin Vogelsang", "Marcus Bell"
BIRGIT, PRIYA = "Birgit Sommerfeld", "Priya Raman"
OSTRANDER, BRANDT, COBALT = "Ostrander Paper", "Brandt & Söhne", "Cobalt Freight"
NUDGE = "nudge jonas about past due close dates"
# From the org and the home to the connector, and to what asks it for everybody's rights.
Signing = Callable[[FakeSalesforce, Path], tuple[Crm, Seeing | None]]
_OPENED = datetime(2026, 6, 1, 9, tzinfo=UTC)


@dataclass
class Town:
    """A stage, and the org behind it: people by name, deals by name. `unconnected` have not connected Salesforce."""

    at: Stage
    crm: Crm
    server: FakeSalesforce
    users: dict[str, str]
    deals: dict[str, str]
    unconnected: set[str] = field(default_factory=set)
    before: Before = lambda _request: None

    @property
    def org(self) -> Org:
        return self.server.org

    def held(self, name: str, deal: str = OSTRANDER) -> Any:
        """Return what a field of a deal holds in the org now."""
        return self.org.tables["Opportunity"][self.deals[deal]].get(name)

    def foreign(self, deal: str = OSTRANDER, **values: Any) -> None:
        """Let somebody work in Salesforce meanwhile."""
        with self.org.lock:
            self.org.clock.advance(5)
            self.org.update("Opportunity", self.deals[deal], values)
            self.org.clock.advance(5)

    def another(self, name: str, owner: str, **values: Any) -> None:
        """Let there be one more deal, of which the bot knows."""
        self.deals[name] = _deal(self.org, name, self.users[owner], "2026-12-04", 50_000, "x")
        self.foreign(name, **values)
        self.load()

    def load(self) -> None:
        """Let the bot load what is new in the org."""
        self.org.clock.advance(3600)
        line = self.at.served.desk.line
        line.mirror.load(line.crm)

    def switch(self, writes: str) -> None:
        """Go on as after a start with another QUARTERDECK_WRITES."""
        desk = self.at.served.desk
        assert isinstance(self.crm, Writing)
        executor = Executor(
            self.crm,
            desk.line.store.approvals,
            writer=self.crm.writer if writes == "on" else None,
            now=self.at.clock,
        )
        object.__setattr__(desk, "executor", None if writes == "off" else executor)

    def patches(self) -> list[Any]:
        """Return the changes that were sent to the org."""
        return [call for call in self.server.calls if call.method == "PATCH"]

    def pass_(self, seconds: float) -> None:
        """Let time go by, in the org too, and let the bot work."""
        self.at.clock.forward(seconds)
        with self.org.lock:
            self.org.clock.advance(seconds)
        self.at.settle()

    def nudge(self, who: str = JONAS) -> Seen:
        """Let somebody be asked about their deals; return the message that they got."""
        (preview,) = self.at.dm(DANA, f"nudge {who} about past due close dates")
        self.at.clock.forward(11)
        self.at.slack.click(DANA, preview, "Send")
        self.at.settle()
        return self.letter(who)

    def letter(self, who: str = JONAS) -> Seen:
        """Return the message in which somebody is asked, as it stands now."""
        return letters(self.at, who)[-1]

    def press(self, who: str, seen: Seen, label: str, number: int = 0, *, settle: bool = True) -> None:
        """Press one of the buttons of that label."""
        self.at.clock.forward(11)
        self.org.clock.advance(11)
        self.at.slack.click(who, seen, label, value=values(seen, label)[number])
        if settle:
            self.at.settle()

    def forged(self, who: str, action: str, value: str, number: int = 0) -> Press:
        """Return a press on a button that this person may not see, or not any more."""
        desk, user = self.at.served.desk, self.at.slack.person(who).id
        request = Request(
            key=f"press:{action}:{user}:{number}",
            workspace=desk.workspace,
            channel=self.at.slack.im_with(who).id,
            user=user,
            text=value,
            surface="direct",
            at=self.at.clock(),
        )
        return Press(request=request, action=action, value=value)

    def answer(
        self, label: str, *, who: str = JONAS, deal: str = OSTRANDER, settle: bool = True, **filled: Any
    ) -> None:
        """Answer about a deal by a button and its dialog."""
        letter = self.letter(who)
        found = [value.split("|")[1] for value in values(letter, label)]
        self.press(who, letter, label, found.index(self.deals[deal]))
        self.at.slack.submit(who, modal(self.at, who).view, filled)
        if settle:
            self.at.settle()


@contextmanager
def town(
    folder: Path,
    *,
    writes: Writes = "on",
    runs: MemoryRuns | None = None,
    allowed: Allowed | None = None,
    signing: Signing | None = None,
    rates: dict[str, Decimal] | None = None,
    lost: tuple[str, ...] = (),
    reasons: tuple[str, ...] = (),
    own: str = "",
) -> Iterator[Town]:
    """Open the town in an empty folder; `rates` are of an org with several currencies, `lost` are more stages of lost deals.

    `reasons` are those of its picklist, `own` is what its salesforce.toml says.

    `signing` opens the connector as an installation does, and who is who there.
    """
    home = folder / "home"
    home.mkdir()
    org = Org(
        clock=OrgClock(START), tracked=("NextStep", "CloseDate", "StageName", "Amount"), rates=rates or {}
    )
    furnish(org)
    if lost:
        org.set_stages([*stages(), *((name, 0, "Omitted", "lost") for name in lost)])
    if own:
        (home / OWN).write_text(own, encoding="utf-8")
    if reasons:
        picks = tuple(Choice(reason, reason) for reason in reasons)
        org.change_field("Opportunity", "Loss_Reason__c", picklist=picks)
    users = _people(org)
    deals = {
        OSTRANDER: _deal(org, OSTRANDER, users[JONAS], "2026-11-06", 310_000, "MSA redlines w/ legal"),
        BRANDT: _deal(org, BRANDT, users[JONAS], "2026-11-13", 80_000, None),
        COBALT: _deal(org, COBALT, users[PRIYA], "2026-12-18", 240_000, "call", region="AMER"),
    }
    with FakeSalesforce(org) as server:
        made: list[Town] = []

        @contextmanager
        def opened(person: str) -> Iterator[Any]:
            if person in made[0].unconnected:
                raise NotConnected("this person has not connected Salesforce yet")

            def sign_in(_before: Token | None) -> Token:
                access = server.tokens.issue(person)
                return Token(access=access, instance_url=server.instance_url, issued_at=datetime.now(UTC))

            adapter = Meddling(server.port, made[0].before)
            with OrgSession(Tokens(sign_in), retry=AT_ONCE, adapter=adapter) as session:
                yield client(session)

        writer = SalesforceWriter(
            allowed or load(home), Journal(home / FOLDER), opened, pause=org.clock.advance
        )
        crm: Crm = reading(server, home, writer=writer if writes == "on" else None)
        Mirror(home, "local").load(crm)
        seeing: Seeing | None = None
        if signing is not None:
            crm, seeing = signing(server, home)
        declared = {"SALESFORCE_RIGHTS": "declared"}
        with stage(home, crm=crm, seeing=seeing, writes=writes, runs=runs, set_too=declared) as at:
            at.confirm(DANA, JONAS, KATRIN, MARCUS, BIRGIT, PRIYA)
            made.append(Town(at, crm, server, users, deals))
            yield made[0]


def _people(org: Org) -> dict[str, str]:
    users: dict[str, str] = {}
    ids: dict[str, str] = {}
    for person in people():
        first, _, last = person.name.partition(" ")
        users[person.name] = ids[person.id] = org.user(
            first,
            last,
            Email=person.email,
            Username=person.email,
            Title=person.role,
            Department=person.team,
            Division=person.region or None,
        )
    for person in people():
        if person.manager_id:
            org.tables["User"][ids[person.id]]["ManagerId"] = ids[person.manager_id]
    return users


def _deal(
    org: Org, name: str, owner: str, close: str, amount: int, step: str | None, *, region: str = "EMEA"
) -> str:
    account = org.load("Account", Name=name, OwnerId=owner, Region__c=region, CreatedDate=_OPENED)
    return org.load(
        "Opportunity",
        Name=name,
        AccountId=account,
        OwnerId=owner,
        StageName="Negotiation",
        CloseDate=date.fromisoformat(close),
        Amount=Decimal(amount),
        NextStep=step,
        Region__c=region,
        Type="New business",
        CreatedDate=_OPENED,
    )
