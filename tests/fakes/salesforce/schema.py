"""What an org has: objects, fields and picklists, as `describe` tells them.

Recorded from a real org where the recordings are at hand, else and beside them written by us (`objects`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.fakes.salesforce.objects import CHILDREN, LABELS, OBJECTS, VALUES, WITH_CURRENCY
from tests.fakes.salesforce.values import NUMBERS

RECORDINGS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "salesforce_describe"
_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "int": "xsd:int",
    "anyType": "xsd:anyType",
}
_PRECISION = {"currency": (18, 2), "double": (18, 6), "percent": (18, 2), "int": (0, 0)}
_KEPT = (
    "CreatedDate:datetime! CreatedById:>User/CreatedBy! LastModifiedDate:datetime! "
    "LastModifiedById:>User/LastModifiedBy! SystemModstamp:datetime!"
)
KEPT = frozenset(
    "OwnerId CreatedById LastModifiedById CreatedDate LastModifiedDate SystemModstamp CurrencyIsoCode".split()
)
_PERSON_FIELDS = (
    "FirstName:string/40",
    "LastName:string/80",
    "PersonEmail:email/80",
    "IsPersonAccount:boolean!",
)
_FORM = re.compile(r"(\w+):(>?)([\w,]+)(?:/(\w*))?([*!=^-]*)")


class Choice(NamedTuple):
    """A value of a picklist."""

    value: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object. `recorded` is what a real org said of it."""

    name: str
    type: str
    length: int = 0
    label: str = ""
    precision: int = 0
    scale: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    calculated: bool = False
    restricted: bool = False
    defaulted: bool = False
    external_id: bool = False
    picklist: tuple[Choice | str, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    recorded: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(
            one if isinstance(one, Choice) else Choice(one, LABELS.get(one, one)) for one in self.picklist
        )

    @property
    def labelled(self) -> str:
        return self.label or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name.removesuffix("__c")).replace(
            "_", " "
        )

    def describe(self) -> dict[str, Any]:
        """Return the field as `describe` tells it."""
        return dict(self.recorded) | {
            "name": self.name,
            "type": self.type,
            "label": self.labelled,
            "length": self.length,
            "byteLength": self.length * (1 if self.type in {"id", "reference"} else 3),
            "precision": self.precision,
            "scale": self.scale,
            "createable": self.createable,
            "updateable": self.updateable,
            "nillable": self.nillable,
            "filterable": self.filterable,
            "sortable": self.sortable,
            "groupable": self.groupable,
            "aggregatable": self.filterable,
            "calculated": self.calculated,
            "custom": self.custom,
            "defaultedOnCreate": self.defaulted,
            "externalId": self.external_id,
            "idLookup": self.external_id or self.type == "id",
            "restrictedPicklist": self.restricted,
            "picklistValues": [
                {
                    "active": one.active,
                    "defaultValue": False,
                    "label": one.label,
                    "validFor": None,
                    "value": one.value,
                }
                for one in self.choices
            ],
            "referenceTo": list(self.reference_to),
            "relationshipName": self.relationship,
            "nameField": self.name == "Name",
            "polymorphicForeignKey": len(self.reference_to) > 1,
            "soapType": _SOAP.get(self.type, "xsd:double" if self.type in NUMBERS else "xsd:string"),
        }


@dataclass(slots=True)
class Entity:
    """An object: its fields by lower-case name, and its children as (relationship, child object, field)."""

    name: str
    prefix: str
    plural: str
    fields: dict[str, Field]
    writable: bool = True
    recorded: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _blank: dict[str, Any] | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())

    def get(self, name: str) -> Field | None:
        """Return the field of this name, whatever its case; None where there is none."""
        return self.fields.get(name.lower())

    def blank(self) -> dict[str, Any]:
        """Return a row of which nothing is known: flags are off, and what the platform keeps is there, empty."""
        if self._blank is None:
            kept = {one.name: None for one in self if one.name in KEPT}
            self._blank = kept | {one.name: False for one in self if one.type == "boolean"}
        return dict(self._blank)

    def add(self, new: Field) -> None:
        self._blank = None
        if new.type in _PRECISION and not new.precision:
            precision, scale = _PRECISION[new.type]
            new = replace(new, precision=precision, scale=new.scale or scale)
        if new.calculated:
            new = replace(new, createable=False, updateable=False)
        self.fields[new.name.lower()] = new


