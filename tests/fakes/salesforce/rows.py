"""Rows by REST: read, create, change under a guard, upsert, delete; and what was updated and deleted in a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

from tests.fakes.salesforce.errors import ApiError, not_found
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.schema import Entity
from tests.fakes.salesforce.values import instant, json_value, taken

VERSION = "67.0"


def answer(org: Org, entity: Entity, request: Request, tail: str) -> Answer:
    """Return the answer to a call below /sobjects/NAME.

    Raises:
        ApiError: the platform refuses it.
    """
    user, parts = str(request.user), [unquote(part) for part in tail.strip("/").split("/")]
    match request.method, parts:
        case "GET", ["updated"]:
            return Answer(body=_updated(org, entity, request))
        case "GET", ["deleted"]:
            return Answer(body=_deleted(org, entity, request))
        case "POST", [""]:
            key = org.insert(entity.name, body_of(request), user=user)
            return Answer(status=201, body={"id": key, "success": True, "errors": []})
        case "GET", [key]:
            return _read(org, entity, org.row(entity, key, user=user), request)
        case "PATCH", [key]:
            guard(org, entity, key, request)
            org.update(entity.name, key, body_of(request), user=user)
            return Answer(status=204)
        case "DELETE", [key]:
            org.delete(entity.name, key, user=user)
            return Answer(status=204)
        case method, [name, value]:
            return _by_external_id(org, entity, request, method, (name, value))
    raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed.")


def body_of(request: Request) -> dict[str, Any]:
    """Return the fields that a client sent, without what is not one."""
    sent = request.json()
    if not isinstance(sent, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "Unexpected array or value")
    return {name: value for name, value in sent.items() if name != "attributes"}


def guard(org: Org, entity: Entity, key: str, request: Request) -> None:
    """Refuse a change of a record that was changed after the second that If-Unmodified-Since names.

    Raises:
        ApiError: 412.
    """
    told = request.header("If-Unmodified-Since")
    if told is None:
        return
    try:
        since = parsedate_to_datetime(told)
    except ValueError:
        return
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    if org.row(entity, key, user=str(request.user))["LastModifiedDate"] > since:
        raise ApiError(
            412,
            "PRECONDITION_FAILED",
            "One or more conditions given in the request header evaluated to false",
        )


def shown(
    org: Org, entity: Entity, row: dict[str, Any], user: str, names: list[str] | None = None
) -> dict[str, Any]:
    """Return a row as JSON; `names` are the fields asked for, None means all that the user may see.

    Raises:
        ApiError: a field is unknown.
    """
    rights = org.rights[user]
    fields = [one for one in entity if rights.sees_field(entity, one)]
    if names is not None:
        by_name = {one.name.lower(): one for one in fields}
        for name in names:
            if name.lower() not in by_name:
                raise ApiError(
                    400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {entity.name}"
                )
        chosen = dict.fromkeys(["id", *(name.lower() for name in names)])
        fields = [by_name[name] for name in chosen]
    url = f"/services/data/v{VERSION}/sobjects/{entity.name}/{row['Id']}"
    answer = {"attributes": {"type": entity.name, "url": url}}
    return answer | {one.name: json_value(row.get(one.name)) for one in fields}


def _read(org: Org, entity: Entity, row: dict[str, Any], request: Request) -> Answer:
    names = request.query.get("fields")
    body = shown(org, entity, row, str(request.user), names.split(",") if names else None)
    changed = row.get("LastModifiedDate")
    return Answer(
        body=body, headers={"Last-Modified": format_datetime(changed, usegmt=True)} if changed else {}
    )


def _by_external_id(
    org: Org, entity: Entity, request: Request, method: str, named: tuple[str, str]
) -> Answer:
    user, (name, value) = str(request.user), named
    field = entity.get(name)
    if field is None or not (field.external_id or field.type == "id"):
        raise not_found("Provided external ID field does not exist or is not accessible: " + name)
    wanted = taken(field, value)
    found = [
        row
        for row in org.tables[entity.name].values()
        if row.get(field.name) == wanted
        and not row.get("IsDeleted")
        and org.level(user, entity, row["Id"]) >= Level.READ
    ]
    if len(found) > 1:
        base = f"/services/data/v{VERSION}/sobjects/{entity.name}/"
        return Answer(status=300, body=[base + row["Id"] for row in found])
    if method == "PATCH":
        if found:
            guard(org, entity, found[0]["Id"], request)
            org.update(entity.name, found[0]["Id"], body_of(request), user=user)
            return Answer(body={"id": found[0]["Id"], "success": True, "errors": [], "created": False})
        key = org.insert(entity.name, body_of(request) | {field.name: value}, user=user)
        return Answer(status=201, body={"id": key, "success": True, "errors": [], "created": True})
    if not found:
        raise not_found()
    if method == "DELETE":
        org.delete(entity.name, found[0]["Id"], user=user)
        return Answer(status=204)
    return _read(org, entity, found[0], request)


def _window(org: Org, entity: Entity, request: Request) -> tuple[datetime, datetime]:
    if entity.get("SystemModstamp") is None:
        raise ApiError(400, "INVALID_TYPE", f"object type '{entity.name}' is not replicable")
    try:
        start, end = (instant(request.query[name].replace(" ", "+")) for name in ("start", "end"))
    except (KeyError, ValueError):
        raise ApiError(400, "MALFORMED_QUERY", "start and end must be dates with time and zone") from None
    if start >= end or start < org.clock() - timedelta(days=30):
        raise ApiError(
            400,
            "INVALID_REPLICATION_DATE",
            "startDate before endDate, and at most 30 days ago, is what can be asked for",
        )
    return start, end


def _updated(org: Org, entity: Entity, request: Request) -> dict[str, Any]:
    start, end = _window(org, entity, request)
    visible = org.rights[str(request.user)]
    ids = [
        key
        for key, row in org.tables[entity.name].items()
        if not row.get("IsDeleted")
        and start <= row["SystemModstamp"] < end
        and visible.sees(entity)
        and org.level(str(request.user), entity, key) >= Level.READ
    ]
    return {"ids": ids, "latestDateCovered": json_value(min(end, org.clock()))}


def _deleted(org: Org, entity: Entity, request: Request) -> dict[str, Any]:
    start, end = _window(org, entity, request)
    gone = [one for one in org.deletions if one.object == entity.name and start <= one.at < end]
    return {
        "deletedRecords": [{"id": one.id, "deletedDate": json_value(one.at)} for one in gone],
        "earliestDateAvailable": json_value(org.clock() - timedelta(days=30)),
        "latestDateCovered": json_value(min(end, org.clock())),
    }
