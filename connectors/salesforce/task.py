"""One update under way: what may be sent, what the record holds against it, and what forbids sending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.salesforce.allowed import Checked
from connectors.salesforce.journal import Noted
from connectors.salesforce.live import Live, Standing
from connectors.salesforce.shapes import Shape
from connectors.salesforce.values import Sent, same, sent
from connectors.salesforce.why import Unfit
from connectors.writes import Edit, Stale, Update, Why

# What Salesforce changes by itself when these fields change.
_ALONG: Final = {"StageName": ("ForecastCategoryName", "Probability"), "Amount": ("HasOpportunityLineItem",)}
_SUMMED: Final = ("Amount", "HasOpportunityLineItem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One update under way: what may be sent, and to which record as whom."""

    live: Live
    shape: Shape
    wanted: Update
    edits: tuple[Checked, ...]

    @property
    def named(self) -> str:
        """Return how the record is called in a message."""
        return f"{self.shape.name} {self.wanted.record_id}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the fields to read: those to change, and what changes with them."""
        touched = [edit.field.name for edit in self.edits]
        return tuple(dict.fromkeys([*touched, *(each for name in touched for each in _ALONG.get(name, ()))]))

    def moved(self, standing: Standing, *, to: str) -> tuple[Edit, ...]:
        """Return the fields that do not hold their `before` or `after`, with what they should and do hold."""
        return tuple(
            Edit(field=edit.field.name, before=wanted, after=standing.values[edit.field.name])
            for edit in self.edits
            if not same(wanted := getattr(edit, to), standing.values[edit.field.name])
        )

    def seen(self, standing: Standing) -> tuple[Edit, ...]:
        """Return what the fields hold, as edits that say nothing of what comes."""
        return tuple(Edit(field=name, before=value, after=None) for name, value in standing.values.items())


def body(task: Task) -> dict[str, Sent]:
    """Return what is sent: also what is to stay as it is, which would move along with another field otherwise."""
    return {edit.field.name: sent(edit.after) for edit in task.edits if edit.sent}


def refuse_stale(task: Task, noted: Noted, standing: Standing) -> None:
    """Refuse to write over what nobody approved, or again after a sending whose fate cannot be told.

    Raises:
        Stale: the record is another one than when it was proposed, or than when it was sent.
    """
    moved = task.moved(standing, to="before")
    if moved and noted.state == "sent":
        raise Stale(
            f"{task.named} was saved by somebody else after the change was sent, whose answer was lost: it may have been "
            f"made before that. {', '.join(edit.field for edit in moved)} hold neither what was there nor what was approved; "
            "nothing more is sent",
            found=moved,
        )
    if moved:
        already = "; it holds what was approved already" if not task.moved(standing, to="after") else ""
        raise Stale(
            f"{', '.join(edit.field for edit in moved)} of {task.named} changed after the proposal: nothing was "
            f"written{already}",
            found=moved,
        )
    if noted.state == "sent" and noted.stamp is not None and standing.changed > noted.stamp:
        raise Stale(
            f"{task.named} was saved after the change was sent, whose answer was lost: it may have been made and taken back, "
            "so it is not sent again; propose it anew"
        )


def refuse_sum(task: Task, standing: Standing) -> None:
    """Refuse to write a sum that Salesforce keeps itself.

    Raises:
        Unfit: the deal has products, and its amount is the sum of them.
    """
    field, flag = _SUMMED
    if standing.values.get(flag) is True and any(
        edit.field.name == field and edit.before != edit.after for edit in task.edits
    ):
        raise Unfit(
            f"{field} of {task.named} is the sum of its products: change those in Salesforce",
            why=Why.SUMMED,
        )
