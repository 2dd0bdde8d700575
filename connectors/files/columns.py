"""The typed tables between a file and the mirror: one Parquet file each, these columns, in this order, before any others.

Every stage of an import agrees on them: reading and mapping write them, snapshots keep them, the connector, setup and
tie-out read them. Empty text is NULL; nothing is guessed here. Dates are days as the file has them, instants are UTC.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["deals", "accounts", "people", "products"]

DEALS: Final[tuple[tuple[str, str], ...]] = (
    ("line", "INTEGER"),  # of the file, counted from 1, the header among them
    ("id", "VARCHAR"),  # the file's record id, else one made of account, name and creation day
    ("name", "VARCHAR"),
    ("account", "VARCHAR"),  # the account's name as the file has it, after value maps
    ("owner", "VARCHAR"),
    ("owner_email", "VARCHAR"),
    ("manager", "VARCHAR"),
    ("team", "VARCHAR"),
    ("stage", "VARCHAR"),
    ("status", "VARCHAR"),  # open, won or lost
    ("category", "VARCHAR"),  # a neutral forecast category; NULL where the file has none
    ("amount", "DECIMAL(18,2)"),
    ("currency", "VARCHAR"),
    ("close", "DATE"),
    ("created", "TIMESTAMP"),
    ("type", "VARCHAR"),
    ("product", "VARCHAR"),
    ("source", "VARCHAR"),
    ("region", "VARCHAR"),
    ("segment", "VARCHAR"),
    ("next_step", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("probability", "DECIMAL(5,2)"),  # per cent, 0 to 100
    ("last_activity", "DATE"),
    ("url", "VARCHAR"),
)
ACCOUNTS: Final[tuple[tuple[str, str], ...]] = (
    ("line", "INTEGER"),
    ("name", "VARCHAR"),
    ("region", "VARCHAR"),
    ("segment", "VARCHAR"),
    ("industry", "VARCHAR"),
    ("owner", "VARCHAR"),
    ("parent", "VARCHAR"),
)
PEOPLE: Final[tuple[tuple[str, str], ...]] = (
    ("line", "INTEGER"),
    ("name", "VARCHAR"),
    ("email", "VARCHAR"),
    ("role", "VARCHAR"),
    ("team", "VARCHAR"),
    ("region", "VARCHAR"),
    ("manager", "VARCHAR"),
    ("active", "BOOLEAN"),
)
PRODUCTS: Final[tuple[tuple[str, str], ...]] = (
    ("line", "INTEGER"),
    ("name", "VARCHAR"),
    ("family", "VARCHAR"),
)
COLUMNS: Final = MappingProxyType(
    {"deals": DEALS, "accounts": ACCOUNTS, "people": PEOPLE, "products": PRODUCTS}
)
