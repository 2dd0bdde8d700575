"""Rights as a filter that people can read: a view of EMEA's people says that it is about EMEA."""

from __future__ import annotations

from connectors.access import Access
from reports.facts import Filter


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
    if access.owners is None:
        return "all regions"
    count = len(access.owners)
    return f"deals of {count} {'person' if count == 1 else 'people'}"


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
