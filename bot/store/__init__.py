"""Transactional state: drafts with their revisions, files, actions. SQLite by default, by SQLAlchemy."""

from bot.store.drafts import Draft, Revision
from bot.store.store import Store, open_store

__all__ = ["Draft", "Revision", "Store", "open_store"]
