"""Several calls in one: sub-requests that refer to each other, and collections of up to 200 rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.salesforce.errors import ApiError, not_found
from tests.fakes.salesforce.http import Answer, Request, refused
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rows import shown

_REFERENCE = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")
_ROLLED_BACK = ApiError(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
_HALTED = ApiError(
    400,
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)


def answer(org: Org, resource: Callable[[Request, str], Answer], request: Request, more: str) -> Answer:
    """Return the answer to a call below /composite.

    Raises:
        ApiError: the platform refuses the call as a whole.
    """
    first, _, rest = more.strip("/").partition("/")
    if first == "" and request.method == "POST":
        return Answer(body={"compositeResponse": _sub_requests(org, resource, request)})
    if first == "sobjects":
        return Answer(body=_read(org, request, rest) if rest else _collection(org, request))
    raise not_found()


def _sub_requests(
    org: Org, resource: Callable[[Request, str], Answer], request: Request
) -> list[dict[str, Any]]:
    sent = request.json()
    parts = sent.get("compositeRequest") or []
    if not 1 <= len(parts) <= 25:
        raise ApiError(400, "INVALID_INPUT", "A composite request takes one to 25 sub-requests")
    before = org.saved()
    done: dict[str, Answer] = {}
    for part in parts:
        done[part["referenceId"]] = _one(resource, request, part, done)
    failed = {key for key, one in done.items() if one.status >= 400}
    if failed and sent.get("allOrNone"):
        org.restore(before)
        done = {key: one if key in failed else refused(_HALTED) for key, one in done.items()}
    return [
        {"body": one.body, "httpHeaders": dict(one.headers), "httpStatusCode": one.status, "referenceId": key}
        for key, one in done.items()
    ]


def _one(
    resource: Callable[[Request, str], Answer],
    request: Request,
    part: Mapping[str, Any],
    done: Mapping[str, Answer],
) -> Answer:
    try:
        url = urlsplit(_filled(part["url"], done))
        body = json.loads(_filled(json.dumps(part.get("body")), done))
        path = re.sub(r"^/services/data/v[\d.]+/", "", url.path)
        sub = replace(
            request,
            method=part["method"],
            path=url.path,
            query=dict(parse_qsl(url.query)),
            headers=part.get("httpHeaders") or {},
            body=json.dumps(body).encode() if body is not None else b"",
        )
        return resource(sub, path)
    except ApiError as error:
        return refused(error)


def _filled(text: str, done: Mapping[str, Answer]) -> str:
    """Return a text with what earlier sub-requests answered in place of @{reference.field}."""

    def value(found: re.Match[str]) -> str:
        answered = done.get(found[1])
        if answered is None or answered.status >= 400:
            raise _HALTED
        held: Any = answered.body
        for step in re.findall(r"\w+", found[2]):
            held = held[int(step)] if isinstance(held, list) else held[step]
        return str(held)

    return _REFERENCE.sub(value, text)


def _collection(org: Org, request: Request) -> list[dict[str, Any]]:
    if request.method == "DELETE":
        keys = [key for key in request.query.get("ids", "").split(",") if key]
        records: list[dict[str, Any]] = [{"id": key} for key in keys]
        all_or_none = request.query.get("allOrNone", "false").lower() == "true"
    else:
        sent = request.json()
        records, all_or_none = sent.get("records") or [], bool(sent.get("allOrNone"))
    if len(records) > 200:
        raise ApiError(
            400,
            "EXCEEDED_ID_LIMIT",
            "record limit reached. cannot submit more than 200 records into this call",
        )
    before = org.saved()
    results = [_row(org, request, record) for record in records]
    if all_or_none and not all(one["success"] for one in results):
        org.restore(before)
        results = [_failed(_ROLLED_BACK) if one["success"] else one for one in results]
    return results


def _row(org: Org, request: Request, record: Mapping[str, Any]) -> dict[str, Any]:
    user = str(request.user)
    values = {name: value for name, value in record.items() if name.lower() not in {"attributes", "id"}}
    key = next((value for name, value in record.items() if name.lower() == "id"), None)
    try:
        if request.method == "POST":
            key = org.insert(record["attributes"]["type"], values, user=user)
        elif request.method == "PATCH":
            org.update(record["attributes"]["type"], str(key), values, user=user)
        else:
            entity = org.schema.by_prefix(str(key))
            if entity is None:
                raise not_found()
            org.delete(entity.name, str(key), user=user)
    except ApiError as error:
        return _failed(error)
    return {"id": key, "success": True, "errors": []}


def _failed(error: ApiError) -> dict[str, Any]:
    return {"success": False, "errors": [error.in_row()]}


def _read(org: Org, request: Request, name: str) -> list[dict[str, Any] | None]:
    """Return the rows asked for, in order, None for those that the user does not see."""
    if request.method == "POST":
        sent = request.json()
        keys, names = sent["ids"], sent["fields"]
    else:
        keys, names = (request.query.get(key, "").split(",") for key in ("ids", "fields"))
    entity, user = org.entity(name), str(request.user)
    found: list[dict[str, Any] | None] = []
    for key in keys:
        try:
            row = org.row(entity, key, user=user)
        except ApiError:
            found.append(None)
        else:
            found.append(shown(org, entity, row, user, names))
    return found
