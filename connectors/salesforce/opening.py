"""From settings to an open org."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.salesforce.client import client
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.org import Org
from connectors.salesforce.session import OrgSession

if TYPE_CHECKING:
    from connectors.company import Company


def open_crm(home: Path, company: Company, options: Mapping[str, str]) -> SalesforceCrm:
    """Return the connector of the org that the settings `SALESFORCE_*` name; nobody signs in yet.

    Raises:
        BadRequest: the settings do not say how to sign in, or to which org.
    """
    reads = identity(options, now=lambda: datetime.now(UTC))
    return SalesforceCrm(home, company, lambda: open_org(reads))


def open_org(reads: Identity) -> Org:
    """Sign in and return the org.

    Raises:
        NotAllowed: nobody is let in like that.
        TryLater: Salesforce cannot be reached.
    """
    return Org(client(OrgSession(reads.tokens), version=reads.version), pause=time.sleep)
