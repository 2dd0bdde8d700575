"""What people changed in the invented company: a file in its home, written like a small CRM, each change once by its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import numpy as np

from connectors.demo.rows import texts
from connectors.disk import only_writer, write_atomically
from connectors.errors import BadRequest, Conflict, NotAllowed
from connectors.mirror.schema import BIT
from connectors.protocol import Batch
from connectors.records import ForecastClass, Money, Opportunity, Stage
from connectors.writes import Done, Edit, Stale, Update, Value, Write

FILE: Final = "demo-changes.json"
# What can be changed; a condition on the currency may go along.
FIELDS: Final = ("stage", "close", "amount", "next_step", "category")
# Changes stand at the company's one instant, in their order.
_BEFORE: Final = timedelta(seconds=1)
_OPEN: Final = (ForecastClass.PIPELINE, ForecastClass.BEST_CASE, ForecastClass.COMMIT, ForecastClass.OMITTED)

Row = Mapping[str, Any]


class Written:
    """The changes of one home, oldest first."""

    def __init__(self, home: Path, *, now: datetime, stages: tuple[Stage, ...]) -> None:
        """Keep them in `home`; `now` is the company's instant."""
        self._path, self._now = home / FILE, now
        self._stages = {stage.name: stage for stage in stages}

    def rows(self) -> tuple[Row, ...]:
        """Return what was changed; empty where nothing ever was."""
        return tuple(json.loads(self._path.read_bytes())) if self._path.is_file() else ()

    def over(self, deal: Opportunity) -> Opportunity:
        """Return a deal as it stands after what was changed."""
        for row in self.rows():
            if row["deal"] == deal.id:
                deal = self._changed(deal, row["set"])
        return deal

    def batch(self, row: Row, number: int) -> Batch:
        """Return one change as an event."""
        told, at = row["set"], (self._now - _BEFORE + timedelta(microseconds=number)).replace(tzinfo=None)
        columns: dict[str, Any] = {
            "id": texts([f"changed-{number}"]),
            "deal_id": texts([row["deal"]]),
            "valid_at": np.array([at], "M8[us]"),
            "learned_at": np.array([at], "M8[us]"),
            "fields": np.array([sum(BIT[name] for name in told)], "i8"),
        }
        for name, text in told.items():
            if name == "amount":
                columns[name] = np.ma.array([int(Decimal(text or 0) * 100)], mask=[text is None], dtype="i8")
            elif name == "close":
                columns[name] = np.array([text], "M8[s]")
            else:
                columns[name] = texts([text])
        return Batch(table="event", columns=columns)

    def keep(self, wanted: Update, person: str, live: Opportunity) -> Done:
        """Keep a change of a deal as it stands, once for its key, and return what came of it.

        Raises:
            Stale: a field holds something else.
            NotAllowed: a field cannot be changed here.
            BadRequest: a value does not fit, or the key is another change's.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with only_writer(self._path.with_suffix(".lock"), of="the invented company"):
            rows, asked = list(self.rows()), _asked(wanted)
            if done := self.found(wanted, person):
                return done
            before = _values(live)
            found = [
                Edit(field=edit.field, before=edit.before, after=before.get(edit.field))
                for edit in wanted.edits
                if _text(edit.field, edit.before) != before.get(edit.field)
            ]
            if found:
                raise Stale(
                    "the deal was changed after the proposal: nothing was written", found=tuple(found)
                )
            after = self._set(wanted)
            row = {
                "key": wanted.key,
                "person": person,
                "deal": wanted.record_id,
                "asked": asked,
                "set": after,
                "was": {name: before.get(name) for name in after if name != "status"},
            }
            write_atomically(self._path, json.dumps([*rows, row], ensure_ascii=False).encode())
            return self._done(wanted, row)

    def found(self, wanted: Update, person: str) -> Done | None:
        """Return what came of a change that was kept under its key; None where none was.

        Raises:
            BadRequest: the key is another change's.
        """
        for row in self.rows():
            if row["key"] == wanted.key:
                if (row["deal"], row["asked"], row["person"]) != (wanted.record_id, _asked(wanted), person):
                    raise BadRequest(f"the key {wanted.key!r} belongs to another change")
                return self._done(wanted, row)
        return None

    def _set(self, wanted: Update) -> dict[str, str | None]:
        """Return the fields that a change sets, and those that go along with a stage."""
        found: dict[str, str | None] = {}
        # What goes along with a stage gives way to what is said of it besides.
        for edit in sorted(wanted.edits, key=lambda one: one.field != "stage"):
            value = _text(edit.field, edit.after)
            if value == _text(edit.field, edit.before):
                continue
            if edit.field not in FIELDS:
                raise NotAllowed(f"{edit.field!r} cannot be changed here; open are {', '.join(FIELDS)}")
            self._refuse(edit.field, value)
            if edit.field == "stage" and value is not None:
                stage = self._stages[value]
                found |= {"status": str(stage.status), "category": str(stage.category)}
            found[edit.field] = value
        return found

    def _refuse(self, field: str, value: str | None) -> None:
        match field:
            case "close" | "stage" | "category" if value is None:
                raise BadRequest(f"{field} cannot be empty")
            case "close":
                try:
                    date.fromisoformat(str(value))
                except ValueError:
                    raise BadRequest(f"close is {value!r}; it takes a day like 2026-12-18") from None
            case "amount" if value is not None:
                try:
                    amount = Decimal(value)
                    whole = amount.is_finite() and amount == round(amount, 2)
                except InvalidOperation:
                    whole = False
                if not whole:
                    raise BadRequest(f"amount is {value!r}; it takes a number like 48000.00")
            case "stage" if value not in self._stages:
                raise BadRequest(f"stage is {value!r}; its values are {', '.join(self._stages)}")
            case "category" if value not in set(_OPEN):
                raise BadRequest(f"category is {value!r}; its values are {', '.join(_OPEN)}")
            case _:
                pass

    def _done(self, wanted: Update, row: Row) -> Done:
        touched = {edit.field for edit in wanted.edits}
        moves = tuple(
            Edit(field=name, before=row["was"].get(name), after=after)
            for name, after in row["set"].items()
            if name != "status"
        )
        return Done(
            key=wanted.key,
            record_id=wanted.record_id,
            at=self._now,
            edits=tuple(edit for edit in moves if edit.field in touched),
            along=tuple(edit for edit in moves if edit.field not in touched),
            inverse=Update(
                key=f"{wanted.key}/undo",
                of="deal",
                record_id=wanted.record_id,
                edits=tuple(Edit(field=edit.field, before=edit.after, after=edit.before) for edit in moves),
            ),
        )

    def _changed(self, deal: Opportunity, told: Mapping[str, str | None]) -> Opportunity:
        new: dict[str, Any] = {}
        for name, text in told.items():
            match name:
                case "amount":
                    new[name] = None if text is None else Money(amount=Decimal(text), currency=deal.currency)
                case "close":
                    new[name] = date.fromisoformat(str(text))
                case "category":
                    new[name] = ForecastClass(str(text))
                case "status":
                    new[name] = self._stages[str(told["stage"])].status
                case _:
                    new[name] = text
        return replace(deal, **new)


class DemoWriter:
    """Carries out approved changes of the invented company: whoever owns a deal may change it."""

    def __init__(self, written: Written, read: Callable[[str], Opportunity | None]) -> None:
        """Keep changes in `written`; `read` returns a deal as it stands."""
        self._written, self._read = written, read

    def write(self, wanted: Write, *, person: str) -> Done:
        """Carry out a change as `person`; the same key again gives the same answer.

        Raises:
            Stale, NotAllowed, BadRequest: as `connectors.writes.Writer` says.
            Conflict: the deal is not there.
        """
        if not isinstance(wanted, Update) or wanted.of != "deal":
            raise NotAllowed("only deals can be changed here")
        live = self._read(wanted.record_id)
        if live is None:
            raise Conflict(f"there is no deal {wanted.record_id!r} any more")
        if live.owner_id != person:
            raise NotAllowed("only the owner of a deal may change it here")
        return self._written.keep(wanted, person, live)

    def came_of(self, wanted: Write, *, person: str) -> Done | None:
        """Return what came of a change; None where it was not made.

        Raises:
            BadRequest: the key is another change's.
        """
        return self._written.found(wanted, person) if isinstance(wanted, Update) else None


def _asked(wanted: Update) -> list[list[str | None]]:
    """Return what is asked for, as it is kept beside the key."""
    return [
        [edit.field, _text(edit.field, edit.before), _text(edit.field, edit.after)] for edit in wanted.edits
    ]


def _values(deal: Opportunity) -> dict[str, str | None]:
    """Return what a deal holds, as text."""
    return {
        "stage": deal.stage,
        "category": str(deal.category),
        "close": deal.close.isoformat() if deal.close else None,
        "amount": None if deal.amount is None else _plain(deal.amount.amount),
        "currency": deal.currency or None,
        "next_step": deal.next_step or None,
    }


def _text(field: str, value: Value) -> str | None:
    match value:
        case None | "":
            return None
        case date():
            return value.isoformat()
        case _ if field == "amount":
            try:
                return _plain(Decimal(str(value)))
            except InvalidOperation:
                return str(value)
        case _:
            return str(value)


def _plain(amount: Decimal) -> str:
    """Return an amount as text, the same for the same amount."""
    return f"{amount.normalize():f}" if amount.is_finite() else str(amount)
