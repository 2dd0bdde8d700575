"""One field of one deal, as the port names it, as a write of this org: our words to its fields, and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest, NotAllowed
from connectors.protocol import Applied, Change
from connectors.salesforce.allowed import load
from connectors.salesforce.journal import FOLDER, Journal
from connectors.salesforce.reading import held_by
from connectors.salesforce.why import why
from connectors.writes import Done, Edit, Update, Value, Why, Writer

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.errors import ConnectorError
    from connectors.salesforce.fieldmap import Fields, Source
    from connectors.salesforce.org import Org

_DEALS: Final = "Opportunity"
# What every org calls the same.
_ALWAYS: Final[Mapping[str, str]] = {
    "stage": "StageName",
    "category": "ForecastCategoryName",
    "owner_id": "OwnerId",
}

# What a change may depend on without changing it, where the org has it.
_CONDITIONS: Final[Mapping[str, str]] = {"currency": "CurrencyIsoCode"}


class Changing(ABC):
    """What the connector has for changes: it says how they are written in the org, and writes them where that is on."""

    label: Final = "Salesforce"

    def __init__(self, home: Path, writer: Writer | None) -> None:
        """Change deals by `writer`, as persons; without one, nothing can be changed. What became of writes lies in `home`."""
        self.writer: Final = writer
        self._home: Final = home
        self._journal: Final = Journal(home / FOLDER)

    @property
    @abstractmethod
    def _fields(self) -> Fields:
        """Return which fields of the org stand for our words."""

    @property
    @abstractmethod
    def _org(self) -> Org:
        """Return the org, signed in."""

    @abstractmethod
    def has(self, field: str) -> bool:
        """Say whether deals have a field that this login sees."""

    @abstractmethod
    def stage_values(self) -> Mapping[str, str]:
        """Return what records hold for each stage that people see."""

    def update(self, deal_id: str, edits: tuple[Edit, ...], *, key: str) -> Update:
        """Return edits of a deal by our words as a write by the org's own fields.

        Raises:
            BadRequest: a word stands for no field of the deal itself.
        """
        if any(edit.field == "stage" for edit in edits):
            values = self.stage_values()
            edits = tuple(by_value(edit, values) if edit.field == "stage" else edit for edit in edits)
        fields = self._shown(deal_id, [edit.field for edit in edits if edit.before is not None])
        return as_update(deal_id, edits, fields, key=key, has=self.has)

    def _shown(self, deal_id: str, words: Iterable[str]) -> Fields:
        """Return the fields that stand for our words; of several for one of these words, the one that its value is read from."""
        deals = self._fields["deal"]
        found: dict[str, tuple[Source, ...]] = {}
        for word in words:
            chain = deals.get(word, ())
            if len(chain) > 1 and word not in _ALWAYS:
                held = held_by(self._org, _DEALS, deal_id, tuple(source.path for source in chain))
                found[word] = tuple(source for source in chain if held.get(source.path)) or chain
        return {**self._fields, "deal": {**deals, **found}}

    def choices(self, word: str) -> tuple[str, ...]:
        """Return the values of a picklist that is open for writing, stages as people see them; else nothing."""
        path = _ALWAYS.get(word) or next((source.path for source in self._fields["deal"].get(word, ())), "")
        field = self._org.describe(_DEALS).field(path)
        if field is None or field.type != "picklist" or field.name not in load(self._home).fields[_DEALS]:
            return ()
        if word != "stage":
            return field.values
        return tuple(name for name, value in self.stage_values().items() if value in field.values)

    def why(self, error: ConnectorError) -> Why:
        """Return of which kind the reason is for which a write was not carried out."""
        return why(error)

    def forget_writes(self, *, before: datetime) -> int:
        """Forget what records held in writes whose last word came before an instant, and return how many those were."""
        return self._journal.tidy(before=before)

    def apply(self, change: Change, *, person: str) -> Applied:
        """Carry out one approved change as `person`, by their own sign-in, and read the value back."""
        if self.writer is None:
            raise NotAllowed(
                f"{change.field!r} of {change.deal_id!r} stays as it is: nothing is written to Salesforce unless "
                "QUARTERDECK_WRITES is on"
            )
        edit = Edit(field=change.field, before=change.before, after=change.after)
        key = change.key or token_hex(16)
        wanted = as_update(change.deal_id, (edit,), self._fields, key=key, has=lambda _field: False)
        return as_applied(change, self.writer.write(wanted, person=person))


def as_update(
    deal_id: str, edits: tuple[Edit, ...], fields: Fields, *, key: str, has: Callable[[str], bool]
) -> Update:
    """Return edits of a deal by our words as a write under a key; a condition on a field that the org lacks is left out.

    Raises:
        BadRequest: a word stands for no field of the deal itself.
    """
    theirs = []
    for edit in edits:
        condition = _CONDITIONS.get(edit.field) if edit.before == edit.after else None
        if condition is None or has(condition):
            field = condition or _field(edit.field, fields)
            before, after = _theirs(field, edit.before), _theirs(field, edit.after)
            theirs.append(Edit(field=field, before=before, after=after))
    return Update(key=key, of="deal", record_id=deal_id, edits=tuple(theirs))


def by_value(edit: Edit, values: Mapping[str, str]) -> Edit:
    """Return an edit whose values go by what people see, by what records hold."""
    before, after = (
        values.get(value, value) if isinstance(value, str) else value for value in (edit.before, edit.after)
    )
    return Edit(field=edit.field, before=before, after=after)


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


def _theirs(field: str, value: Value) -> Value:
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
