"""What a query means by a field: where its value comes from, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.rights import Level
from tests.fakes.salesforce.schema import Entity, Field
from tests.fakes.salesforce.soql import AGGREGATES, DATE_PARTS, Call, Path, malformed, place

if TYPE_CHECKING:
    from tests.fakes.salesforce.org import Org

Get = Callable[[Mapping[str, Any]], Any]
# What can be asked of a record that may be of several objects.
_OF_NAME = ("Id", "Name", "FirstName", "LastName", "Email", "Title", "IsActive", "Username")


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a row: its `label` is what it is called in a result, `steps` the relationships on the way."""

    label: str
    field: Field
    get: Get
    kind: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """One object in one query, as one user sees it."""

    org: Org
    user: str
    text: str
    entity: Entity
    alias: str | None = None

    def column(self, what: Path | Call) -> Column:
        """Return what a field or a function of one stands for.

        Raises:
            ApiError: the object has no such field, or the user may not see it.
        """
        if isinstance(what, Call):
            return self._of_call(what)
        parts = what.parts
        if len(parts) > 1 and parts[0].lower() in {(self.alias or "").lower(), self.entity.name.lower()} - {
            ""
        }:
            parts = parts[1:]
        return self._step(self.entity, parts, what.at, ())

    def rows_visible(self, entity: Entity) -> Callable[[str], bool]:
        """Return the question whether the user may see a record of this object."""
        org, user = self.org, self.user
        if org.sharing is None:
            return lambda _: True
        return lambda key: org.level(user, entity, key) >= Level.READ

    def _step(self, entity: Entity, parts: tuple[str, ...], at: int, steps: tuple[str, ...]) -> Column:
        name = parts[0]
        if len(parts) == 1:
            field = entity.get(name)
            if field is None or not self.org.rights[self.user].sees_field(entity, field):
                raise self._unknown(entity, name, at)
            key = field.name
            return Column(key, field, lambda row: row.get(key), field.type, steps)
        for field in entity:
            if (relationship_of(field) or "").lower() == name.lower():
                return self._through(entity, field, parts, at, steps)
        raise ApiError(
            400,
            "INVALID_FIELD",
            f"{place(self.text, at)}Didn't understand relationship '{name}' in field path. If you are attempting to use "
            "a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference "
            "your WSDL or the describe call for the appropriate names.",
        )

    def _through(
        self, entity: Entity, field: Field, parts: tuple[str, ...], at: int, steps: tuple[str, ...]
    ) -> Column:
        rights = self.org.rights[self.user]
        parents = [
            one for name in field.reference_to if (one := self.org.schema.get(name)) and rights.sees(one)
        ]
        if not parents or not rights.sees_field(entity, field):
            raise self._unknown(entity, parts[0], at)
        steps = (*steps, str(relationship_of(field)))
        inner = (
            self._step(parents[0], parts[1:], at, steps)
            if len(parents) == 1
            else self._of_many(parts[1:], at, steps)
        )
        find = self.parent(field)

        def get(row: Mapping[str, Any]) -> Any:
            found = find(row)
            return None if found is None else inner.get(found)

        return Column(inner.label, inner.field, get, inner.kind, inner.steps)

    def parent(self, field: Field) -> Callable[[Mapping[str, Any]], Mapping[str, Any] | None]:
        """Return the way from a row to the record that a reference points at; None where there is none to see."""
        org = self.org
        found = [one for name in field.reference_to if (one := org.schema.get(name))]
        ways = {one.prefix: (org.tables[one.name], self.rows_visible(one), one.name) for one in found}
        name = field.name

        def find(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
            key = row.get(name)
            if key is None or key[:3] not in ways:
                return None
            table, visible, kind = ways[key[:3]]
            one = table.get(key)
            if one is None or not visible(key):
                return None
            return one if len(ways) == 1 else {**one, "Type": kind}

        return find

    def _of_many(self, parts: tuple[str, ...], at: int, steps: tuple[str, ...]) -> Column:
        known = {name.lower(): name for name in (*_OF_NAME, "Type")}
        name = known.get(parts[0].lower())
        if name is None or len(parts) > 1:
            raise ApiError(
                400,
                "INVALID_FIELD",
                f"{place(self.text, at)}No such column '{parts[0]}' on entity 'Name'. If you are attempting to use a custom "
                "field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the "
                "describe call for the appropriate names.",
            )
        field = Field(name, "id" if name == "Id" else "string", 255)
        return Column(name, field, lambda row: row.get(name), field.type, steps)

    def _unknown(self, entity: Entity, name: str, at: int) -> ApiError:
        return ApiError(
            400,
            "INVALID_FIELD",
            f"{place(self.text, at)}No such column '{name}' on entity '{entity.name}'. If you are attempting to use a "
            "custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the "
            "describe call for the appropriate names.",
        )

    def _of_call(self, call: Call) -> Column:
        if call.path is None or call.name in AGGREGATES:
            raise malformed(f"{place(self.text, call.at)}Grouped field should not be aggregated: {call.path}")
        inner = self.column(call.path)
        get = inner.get
        if call.name in DATE_PARTS:
            if inner.kind not in {"date", "datetime"}:
                raise malformed(f"field '{call.path}' is not a date")
            part = date_part(call.name, self.org.fiscal_start, named_by_start=self.org.named_by_start)
            kind = "date" if call.name == "DAY_ONLY" else "int"
            return Column("expr0", inner.field, lambda row: part(get(row)), kind, ())
        if call.name == "TOLABEL":
            labels = {one.value: one.label for one in inner.field.choices}
            return Column(
                inner.label, inner.field, lambda row: labels.get(get(row), get(row)), "string", inner.steps
            )
        if call.name == "CONVERTCURRENCY":
            if inner.kind != "currency" or not self.org.multi_currency:
                raise malformed(f"{place(self.text, call.at)}convertCurrency() is not supported here")
            wanted = self.org.tables["User"][self.user].get("DefaultCurrencyIsoCode") or self.org.currency
            convert = converter(self.org, wanted)
            return Column(
                inner.label,
                inner.field,
                lambda row: convert(get(row), row.get("CurrencyIsoCode")),
                "currency",
                (),
            )
        return inner


def relationship_of(field: Field) -> str | None:
    """Return what a reference calls its record: Account of AccountId, Partner__r of Partner__c."""
    if field.custom and field.reference_to:
        return f"{field.name.removesuffix('__c')}__r"
    return field.relationship


def sort_key(column: Column) -> Get:
    """Return what rows are sorted by: the place in a picklist, text without its case."""
    get = column.get
    if column.kind == "picklist" and column.field.picklist:
        places = {one.value: place for place, one in enumerate(column.field.choices)}
        return lambda row: (places.get(get(row), len(places)), str(get(row)))
    if column.kind in {
        "id",
        "reference",
        "boolean",
        "date",
        "datetime",
        "int",
        "double",
        "currency",
        "percent",
    }:
        return get
    return lambda row: (str(get(row)).lower(), str(get(row)))


def converter(org: Org, to: str) -> Callable[[Decimal | None, str | None], Decimal | None]:
    """Return what turns an amount of one currency into another, by the org's rates of now."""
    rates = {row["IsoCode"]: row["ConversionRate"] for row in org.tables.get("CurrencyType", {}).values()}

    def convert(amount: Decimal | None, code: str | None) -> Decimal | None:
        if amount is None or not rates:
            return amount
        exact = amount / rates[code or org.currency] * rates[to]
        return exact.quantize(Decimal("0.000001"), ROUND_HALF_UP)

    return convert


def date_part(
    name: str, fiscal_start: int, *, named_by_start: bool
) -> Callable[[date | datetime | None], Any]:
    """Return what a date function takes out of a date."""

    def part(value: date | datetime | None) -> Any:
        if value is None:
            return None
        if name == "DAY_ONLY":
            return value.date() if isinstance(value, datetime) else value
        shift = fiscal_start - 1 if name.startswith("FISCAL") else 0
        months = value.year * 12 + value.month - 1 - shift
        if name.endswith("YEAR"):
            return months // 12 + (1 if shift and not named_by_start else 0)
        return months % 12 // 3 + 1 if name.endswith("QUARTER") else months % 12 + 1

    return part
