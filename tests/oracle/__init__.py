"""A second evaluator: plain Python over the event log, written from docs/definitions.md alone, and what it is held against."""
