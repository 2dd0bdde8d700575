"""Exports of deals as other systems write them, made from the invented company: small, but real files.

rows = rows_as_of(datetime(2026, 11, 16, 23, 59, tzinfo=UTC))
salesforce.details_csv(rows, folder / "pipeline 2026-11-16.csv")
hubspot.deals_csv(rows, folder / "hubspot-crm-exports-all-deals-2026-11-16.csv")
targets.targets_csv(company(), folder / "targets.csv")
"""

from tests.fakes.exports.rows import Row, end_of, rows_as_of

__all__ = ["Row", "end_of", "rows_as_of"]
