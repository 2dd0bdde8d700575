"""What the tables of the transactional database share: their registry, and how a writing transaction begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

META = sa.MetaData()


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection inside one transaction; on SQLite it takes the write lock at once."""
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        yield connection
