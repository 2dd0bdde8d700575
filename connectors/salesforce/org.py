"""An org, read over one login: describe, queries page by page, and Bulk 2.0 query jobs that can be gone on with."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from requests import RequestException

from connectors.disk import private
from connectors.errors import BadRequest, NotAllowed, TryLater
from connectors.salesforce import shapes
from connectors.salesforce.errors import TIMED_OUT, OrgForbids, OrgRejects, Said

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

    from connectors.salesforce.session import OrgSession
    from connectors.salesforce.shapes import Shape

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
# A row of a query: the path that was asked for to its value as text; None where it has none.
Row = dict[str, str | None]

# Rows of one answer: the most that each interface gives.
_PAGE: Final = 2000
BULK_PAGE: Final = 50_000
_CHUNK: Final = 1 << 20
# Seconds between two looks at a job, growing to the last.
_WAITS: Final = (0.5, 1.0, 2.0, 5.0)
# What objects are like is asked again after so many seconds, or as soon as something does not work as it should.
_DESCRIBED_FOR: Final = 6 * 3600.0
# How long a job may take before the load gives up and leaves it to the next one, in looks.
_LOOKS: Final = 720
# The same for somebody who waits for an answer: about a minute.
_PATIENT_LOOKS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A Bulk 2.0 query that has been asked for."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Which share of an org's calls may be used: by everybody in a day before we stop, and by one run of ours."""

    day: Decimal = Decimal("0.80")
    run: Decimal = Decimal("0.25")


