"""Larkmoor Software, an invented company that sells dock, yard and warehouse scheduling: a `Crm` like any other."""

from __future__ import annotations

from connectors.demo.actions import ActionRecord, actions
from connectors.demo.crm import DemoCrm, company
from connectors.demo.people import people

__all__ = ["ActionRecord", "DemoCrm", "actions", "company", "people"]
