"""What limits a view, for people to read: rights as a filter, and the deal types that count in this company."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from connectors.access import Access
from connectors.company import Company
from reports import words
from reports.errors import NothingThere, NotShown
from reports.facts import Filter

# Fields without which nobody can tell what counts, and when: where one is hidden, nothing is shown.
_NEEDED = ("close", "stage", "status", "category", "currency", "owner_id", "deleted")
# How people call a field; as it is written here where it has no other name.
_CALLED = {
    "close": "close date",
    "next_step": "next step",
    "owner_id": "owner",
    "contact": "contacts",
    "activity": "activities",
}


def narrowed(filters: tuple[Filter, ...], access: Access) -> tuple[Filter, ...]:
    """Return the filters with the access's limit on regions among them, so that every scope line names it.

    A region that was asked for stays, and so does a filter that rules regions out: the view's rights apply besides.
    Without a limit on regions the same filters come back.
    """
    regions = access.regions
    if regions is None or any(item.dim == "region" and not item.negate for item in filters):
        return filters
    return (*filters, Filter(dim="region", values=tuple(sorted(regions)))) if regions else filters


def widest(access: Access) -> str:
    """Return how a view without filters is called: `all regions`, or of how many people it shows the deals."""
    of = "deals"
    if access.owners is not None:
        count = len(access.owners)
        of = f"deals of {count} {'person' if count == 1 else 'people'}"
    if access.sights:
        return f"{of} that all who read this may see in the CRM"
    return "all regions" if access.owners is None else of


def rights_told(access: Access, *, zone: ZoneInfo) -> str:
    """Return when the CRM was asked for its own rights, and which fields they hide; empty where it was not asked."""
    spent = "declared rights, for the day's calls to the CRM are used"
    if access.told_at is None:
        return spent if access.declared else ""
    hidden = f", without {words.joined(sorted(map(called, access.hidden)))}" if access.hidden else ""
    return f"CRM rights of {words.instant(access.told_at, zone)}{hidden}{f'; of some, {spent}' if access.declared else ''}"


def called(field: str) -> str:
    """Return how people call a field."""
    return _CALLED.get(field, field)


def must_read(field: str, access: Access, what: str = "") -> None:
    """Do nothing where everybody who will see the answer may read a field; `what` needs it, else the field is meant.

    Raises:
        NotShown: somebody may not; the message says so.
    """
    if field in access.hidden:
        who = "not everybody here may" if access.audience else "you may not"
        raise NotShown(f"{what or called(field)} cannot be shown: {who} read {_that(field, what)} in the CRM")


def must_tell(access: Access, company: Company) -> None:
    """Do nothing where everybody may read what decides which deals count.

    Raises:
        NotShown: somebody may not; the message says so.
    """
    for field in (*_NEEDED, *(("type",) if company.types_in_scope else ())):
        must_read(field, access, "which deals count")


def _that(field: str, what: str) -> str:
    return f"the {called(field)}" if what else "that field"


def outside(filters: tuple[Filter, ...], access: Access) -> tuple[str, ...]:
    """Return the regions that the filters ask for and the access does not cover, in the order asked; mostly none."""
    regions = access.regions
    if regions is None:
        return ()
    return tuple(
        value
        for item in filters
        if item.dim == "region" and not item.negate
        for value in item.values
        if value not in regions
    )


def must_count(filters: tuple[Filter, ...], company: Company) -> None:
    """Do nothing where deals of a type that was asked for count in this company.

    Raises:
        NothingThere: none of the types counts, so that a zero would look like an answer; the message lists those that do.
    """
    counted = company.types_in_scope
    for item in filters:
        if counted and item.dim == "type" and not item.negate and not set(item.values) & set(counted):
            asked = " and ".join(company.label(value) for value in item.values)
            raise NothingThere(
                f"deals of type {asked} do not count by the company file (scope: {_types(company)})"
            )


def counts_only(company: Company) -> str:
    """Return which deal types are counted, `Counts New business and Expansion only`; empty where all are."""
    return f"Counts {' and '.join(_types(company).rsplit(', ', 1))} only" if company.types_in_scope else ""


def _types(company: Company) -> str:
    return ", ".join(company.label(name) for name in company.types_in_scope)
