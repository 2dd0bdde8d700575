"""The REST API: versions, limits, describe, queries, picklists; rows, collections, reports and bulk jobs lie beside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.salesforce import composite, query, reports, rows
from tests.fakes.salesforce.bulk import Bulk
from tests.fakes.salesforce.errors import ApiError, not_found
from tests.fakes.salesforce.http import Answer, Request, refused
from tests.fakes.salesforce.ids import record_id
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.schema import Entity

VERSIONS = tuple(f"{number}.0" for number in range(31, 68))
_BATCH = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)


class Rest:
    """Answers whoever has a token, within what that user may see and do.

    Attributes:
        used, allowed: API calls of the org's day.
        reports: what /analytics/reports can run, by id.
    """

    def __init__(self, org: Org) -> None:
        self.org, self.bulk = org, Bulk(org)
        self.used, self.allowed = 0, 15_000
        self.reports: dict[str, reports.Report] = {}
        self._queries = 0
        self._locators: dict[str, tuple[query.Found, str]] = {}

    def expire_locators(self) -> None:
        """Let no query be read on."""
        self._locators.clear()

    def __call__(self, request: Request) -> Answer:
        """Return the answer to a call below /services/data."""
        try:
            answer = self._authorized(request)
        except ApiError as error:
            answer = refused(error)
        usage = {"Sforce-Limit-Info": f"api-usage={self.used}/{self.allowed}"} if request.user else {}
        return Answer(status=answer.status, body=answer.body, headers={**usage, **answer.headers})

    def userinfo(self, request: Request) -> Answer:
        """Return who the token's user is."""
        if request.user is None:
            return Answer(status=403, body=b"Bad_OAuth_Token")
        user = self.org.tables["User"][request.user]
        return Answer(
            body={
                "sub": f"https://login.salesforce.com/id/{self.org.id}/{request.user}",
                "user_id": request.user,
                "organization_id": self.org.id,
                "preferred_username": user["Username"],
                "name": user["Name"],
                "email": user["Email"],
                "email_verified": True,
                "zoneinfo": user["TimeZoneSidKey"],
                "user_type": "STANDARD",
                "active": user["IsActive"],
            }
        )

    def _authorized(self, request: Request) -> Answer:
        path = request.path.removeprefix("/services/data").strip("/")
        if not path:
            return Answer(
                body=[
                    {"label": f"v{one}", "url": f"/services/data/v{one}", "version": one} for one in VERSIONS
                ]
            )
        version, _, rest = path.partition("/")
        if request.user is None or not self.org.tables["User"][request.user]["IsActive"]:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if version.removeprefix("v") not in VERSIONS:
            gone = version[1:].removesuffix(".0").isdecimal()
            raise (
                ApiError(410, "UNSUPPORTED_API_VERSION", f"version {version} is retired")
                if gone
                else not_found()
            )
        if not self.org.rights[request.user].api:
            raise ApiError(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
        if self.used >= self.allowed:
            raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.used += 1
        return self.resource(request, rest)

    def resource(self, request: Request, rest: str) -> Answer:
        """Return the answer to a call by what follows the version.

        Raises:
            ApiError: the platform refuses it.
        """
        first, _, more = rest.strip("/").partition("/")
        user = str(request.user)
        match first:
            case "limits":
                return Answer(body=self._limits())
            case "query" | "queryAll" | "queryall":
                return self._query(request, more, deleted=first != "query")
            case "sobjects":
                return self._sobjects(request, more)
            case "composite":
                return composite.answer(self.org, self.resource, request, more)
            case "jobs":
                return self.bulk.answer(request, more)
            case "analytics":
                return Answer(body=reports.answer(self.org, self.reports, more, user, request.query))
            case "ui-api":
                return Answer(body=self._picklists(more))
            case "":
                names = (
                    "sobjects",
                    "query",
                    "queryAll",
                    "limits",
                    "composite",
                    "jobs",
                    "analytics",
                    "ui-api",
                )
                return Answer(body={name: f"/services/data/v{query.VERSION}/{name}" for name in names})
        raise not_found()

    def _limits(self) -> dict[str, Any]:
        jobs = len(self.bulk.jobs)
        return {
            "DailyApiRequests": {"Max": self.allowed, "Remaining": self.allowed - self.used},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000 - jobs},
            "DailyBulkV2QueryFileStorageMB": {"Max": 976_562, "Remaining": 976_562},
        }

    def _query(self, request: Request, locator: str, *, deleted: bool) -> Answer:
        user = str(request.user)
        if not locator:
            text = request.query.get("q")
            if not text:
                raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
            found = query.run(self.org, text, user=user, deleted=deleted)
            self._queries += 1
            key, start = record_id("0r8", self._queries), 0
        else:
            key, _, place = locator.rpartition("-")
            if key not in self._locators or self._locators[key][1] != user or not place.isdecimal():
                raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
            found, start = self._locators[key][0], int(place)
        wanted = _BATCH.search(request.header("Sforce-Query-Options") or "")
        size = min(max(int(wanted[1]), 200), 2000) if wanted else 2000
        end = min(start + size, len(found.rows))
        body = {
            "totalSize": found.total,
            "done": end >= len(found.rows),
            "records": [found.shown(row) for row in found.rows[start:end]],
        }
        if not body["done"]:
            self._locators[key] = (found, user)
            body["nextRecordsUrl"] = f"/services/data/v{query.VERSION}/query/{key}-{end}"
        return Answer(body=body)

    def _sobjects(self, request: Request, more: str) -> Answer:
        if not more:
            visible = [
                one
                for one in self.org.schema.entities.values()
                if self.org.rights[str(request.user)].sees(one)
            ]
            return Answer(
                body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [brief(one) for one in visible]}
            )
        name, _, tail = more.partition("/")
        entity = self.org.entity(name)
        if not self.org.rights[str(request.user)].sees(entity):
            raise not_found()
        if not tail and request.method == "GET":
            return Answer(body={"objectDescribe": brief(entity), "recentItems": []})
        if tail.strip("/") == "describe":
            return Answer(body=described(self.org, entity, str(request.user)))
        return rows.answer(self.org, entity, request, tail)

    def _picklists(self, more: str) -> dict[str, Any]:
        parts = more.strip("/").split("/")
        if len(parts) < 4 or parts[0] != "object-info" or parts[2] != "picklist-values":
            raise not_found()
        entity = self.org.entity(parts[1])
        fields = [one for one in entity if one.type == "picklist"]
        url = f"/services/data/v{query.VERSION}/ui-api/{more}"
        told = {
            one.name: {
                "controllerValues": {},
                "defaultValue": None,
                "eTag": "0",
                "url": url,
                "values": [
                    {
                        "attributes": self._stage_attributes(choice.value)
                        if one.name == "StageName"
                        else None,
                        "label": choice.label,
                        "validFor": [],
                        "value": choice.value,
                    }
                    for choice in one.choices
                    if choice.active
                ],
            }
            for one in fields
        }
        if len(parts) == 4:
            return {"eTag": "0", "picklistFieldValues": told}
        if parts[4] not in told:
            raise not_found()
        return told[parts[4]]

    def _stage_attributes(self, name: str) -> Mapping[str, Any]:
        stage = self.org.stage(name)
        return {
            "closed": stage["IsClosed"],
            "defaultProbability": float(stage["DefaultProbability"]),
            "forecastCategoryName": stage["ForecastCategoryName"],
            "picklistAtributesValueType": "OpportunityStage",
            "won": stage["IsWon"],
        }


