"""From a snapshot's tables to rows of the mirror, as SQL: ids from names, meaning from the company file.

Ids of people, accounts and products are their names, folded. A deal without an owner belongs to `NOBODY`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from connectors.mirror.schema import BIT, FIELDS
from connectors.quoting import literal
from connectors.records import Status

if TYPE_CHECKING:
    from connectors.company import Company

NOBODY: Final = "no owner"
# Deals have these whatever the export says.
_ALWAYS: Final = ("stage", "status", "category", "owner_id", "deleted")
_WORDS: Final = {Status.OPEN: "Open", Status.WON: "Won", Status.LOST: "Lost"}


def tidy(column: str) -> str:
    """Return the expression of a name without needless blanks."""
    return f"trim(regexp_replace(nfc_normalize({column}), '\\s+', ' ', 'g'))"


def key(column: str) -> str:
    """Return the expression of the id that a name has; NULL where there is no name."""
    return f"nullif(lower({tidy(column)}), '')"


def meant(fields: Iterable[str]) -> frozenset[str]:
    """Return which fields the events of a snapshot set: those that its export has, and those that every deal has."""
    given = {*fields, *_ALWAYS} & BIT.keys() - {"currency"}
    return frozenset(given | {"currency"} if "amount" in given else given)


def mask(fields: Iterable[str]) -> int:
    """Return the same as the bits of an event."""
    return sum(BIT[name] for name in meant(fields))


def deals(company: Company, source: str, kept: Iterable[str] = ()) -> str:
    """Return the deals of a Parquet file as SQL: all of a deal's fields under the mirror's names and of its types.

    Of `kept` fields the file has a column NAME_kept; `keeps` are the bits of those that a deal keeps as they were.
    """
    keeps = " + ".join(f"if({name}_kept, {BIT[name]}, 0)" for name in kept) or "0"
    steps = ", ".join(
        f"({literal(stage.name)}, {literal(stage.status)}, {literal(stage.category)})"
        for stage in company.stages
    )
    words = " ".join(f"WHEN {literal(status)} THEN {literal(word)}" for status, word in _WORDS.items())
    return f"""
        WITH given AS (
            SELECT d.*, coalesce(d.status, step.status, 'open') AS standing, step.category AS usual
            FROM read_parquet({source}, file_row_number = true) d
            LEFT JOIN (VALUES {steps or "('', '', '')"}) AS step(stage, status, category) ON step.stage = d.stage
        )
        SELECT file_row_number AS row, id, coalesce(name, id) AS name, {key("account")} AS account_id, created AS created_at, url,
            coalesce(stage, CASE standing {words} END) AS stage, standing AS status,
            coalesce(category, usual, if(standing = 'open', 'pipeline', 'closed')) AS category,
            amount,
            if(amount IS NULL, NULL, coalesce(currency, {literal(company.currency)})) AS currency, close,
            coalesce({key("owner")}, {literal(NOBODY)}) AS owner_id, type, product, source, region, segment, next_step,
            reason, FALSE AS deleted, last_activity, {keeps} AS keeps
        FROM given"""


def people(deals: str, listed: str | None, accounts: str | None) -> str:
    """Return the people of a snapshot as SQL: those who are listed, own a deal or an account, or manage such people.

    What the list does not say comes from the deals: the team, region and manager that most of somebody's deals name.
    """
    known = (
        f"SELECT {key('name')} AS id, min(name) AS name, min(email) AS email, min(role) AS role, min(team) AS team, "
        f"min(region) AS region, min(manager) AS manager, bool_and(active) AS active FROM read_parquet({listed}) "
        "WHERE id IS NOT NULL GROUP BY 1"
        if listed
        else "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS name, NULL::VARCHAR AS email, NULL::VARCHAR AS role, "
        "NULL::VARCHAR AS team, NULL::VARCHAR AS region, NULL::VARCHAR AS manager, NULL::BOOLEAN AS active WHERE FALSE"
    )
    customers = f"UNION ALL SELECT owner FROM read_parquet({accounts})" if accounts else ""
    usual = " ".join(
        f"LEFT JOIN ({_usual(name)}) AS u_{name} ON u_{name}.id = everybody.id" for name in _USUAL
    )
    return f"""
        WITH groups AS (
            SELECT {key("owner")} AS id, owner_email AS email, team, region, manager, count(*) AS n
            FROM read_parquet({deals}) GROUP BY ALL
        ),
        listed AS ({known}),
        everybody AS (
            SELECT {key("name")} AS id, min({tidy("name")}) AS name FROM (
                SELECT DISTINCT owner AS name FROM read_parquet({deals})
                UNION ALL SELECT DISTINCT manager FROM read_parquet({deals})
                UNION ALL SELECT name FROM listed UNION ALL SELECT manager FROM listed {customers}
            ) WHERE {key("name")} IS NOT NULL GROUP BY 1
            UNION ALL SELECT {literal(NOBODY)}, 'No owner' WHERE EXISTS (SELECT 1 FROM groups WHERE id IS NULL)
        ),
        joined AS (
            SELECT everybody.id, coalesce(listed.name, everybody.name) AS name,
                coalesce(listed.email, u_email.value, '') AS email, coalesce(listed.role, '') AS role,
                coalesce(listed.team, u_team.value, '') AS team, coalesce(listed.region, u_region.value, '') AS region,
                {key("coalesce(listed.manager, u_manager.value)")} AS manager_id, coalesce(listed.active, TRUE) AS active
            FROM everybody LEFT JOIN listed ON listed.id = everybody.id {usual}
        )
        SELECT * REPLACE (nullif(manager_id, id) AS manager_id) FROM joined"""


def accounts(deals: str, listed: str | None) -> str:
    """Return the accounts of a snapshot as SQL: those of the linked file, and those that only deals name."""
    known = (
        f"SELECT {key('name')} AS id, min(name) AS name, min(region) AS region, min(segment) AS segment, "
        f"min(industry) AS industry, min({key('owner')}) AS owner_id, min({key('parent')}) AS parent_id "
        f"FROM read_parquet({listed}) WHERE id IS NOT NULL GROUP BY 1 UNION ALL BY NAME "
        if listed
        else ""
    )
    missing = (
        "" if listed else ", NULL::VARCHAR AS region, NULL::VARCHAR AS segment, NULL::VARCHAR AS industry, "
    )
    missing += "" if listed else "NULL::VARCHAR AS owner_id, NULL::VARCHAR AS parent_id"
    beside = f"AND {key('account')} NOT IN (SELECT {key('name')} FROM read_parquet({listed}) WHERE name IS NOT NULL)"
    return (
        f"{known}SELECT {key('account')} AS id, min({tidy('account')}) AS name{missing} FROM read_parquet({deals}) "
        f"WHERE {key('account')} IS NOT NULL {beside if listed else ''} GROUP BY 1"
    )


def products(deals: str, listed: str | None) -> str:
    """Return the products of a snapshot as SQL: those of the linked file, and those that only deals name."""
    known = (
        f"SELECT {key('name')} AS id, name, family, 1 AS place FROM read_parquet({listed}) UNION ALL "
        if listed
        else ""
    )
    return (
        f"SELECT id, min_by(name, (place, name)) AS name, min(family) AS family FROM ({known}"
        f"SELECT DISTINCT {key('product')} AS id, product AS name, NULL AS family, 2 AS place FROM read_parquet({deals})"
        ") WHERE id IS NOT NULL GROUP BY 1"
    )


_USUAL: Final = ("email", "team", "region", "manager")
EVENT_FIELDS: Final = tuple(name for name, _ in FIELDS)


def _usual(column: str) -> str:
    """Return the value that most of an owner's deals name, the last by its letters of several."""
    return (
        "SELECT id, max(struct_pack(n := n, value := value)).value AS value FROM ("
        f"SELECT id, {column} AS value, sum(n) AS n FROM groups WHERE {column} IS NOT NULL GROUP BY ALL) GROUP BY id"
    )
