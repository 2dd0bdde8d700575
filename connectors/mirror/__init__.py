"""The local copy of the system of record, in DuckDB: event log, derived states, published generations."""

from connectors.mirror.generations import Generation, open_generation
from connectors.mirror.live import Mirror

__all__ = ["Generation", "Mirror", "open_generation"]
