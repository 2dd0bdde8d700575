"""From the pages of a sync to what is around deals, as SQL: people, products, accounts, contacts, activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.quoting import quoted
from connectors.salesforce.fieldmap import Fields
from connectors.salesforce.told import Raw, chain
from connectors.salesforce.typed import day, moment


def people(raw: Raw, fields: Fields) -> str:
    """Return users as people, as SQL: those who work in the org themselves, not customers and partners who sign in."""
    part = fields["person"]
    role, team, region = (
        f"coalesce({chain(part[word])}, '')" if word in part else "''" for word in ("role", "team", "region")
    )
    started = chain(part["started_on"], day) if "started_on" in part else "NULL::DATE"
    return f"""
        WITH users AS (
            SELECT {quoted("Id")} AS id, {quoted("Name")} AS name, coalesce({raw.text("Email")}, '') AS email, {role} AS role,
                {team} AS team, {region} AS region, {raw.text("ManagerId")} AS manager_id,
                {raw.yes("IsActive")} AS active, {started} AS started_on
            FROM {raw.relation} WHERE coalesce({raw.text("UserType")}, 'Standard') = 'Standard'
        )
        SELECT * REPLACE (if(manager_id = id OR manager_id NOT IN (SELECT id FROM users), NULL, manager_id) AS manager_id)
        FROM users ORDER BY id"""


def accounts(raw: Raw, fields: Fields, *, again: bool) -> str:
    """Return accounts as SQL. Where some may have been told before (`again`), of a deleted one comes nothing but its id."""
    part = fields["account"]
    region, segment, industry = (
        chain(part[word]) if word in part else "NULL::VARCHAR" for word in ("region", "segment", "industry")
    )
    values = {
        "name": quoted("Name"),
        "region": region,
        "segment": segment,
        "industry": industry,
        "owner_id": raw.text("OwnerId"),
        "parent_id": raw.text("ParentId"),
    }
    return _there(raw, values, f"NOT {raw.yes('IsDeleted')}", again=again)


def products(raw: Raw) -> str:
    """Return products as SQL, by id."""
    return (
        f"SELECT {quoted('Id')} AS id, {quoted('Name')} AS name, {raw.text('Family')} AS family "
        f"FROM {raw.relation} ORDER BY id"
    )


# So many contacts are asked for in a night because of their roles.
_AT_ONCE: Final = 1_000
# What part contacts play, as their roles say; a later row of the same role replaces an earlier one.
NO_ROLES: Final = (
    "CREATE TABLE played_by (id VARCHAR, stamp VARCHAR, contact_id VARCHAR, account_id VARCHAR, name VARCHAR, email VARCHAR, "
    "title VARCHAR, role VARCHAR, main BOOLEAN, deleted BOOLEAN)"
)
NEWEST: Final = """
    DELETE FROM played_by WHERE rowid NOT IN
        (SELECT rowid FROM played_by QUALIFY row_number() OVER (PARTITION BY id ORDER BY stamp DESC, rowid DESC) = 1)"""
# The part that a contact plays: the primary one, else the one given last.
PLAYED: Final = """
    CREATE TABLE played AS SELECT contact_id, arg_max(role, (main, stamp, id)) AS role
        FROM played_by WHERE role IS NOT NULL AND NOT deleted GROUP BY contact_id"""


def roles(raw: Raw) -> str:
    """Return contact roles as rows of `played_by`, as SQL."""
    stamp = "SystemModstamp" if "SystemModstamp" in raw.paths else "CreatedDate"
    return f"""
        SELECT {quoted("Id")} AS id, {raw.text(stamp)} AS stamp, {quoted("ContactId")} AS contact_id,
            {raw.text("Contact.AccountId")} AS account_id, {raw.text("Contact.Name")} AS name,
            {raw.text("Contact.Email")} AS email, {raw.text("Contact.Title")} AS title, {raw.text("Role")} AS role,
            {raw.yes("IsPrimary")} AS main, {raw.yes("IsDeleted")} AS deleted
        FROM {raw.relation}"""


def turned(raw: Raw) -> str:
    """Return the contacts with a role that is gone, or back, though it does not say so itself, as SQL; `raw` are those there.

    A role goes without a word with its deal, or where it is purged. Of very many, the others come another night.
    """
    return (
        f"SELECT DISTINCT contact_id FROM played_by WHERE {_turned(raw)} AND contact_id IS NOT NULL "
        f"ORDER BY contact_id LIMIT {_AT_ONCE}"
    )


def turn(raw: Raw) -> str:
    """Return the statement that takes these roles as gone, or as back."""
    return (
        f"UPDATE played_by SET deleted = NOT deleted WHERE {_turned(raw)} AND contact_id IN ({turned(raw)})"
    )


def _turned(raw: Raw) -> str:
    return f"deleted <> (id NOT IN (SELECT {quoted('Id')} FROM {raw.relation}))"


def contacts(raw: Raw, *, again: bool) -> str:
    """Return contacts with the part they play, as SQL.

    Where some may have been told before (`again`), of one that is deleted, or of no account, comes nothing but its id.
    """
    values = {
        "account_id": raw.text("AccountId"),
        "name": quoted("Name"),
        "email": raw.text("Email"),
        "title": raw.text("Title"),
        "role": "played.role",
    }
    there = f"{raw.text('AccountId')} IS NOT NULL AND NOT {raw.yes('IsDeleted')}"
    return _there(
        raw, values, there, again=again, also=f"LEFT JOIN played ON played.contact_id = {quoted('Id')}"
    )


def _there(raw: Raw, values: Mapping[str, str], there: str, *, again: bool, also: str = "") -> str:
    """Return rows of these values by column, as SQL: those that are there, and where they come `again` the others emptied."""
    held = ", ".join(
        f"{f'if({there}, {value}, NULL)' if again else value} AS {name}" for name, value in values.items()
    )
    return (
        f"SELECT {quoted('Id')} AS id, {held} FROM {raw.relation} {also} WHERE {'TRUE' if again else there}"
    )


def parts_played(raw: Raw) -> str:
    """Return the contacts of roles that changed where the contact itself did not, as SQL."""
    return f"""
        SELECT {quoted("ContactId")} AS id, any_value({raw.text("Contact.AccountId")}) AS account_id,
            any_value({raw.text("Contact.Name")}) AS name, any_value({raw.text("Contact.Email")}) AS email,
            any_value({raw.text("Contact.Title")}) AS title, any_value(played.role) AS role
        FROM {raw.relation} LEFT JOIN played ON played.contact_id = {quoted("ContactId")}
        WHERE {quoted("ContactId")} NOT IN (SELECT id FROM met) AND {raw.text("Contact.AccountId")} IS NOT NULL
            AND {raw.text("Contact.Name")} IS NOT NULL AND NOT {raw.yes("Contact.IsDeleted")}
        GROUP BY {quoted("ContactId")}"""


def days(raw: Raw) -> str:
    """Return the days of activities, as SQL."""
    return f"SELECT DISTINCT {day(raw.text('ActivityDate'))} FROM {raw.relation}"


def activities(raw: Raw, fields: Fields, *, meetings: bool, again: bool) -> str:
    """Return what was done on deals as SQL: meetings, or tasks that are closed. Of some only the day is known: `noon` has it.

    Where some may have been told before (`again`), what is none any more (deleted, reopened, of no deal) comes without an
    instant.
    """
    buyers = [
        raw.yes(source.path) if source.field.type == "boolean" else f"{raw.text(source.path)} IS NOT NULL"
        for source in fields["activity"].get("buyer", ())
    ]
    buyer = " OR ".join(buyers) or "FALSE"
    kind = (
        "'meeting'"
        if meetings
        else f"CASE {raw.text('TaskSubtype')} WHEN 'Call' THEN 'call' WHEN 'Email' THEN 'email' WHEN 'ListEmail' THEN 'email' "
        "ELSE 'task' END"
    )
    at = moment(raw.text("StartDateTime" if meetings else "CompletedDateTime"))
    if meetings:
        # The platform writes midnight in UTC for a whole day.
        at = f"if({raw.yes('IsAllDayEvent')}, NULL, {at})"
    done = "TRUE" if meetings else raw.yes("IsClosed")
    counts = f"coalesce({raw.text('WhatId')} LIKE '006%' AND {done} AND NOT {raw.yes('IsDeleted')}, FALSE)"
    return f"""
        SELECT {quoted("Id")} AS id, coalesce({raw.text("WhatId")}, '') AS deal_id, {raw.text("OwnerId")} AS person_id,
            {kind} AS kind, {buyer} AS buyer,
            if({counts}, coalesce({at}, noon.moment, {raw.instant("CreatedDate")}), NULL) AS "at",
            coalesce({raw.text("Subject")}, '') AS subject
        FROM {raw.relation} LEFT JOIN noon ON noon.day = {day(raw.text("ActivityDate"))}
        WHERE {"TRUE" if again else counts}"""
