"""How the sign-in to Salesforce stands, for `quarterdeck doctor`. It reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.checkup import Finding
from bot.settings import Settings
from connectors.errors import ConnectorError
from connectors.salesforce.client import client
from connectors.salesforce.errors import SignInRefused
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.legacy import ENDING
from connectors.salesforce.session import OrgSession
from connectors.salesforce.vault import Vault

# From this part of the org's day on, other integrations of it may go short.
_MUCH = 0.8


def check(settings: Settings, *, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Yield how signing in stands: the way, the org, its calls of the day, and what persons' sign-ins need."""
    try:
        found = identity(settings.values, now=now)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
        return
    try:
        yield from _way(found)
        yield from _org(found)
    except SignInRefused as error:
        yield Finding(state="wrong", what=f"Salesforce: {error.what}", do=error.mend)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
    finally:
        if found.desk is not None:
            found.desk.close()
    yield from _persons(settings, found)


def _way(found: Identity) -> Iterator[Finding]:
    match found.auth:
        case "password":
            yield Finding(state="note", what=f"Salesforce: {ENDING}")
        case "session":
            yield Finding(
                state="note",
                what="Salesforce: a session id from elsewhere ends by itself and cannot be renewed",
                do="sign in with SALESFORCE_AUTH=jwt for more than a trial",
            )


def _org(found: Identity) -> Iterator[Finding]:
    """Yield who is signed in where, and how much of the org's day is used."""
    with OrgSession(found.tokens) as session:
        opened = client(session, version=found.version)
        [org] = opened.query("SELECT Name, IsSandbox FROM Organization")["records"]
        day = opened.limits()["DailyApiRequests"]
    kind = "sandbox" if org["IsSandbox"] else "production"
    yield Finding(
        state="ok",
        what=f"Salesforce: signed in to {org['Name']} ({kind}, {session.host}) by {found.auth}, version {found.version}",
    )
    used = day["Max"] - day["Remaining"]
    much = used > _MUCH * day["Max"]
    yield Finding(
        state="note" if much else "ok",
        what=f"Salesforce: {used:,} of {day['Max']:,} calls of the org's last 24 hours are used",
        do="ask the Salesforce administrator which integration takes them" if much else "",
    )


def _persons(settings: Settings, found: Identity) -> Iterator[Finding]:
    """Yield whether persons can sign in as themselves."""
    if found.desk is None or not found.desk.app.private_key:
        yield Finding(
            state="note",
            what="Salesforce: persons cannot sign in as themselves without an app's private key",
            do="quarterdeck salesforce init prepares it",
        )
        return
    try:
        Vault(settings.home, settings.values.get("QUARTERDECK_KEY"))
    except ConnectorError as error:
        absent = "QUARTERDECK_KEY" not in settings.values
        yield Finding(state="note" if absent else "wrong", what=f"Salesforce: {error}")
    else:
        yield Finding(state="ok", what="Salesforce: sign-ins of persons are kept encrypted")
