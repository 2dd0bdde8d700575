"""Points a real client at the stand-in: whatever https address it asks for, loopback answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


class LoopbackAdapter(HTTPAdapter):
    """Sends what is meant for https://anywhere to http://127.0.0.1:PORT, and names the host that was meant."""

    def __init__(self, port: int, **options: Any) -> None:
        self._address = f"127.0.0.1:{port}"
        super().__init__(**options)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        meant = urlsplit(str(request.url))
        sent = request.copy()
        sent.url = urlunsplit(("http", self._address, meant.path, meant.query, ""))
        sent.headers["Host"] = meant.netloc
        answer = super().send(sent, *args, **options)
        answer.request, answer.url = request, str(request.url)
        return answer


def point(session: requests.Session, port: int) -> requests.Session:
    """Let a session reach the stand-in at `port`; its retries stay as they are."""
    held = session.get_adapter("https://any.example")
    retries = {"max_retries": held.max_retries} if isinstance(held, HTTPAdapter) else {}
    session.mount("https://", LoopbackAdapter(port, **retries))
    held.close()
    session.trust_env = False
    return session
