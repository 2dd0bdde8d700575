"""Rows for the mirror: stories and simulated histories as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.demo import clock
from connectors.demo.names import (
    FAMILY,
    GIVEN,
    INDUSTRIES,
    REASONS,
    ROLES,
    STEPS,
    SUBJECTS,
    TITLES,
    URL,
    account_name,
    slug,
)
from connectors.demo.people import REPS, people, rep_id, rep_number
from connectors.demo.population import CURRENCIES, PRODUCTS, REGIONS, SEGMENTS, SOURCES, TYPES, Accounts
from connectors.demo.season import Tale, season
from connectors.demo.simulate import CATEGORIES, STAGES, Past
from connectors.demo.story import KINDS, Story
from connectors.mirror.schema import ALL_FIELDS, BIT
from connectors.protocol import Batch, Column

_OWNERS = np.array([rep_id(place) for place in range(len(REPS))], dtype=object)
_STATUSES = np.array(("open", "won", "lost"), dtype=object)
_CREATED = ALL_FIELDS & ~BIT["reason"]


def deal_id(number: int) -> str:
    """Return the id of the number-th deal of the company."""
    return f"d{number:06d}"


def account_id(number: int) -> str:
    """Return the id of the number-th customer."""
    return f"a{number:06d}"


def deal_name(account: str, product: int) -> str:
    """Return the name of an invented deal: the customer and what it is to buy."""
    return f"{account} – {PRODUCTS[product]}"


def texts(values: Sequence[str | None]) -> Column:
    """Return a text column."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def person_rows() -> Batch:
    """Return everybody at Larkmoor."""
    everybody = people()
    started = np.array([np.datetime64(person.started_on or "NaT", "s") for person in everybody])
    columns: dict[str, Column] = {
        name: texts([getattr(person, name) for person in everybody])
        for name in ("id", "name", "email", "role", "team", "region", "manager_id")
    }
    return Batch(
        table="person",
        columns=columns | {"active": np.ones(len(everybody), dtype=bool), "started_on": started},
    )


def product_rows() -> Batch:
    """Return what Larkmoor sells."""
    families = ("Software", "Software", "Devices", "Services")
    ids = [f"p{place}" for place in range(1, len(PRODUCTS) + 1)]
    return Batch(
        table="product", columns={"id": texts(ids), "name": texts(PRODUCTS), "family": texts(families)}
    )


def account_names(who: Accounts) -> list[str]:
    """Return the name of every customer, in order; none begins like a customer of the season."""
    taken = frozenset(tale.account.split()[0] for tale in season())
    return [
        account_name(place, REGIONS[region], taken=taken)
        for place, region in zip(who.place.tolist(), who.region.tolist(), strict=True)
    ]


def season_account_rows(first: int, tales: Sequence[Tale]) -> Batch:
    """Return the customers of the season; `first` is the number of the first one."""
    return Batch(
        table="account",
        columns={
            "id": texts([account_id(first + place) for place in range(len(tales))]),
            "name": texts([tale.account for tale in tales]),
            "region": texts([tale.region for tale in tales]),
            "segment": texts([tale.segment for tale in tales]),
            "industry": texts([INDUSTRIES[place % len(INDUSTRIES)] for place in range(len(tales))]),
            "owner_id": texts([rep_id(rep_number(tale.owner)) for tale in tales]),
        },
    )


def contact_rows(first: int, tales: Sequence[Tale]) -> Batch:
    """Return the people at the customers of the season: two or three at each, the first with the money."""
    columns: dict[str, list[str | None]] = {
        name: [] for name in ("id", "account_id", "name", "email", "title", "role")
    }
    for place, tale in enumerate(tales):
        for number in range(2 + place % 2):
            name = f"{GIVEN[(place * 7 + number * 11) % len(GIVEN)]} {FAMILY[(place * 5 + number * 13) % len(FAMILY)]}"
            row = (
                f"c{first + place:06d}{number}",
                account_id(first + place),
                name,
                f"{name.casefold().replace(' ', '.')}@{slug(tale.account)}.example",
                TITLES[(place + number) % len(TITLES)],
                ROLES[number] if number or place % 4 else None,
            )
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
    return Batch(table="contact", columns={name: texts(values) for name, values in columns.items()})


