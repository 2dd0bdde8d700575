"""Typed tables of an export, as reading and mapping leave them: made from rows, or from a mirror as of an instant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from connectors.files.columns import COLUMNS, DEALS
from connectors.files.shelf import Shelf, Snapshot

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file as it was given."""

    path: Path
    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class TypedTables:
    """Kind to Parquet file."""

    tables: Mapping[str, Path] = field(default_factory=dict)


def written(folder: Path, **kinds: Iterable[Row]) -> TypedTables:
    """Write rows as typed tables, one Parquet file for each kind; a column that a row lacks is NULL."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {}
    with duckdb.connect() as con:
        for kind, rows in kinds.items():
            columns = COLUMNS[kind]
            con.execute(
                f"CREATE OR REPLACE TABLE t ({', '.join(f'{name} {type_}' for name, type_ in columns)})"
            )
            for line, row in enumerate(rows, start=2):
                values = [{"line": line, **row}.get(name) for name, _ in columns]
                con.execute(f"INSERT INTO t VALUES ({', '.join('?' for _ in columns)})", values)
            tables[kind] = folder / f"{kind}.parquet"
            con.execute(f"COPY t TO '{tables[kind]}' (FORMAT parquet)")
    return TypedTables(tables=tables)


def take(home: Path, as_of: date, *rows: Row, **kinds: Iterable[Row]) -> Snapshot:
    """Put deals (and what else is given) on the shelf of a home as an export of that day."""
    name = f"deals-{as_of}.csv"
    path = home / name
    home.mkdir(parents=True, exist_ok=True)
    path.write_text(repr((rows, {kind: list(of) for kind, of in kinds.items()})), encoding="utf-8")
    given = Given(path=path, file=name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    return Shelf(home).take(written(home / "typed", deals=rows, **kinds), (given,), "no mapping", as_of)


def exported(mirror: Path, at: datetime, into: Path, *, activities: bool = True) -> TypedTables:
    """Write what a CRM would export at an instant: the deals of a mirror's file as they stood, its people, accounts, products."""
    into.mkdir(parents=True, exist_ok=True)
    when = f"TIMESTAMP '{at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"
    deals = f"""
        SELECT row_number() OVER (ORDER BY deal.id) + 1 AS line, deal.id AS id, deal.name AS name, account.name AS account,
            owner.name AS owner, owner.email AS owner_email, lead.name AS manager, owner.team AS team, s.stage AS stage,
            s.status AS status, s.category AS category, s.amount AS amount, s.currency AS currency, s.close AS close,
            deal.created_at AS created, s.type AS type, s.product AS product, s.source AS source, s.region AS region,
            s.segment AS segment, s.next_step AS next_step, s.reason AS reason, NULL AS probability,
            {"touch.day" if activities else "NULL"} AS last_activity, deal.url AS url
        FROM state s JOIN deal ON deal.id = s.deal_id
        LEFT JOIN account ON account.id = deal.account_id
        LEFT JOIN person owner ON owner.id = s.owner_id LEFT JOIN person lead ON lead.id = owner.manager_id
        LEFT JOIN (SELECT deal_id, max(activity.at::DATE) AS day FROM activity WHERE activity.at <= {when} GROUP BY 1) touch
            ON touch.deal_id = s.deal_id
        WHERE s.valid_from <= {when} AND s.valid_to > {when} AND NOT coalesce(s.deleted, FALSE)
        ORDER BY deal.id"""
    people = """
        SELECT row_number() OVER (ORDER BY p.id) + 1 AS line, p.name, p.email, p.role, p.team, p.region, m.name AS manager,
            p.active
        FROM person p LEFT JOIN person m ON m.id = p.manager_id ORDER BY p.id"""
    accounts = """
        SELECT row_number() OVER (ORDER BY name) + 1 AS line, name, min(a.region) AS region, min(segment) AS segment,
            min(industry) AS industry, NULL AS owner, NULL AS parent
        FROM account a GROUP BY name ORDER BY name"""
    products = "SELECT row_number() OVER (ORDER BY id) + 1 AS line, name, family FROM product ORDER BY id"
    queries = {"deals": deals, "people": people, "accounts": accounts, "products": products}
    tables = {}
    with duckdb.connect(str(mirror), read_only=True) as con:
        for kind, query in queries.items():
            tables[kind] = into / f"{kind}.parquet"
            columns = ", ".join(f"CAST({name} AS {type_}) AS {name}" for name, type_ in COLUMNS[kind])
            con.execute(f"COPY (SELECT {columns} FROM ({query})) TO '{tables[kind]}' (FORMAT parquet)")
    return TypedTables(tables=tables)


def given(folder: Path, name: str) -> Given:
    """Write a stand-in for the file that was exported."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(name, encoding="utf-8")
    return Given(path=path, file=name, sha256=hashlib.sha256(name.encode()).hexdigest())


DEAL_COLUMNS = tuple(name for name, _ in DEALS)
