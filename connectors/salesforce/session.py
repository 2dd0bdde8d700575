"""`OrgSession`, the one way in which an org is spoken to: it owns the token, the host, the waits and the errors."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import exceptions as wire
from urllib3.util import Retry

from connectors.errors import ConnectorError, NotAllowed, TryLater
from connectors.salesforce.errors import OutcomeUnknown, refusal
from connectors.salesforce.places import Loopback, is_loopback, mounted
from connectors.salesforce.tokens import Tokens

# Seconds to connect, and to wait for the next byte: Salesforce itself ends a query after 120.
TIMEOUT: Final = (5.0, 135.0)
# A read that failed is repeated; a write never is. A longer wait than this is the caller's to plan.
LONGEST_WAIT: Final = 30
READS: Final = frozenset({"GET", "HEAD"})
RETRY: Final = Retry(
    total=4,
    backoff_factor=0.5,
    status_forcelist=(420, 429, 502, 503, 504),
    allowed_methods=READS,
    respect_retry_after_header=True,
    retry_after_max=LONGEST_WAIT,
    raise_on_status=False,
)
_USAGE: Final = re.compile(r"(?:^|[\s;])api-usage=(\d+)/(\d+)")
_UNMODIFIED: Final = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many calls of the org's day are used, out of how many."""

    used: int
    limit: int


class OrgSession(requests.Session):
    """A session with one org, as one user.

    Every request goes to the org's own host and nowhere else, carries this user's token and no other, and has a
    timeout. A read is repeated after 420, 429, 502, 503, 504 and a lost connection, within limits. A request that
    was answered with 401 was not carried out: the token is renewed and it is sent once more, the same in every
    header and byte. Any other refusal is raised in the terms of connectors.errors, with Salesforce's words.

    `answered_at` is the org's own clock, to the second, at its last answer.

    `adapter` takes the place of the network, in tests; an org on loopback brings its own, so that trials against a
    stand-in need nothing but its address (SALESFORCE_INSTANCE_URL=http://127.0.0.1:PORT).
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        retry: Retry = RETRY,
        adapter: BaseAdapter | None = None,
    ) -> None:
        """Sign in, unless a token is at hand, and stay with that org's host.

        Raises:
            NotAllowed: nobody is let in like that.
            TryLater: Salesforce cannot be reached.
        """
        super().__init__()
        address = tokens.current().instance_url
        self._tokens = tokens
        self._timeout = timeout
        self._counting = threading.Lock()
        self.host: Final[str] = urlsplit(address).netloc
        self.instance_url: Final[str] = f"https://{self.host}"
        self.calls = 0
        self.usage: Usage | None = None
        self.answered_at: datetime | None = None
        mounted(self, adapter or _adapter(address, retry))
        quieten()

    def request(self, method: str, url: str | bytes, *rest: Any, **more: Any) -> requests.Response:
        """Return Salesforce's answer to a request, which is below 300 or 304.

        Raises:
            TryLater: a limit, a lock, an org that is out of order or out of reach.
            NotAllowed: the user may not do this, or is not let in any more.
            BadRequest: an unknown field or record, a validation rule, a wrong value …
            Conflict: the record changed since; OutcomeUnknown where the answer to a write was lost.
        """
        verb, address = method.upper(), _text(url)
        if rest:
            raise TypeError("name everything but method and address, so that it can be sent again the same")
        parts = urlsplit(address)
        if (parts.scheme, parts.netloc) != ("https", self.host):
            raise ValueError(f"refusing to send this org's token to {parts.scheme}://{parts.netloc}")
        _repeatable(more.get("data"))
        writes = verb not in READS and "/jobs/query" not in parts.path
        token = self._tokens.current()
        answer = self._attempt(verb, address, token.access, writes=writes, more=more)
        if answer.status_code == 401:
            answer.close()
            token = self._tokens.renew(token.access)
            if urlsplit(token.instance_url).netloc != self.host:
                raise NotAllowed(
                    f"signing in again leads to {token.instance_url} and not to {self.host}: "
                    "start again, and mend SALESFORCE_INSTANCE_URL where it is set"
                )
            answer = self._attempt(verb, address, token.access, writes=writes, more=more)
        if answer.status_code < 300 or answer.status_code == _UNMODIFIED:
            return _readable(answer)
        raise _failure(answer, writes=writes)

    def _attempt(
        self, method: str, url: str, access: str, *, writes: bool, more: Mapping[str, Any]
    ) -> requests.Response:
        """Send a request once; the same arguments make the same request, but for the token."""
        given = {
            name: value
            for name, value in (more.get("headers") or {}).items()
            if name.lower() != "authorization"
        }
        options = {
            **more,
            "headers": {**given, "Authorization": f"Bearer {access}"},
            "timeout": more.get("timeout") or self._timeout,
            # Without one, requests would put what ~/.netrc says in the place of the token.
            "auth": _as_it_is,
            "allow_redirects": False,
        }
        try:
            answer = super().request(method, url, **options)
        except requests.RequestException as error:
            self._count(1)
            # Its text holds the whole address, and that may hold what a record says: it goes no further.
            raise _lost(error, self.host, writes=writes) from None
        history = getattr(answer.raw.retries, "history", ())
        self._count(1 + len(history), answer.headers.get("Sforce-Limit-Info", ""))
        if stamp := answer.headers.get("Date"):
            self.answered_at = parsedate_to_datetime(stamp).astimezone(UTC)
        return answer

    def _count(self, calls: int, told: str = "") -> None:
        found = _USAGE.search(told)
        with self._counting:
            self.calls += calls
            if found:
                self.usage = Usage(used=int(found[1]), limit=int(found[2]))


class _WithoutQuery(logging.Filter):
    """Cuts addresses off where their query begins: a query may name a customer."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                value.partition("?")[0] if isinstance(value, str) else value for value in record.args
            )
        return True


