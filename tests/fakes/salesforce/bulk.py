"""Bulk API 2.0, the query side: jobs that move on when somebody looks, and results in pages of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from tests.fakes.salesforce import query
from tests.fakes.salesforce.columns import Column
from tests.fakes.salesforce.errors import ApiError, not_found
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.ids import record_id
from tests.fakes.salesforce.objects import NOT_IN_BULK
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.values import csv_value, json_value

_DELIMITERS = {"COMMA": ",", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "CARET": "^", "BACKQUOTE": "`"}
_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_MOST = 250_000
_MOVES = {"UploadComplete": "InProgress", "InProgress": "JobComplete"}


@dataclass(slots=True)
class Job:
    """One query job. `rows` is what is left to hand out; a page that was handed out once is kept for its locator."""

    id: str
    user: str
    text: str
    operation: str
    created: datetime
    delimiter: str = "COMMA"
    ending: str = "LF"
    state: str = "UploadComplete"
    object: str | None = None
    error: str | None = None
    columns: tuple[Column, ...] = ()
    headings: tuple[str, ...] = ()
    rows: Iterator[Any] = field(default_factory=lambda: iter(()))
    kept: dict[str, tuple[bytes, int, str]] = field(default_factory=dict)
    processed: int = 0
    handed: int = 0


class Bulk:
    """The query jobs of an org.

    Attributes:
        refused: objects that bulk does not read.
        breaking: the next job on each of these objects fails with this code and message.
        backwards: hand rows out the other way round, for a query without an order promises none.
    """

    def __init__(self, org: Org) -> None:
        self.org = org
        self.jobs: dict[str, Job] = {}
        self.refused = set(NOT_IN_BULK)
        self.breaking: dict[str, tuple[str, str]] = {}
        self.backwards = False
        self._made = 0

    def answer(self, request: Request, more: str) -> Answer:
        """Return the answer to a call below /jobs.

        Raises:
            ApiError: the platform refuses it.
        """
        parts = more.strip("/").split("/")
        if parts[0] != "query":
            raise not_found()
        match request.method, parts[1:]:
            case "POST", []:
                return Answer(body=self._told(self._create(request)))
            case "GET", []:
                mine = [self._told(one) for one in self.jobs.values() if one.user == request.user]
                return Answer(body={"done": True, "records": mine, "nextRecordsUrl": None})
            case "GET", [key]:
                job = self._job(request, key)
                self._move(job)
                return Answer(body=self._told(job))
            case "PATCH", [key]:
                job = self._job(request, key)
                job.state = "Aborted"
                return Answer(body=self._told(job))
            case "DELETE", [key]:
                del self.jobs[self._job(request, key).id]
                return Answer(status=204)
            case "GET", [key, "results"]:
                return self._results(self._job(request, key), request)
        raise not_found()

    def _create(self, request: Request) -> Job:
        sent = request.json()
        text, operation = str(sent.get("query") or ""), sent.get("operation")
        if operation not in {"query", "queryAll"} or not text:
            raise ApiError(400, "INVALIDJOB", "operation and query are needed")
        self._made += 1
        job = Job(record_id("750", self._made), str(request.user), text, operation, self.org.clock())
        job.delimiter, job.ending = sent.get("columnDelimiter", "COMMA"), sent.get("lineEnding", "LF")
        if job.delimiter not in _DELIMITERS or job.ending not in _ENDINGS:
            raise ApiError(400, "INVALIDJOB", "unknown delimiter or line ending")
        try:
            parsed = query.parse(text)
        except ApiError as error:
            raise ApiError(400, "API_ERROR", f"{error.code}: {error.message}") from None
        entity = self.org.schema.get(parsed.source)
        job.object = entity.name if entity else parsed.source
        if job.object in self.refused:
            raise ApiError(400, "INVALIDENTITY", f"Entity '{job.object}' is not supported by the Bulk API.")
        self.jobs[job.id] = job
        return job

    def _move(self, job: Job) -> None:
        job.state = _MOVES.get(job.state, job.state)
        if job.state != "InProgress" or job.error:
            return
        try:
            if message := self.breaking.pop(str(job.object), None):
                raise ApiError(400, *message)
            deleted = job.operation == "queryAll"
            name, job.columns, job.rows = query.stream(self.org, job.text, user=job.user, deleted=deleted)
        except ApiError as error:
            job.state = "Failed"
            job.error = f"InvalidBatch : Failed to process query: {error.code}: {error.message}"
            return
        job.object = name
        job.headings = tuple(".".join((*one.steps, one.label)) for one in job.columns)
        if not hasattr(self.org.tables[name], "order"):
            rows = list(job.rows)  # as they are at this instant
            if self.backwards:
                rows.reverse()
            job.rows, job.processed = iter(rows), len(rows)

    def _results(self, job: Job, request: Request) -> Answer:
        if job.state != "JobComplete":
            raise ApiError(400, "INVALIDJOBSTATE", f"Job {job.id} is in state {job.state} and has no results")
        locator = request.query.get("locator", "")
        size = min(int(request.query.get("maxRecords", _MOST)), _MOST)
        if locator not in job.kept:
            if locator and locator != _locator(job.handed):
                raise ApiError(400, "INVALIDLOCATOR", "Invalid locator")
            job.kept = {locator: self._page(job, size)}  # the last page can be asked for again
        body, n, following = job.kept[locator]
        return Answer(
            body=body,
            headers={
                "Content-Type": "text/csv",
                "Sforce-Locator": following,
                "Sforce-NumberOfRecords": str(n),
            },
        )

    def _page(self, job: Job, size: int) -> tuple[bytes, int, str]:
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=_DELIMITERS[job.delimiter],
            lineterminator=_ENDINGS[job.ending],
            quoting=csv.QUOTE_ALL,
        )
        writer.writerow(job.headings)
        getters = [(one.get, one.kind) for one in job.columns]
        n = 0
        for row in islice(job.rows, size):
            raw = getattr(row, "raw", None)
            writer.writerow(
                raw(job.headings) if raw else [csv_value(get(row), kind) for get, kind in getters]
            )
            n += 1
        job.handed += n
        following = next(job.rows, None)
        if following is None:
            return text.getvalue().encode(), n, "null"
        job.rows = _before(following, job.rows)
        return text.getvalue().encode(), n, _locator(job.handed)

    def _job(self, request: Request, key: str) -> Job:
        job = next((one for one in self.jobs.values() if one.id[:15] == key[:15]), None)
        if job is None or job.user != request.user:
            raise not_found()
        return job

    def _told(self, job: Job) -> dict[str, Any]:
        told = {
            "id": job.id,
            "operation": job.operation,
            "object": job.object,
            "createdById": job.user,
            "createdDate": json_value(job.created),
            "systemModstamp": json_value(self.org.clock()),
            "state": job.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": 67.0,
            "lineEnding": job.ending,
            "columnDelimiter": job.delimiter,
            "jobType": "V2Query",
        }
        if job.state in {"JobComplete", "Failed"}:
            told |= {"numberRecordsProcessed": job.processed, "retries": 0, "totalProcessingTime": 0}
        return told | ({"errorMessage": job.error} if job.error else {})


def _locator(handed: int) -> str:
    return f"MTg{handed:08x}"


def _before(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest
