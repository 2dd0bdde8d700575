"""The local copy of the system of record, in DuckDB: event log, derived states, published generations."""