class Schema:
    """The objects of one org, by lower-case name."""

    def __init__(
        self,
        *,
        multi_currency: bool = False,
        dated_rates: bool = False,
        person_accounts: bool = False,
        recorded: bool = True,
    ) -> None:
        self.entities = {
            name.lower(): replace(one, fields=dict(one.fields))
            for name, *_ in OBJECTS
            for one in (_entity(name, recorded=recorded),)
        }
        if not multi_currency:
            del self.entities["currencytype"]
        if not dated_rates:
            del self.entities["datedconversionrate"]
        for entity in self.entities.values():
            if multi_currency and entity.name in WITH_CURRENCY:
                entity.add(
                    Field("CurrencyIsoCode", "picklist", 3, restricted=True, defaulted=True, nillable=False)
                )
        user, organization = self.entities["user"], self.entities["organization"]
        if multi_currency:
            user.add(Field("DefaultCurrencyIsoCode", "picklist", 3))
            organization.add(Field("DefaultCurrencyIsoCode", "picklist", 3))
        if person_accounts:
            told = _recording("Account_PersonAccount") if recorded else None
            persons = (
                [_from_recording(one) for one in told["fields"]]
                if told
                else [_field("Account", one) for one in _PERSON_FIELDS]
            )
            for one in persons:
                self.entities["account"].add(one)

    def get(self, name: str) -> Entity | None:
        """Return the object of this name, whatever its case; None where there is none."""
        return self.entities.get(name.lower())

    def by_prefix(self, key: str) -> Entity | None:
        """Return the object that an id belongs to."""
        return next((one for one in self.entities.values() if one.prefix == key[:3]), None)

    def children(self, parent: Entity) -> dict[str, tuple[Entity, Field]]:
        """Return what points at an object, by the lower-case name of the relationship."""
        found: dict[str, tuple[Entity, Field]] = {}
        for child in self.entities.values():
            for one in child:
                if parent.name in one.reference_to and (name := self._child_name(child.name, one.name)):
                    found[name.lower()] = (child, one)
        return found

    def child_relationships(self, parent: Entity) -> list[dict[str, Any]]:
        """Return the children as `describe` tells them."""
        return [
            {
                "cascadeDelete": not one.nillable,
                "childSObject": child.name,
                "deprecatedAndHidden": False,
                "field": one.name,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": self._child_name(child.name, one.name) or None,
                "restrictedDelete": False,
            }
            for child in self.entities.values()
            for one in child
            if parent.name in one.reference_to
        ]

    @staticmethod
    def _child_name(child: str, name: str) -> str:
        return CHILDREN.get((child, name), "")


def forms(text: str) -> Iterable[str]:
    return text.replace("+", _KEPT).split()


def _field(owner: str, form: str) -> Field:
    found = _FORM.fullmatch(form)
    if found is None:
        raise ValueError(f"{form!r} is no field")
    name, arrow, kind, more, marks = found.groups()
    kind, targets, relationship, length = (
        ("reference", tuple(kind.split(",")), more or None, 18) if arrow else (kind, (), None, int(more or 0))
    )
    precision, scale = _PRECISION.get(kind, (0, 0))
    return Field(
        name=name,
        type=kind,
        length=length,
        precision=precision,
        scale=scale,
        createable="!" not in marks,
        updateable="!" not in marks and "^" not in marks,
        nillable="*" not in marks
        and kind != "boolean"
        and name not in {"OwnerId", "CreatedDate", "SystemModstamp"},
        filterable="-" not in marks,
        sortable="-" not in marks,
        groupable="-" not in marks and kind not in NUMBERS and kind != "datetime",
        defaulted=kind == "boolean" or name in KEPT,
        restricted="=" in marks,
        picklist=VALUES.get(f"{owner}.{name}", ()),
        reference_to=targets,
        relationship=relationship,
    )


@cache
def _entity(name: str, *, recorded: bool) -> Entity:
    _, prefix, plural, text = next(row for row in OBJECTS if row[0] == name)
    writable = name not in {
        "OpportunityHistory",
        "OpportunityFieldHistory",
        "OpportunityStage",
        "UserRecordAccess",
    }
    told = _recording(name) if recorded else None
    if told:
        fields = [_from_recording(one) for one in told["fields"] if not one["name"].startswith("ns__")]
    else:
        fields = [_ID, *(_field(name, form) for form in forms(text))]
    return Entity(name, prefix, plural, {one.name.lower(): one for one in fields}, writable, told or {})


_ID = Field("Id", "id", 18, createable=False, updateable=False, nillable=False, defaulted=True)


@cache
def _recording(name: str) -> dict[str, Any] | None:
    path = RECORDINGS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _from_recording(told: dict[str, Any]) -> Field:
    return Field(
        name=told["name"],
        type=told["type"],
        length=told["length"],
        label=told["label"],
        precision=told["precision"],
        scale=told["scale"],
        createable=told["createable"],
        updateable=told["updateable"],
        nillable=told["nillable"],
        filterable=told["filterable"],
        sortable=told["sortable"],
        groupable=told["groupable"],
        calculated=told["calculated"],
        restricted=told["restrictedPicklist"],
        defaulted=told["defaultedOnCreate"],
        external_id=told["externalId"],
        picklist=tuple(Choice(one["value"], one["label"], one["active"]) for one in told["picklistValues"]),
        reference_to=tuple(told["referenceTo"]),
        relationship=told["relationshipName"],
        recorded=told,
    )
