"""From settings to an open org."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest
from connectors.salesforce.client import client
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.doors import PersonalDoors
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.org import Org
from connectors.salesforce.rights import Allowance, Rights
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Tokens
from connectors.salesforce.vault import Vault

if TYPE_CHECKING:
    from connectors.company import Company

# Which share of the org's calls of a day asking for persons' rights may take; the smallest orgs allow so many.
_SHARE: Final = Decimal("0.2")
_LEAST_DAY: Final = 15_000


def open_crm(home: Path, company: Company, options: Mapping[str, str]) -> SalesforceCrm:
    """Return the connector of the org that the settings `SALESFORCE_*` name; nobody signs in yet.

    Raises:
        BadRequest: the settings do not say how to sign in, or to which org.
    """
    reads = identity(options, now=_now)
    return SalesforceCrm(home, company, lambda: open_org(reads))


def open_rights(
    crm: SalesforceCrm, home: Path, options: Mapping[str, str], *, keys: str, workspace: str, minutes: int
) -> Rights:
    """Return how persons are asked for what they see in this org, each by their own sign-in.

    Raises:
        BadRequest: the settings do not say how to sign in, no app stands behind it, or the keys do not open what is kept.
    """
    reads = identity(options, now=_now)
    if reads.desk is None:
        raise BadRequest(
            "persons sign in to Salesforce by an app: set SALESFORCE_CLIENT_ID, or SALESFORCE_RIGHTS=declared"
        )
    folder = home / "salesforce" / "sight"
    doors = PersonalDoors(
        Vault(home, keys),
        reads.desk,
        workspace=workspace,
        opened=lambda tokens: _opened(tokens, reads.version),
    )
    allowance = Allowance(
        home / "salesforce" / "rights-calls.json",
        most=lambda: int((crm.calls_a_day() or _LEAST_DAY) * _SHARE),
        now=_now,
    )
    return Rights(folder, doors=doors, used=crm.sources, now=_now, minutes=minutes, allowance=allowance)


def open_org(reads: Identity) -> Org:
    """Sign in and return the org.

    Raises:
        NotAllowed: nobody is let in like that.
        TryLater: Salesforce cannot be reached.
    """
    return _opened(reads.tokens, reads.version)


def _opened(tokens: Tokens, version: str) -> Org:
    return Org(client(OrgSession(tokens), version=version), pause=time.sleep)


def _now() -> datetime:
    return datetime.now(UTC)
