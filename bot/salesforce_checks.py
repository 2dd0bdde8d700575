"""How the sign-in to Salesforce stands, for `quarterdeck doctor`. It only reads, unless a change of nothing is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.checkup import Finding
from bot.salesforce_reading import check_reading
from bot.settings import Settings
from connectors.errors import BadRequest, ConnectorError, NotAllowed
from connectors.salesforce import allowed, probe
from connectors.salesforce.about import About, about
from connectors.salesforce.browser import callback
from connectors.salesforce.errors import SignInRefused
from connectors.salesforce.identity import Identity, identity
from connectors.salesforce.legacy import ENDING
from connectors.salesforce.opening import NO_APP, open_org
from connectors.salesforce.org import Budget, Org
from connectors.salesforce.reading import who
from connectors.salesforce.vault import Vault

# Where sync stops, doctor still says why.
_EVERYTHING: Final = Budget(day=Decimal(1), run=Decimal(1))


def check(settings: Settings, *, now: Callable[[], datetime], write_probe: bool = False) -> Iterator[Finding]:
    """Yield how signing in stands: the way, the org and what can be read there, and what persons' sign-ins need.

    With `write_probe`, one deal of a sandbox is set to what it is.
    """
    try:
        found = identity(settings.values, now=now)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
        return
    try:
        yield from _way(found)
        yield from _org(settings, found, write_probe=write_probe)
    except SignInRefused as error:
        yield Finding(state="wrong", what=f"Salesforce: {error.what}", do=error.mend)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
    finally:
        if found.desk is not None:
            found.desk.close()
    yield from _persons(settings, found)
    if settings.writes == "on":
        yield from _writing(settings, found)


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


def _org(settings: Settings, found: Identity, *, write_probe: bool) -> Iterator[Finding]:
    """Yield who is signed in where, and what can be read there."""
    org = open_org(found, budget=_EVERYTHING)
    with org.session:
        said = about(org)
        user_id, username = who(org)
        kind = "sandbox" if said.sandbox else "production"
        yield Finding(
            state="ok",
            what=f"Salesforce: signed in to {said.name} ({kind}, {said.host}) by {found.auth}, version {found.version}"
            f"{f', as {username}' if username else ''}",
        )
        yield from check_reading(settings, org, said)
        if write_probe:
            yield from _probed(org, said, user_id)


def _probed(org: Org, said: About, user_id: str) -> Iterator[Finding]:
    """Yield what a change of nothing showed."""
    try:
        tried = probe.write_probe(org, said, user_id)
    except NotAllowed as error:
        yield Finding(state="note", what=f"Salesforce: {error}", do="try it with a sandbox's settings")
        return
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
        return
    if tried is None:
        yield Finding(
            state="note",
            what="Salesforce: this login owns no open deal, so no change was tried",
            do="give it one in the sandbox, and run quarterdeck doctor --write-probe again",
        )
        return
    yield Finding(
        state="ok" if tried.guarded else "wrong",
        what="Salesforce: a change of a deal that has moved meanwhile is refused"
        if tried.guarded
        else "Salesforce: the org does not heed If-Unmodified-Since, so a change could fall on another one",
        do="" if tried.guarded else "leave QUARTERDECK_WRITES off, and tell us",
    )
    yield Finding(
        state="ok" if tried.same else "wrong",
        what=f"Salesforce: the next step of {tried.deal_id} was set to what it was, and reads "
        f"{'the same' if tried.same else 'otherwise now'} (last changed {tried.before:%Y-%m-%d %H:%M:%S}, now "
        f"{tried.after:%Y-%m-%d %H:%M:%S} UTC)",
    )


def _persons(settings: Settings, found: Identity) -> Iterator[Finding]:
    """Yield whether persons can sign in as themselves, and how."""
    public_url = settings.values.get("QUARTERDECK_PUBLIC_URL")
    by_key = found.desk is not None and found.desk.app.private_key is not None
    if found.desk is None or not (by_key or public_url):
        yield Finding(
            state="note",
            what="Salesforce: persons cannot sign in as themselves without an app's private key, or a public address for the "
            "browser",
            do="quarterdeck salesforce init prepares a key; QUARTERDECK_PUBLIC_URL opens the way by the browser",
        )
        return
    yield _by_browser(public_url)
    try:
        Vault(settings.home, settings.values.get("QUARTERDECK_KEY"))
    except ConnectorError as error:
        absent = "QUARTERDECK_KEY" not in settings.values
        yield Finding(state="note" if absent else "wrong", what=f"Salesforce: {error}")
    else:
        yield Finding(state="ok", what="Salesforce: sign-ins of persons are kept encrypted")


def _by_browser(public_url: str | None) -> Finding:
    """Return whether persons can sign in in the browser."""
    if not public_url:
        return Finding(
            state="note",
            what="Salesforce: persons sign in by the app's key alone; in the browser they could agree by themselves",
            do="set QUARTERDECK_PUBLIC_URL if an administrator does not approve everybody",
        )
    try:
        back = callback(public_url)
    except ConnectorError as error:
        return Finding(state="wrong", what=f"Salesforce: {error}")
    return Finding(
        state="ok",
        what=f"Salesforce: persons can sign in in the browser; the app's callback addresses need {back}, letter by letter",
    )


def _writing(settings: Settings, found: Identity) -> Iterator[Finding]:
    """Yield what approved changes can be made of."""
    try:
        said = allowed.load(settings.home)
        if found.desk is None:
            raise BadRequest(NO_APP)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")
        return
    fields = "; ".join(f"{name}: {', '.join(names) or 'nothing'}" for name, names in said.fields.items())
    yield Finding(
        state="ok",
        what="Salesforce: approved changes are written, each as who approved it. "
        f"Open are {fields}; new entries: {', '.join(sorted(said.create)) or 'none'}",
    )
