"""Tables of the mirror. No keys and no indexes: uniqueness is proven by queries after each load.

    person account contact product   who and what, as they are known now
    deal        id, name, account, creation instant: what does not change (the latest name counts)
    event       append-only: at `valid_at` the deal took these values; we learned it at `learned_at`.
                `fields` is a bit mask of FIELDS: a set bit means that the column is meant, even if it is NULL
    state       derived from event: a row per deal and interval [valid_from, valid_to), fields filled forward
    activity    what was done on a deal, as it is known now
    meta        key, value: workspace, connector, cursor, as_of (ISO instant up to which records are known),
                generation, layout and derivation (versions of this file's meaning), snapshots (`yes` where the
                past is known at the instants of the events only), behind (how many states lie out of their order),
                and what a connector notes of its records (`notes`)

Instants are TIMESTAMP in UTC, dates DATE in the organisation's zone, money DECIMAL(18,2) in `currency`.
Order of events of one deal: valid_at, learned_at, id.
"""

from __future__ import annotations

# The temporal fields of a deal, in bit order: bit i of event.fields is FIELDS[i].
FIELDS: tuple[tuple[str, str], ...] = (
    ("stage", "VARCHAR"),
    ("status", "VARCHAR"),
    ("category", "VARCHAR"),
    ("amount", "DECIMAL(18,2)"),
    ("currency", "VARCHAR"),
    ("close", "DATE"),
    ("owner_id", "VARCHAR"),
    ("type", "VARCHAR"),
    ("product", "VARCHAR"),
    ("source", "VARCHAR"),
    ("region", "VARCHAR"),
    ("segment", "VARCHAR"),
    ("next_step", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("deleted", "BOOLEAN"),
)
BIT: dict[str, int] = {name: 1 << index for index, (name, _) in enumerate(FIELDS)}
ALL_FIELDS: int = (1 << len(FIELDS)) - 1

# valid_to of the state that holds now.
FOREVER = "9999-12-31 00:00:00"

COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("email", "VARCHAR"),
        ("role", "VARCHAR"),
        ("team", "VARCHAR"),
        ("region", "VARCHAR"),
        ("manager_id", "VARCHAR"),
        ("active", "BOOLEAN"),
        ("started_on", "DATE"),
    ),
    "account": (
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("region", "VARCHAR"),
        ("segment", "VARCHAR"),
        ("industry", "VARCHAR"),
        ("owner_id", "VARCHAR"),
        ("parent_id", "VARCHAR"),
    ),
    "contact": (
        ("id", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("email", "VARCHAR"),
        ("title", "VARCHAR"),
        ("role", "VARCHAR"),
    ),
    "product": (("id", "VARCHAR"), ("name", "VARCHAR"), ("family", "VARCHAR")),
    "deal": (
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("account_id", "VARCHAR"),
        ("created_at", "TIMESTAMP"),
        ("url", "VARCHAR"),
    ),
    "event": (
        ("id", "VARCHAR"),
        ("deal_id", "VARCHAR"),
        ("valid_at", "TIMESTAMP"),
        ("learned_at", "TIMESTAMP"),
        ("fields", "INTEGER"),
        *FIELDS,
    ),
    "activity": (
        ("id", "VARCHAR"),
        ("deal_id", "VARCHAR"),
        ("person_id", "VARCHAR"),
        ("kind", "VARCHAR"),
        ("at", "TIMESTAMP"),
        ("buyer", "BOOLEAN"),
        ("subject", "VARCHAR"),
    ),
    "state": (
        ("deal_id", "VARCHAR"),
        ("valid_from", "TIMESTAMP"),
        ("valid_to", "TIMESTAMP"),
        *FIELDS,
    ),
    "meta": (("key", "VARCHAR"), ("value", "VARCHAR")),
}


def create_table(name: str) -> str:
    """Return the CREATE TABLE statement of one mirror table."""
    columns = ", ".join(f'"{column}" {kind}' for column, kind in COLUMNS[name])
    return f'CREATE TABLE IF NOT EXISTS "{name}" ({columns})'
