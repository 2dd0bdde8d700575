"""What may be written: the allow-list of fields and of new entries, in the org's own file under [write], and its checks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce.fieldmap import OWN, WRITING, toml_of
from connectors.salesforce.shapes import Field, Shape
from connectors.salesforce.values import fitting, typed
from connectors.salesforce.why import Unfit
from connectors.writes import Edit, Kind, Value, Why

# What each kind of record is called here.
OBJECTS: Final[Mapping[Kind, str]] = MappingProxyType(
    {"deal": "Opportunity", "account": "Account", "contact": "Contact"}
)
# What may be changed where the org's own file says nothing.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Opportunity": (
            "StageName",
            "CloseDate",
            "Amount",
            "NextStep",
            "ForecastCategoryName",
            "Type",
            "Description",
        ),
        "Account": ("Type", "Industry", "Phone", "Website", "Description"),
        "Contact": ("Title", "Department", "Phone", "Email", "Description"),
    }
)
# What Salesforce moves along with an open field, and what may be set beside it therefore: so that an undo puts it back.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"StageName": ("Probability",)})
Made = Literal["task", "email", "case"]
_MADE: Final[tuple[Made, ...]] = ("task", "email", "case")
_EMAILS: Final = ("Task", "EmailMessage")
_OPEN, _CLOSED = "Not Started", "Completed"
_KEYS: Final = (*FIELDS, "create", "email", "open_status", "done_status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Fields by object, which entries may be made, and how: an e-mail as `email`, tasks in these two statuses."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: FIELDS)
    create: frozenset[Made] = frozenset(_MADE)
    email: Literal["Task", "EmailMessage"] = "Task"
    open_status: str = _OPEN
    done_status: str = _CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An edit that may be made: what describe says of its field, and both values as the field holds them.

    A condition on a field that is not open is not `sent`; one on an open field is, so that it does not move along.
    """

    field: Field
    before: Value
    after: Value
    sent: bool = True


def load(home: Path) -> Allowed:
    """Return what may be written in an installation: the defaults, and over them [write] in its `salesforce.toml`.

    Raises:
        BadRequest: the file cannot be read, or says something else than it can say there.
    """
    path = home / OWN
    given = toml_of(path).get(WRITING, {}) if path.is_file() else {}
    if not isinstance(given, dict):
        raise BadRequest(f"{OWN}: {WRITING} = {given!r} is no part; write [{WRITING}] on a line of its own")
    for key in given:
        if key not in _KEYS:
            raise BadRequest(
                f"{OWN} says {key!r} in [{WRITING}]; what can be said there is {', '.join(_KEYS)}"
            )
    fields = {name: _names(name, given.get(name, FIELDS[name])) for name in FIELDS}
    create = _names("create", given.get("create", _MADE))
    email = given.get("email", "Task")
    for name, value, known in (*(("create", one, _MADE) for one in create), ("email", email, _EMAILS)):
        if value not in known:
            raise BadRequest(f"{OWN}: {name} in [{WRITING}] says {value!r}; use {', '.join(known)}")
    return Allowed(
        fields=fields,
        create=frozenset(cast("tuple[Made, ...]", create)),
        email=email,
        open_status=str(given.get("open_status", _OPEN)),
        done_status=str(given.get("done_status", _CLOSED)),
    )


def checked(allowed: Allowed, shape: Shape, edits: tuple[Edit, ...]) -> tuple[Checked, ...]:
    """Return the edits as they may be sent, in their order.

    Raises:
        NotAllowed: a field is not on the list, or not this person's to change.
        Unfit: there is nothing to change, a field comes twice, or it would not take the value.
    """
    names = [edit.field for edit in edits]
    if not names or len(set(names)) < len(names):
        raise Unfit(f"{names} are the fields to change; name at least one, and none twice", why=Why.VALUE)
    listed = allowed.fields.get(shape.name, ())
    may = (*listed, *beside(listed, [edit.field for edit in edits if edit.before != edit.after]))
    found = tuple(_checked(may, shape, edit) for edit in edits)
    if all(each.before == each.after for each in found):
        raise Unfit(f"{', '.join(names)} would stay as they are: there is nothing to change", why=Why.VALUE)
    return found


def new_values(shape: Shape, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of a new record that are there, as they may be sent.

    Raises:
        NotAllowed: this person may not make such a record, or not fill that field.
        Unfit: a field would not take its value.
    """
    if not shape.createable:
        raise NotAllowed(
            f"this user may not create a {shape.name}: a Salesforce administrator gives that right"
        )
    kept: dict[str, Value] = {}
    for name, value in values.items():
        if value is None or value == "":
            continue
        field = shape.field(name)
        if field is None or not field.createable:
            raise NotAllowed(
                f"this user may not fill {name} of a new {shape.name}: a Salesforce administrator gives that right"
            )
        kept[name] = fitting(field, typed(field, value))
    return kept


def beside(listed: Iterable[str], changing: Iterable[str]) -> tuple[str, ...]:
    """Return what may be set beside those of the listed fields that change."""
    return tuple(name for field in changing if field in listed for name in BESIDE.get(field, ()))


def _checked(listed: tuple[str, ...], shape: Shape, edit: Edit) -> Checked:
    condition = shape.field(edit.field) if edit.before == edit.after else None
    if condition is not None and not (edit.field in listed and condition.updateable):
        value = typed(condition, edit.before)
        return Checked(field=condition, before=value, after=value, sent=False)
    if edit.field not in listed:
        near = difflib.get_close_matches(edit.field, listed, n=len(listed), cutoff=0.0)
        raise NotAllowed(
            f"{edit.field!r} of {shape.name} is not open for writing; open are {', '.join(near) or 'none'} "
            f"([{WRITING}] in {OWN} says so)"
        )
    field = shape.field(edit.field)
    if field is None:
        raise NotAllowed(
            f"this user does not see {edit.field} of {shape.name}: a Salesforce administrator gives that right"
        )
    if not field.updateable:
        why = "Salesforce computes it" if field.calculated else "a Salesforce administrator gives that right"
        raise NotAllowed(f"this user may not change {field.name} of {shape.name}: {why}")
    before, after = typed(field, edit.before), typed(field, edit.after)
    # What is there already need not be a value that could be set today.
    return Checked(field=field, before=before, after=after if after == before else fitting(field, after))


def _names(key: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise BadRequest(
            f"{OWN}: {key} = {given!r} in [{WRITING}] is no list of names; write it like ['NextStep']"
        )
    return tuple(given)
