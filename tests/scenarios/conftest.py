"""Scenarios run on the invented company."""

from tests.bot.conftest import home, installation, larkmoor_records, together

__all__ = ["home", "installation", "larkmoor_records", "together"]
