"""`Org`: rows in memory, kept by the platform's rules."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.salesforce import checks, derived, history
from tests.fakes.salesforce.clock import Clock
from tests.fakes.salesforce.errors import ApiError, no_rights, not_found
from tests.fakes.salesforce.ids import long_id, record_id
from tests.fakes.salesforce.objects import STAGES
from tests.fakes.salesforce.rights import INHERITED, OPEN, Level, Rights, Sharing
from tests.fakes.salesforce.schema import KEPT, Choice, Entity, Field, Schema

Row = dict[str, Any]

_OF_DEALS = ("OpportunityHistory", "OpportunityFieldHistory", "OpportunityContactRole", "OpportunityLineItem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A validation rule: `check` gets the row after and before (empty for a new one), and returns what it has against it."""

    object: str
    check: Callable[[Mapping[str, Any], Mapping[str, Any]], str | None]
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A row that went into the recycle bin, or away for good."""

    object: str
    id: str
    at: datetime


class Org:
    """An org and what is in it. `load` puts a row as it is; `insert`, `update` and `delete` go through the rules.

    Attributes:
        admin: the id of the user who sees and may do everything.
        tracked: the fields of Opportunity whose changes are kept in OpportunityFieldHistory.
        sharing: what a user may do with a record; None shares everything with everybody.
        rules: the validation rules.
        locked: ids of records that somebody else is just saving.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] | None = None,
        name: str = "Tiny",
        zone: str = "America/New_York",
        currency: str = "USD",
        rates: Mapping[str, Decimal] | None = None,
        dated_rates: bool = False,
        fiscal_start: int = 1,
        named_by_start: bool = False,
        person_accounts: bool = False,
        tracked: Iterable[str] = (),
        recorded: bool = True,
        sandbox: bool = True,
        locale: str = "en_US",
    ) -> None:
        self.clock = clock or Clock()
        self.zone, self.currency = ZoneInfo(zone), currency
        self.fiscal_start, self.named_by_start = fiscal_start, named_by_start
        self.multi_currency = rates is not None
        self.tracked = frozenset(tracked)
        self.schema = Schema(
            multi_currency=self.multi_currency,
            dated_rates=dated_rates,
            person_accounts=person_accounts,
            recorded=recorded,
        )
        self.tables: dict[str, dict[str, Row]] = {one.name: {} for one in self.schema.entities.values()}
        self.deletions: list[Deletion] = []
        self.rights: dict[str, Rights] = {}
        self.sharing: Sharing | None = None
        self.rules: list[Rule] = []
        self.locked: set[str] = set()
        self.lock = threading.RLock()
        self._counters: dict[str, int] = {}
        self._stages: dict[str, Row] = {}
        self.id = self.load(
            "Organization",
            Name=name,
            IsSandbox=sandbox,
            TimeZoneSidKey=zone,
            FiscalYearStartMonth=fiscal_start,
            UsesStartDateAsFiscalYearName=named_by_start,
            InstanceName="QD0",
            OrganizationType="Developer Edition",
            DefaultLocaleSidKey=locale,
            DefaultOpportunityAccess="Edit",
            **({"DefaultCurrencyIsoCode": currency} if rates is not None else {}),
        )
        self.admin = self.user("Ada", "Admin", rights=Rights(view_all=True, modify_all=True))
        self.set_stages(STAGES)
        if rates is not None:
            self._set_rates(rates)

    def entity(self, name: str) -> Entity:
        """Return an object.

        Raises:
            ApiError: there is none of this name.
        """
        found = self.schema.get(name)
        if found is None:
            raise not_found()
        return found

    def add_field(self, to: str, field: Field) -> None:
        """Give an object a field, or put another in the place of one."""
        self.entity(to).add(field)

    def change_field(self, of: str, name: str, **changes: Any) -> None:
        """Change what a field is: its picklist, whether it may be updated, …"""
        entity = self.entity(of)
        entity.add(replace(entity.fields[name.lower()], **changes))

    def set_stages(self, stages: Sequence[tuple[str, int, str, str]]) -> None:
        """Let these be the stages: name, default probability, forecast category, and whether open, won or lost."""
        self.tables["OpportunityStage"].clear()
        self._stages.clear()
        for place, (name, chance, category, status) in enumerate(stages, start=1):
            key = self.load(
                "OpportunityStage",
                MasterLabel=name,
                ApiName=name,
                IsActive=True,
                SortOrder=place,
                IsClosed=status != "open",
                IsWon=status == "won",
                ForecastCategory=derived.CATEGORY[category],
                ForecastCategoryName=category,
                DefaultProbability=Decimal(chance),
            )
            self._stages[name] = self.tables["OpportunityStage"][key]
        for of in ("Opportunity", "OpportunityHistory"):
            self.change_field(of, "StageName", picklist=tuple(Choice(name, name) for name, *_ in stages))

    def stage(self, name: str | None) -> Row:
        """Return the stage of this name; one that nobody set up is open and in the pipeline."""
        unknown = {
            "DefaultProbability": Decimal(0),
            "ForecastCategoryName": "Pipeline",
            "IsClosed": False,
            "IsWon": False,
        }
        return self._stages.get(name or "", unknown)

    def user(self, first: str, last: str, *, rights: Rights | None = None, **values: Any) -> str:
        """Add a person and return the id."""
        key = self.load(
            "User",
            **{
                "FirstName": first,
                "LastName": last,
                "Email": f"{first}.{last}@tiny.example".lower(),
                "Username": f"{first}.{last}@tiny.example.sandbox".lower(),
                "IsActive": True,
                "UserType": "Standard",
                "TimeZoneSidKey": self.zone.key,
                **({"DefaultCurrencyIsoCode": self.currency} if self.multi_currency else {}),
                **values,
            },
        )
        self.rights[key] = held = rights or Rights()
        own = self.load(
            "PermissionSet",
            Name=f"X{key}",
            IsOwnedByProfile=True,
            PermissionsViewAllData=held.view_all,
            PermissionsModifyAllData=held.modify_all,
        )
        self.load("PermissionSetAssignment", AssigneeId=key, PermissionSetId=own)
        return key

    def load(self, to: str, **values: Any) -> str:
        """Put a row in as it is, past ones too: no rule, no history; what is left out is derived. Return its id."""
        entity = self.entity(to)
        key = str(values.get("Id") or self._new_id(entity))
        at = values.get("CreatedDate") or self.clock()
        user = values.get("CreatedById") or getattr(self, "admin", None)
        row = self._new(entity, user, at, values.get("LastModifiedDate") or at)
        row |= values
        derived.complete(self, entity.name, row, {}, values)
        row |= values
        row["Id"] = key
        self.tables[entity.name][key] = row
        return key

    def insert(self, to: str, values: Mapping[str, Any], *, user: str | None = None) -> str:
        """Create a row as a user and return its id.

        Raises:
            ApiError: the platform refuses it.
        """
        user = user or self.admin
        entity = self.entity(to)
        if not self.rights[user].writes(entity):
            raise no_rights(f"entity type cannot be inserted: {entity.name}")
        sent = checks.sent(entity, self.rights[user], values, new=True)
        checks.complete(entity, sent)
        checks.references(self, entity, sent)
        now = self.clock()
        row = self._new(entity, user, now, now) | sent | {"Id": self._new_id(entity)}
        self._save(entity, row, {}, sent, user)
        return str(row["Id"])

    def update(self, of: str, key: str, values: Mapping[str, Any], *, user: str | None = None) -> None:
        """Change a row as a user.

        Raises:
            ApiError: the platform refuses it.
        """
        user = user or self.admin
        entity = self.entity(of)
        before = self.row(entity, key, user=user)
        if self.level(user, entity, before["Id"]) < Level.EDIT or not self.rights[user].writes(entity):
            raise no_rights()
        if before["Id"] in self.locked:
            raise ApiError(
                400,
                "UNABLE_TO_LOCK_ROW",
                f"unable to obtain exclusive access to this record or 1 records: {before['Id']}",
            )
        sent = checks.sent(entity, self.rights[user], values, new=False)
        if entity.name == "Opportunity" and before.get("HasOpportunityLineItem"):
            sent.pop("Amount", None)  # the platform takes the call and leaves the amount alone
        checks.kept(entity, sent)
        checks.references(self, entity, sent)
        row = dict(before) | sent
        now = self.clock()
        stamps = {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": user}
        row |= {name: value for name, value in stamps.items() if entity.get(name)}
        self._save(entity, row, before, sent, user)

    def settle(self, of: str, key: str, **values: Any) -> None:
        """Change a row as formulas and roll-ups do: by no rule, without history, and without moving a stamp."""
        table = self.tables[self.entity(of).name]
        table[long_id(key)] = table[long_id(key)] | values

    def delete(self, of: str, key: str, *, user: str | None = None) -> None:
        """Put a row into the recycle bin, and with a deal what hangs on it."""
        user = user or self.admin
        entity = self.entity(of)
        row = self.row(entity, key, user=user)
        if self.level(user, entity, row["Id"]) < Level.EDIT:
            raise no_rights()
        self._mark(entity, row["Id"], deleted=True)

    def undelete(self, of: str, key: str) -> None:
        """Bring a row back from the recycle bin."""
        entity = self.entity(of)
        self._mark(entity, long_id(key), deleted=False)
        self.deletions = [one for one in self.deletions if one.id != long_id(key)]

    def purge(self, of: str, key: str) -> None:
        """Delete a row for good, and with a deal what hangs on it: no query finds it any more, getDeleted does."""
        entity, key = self.entity(of), long_id(key)
        row = self.tables[entity.name].pop(key)
        for name in _OF_DEALS if entity.name == "Opportunity" else ():
            for child in [one for one, held in self.tables[name].items() if held.get("OpportunityId") == key]:
                del self.tables[name][child]
        if not row.get("IsDeleted"):
            self.deletions.append(Deletion(object=entity.name, id=key, at=self.clock()))

    def row(self, entity: Entity, key: str, *, user: str) -> Row:
        """Return a row that a user may see.

        Raises:
            ApiError: there is none, it is deleted, or the user may not see it.
        """
        try:
            full = long_id(key)
        except ValueError:
            raise not_found(
                f"Provided external ID field does not exist or is not accessible: {key}"
            ) from None
        found = self.tables[entity.name].get(full)
        if found is None or not self.rights[user].sees(entity) or self.level(user, entity, full) < Level.READ:
            raise not_found()
        if found.get("IsDeleted"):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return found

    def level(self, user: str, entity: Entity, key: str) -> Level:
        """Return what a user may do with a record, by sharing alone."""
        rights = self.rights[user]
        if self.sharing is None or rights.modify_all or entity.name in OPEN:
            return Level.EDIT
        if parent := INHERITED.get(entity.name):
            deal = self.tables[entity.name].get(key, {}).get(parent)
            return self.level(user, self.entity("Opportunity"), deal) if deal else Level.NONE
        given = self.sharing(user, entity.name, key)
        return max(given, Level.READ) if rights.view_all else given

    def name_of(self, key: str | None) -> str | None:
        """Return the name of the record of an id."""
        entity = self.schema.by_prefix(key) if key else None
        return self.tables[entity.name].get(key, {}).get("Name") if entity and key else None

    def saved(self) -> dict[str, dict[str, Row]]:
        """Return everything as it is now, for `restore`."""
        return {name: dict(table) for name, table in self.tables.items() if isinstance(table, dict)}

    def restore(self, tables: dict[str, dict[str, Row]]) -> None:
        """Undo what was written since `saved`."""
        for name, table in tables.items():
            self.tables[name] = table

    def _new_id(self, entity: Entity) -> str:
        number = self._counters[entity.name] = self._counters.get(entity.name, 0) + 1
        return record_id(entity.prefix, number)

    def _new(self, entity: Entity, user: str | None, created: datetime, changed: datetime) -> Row:
        """Return a new row with what the platform fills in by itself."""
        row = entity.blank()
        known = {
            "OwnerId": user,
            "CreatedById": user,
            "LastModifiedById": user,
            "CreatedDate": created,
            "LastModifiedDate": changed,
            "SystemModstamp": changed,
            "CurrencyIsoCode": self.currency,
        }
        for name in KEPT & row.keys():
            row[name] = known[name]
        return row

    def _save(self, entity: Entity, row: Row, before: Row, sent: Row, user: str) -> None:
        derived.complete(self, entity.name, row, before, sent)
        for rule in self.rules:
            if rule.object == entity.name and (message := rule.check(row, before)):
                raise ApiError(
                    400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", message, [rule.field] if rule.field else []
                )
        if entity.name == "Opportunity":
            history.write(self, before, row, user)
        self.tables[entity.name][row["Id"]] = row
        if entity.name == "OpportunityLineItem":
            derived.roll_up(self, row["OpportunityId"])

    def _mark(self, entity: Entity, key: str, *, deleted: bool) -> None:
        now = self.clock()
        row = self.tables[entity.name][key] = self.tables[entity.name][key] | {"IsDeleted": deleted}
        if entity.get("SystemModstamp"):
            row["SystemModstamp"] = now
        if deleted:
            self.deletions.append(Deletion(object=entity.name, id=key, at=now))
        if entity.name == "Opportunity":
            for name in _OF_DEALS:
                for child_key, child in self.tables[name].items():
                    if child.get("OpportunityId") == key:
                        self.tables[name][child_key] = child | {"IsDeleted": deleted}
        elif entity.name == "OpportunityLineItem":
            derived.roll_up(self, row["OpportunityId"])

    def _set_rates(self, rates: Mapping[str, Decimal]) -> None:
        choices = tuple(Choice(code, code) for code in rates)
        for entity in self.schema.entities.values():
            for name in ("CurrencyIsoCode", "IsoCode", "DefaultCurrencyIsoCode"):
                if entity.get(name):
                    self.change_field(entity.name, name, picklist=choices)
        for code, rate in rates.items():
            self.load(
                "CurrencyType",
                IsoCode=code,
                ConversionRate=rate,
                IsActive=True,
                IsCorporate=code == self.currency,
                DecimalPlaces=2,
            )
