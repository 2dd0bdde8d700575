"""What people read about a change: the change itself, that it was made, or why it was not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from bot.approvals.values import (
    ALTERED,
    CLOSED,
    EXPIRED,
    MOVED,
    OFF,
    STOPPED,
    UNCONNECTED,
    FieldChange,
    Outcome,
    Proposal,
)
from reports import words

_LABELS: Final = MappingProxyType(
    {
        "close": "Close date",
        "amount": "Amount",
        "currency": "Currency",
        "next_step": "Next step",
        "stage": "Stage",
        "category": "Forecast category",
        "reason": "Loss reason",
    }
)
SWITCHED_OFF: Final = "An admin has switched writing off."
# Letters of a deal's name, of a value in words, and of what the system said.
_NAME, _VALUE, _SAID = 80, 120, 300
# As many has the longest value, which is said again as it is.
_LONGEST: Final = 255


def change_of(proposal: Proposal, today: date) -> str:
    """Return a change, `Close date of Ostrander Paper: 18 Dec → 29 Jan`."""
    first, *more = moving(proposal.changes)
    rest = "".join(f"; {label(one)}: {arrow(one, proposal, today)}" for one in more)
    return f"{label(first)} of {named(proposal)}: {arrow(first, proposal, today)}{rest}"


def written(proposal: Proposal, outcome: Outcome, system: str, today: date) -> str:
    """Return that a change was made, as a sentence; that the system holds it otherwise than approved, if it does."""
    other = (
        f" {system} keeps {', '.join(outcome.differing)} otherwise than you approved: look there."
        if outcome.differing
        else ""
    )
    if proposal.undoes:
        first, *more = moving(proposal.changes)
        back = value(first, first.after, proposal, today)
        # What moved along with it by itself goes back without a word.
        rest = "".join(
            f", {label(one).lower()} at {value(one, one.after, proposal, today)}"
            for one in more
            if one.word in _LABELS
        )
        return f"{label(first)} of {named(proposal)} is back at {back}{rest}, in {system}.{other}"
    return f"{change_of(proposal, today)}, in {system}.{other}"


def not_written(proposal: Proposal, outcome: Outcome, system: str, today: date) -> str:
    """Return why a change was not made, with the system's own words, as sentences."""
    if outcome.state == "unknown":
        when = " before that" if outcome.why == OFF else ""
        unsure = (
            f"I cannot tell whether {system} took it{when}. Look at the deal there before you say it again."
        )
        return f"{SWITCHED_OFF} {unsure}" if outcome.why == OFF else unsure
    said = words.line(outcome.said, _SAID).rstrip(".")
    if outcome.why == "stale":
        return _stale(proposal, outcome, system, today)
    if plain := _PLAIN.get(outcome.why):
        return plain.format(system=system, said=said)
    return f"{_REFUSED.get(outcome.why, '{system} refuses it').format(system=system)}: “{said}”."


_PLAIN: Final = MappingProxyType(
    {
        "locked": "Somebody else is saving this deal in {system} just now. Try again in a minute.",
        "gone": "You do not see this deal in {system} any more.",
        "summed": "The amount comes from the deal's products: change those in {system}.",
        "down": "{system} does not answer at the moment. Try again in a while.",
        CLOSED: "The deal is {said} in {system} by now, and I change open deals only.",
        MOVED: "The deal belongs to somebody else in {system} by now.",
        UNCONNECTED: "You have not connected {system}, so I cannot write there in your name.",
        STOPPED: "Everything is {said}, so nothing is written.",
        OFF: f"{SWITCHED_OFF} Nothing was changed.",
        EXPIRED: "It waited too long, so I left it. Say it once more.",
        ALTERED: "It is not what was approved any more, so I left it. Say it once more.",
    }
)
_REFUSED: Final = MappingProxyType(
    {
        "rule": "A rule in {system} refuses it",
        "picklist": "{system} does not take that value",
        "required": "{system} wants another field filled first",
        "value": "{system} does not take that value",
        "no_right": "{system} does not let you change that",
        "limit": "{system} takes no more calls for now",
    }
)


def proposed(proposal: Proposal, system: str, today: date) -> str:
    """Return that a change is kept as a proposal and will not be carried out, and who changes that."""
    return (
        f"{change_of(proposal, today)}: kept as a proposal. Nothing is written to {system} before an admin sets "
        "QUARTERDECK_WRITES=on."
    )


def said_again(proposal: Proposal, today: date) -> str:
    """Return the words by which a change is asked for once more."""
    change = moving(proposal.changes)[0]
    match change.word:
        case "close" if change.after is not None:
            wanted = f"close date {words.day(date.fromisoformat(change.after), today)}"
        case "next_step":
            wanted = f"next step: {words.line(change.after or '', _LONGEST)}"
        case "category":
            wanted = f"to {words.line(change.after or '', _VALUE).replace('_', ' ')}"
        case word:
            wanted = f"{word} to {words.line(change.after or '', _VALUE)}"
    return f"update {named(proposal)} {wanted}"


def moving(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Return the changes that are more than a condition."""
    return [one for one in changes if one.moves]


def named(proposal: Proposal) -> str:
    """Return how the record is called, on one line."""
    return words.line(proposal.record, _NAME)


def label(change: FieldChange) -> str:
    """Return what people call a field."""
    return _LABELS.get(change.word, change.word)


def arrow(change: FieldChange, proposal: Proposal, today: date) -> str:
    """Return a field's value before and after."""
    return f"{value(change, change.before, proposal, today)} → {value(change, change.after, proposal, today)}"


def value(change: FieldChange, text: str | None, proposal: Proposal, today: date) -> str:
    """Return a value as people read it: a day, an amount to the cent where it has cents, words in quotes."""
    if text is None:
        return "none"
    match change.word:
        case "close":
            return words.day(date.fromisoformat(text), today)
        case "amount":
            return _money(text, proposal.currency)
        case "next_step":
            return f"“{words.line(text, _VALUE)}”"
        case _:
            return words.line(text, _VALUE)


def _stale(proposal: Proposal, outcome: Outcome, system: str, today: date) -> str:
    if not outcome.there:
        return f"Somebody saved the deal in {system} in that very moment, so nothing was written. Look, and try again."
    wanted = {one.field: one.after for one in proposal.changes}
    if all(one.after == wanted.get(one.field) for one in outcome.there):
        return f"{system} has it already: somebody else was quicker."
    now = "; ".join(
        f"{label(one)} is {value(one, one.after, proposal, today)} there by now, not "
        f"{value(one, one.before, proposal, today)}"
        for one in outcome.there
    )
    return f"Somebody changed it in {system} meanwhile, so nothing was written: {now}."


def _money(text: str, currency: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    whole = amount == amount.to_integral_value()
    return f"{words.symbol(currency)}{amount:,.0f}" if whole else f"{words.symbol(currency)}{amount:,.2f}"