def account_rows(who: Accounts, names: Sequence[str]) -> Batch:
    """Return the invented customers."""
    n = len(who)
    return Batch(
        table="account",
        columns={
            "id": texts([account_id(number) for number in range(n)]),
            "name": texts(names),
            "region": _take(REGIONS, who.region),
            "segment": _take(SEGMENTS, who.segment),
            "industry": _take(INDUSTRIES, (who.place * 3 + who.region) % len(INDUSTRIES)),
            "owner_id": _OWNERS[who.owner],
        },
    )


def past_rows(
    past: Past, names: Sequence[str], shift: int, *, kept: NDArray[np.bool_] | None = None
) -> tuple[Batch, ...]:
    """Return the deals, events and activities of a simulated history.

    `names` are those of all customers; `kept` says which deals are meant, None means all.
    """
    if kept is not None:
        past = _only(past, kept)
    deals, events, touches = past.deals, past.events, past.touches
    numbers = range(deals.first, deals.first + len(deals))
    ids = texts(list(map("d{:06d}".format, numbers)))
    label = np.array([f" – {product}" for product in PRODUCTS], dtype=object)
    mask = np.ones(len(deals), dtype=bool) if kept is None else kept
    deal = Batch(
        table="deal",
        columns={
            "id": ids[mask],
            "name": _take(names, deals.account[mask]) + label[deals.product[mask]],
            "account_id": texts(
                [
                    None if orphan else f"a{number:06d}"
                    for number, orphan in zip(
                        deals.account[mask].tolist(), deals.orphan[mask].tolist(), strict=True
                    )
                ]
            ),
            "created_at": clock.stamps(deals.created[mask], shift),
            "url": texts([URL + key for key in ids[mask].tolist()]),
        },
    )
    row = events["deal"]
    first = np.concatenate([[True], row[1:] != row[:-1]]) if len(row) else np.zeros(0, dtype=bool)
    opened = _event_rows(past, first, ids, shift, 1) | _fixed_columns(past, row[first])
    batches = [deal, Batch(table="event", columns=opened)]
    if not first.all():
        batches.append(Batch(table="event", columns=_event_rows(past, ~first, ids, shift, 2)))
    if len(touches["deal"]):
        start = deals.first * 100
        batches.append(
            Batch(
                table="activity",
                columns={
                    "id": _numbered(3, start, len(touches["deal"])),
                    "deal_id": ids[touches["deal"]],
                    "person_id": _OWNERS[deals.owner[touches["deal"]]],
                    "kind": _take(KINDS, touches["kind"]),
                    "at": clock.stamps(touches["at"], shift),
                    "buyer": touches["buyer"].astype(bool),
                    "subject": _take(SUBJECTS, touches["subject"]),
                },
            )
        )
    return tuple(batches)


def _event_rows(
    past: Past, mask: NDArray[np.bool_], ids: Column, shift: int, series: int
) -> dict[str, Column]:
    events = {name: column[mask] for name, column in past.events.items()}
    start = past.deals.first * 100
    at = clock.stamps(events["at"], shift)
    return {
        "id": _numbered(series, start, len(at)),
        "deal_id": ids[events["deal"]],
        "valid_at": at,
        "learned_at": clock.stamps(events["at"] + events["behind"], shift),
        "fields": events["fields"],
        "stage": _take(STAGES, events["stage"]),
        "status": _STATUSES[events["status"]],
        "category": _take(CATEGORIES, events["category"]),
        "amount": np.ma.masked_array(events["amount"], mask=events["amount"] < 0),
        "close": clock.dates(events["close"], shift),
        "next_step": _take([step or None for step in STEPS], events["step"]),
        "reason": _take(REASONS, events["reason"]),
        "deleted": events["deleted"].astype(bool),
    }


def _fixed_columns(past: Past, row: Any) -> dict[str, Column]:
    deals = past.deals
    return {
        "currency": _take(CURRENCIES, deals.currency[row]),
        "owner_id": _OWNERS[deals.owner[row]],
        "type": _take(TYPES, deals.type[row]),
        "product": _take(PRODUCTS, deals.product[row]),
        "source": _take(SOURCES, deals.source[row]),
        "region": _take(REGIONS, deals.region[row]),
        "segment": _take(SEGMENTS, deals.segment[row]),
    }


