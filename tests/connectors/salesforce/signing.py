"""What the tests of signing in share: keys, an app, and our desk at a stand-in's sign-in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from connectors.salesforce.places import Loopback as Plain
from connectors.salesforce.places import place
from connectors.salesforce.signin import App, Attempt, Desk
from tests.connectors.salesforce.orgs import NOW
from tests.fakes.salesforce.listening import Loopback, Told
from tests.fakes.salesforce.oauth import ConnectedApp, OAuth

ATTEMPT = Attempt(state="s" * 43, verifier="v" * 86)
SYNC, JANE = "sync@larkmoor.example", "jane@larkmoor.example"
BACK = "https://bot.larkmoor.example/salesforce/back"
CLIENT = "3MVG9.larkmoor"


def keys(now: datetime = NOW, days: int = 730) -> tuple[str, bytes]:
    """Return a private key and its self-signed certificate, both in PEM."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    name = Name([NameAttribute(NameOID.COMMON_NAME, "quarterdeck")])
    certificate = (
        CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, certificate.public_bytes(Encoding.PEM)


PEM, CERTIFICATE = keys()
OTHER_PEM, EXPIRED_CERTIFICATE = keys(days=-1)


def app(**more: Any) -> ConnectedApp:
    return ConnectedApp(
        **{
            "client_id": CLIENT,
            "certificate": CERTIFICATE,
            "approved": {SYNC, JANE},
            "runs_as": SYNC,
            "callbacks": (BACK,),
            **more,
        }
    )


@contextmanager
def salesforce(
    *, of: ConnectedApp | None = None, domain: str = "larkmoor", **more: Any
) -> Iterator[tuple[Desk, OAuth]]:
    """Serve a sign-in, with our desk there: its https is led to loopback, so that real addresses are tried."""
    oauth = OAuth([of or app()], [SYNC, JANE], now=lambda: NOW, **more)
    with Loopback(lambda heard: oauth.answer(heard) or Told(404)) as server:
        desk = Desk(
            place(domain),
            App(client_id=CLIENT, client_secret="app-secret-0123456789", private_key=PEM),
            now=lambda: NOW,
            adapter=Plain(server.url),
        )
        oauth.server = server
        yield desk, oauth
        desk.close()


def changed(desk: Desk, **more: Any) -> Desk:
    """Let the desk stand there with another app, clock or place."""
    desk.app = dataclasses.replace(desk.app, **more)
    return desk


def through_the_browser(desk: Desk, server: Loopback, attempt: Attempt) -> dict[str, str]:
    """Let a person go to the address, agree or not, and come back: the query they come back with."""
    asked = urlsplit(desk.authorize(attempt, redirect_uri=BACK, login_hint=JANE))
    assert asked.netloc == "larkmoor.my.salesforce.com"
    answer = requests.get(f"{server.url}{asked.path}?{asked.query}", allow_redirects=False, timeout=5)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
