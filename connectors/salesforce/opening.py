"""From settings to an open org."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce import allowed
from connectors.salesforce.browser import Browser, callback
from connectors.salesforce.client import client
from connectors.salesforce.connecting import Persons
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.doors import HOW_BY_THEMSELVES, HOW_WITHOUT, PersonalDoors
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.journal import FOLDER, Journal
from connectors.salesforce.org import Budget, Org
from connectors.salesforce.people import User, sign_in_of, user_of, users_of
from connectors.salesforce.rights import Allowance, Rights
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.vault import Vault
from connectors.salesforce.write import SalesforceWriter

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

    from connectors.company import Company

# Which share of the org's calls of a day asking for persons' rights may take; the smallest orgs allow so many.
_SHARE: Final = Decimal("0.2")
_LEAST_DAY: Final = 15_000
# Under which workspace the vault keeps persons of an installation that reads Salesforce.
WORKSPACE: Final = "salesforce"
NO_APP: Final = (
    "QUARTERDECK_WRITES is on, but changes are made by the sign-ins of persons, which need an app: "
    "run `quarterdeck salesforce init`, or set QUARTERDECK_WRITES to off or propose"
)


def open_crm(home: Path, company: Company, options: Mapping[str, str]) -> SalesforceCrm:
    """Return the connector of the org that the settings `SALESFORCE_*` name; nobody signs in yet.

    It can change something only where QUARTERDECK_WRITES is on, and then as persons who have connected Salesforce.

    Raises:
        BadRequest: the settings do not say how to sign in, or to which org; or they say that it writes, and not how
            persons sign in.
    """
    reads = identity(options, now=_now)
    writer = open_writer(home, options, reads) if options.get("QUARTERDECK_WRITES") == "on" else None
    return SalesforceCrm(home, company, lambda: open_org(reads), writer=writer)


def open_writer(home: Path, options: Mapping[str, str], reads: Identity) -> SalesforceWriter:
    """Return what carries out approved changes, by the sign-ins of persons that the vault keeps; nobody signs in yet.

    Raises:
        BadRequest: no app is set up by which persons could sign in, QUARTERDECK_KEY is missing or does not open the
            vault, or [write] in `salesforce.toml` says what it cannot say.
    """
    desk = reads.desk
    if desk is None:
        raise BadRequest(NO_APP)
    vault = Vault(home, options.get("QUARTERDECK_KEY"))

    @contextmanager
    def opened(person: str) -> Iterator[Salesforce]:
        with OrgSession(sign_in_of(vault, desk, WORKSPACE, person)) as session:
            yield client(session, version=reads.version)

    return SalesforceWriter(allowed.load(home), Journal(home / FOLDER), opened, pause=time.sleep)


def open_rights(
    crm: SalesforceCrm,
    home: Path,
    options: Mapping[str, str],
    *,
    keys: str,
    workspace: str,
    minutes: int,
    now: Callable[[], datetime] | None = None,
) -> Rights | Persons:
    """Return how persons are asked for what they see in this org, each by their own sign-in; `now` is the wall's clock.

    Where the app has a key, or there is an address to come back to from the browser, they connect by themselves.

    Raises:
        BadRequest: the settings do not say how to sign in, no app stands behind it, the keys do not open what is kept, or
            QUARTERDECK_PUBLIC_URL is no address.
    """
    now = now or _now
    reads = identity(options, now=now)
    desk = reads.desk
    if desk is None:
        raise BadRequest(
            "persons sign in to Salesforce by an app: set SALESFORCE_CLIENT_ID, or SALESFORCE_RIGHTS=declared"
        )
    public_url = options.get("QUARTERDECK_PUBLIC_URL")
    back = callback(public_url) if public_url else None
    vault, by_key = Vault(home, keys), desk.app.private_key is not None
    doors = PersonalDoors(
        vault,
        desk,
        workspace=workspace,
        opened=lambda tokens: _opened(tokens, reads.version),
        how=lambda _user: HOW_BY_THEMSELVES if by_key or back else HOW_WITHOUT,
    )
    allowance = Allowance(
        home / "salesforce" / "rights-calls.json",
        most=lambda: int((crm.calls_a_day() or _LEAST_DAY) * _SHARE),
        now=now,
    )
    rights = Rights(
        home / "salesforce" / "sight",
        doors=doors,
        used=crm.sources,
        now=now,
        minutes=minutes,
        allowance=allowance,
    )
    if not by_key and back is None:
        return rights

    def users(email: str) -> tuple[User, ...]:
        with OrgSession(reads.tokens) as session:
            return users_of(session, email, version=reads.version)

    def user(token: Token) -> User | None:
        with OrgSession(Tokens(_not_twice, kept=token)) as session:
            return user_of(session, token.user_id, version=reads.version)

    browser = back and Browser(
        vault,
        desk,
        workspace=workspace,
        back=back,
        only=not by_key,
        user=user,
        now=now,
        text=secrets.token_urlsafe,
    )
    return Persons(rights, vault, desk, workspace=workspace, users=users, now=now, browser=browser or None)


def _not_twice(_before: Token | None) -> Token:
    raise NotAllowed("Salesforce does not take the sign-in that it gave just now")


def open_org(reads: Identity, *, budget: Budget | None = None) -> Org:
    """Sign in and return the org; `budget` is which share of its calls may be used.

    Raises:
        NotAllowed: nobody is let in like that.
        TryLater: Salesforce cannot be reached.
    """
    return _opened(reads.tokens, reads.version, budget=budget)


def _opened(tokens: Tokens, version: str, *, budget: Budget | None = None) -> Org:
    return Org(client(OrgSession(tokens), version=version), pause=time.sleep, budget=budget)


def _now() -> datetime:
    return datetime.now(UTC)
