"""Transactional state: drafts with their revisions, files, actions. SQLite by default, by SQLAlchemy."""

from bot.store.drafts import Draft, Revision
from bot.store.notebook import Notebook
from bot.store.store import Store, open_store
from bot.store.threads import Thread

__all__ = ["Draft", "Notebook", "Revision", "Store", "Thread", "open_store"]
