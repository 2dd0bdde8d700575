"""What goes wrong on demand: a plan of faults, each for the next calls that it is meant for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.http import Answer, Request, refused

Kind = Literal[
    "refuse",
    "expired",
    "refused",
    "too_many",
    "limit",
    "unavailable",
    "slow",
    "cut_before",
    "cut_after",
    "locator_expired",
    "row_lock",
    "malformed_json",
    "truncated_csv",
]
LONGEST = 1.0


@dataclass(slots=True)
class Fault:
    """One entry of the plan. A slow call waits for `release`, at most a second."""

    kind: Kind
    path: str
    method: str | None
    count: int
    retry_after: int | None = None
    soql: str = ""
    error: ApiError | None = None
    release: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def meant(self, request: Request) -> bool:
        if self.soql and self.soql not in request.query.get("q", ""):
            return False
        return self.count > 0 and self.path in request.path and self.method in {None, request.method}


class Faults:
    """The plan. The first entry that is meant for a call is used up by it."""

    def __init__(self) -> None:
        self._plan: list[Fault] = []
        self._lock = threading.Lock()

    def next(
        self,
        kind: Kind,
        *,
        path: str = "",
        method: str | None = None,
        count: int = 1,
        retry_after: int | None = None,
        soql: str = "",
        error: ApiError | None = None,
    ) -> Fault:
        """Let the next calls whose path contains `path` and whose query contains `soql` go wrong.

        `count` may be large for what lasts. refuse: with `error`. expired, refused: 401, once with the platform's body,
        once with one that is not JSON. too_many, limit: 429, and 403 for the day's limit. unavailable: 503. slow: waits
        for `release`. cut_before, cut_after: the connection ends before and after the work was done. malformed_json: half
        an answer. truncated_csv: a bulk page whose last rows are missing.
        """
        fault = Fault(kind, path, method, count, retry_after, soql, error)
        with self._lock:
            self._plan.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            for fault in self._plan:
                fault.release.set()
            self._plan.clear()

    def take(self, request: Request) -> Fault | None:
        """Return what is to go wrong with this call."""
        with self._lock:
            for fault in self._plan:
                if fault.meant(request):
                    fault.count -= 1
                    return fault
        return None


def instead(fault: Fault) -> Answer | None:
    """Return the answer that a fault gives in place of any work; None for those that strike otherwise."""
    after = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.error is not None:
        return refused(fault.error)
    match fault.kind:
        case "expired":
            return refused(ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid"))
        case "refused":
            return Answer(
                status=401, body=b"<html>Unauthorized</html>", headers={"Content-Type": "text/html"}
            )
        case "too_many":
            return Answer(
                status=429,
                body=[{"errorCode": "TOO_MANY_REQUESTS", "message": "Too many requests"}],
                headers=after,
            )
        case "limit":
            return refused(ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
        case "unavailable":
            return Answer(
                status=503,
                body=[
                    {"errorCode": "SERVER_UNAVAILABLE", "message": "The server is temporarily unavailable"}
                ],
                headers=after,
            )
        case "locator_expired":
            return refused(ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator"))
        case "row_lock":
            return refused(
                ApiError(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
            )
        case _:
            return None


def spoilt(fault: Fault, answer: Answer) -> Answer:
    """Return an answer as a fault leaves it after the work was done."""
    body = answer.content()
    if fault.kind == "malformed_json":
        return Answer(
            status=answer.status, body=body[: len(body) // 2], headers={"Content-Type": answer.kind()}
        )
    if fault.kind == "truncated_csv" and answer.kind().startswith("text/csv"):
        half = body[: len(body) // 2]
        kept = half[: half.rfind(b"\n") + 1] or half
        return Answer(status=answer.status, body=kept, headers=answer.headers)
    return answer