def story_rows(stories: Sequence[Story], shift: int) -> tuple[Batch, ...]:
    """Return the deals, events and activities of stories."""
    ids = texts([story.id for story in stories])
    deal = Batch(
        table="deal",
        columns={
            "id": ids,
            "name": texts([story.name for story in stories]),
            "account_id": texts([story.account for story in stories]),
            "created_at": clock.stamps([story.created for story in stories], shift),
            "url": texts([URL + story.id for story in stories]),
        },
    )
    told = [(story, place, event) for story in stories for place, event in enumerate(story.events)]
    touched = [(story, place, touch) for story in stories for place, touch in enumerate(story.touches)]
    at = clock.stamps([event.at for _, _, event in told], shift)
    fields = [sum(BIT[name] for name in event.values) if place else _CREATED for _, place, event in told]
    amounts = [event.values.get("amount") for _, _, event in told]
    event = Batch(
        table="event",
        columns={
            "id": texts([f"s{story.id}.{place:03d}" for story, place, _ in told]),
            "deal_id": texts([story.id for story, _, _ in told]),
            "valid_at": at,
            "learned_at": at,
            "fields": np.array(fields, dtype=np.int64),
            "stage": texts([STAGES[event.values.get("stage", 0)] for _, _, event in told]),
            "status": texts([_STATUSES[event.values.get("status", 0)] for _, _, event in told]),
            "category": texts([CATEGORIES[event.values.get("category", 0)] for _, _, event in told]),
            "amount": np.ma.masked_array(
                np.array([amount or 0 for amount in amounts], dtype=np.int64),
                mask=[amount is None for amount in amounts],
            ),
            "currency": texts([CURRENCIES[story.currency] for story, _, _ in told]),
            "close": clock.dates([event.values.get("close", 0) for _, _, event in told], shift),
            "owner_id": texts([rep_id(story.owner) for story, _, _ in told]),
            "type": texts([TYPES[story.type] for story, _, _ in told]),
            "product": texts([PRODUCTS[story.product] for story, _, _ in told]),
            "source": texts([SOURCES[story.source] for story, _, _ in told]),
            "region": texts([REGIONS[story.region] for story, _, _ in told]),
            "segment": texts([SEGMENTS[story.segment] for story, _, _ in told]),
            "next_step": texts([event.values.get("next_step") for _, _, event in told]),
            "reason": texts([event.values.get("reason") for _, _, event in told]),
            "deleted": np.array([bool(event.values.get("deleted")) for _, _, event in told]),
        },
    )
    activity = Batch(
        table="activity",
        columns={
            "id": texts([f"s{story.id}.{place:03d}" for story, place, _ in touched]),
            "deal_id": texts([story.id for story, _, _ in touched]),
            "person_id": texts([rep_id(story.owner) for story, _, _ in touched]),
            "kind": texts([touch.kind for _, _, touch in touched]),
            "at": clock.stamps([touch.at for _, _, touch in touched], shift),
            "buyer": np.array([touch.buyer for _, _, touch in touched], dtype=bool),
            "subject": texts([touch.subject for _, _, touch in touched]),
        },
    )
    return tuple(batch for batch in (deal, event, activity) if len(batch))


def _numbered(series: int, start: int, n: int) -> Column:
    """Return ids of eleven digits, the first of them the series, in the order of the rows."""
    first = series * 10_000_000_000 + start
    return texts(list(map(str, range(first, first + n))))


def _only(past: Past, kept: NDArray[np.bool_]) -> Past:
    """Return the history without the events and activities of the other deals."""
    events, touches = past.events, past.touches
    return replace(
        past,
        events={name: column[kept[events["deal"]]] for name, column in events.items()},
        touches={name: column[kept[touches["deal"]]] for name, column in touches.items()},
    )


def _take(table: Sequence[str | None], places: Any) -> Column:
    return np.asarray(texts(table)[places])
