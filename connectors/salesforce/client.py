"""simple-salesforce on our own session: the library never signs in, renews or repeats anything by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from simple_salesforce.api import Salesforce

from connectors.salesforce.session import OrgSession

VERSION: Final = "67.0"


def client(session: OrgSession, *, version: str = VERSION) -> Salesforce:
    """Return the library's client for an org.

    Read money by `query` or `restful`: they give Decimals, an object's `get` gives floats.
    """
    return Salesforce(
        session_id="unused",  # the session puts its own token in this one's place
        instance_url=session.instance_url,
        version=version,
        session=session,
        parse_float=Decimal,
    )
