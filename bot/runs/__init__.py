"""Durable runs: work that comes to its end, behind two ports."""