class Org:
    """The calls that reading needs. Each raises what `connectors.errors` has for what Salesforce says."""

    def __init__(
        self,
        client: Salesforce,
        *,
        pause: Callable[[float], None],
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read through this client, whose session is ours; `pause` waits so many seconds, which `clock` counts."""
        self._client = client
        self._pause = pause
        self._budget = budget or Budget()
        self._clock = clock
        self._shapes: dict[str, Shape] = {}
        self._described = 0.0
        self._older = False
        self._before = 0

    def spend(self) -> None:
        """Do nothing while there are calls left to make.

        Raises:
            TryLater: the org's calls of the day are used up to the share that is ours to use, or this run made its own.
        """
        session, usage = self.session, self.session.usage
        if usage is None:
            return
        if usage.used >= usage.limit * self._budget.day:
            raise TryLater(
                f"{usage.used:,} of the org's {usage.limit:,} API calls of the day are used, and we stop at "
                f"{self._budget.day:.0%}: what was read is kept, and the next sync goes on from here"
            )
        made = session.calls - self._before
        if made >= usage.limit * self._budget.run:
            raise TryLater(
                f"this run made {made:,} API calls, {self._budget.run:.0%} of the org's {usage.limit:,} a day: "
                "what was read is kept, and the next sync goes on from here"
            )

    @property
    def session(self) -> OrgSession:
        """Return the session that all calls go through."""
        return cast("OrgSession", self._client.session)

    @property
    def client(self) -> Salesforce:
        """Return the library's client, which speaks through the session."""
        return self._client

    @property
    def address(self) -> str:
        """Return where the org is, without a slash at its end."""
        return self.session.instance_url

    def now(self) -> datetime:
        """Return the org's own clock at its last answer of this run, in UTC, to the second; it is asked where there is none."""
        if self.session.answered_at is None:
            self.session.get(f"{self._client.base_url}limits", headers=_JSON)
        return self.session.answered_at or datetime.now(UTC)

    def describe(self, name: str) -> Shape:
        """Return an object as this login sees it; without any fields where it sees no such object.

        Raises:
            NotAllowed: this login sees nothing at all.
        """
        if not self._shapes:
            self._described, self._older = self._clock(), False
        if name not in self._shapes:
            try:
                self._shapes[name] = shapes.shape(getattr(self._client, name).describe())
            except OrgRejects:
                self._shapes[name] = shapes.Shape(name=name, fields=())
            except OrgForbids as error:
                if error.said.code in _SHUT:
                    raise
                self._shapes[name] = shapes.Shape(name=name, fields=())
        return self._shapes[name]

    def get(self, path: str, **asked: str) -> Any:
        """Return the answer to a call below the interface's address, numbers as they are written."""
        return self._client.restful(path, params=asked)

    def userinfo(self) -> Any:
        """Return what the sign-in says of whoever is signed in.

        Raises:
            NotAllowed: the sign-in may not tell.
        """
        return self.session.get(f"{self.address}/services/oauth2/userinfo", headers=_JSON).json()

    def begin(self) -> None:
        """Begin another run: count its calls from here, and describe objects anew if that was hours ago."""
        self._before = self.session.calls
        self.session.answered_at = None
        self._older = bool(self._shapes)
        if self._clock() - self._described >= _DESCRIBED_FOR:
            self.describe_again()

    def describe_again(self) -> bool:
        """Describe objects anew when they are asked for; say whether what is known of them is of another run."""
        older, self._older = self._older, False
        self._shapes.clear()
        return older

    def query(self, soql: str, paths: tuple[str, ...]) -> tuple[int, Iterator[list[Row]]]:
        """Return how many rows a query has, deleted ones with them, and the rows page by page, each with these paths."""
        self.spend()
        options = {"Sforce-Query-Options": f"batchSize={_PAGE}"}
        first = self._client.query(soql, include_deleted=True, headers=options)
        return int(first["totalSize"]), self._pages(first, paths)

    def _pages(self, answer: Any, paths: tuple[str, ...]) -> Iterator[list[Row]]:
        while True:
            yield [{path: _text(_at(record, path)) for path in paths} for record in answer["records"]]
            if answer["done"]:
                return
            self.spend()
            answer = self._client.query_more(answer["nextRecordsUrl"], identifier_is_url=True)

    def start(self, soql: str) -> Job:
        """Ask for a query by Bulk 2.0, deleted records with it."""
        self.spend()
        wanted = {"operation": "queryAll", "query": soql, "contentType": "CSV", "lineEnding": "LF"}
        made: Any = self._client.restful("jobs/query", method="POST", json=wanted)
        return Job(id=made["id"])

    def wait(self, job: Job, *, looks: int = _LOOKS) -> None:
        """Wait until a job's results can be taken; look so many times.

        Raises:
            BadRequest: the job failed; Salesforce's reason is in the message. Or there is no such job any more.
            TryLater: it takes too long; the same job can be waited for again.
        """
        for look in range(looks):
            told: Any = self._client.restful(f"jobs/query/{job.id}")
            if told["state"] == "JobComplete":
                return
            if told["state"] in {"Failed", "Aborted"}:
                why = str(told.get("errorMessage") or told["state"])
                code = TIMED_OUT if TIMED_OUT in why else ""
                raise OrgRejects(
                    f"Salesforce ended a bulk query: {why}", said=Said(status=200, code=code, message=why)
                )
            self._pause(_WAITS[min(look, len(_WAITS) - 1)])
        raise TryLater("Salesforce has not finished a bulk query yet; the next sync goes on with it")

    def take(self, job: Job, locator: str, path: Path) -> tuple[int, str]:
        """Write a page of a job's results to a file, whole or not at all; return its rows and the next locator.

        An empty locator asks for the first page, and returned it says that this was the last.

        Raises:
            TryLater: the answer broke off.
        """
        self.spend()
        address = f"{self._client.base_url}jobs/query/{job.id}/results"
        params = {"maxRecords": str(BULK_PAGE)} | ({"locator": locator} if locator else {})
        part = path.with_name(f"{path.name}.part")
        try:
            with (
                self.session.get(address, params=params, headers=_CSV, stream=True) as answer,
                private(part).open("wb") as file,
            ):
                for chunk in answer.iter_content(_CHUNK):
                    file.write(chunk.replace(b"\0", b""))
                file.flush()
                os.fsync(file.fileno())
        except RequestException as error:
            raise TryLater(
                "Salesforce's answer broke off in the middle of its rows; what was read before it is kept: run the same again"
            ) from error
        part.replace(path)
        following = answer.headers.get("Sforce-Locator", "")
        return int(answer.headers["Sforce-NumberOfRecords"]), "" if following == "null" else following

    def ids_in_bulk(self, soql: str) -> tuple[tuple[str, ...], int]:
        """Return the ids that a query of nothing else has, deleted records' with them, and how many calls that took.

        Raises:
            BadRequest, NotAllowed: Salesforce does not do it this way.
            TryLater: it takes too long for somebody who waits.
        """
        before, found = self.session.calls, []
        job = self.start(soql)
        try:
            self.wait(job, looks=_PATIENT_LOOKS)
            with tempfile.TemporaryDirectory() as folder:
                page, locator = Path(folder) / "ids.csv", ""
                while True:
                    _, locator = self.take(job, locator, page)
                    _, *ids = page.read_text(encoding="ascii").split()
                    found += [one.strip('"') for one in ids]
                    if not locator:
                        break
        finally:
            self.end(job)
        return tuple(found), self.session.calls - before

    def end(self, job: Job) -> None:
        """Let Salesforce forget a job; that it cannot is no harm."""
        try:
            self._client.restful(f"jobs/query/{job.id}", method="DELETE")
        except (BadRequest, NotAllowed, TryLater):
            return


# What Salesforce says where not one object is shut, but the whole interface.
_SHUT: Final = frozenset({"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "INVALID_SESSION_ID"})
_JSON: Final = {"Accept": "application/json"}
_CSV: Final = {"Accept": "text/csv"}


def _at(record: Mapping[str, Any], path: str) -> object:
    """Return what a record has at the end of a path; None where a parent is missing."""
    value: Any = record
    for step in path.split("."):
        if value is None:
            return None
        value = value.get(step)
    return value


def _text(value: object) -> str | None:
    """Return a value as the bulk interface writes it."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case str():
            return value.removesuffix("+0000") + "Z" if _INSTANT.fullmatch(value) else _whole(value)
        case _:
            return str(value)


def _whole(text: str) -> str:
    """Return a text with a mark in the place of half a character (a lone surrogate), as the bulk interface gives it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
