"""Sessions on the records that outlive one question: what one person's question worked out, the next finds there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectors.access import Access
from connectors.company import Company
from connectors.mirror import Generation, open_generation
from reports.view import session_for

if TYPE_CHECKING:
    from pathlib import Path

    from reports.view.session import Session

Key = tuple["Path", str, bool, tuple[str, ...], frozenset[str]]
# Idle sessions that are kept; deals times tables, and rows of results, that one of them may hold.
_ROOM, _ROWS, _ANSWERS = 8, 1_000_000, 20_000


class Readers:
    """Lends sessions, each to one reader at a time; a generation never changes, so what a session knows stays true."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._idle: OrderedDict[Key, list[Session]] = OrderedDict()

    @contextmanager
    def lend(self, generation: Generation, company: Company, access: Access) -> Iterator[Session]:
        """Give a session on a generation: one for places where reps go by their team, or that shows what some may see.

        Raises:
            NoData: the generation is gone or cannot be read, or what may be seen cannot.
        """
        keys = tuple(sight.key for sight in access.sights)
        key = (generation.path.resolve(), repr(company), access.names, keys, access.hidden)
        with self._lock:
            waiting = self._idle.get(key)
            session = waiting.pop() if waiting else None
        if session is None:
            session = session_for(open_generation(generation), company, access)
        try:
            yield session
        except BaseException:
            session.con.close()
            raise
        self._take_back(key, session)

    def close(self) -> None:
        """Close every session that is not lent."""
        with self._lock:
            idle, self._idle = self._idle, OrderedDict()
        for sessions in idle.values():
            for session in sessions:
                session.con.close()

    def _take_back(self, key: Key, session: Session) -> None:
        too_heavy = session.tables * max(session.size, 1) > _ROWS or session.answers > _ANSWERS
        dropped = [session] if too_heavy else []
        with self._lock:
            if not too_heavy:
                self._idle.setdefault(key, []).append(session)
                self._idle.move_to_end(key)
            while sum(map(len, self._idle.values())) > _ROOM:
                oldest = next(iter(self._idle))
                dropped.append(self._idle[oldest].pop(0))
                if not self._idle[oldest]:
                    del self._idle[oldest]
        for each in dropped:
            each.con.close()
