"""Sends bytes to an address that Slack gave us: an upload's, or the one that answers a command."""

from __future__ import annotations

import urllib.request

from reports.errors import BadInput


def send(url: str, data: bytes, *, kind: str, within: float) -> bytes:
    """Post `data` of a media type to an address and return the first bytes of the answer.

    Raises:
        BadInput: the address is not one of the web.
        OSError: nobody takes it there, or not `within` so many seconds.
    """
    if not url.startswith(("https://", "http://")):
        message = f"cannot send to {url[:40]!r}: not an address of the web"
        raise BadInput(message)
    request = urllib.request.Request(url, data=data, headers={"Content-Type": kind})  # noqa: S310 — checked above
    with urllib.request.urlopen(request, timeout=within) as answer:  # noqa: S310 — checked above
        return bytes(answer.read(400))