def brief(entity: Entity) -> dict[str, Any]:
    """Return what the list of objects says of one."""
    told = {
        key: value for key, value in entity.recorded.items() if key not in {"fields", "childRelationships"}
    }
    return told | {
        "name": entity.name,
        "label": entity.name,
        "labelPlural": entity.plural,
        "keyPrefix": entity.prefix or None,
        "custom": entity.name.endswith("__c"),
        "queryable": True,
        "createable": entity.writable,
        "updateable": entity.writable,
        "deletable": entity.writable,
        "replicateable": entity.get("SystemModstamp") is not None,
        "searchable": bool(entity.recorded.get("searchable")),
        "urls": {
            "sobject": f"/services/data/v{query.VERSION}/sobjects/{entity.name}",
            "describe": f"/services/data/v{query.VERSION}/sobjects/{entity.name}/describe",
            "rowTemplate": f"/services/data/v{query.VERSION}/sobjects/{entity.name}/{{ID}}",
        },
    }


def described(org: Org, entity: Entity, user: str) -> dict[str, Any]:
    """Return what `describe` tells a user of an object: without the fields that this user may not see."""
    rights = org.rights[user]
    fields = []
    for one in entity:
        if rights.sees_field(entity, one):
            may = rights.writes(entity) and rights.writes_field(entity, one)
            told = one.describe()
            fields.append(told | {name: told[name] and may for name in ("createable", "updateable")})
    master = {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
    }
    master |= {"name": "Master", "recordTypeId": "012000000000000AAA", "urls": {}}
    return brief(entity) | {
        "fields": fields,
        "childRelationships": org.schema.child_relationships(entity),
        "recordTypeInfos": entity.recorded.get("recordTypeInfos") or [master],
    }