_WITHOUT_QUERY: Final = _WithoutQuery()


def quieten() -> None:
    """Keep what is asked for out of the log of whoever sends it, and repeated tries off the terminal: their end is told."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        log = logging.getLogger(name)
        log.addFilter(_WITHOUT_QUERY)
        if log.level == logging.NOTSET:
            log.setLevel(logging.ERROR)


def _adapter(address: str, retry: Retry) -> BaseAdapter:
    if is_loopback(address):
        return Loopback(address, max_retries=retry)
    return HTTPAdapter(pool_maxsize=10, max_retries=retry)


def _readable(answer: requests.Response) -> requests.Response:
    """Return an answer whose `json` says in our terms that it is none."""
    read = answer.json

    def json(**options: Any) -> Any:
        try:
            return read(**options)
        except requests.exceptions.JSONDecodeError:
            raise TryLater(
                "Salesforce's answer is cut off, or it is a page for people (a proxy's, or one about maintenance): "
                "try again later"
            ) from None

    answer.json = json  # type: ignore[method-assign]
    return answer


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    return prepared


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _repeatable(body: object) -> None:
    """Refuse a body that is used up by sending it once."""
    if not isinstance(body, str | bytes | Mapping | None):
        raise TypeError(f"a body must be text or bytes, to be sent again; got {type(body).__name__}")


def _failure(answer: requests.Response, *, writes: bool) -> ConnectorError:
    try:
        body = answer.content
    except requests.RequestException:
        body = b""
    if writes and answer.status_code >= 500:
        return OutcomeUnknown(
            f"Salesforce answered {answer.status_code} to a change, so it may have been carried out or not: "
            "read the record again"
        )
    if 300 < answer.status_code < 400:
        return NotAllowed(
            f"{urlsplit(answer.url).netloc} sends us elsewhere ({answer.status_code}): the org may have moved; "
            "sign in again, and mend SALESFORCE_DOMAIN and SALESFORCE_INSTANCE_URL"
        )
    return refusal(answer.status_code, body, answer.headers)


def _lost(error: requests.RequestException, host: str, *, writes: bool) -> ConnectorError:
    if writes and not _unsent(error):
        return OutcomeUnknown(
            f"the connection to {host} was lost before it answered a change, so it may have been carried out or not: "
            "read the record again"
        )
    match error:
        case requests.exceptions.SSLError():
            why = "its certificate is not accepted: check the proxy and REQUESTS_CA_BUNDLE"
        case requests.exceptions.ProxyError():
            why = "the proxy does not let us through: check HTTPS_PROXY"
        case _ if isinstance(_reason(error), wire.TimeoutError) and not isinstance(
            _reason(error), wire.NewConnectionError
        ):
            why = "it did not answer in time"
        case _:
            why = "the connection failed or was cut"
    return TryLater(f"{host} cannot be reached: {why}")


def _unsent(error: requests.RequestException) -> bool:
    """Say whether a request certainly never left: no connection came about."""
    if isinstance(
        error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError
    ):
        return True
    return isinstance(_reason(error), wire.NewConnectionError | wire.ConnectTimeoutError)


def _reason(error: requests.RequestException) -> object:
    """Return what urllib3 says under requests' words: the last of its tries."""
    inner = error.args[0] if error.args else None
    return inner.reason if isinstance(inner, wire.MaxRetryError) else inner
