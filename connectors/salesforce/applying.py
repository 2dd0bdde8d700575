"""One field of one deal, as the port names it, as a write of this org: our words to its fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest
from connectors.protocol import Applied, Change
from connectors.writes import Done, Edit, Update, Value

if TYPE_CHECKING:
    from connectors.salesforce.fieldmap import Fields

# What every org calls the same.
_ALWAYS: Final[Mapping[str, str]] = {
    "stage": "StageName",
    "category": "ForecastCategoryName",
    "owner_id": "OwnerId",
}


def as_update(change: Change, fields: Fields, *, key: str) -> Update:
    """Return a change of the port as a write under a key.

    Raises:
        BadRequest: the word stands for no field of the deal itself.
    """
    field = _field(change.field, fields)
    edit = Edit(field=field, before=_theirs(field, change.before), after=_theirs(field, change.after))
    return Update(key=key, of="deal", record_id=change.deal_id, edits=(edit,))


def as_applied(change: Change, done: Done) -> Applied:
    """Return what a write did as the port says it."""
    [edit] = done.edits
    return Applied(change=change, read_back=_ours(edit.field, edit.after), at=done.at)


def _field(word: str, fields: Fields) -> str:
    sources = fields["deal"].get(word, ())
    path = _ALWAYS.get(word) or (sources[0].path if sources else "")
    if not path or "." in path:
        known = [*_ALWAYS, *(name for name, found in fields["deal"].items() if "." not in found[0].path)]
        where = f" is read from {path}, which belongs to another record" if path else " is no field of a deal"
        raise BadRequest(f"{word!r}{where}; what can be changed is {', '.join(known)}")
    return path


def _theirs(field: str, value: str | Decimal | None) -> Value:
    """Return a value in the org's words: a forecast category is written there as people read it."""
    if field == _ALWAYS["category"] and isinstance(value, str):
        return value.replace("_", " ").title()
    return value


def _ours(field: str, value: Value) -> str | Decimal | None:
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case str() if field == _ALWAYS["category"]:
            return value.replace(" ", "_").lower()
        case _:
            return value
