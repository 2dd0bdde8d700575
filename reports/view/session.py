"""The open mirror behind a family of views: its connection, and the tables of states that they share."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from connectors.access import Sight
from connectors.company import Company
from connectors.mirror.notes import known_from_of
from connectors.records import Person
from reports.errors import NothingThere
from reports.view.shade import shade

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")

# One reader stays well below two gigabytes at a million deals; more threads than this gain nothing there. In a company
# of fewer than MANY deals a second thread costs more than it brings: most of the time goes into planning.
MEMORY_LIMIT = "1500MB"
THREADS, MANY = 2, 200_000
# Instants are joined with states by comparison: below so many of them, trying each is faster than sorting all states.
FEW_INSTANTS = 64

# Several sessions may share a connection, so the names of their tables never repeat.
_NUMBERS = itertools.count()
_NAME = re.compile(r"\$([a-z][a-z0-9_]*)")
# Without these nobody knows how deals stood.
_STANDING = frozenset({"stage", "status", "close"})
# Cross rates are quoted to ten decimals, so that converted amounts stay exact decimals and parts add up to totals.
RATE_STEP = Decimal("1E-10")


# Stands before the mirror's own table of people: reps, who lead nobody, are called by their team, wherever SQL asks.
_UNNAMED = """
CREATE TEMP TABLE person AS
SELECT p.* REPLACE (
    CASE WHEN lead.id IS NULL THEN coalesce(nullif(p.team, ''), 'a rep') ELSE p.name END AS name,
    CASE WHEN lead.id IS NULL THEN '' ELSE p.email END AS email
)
FROM person p LEFT JOIN (SELECT DISTINCT manager_id AS id FROM person) lead ON lead.id = p.id
"""

# Where the system of record does not say when a deal was created, the first that is known of it stands in for that: it
# existed by then. What has to be the true day asks `undated` first. Made once for a connection.
_FIRST_SEEN = """
CREATE TEMP TABLE undated AS SELECT id FROM deal WHERE created_at IS NULL;
CREATE TEMP TABLE deal AS
SELECT d.* REPLACE (coalesce(d.created_at, s.first_at) AS created_at)
FROM deal d LEFT JOIN (SELECT deal_id, min(valid_from) AS first_at FROM state GROUP BY deal_id) s ON s.deal_id = d.id
"""


@dataclass(slots=True, eq=False)
class Session:
    """A read-only connection to one generation, and what has been read from it so far.

    `names` False calls every rep by the team: the view goes to a place that is not cleared for reps' names. Where there
    are `sights` or `hidden` fields, nothing else of the mirror can be read through this session (`reports.view.shade`).
    `size` is how many deals the mirror holds, whoever may see them; `dated` says that each has a creation date,
    `undated` is the relation of the ids of those that have none.
    """

    con: DuckDBPyConnection
    company: Company
    names: bool = True
    sights: tuple[Sight, ...] = ()
    hidden: frozenset[str] = frozenset()
    size: int = 0
    dated: bool = True
    people: Mapping[str, Person] = field(default_factory=dict)
    _states: dict[tuple[datetime, str], str] = field(default_factory=dict)
    _tables: dict[str, str] = field(default_factory=dict)
    _known: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _made: dict[Hashable, object] = field(default_factory=dict)
    _rates: dict[str, str] = field(default_factory=dict)
    _begins: datetime | None = None
    _late: dict[str, datetime] | None = None
    _newest: datetime | None = None
    _snapshots: tuple[datetime, ...] | None = None
    _whole: str = ""

    def __post_init__(self) -> None:
        """Bound the connection's memory and read the people, who are few."""
        self.con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        self.size = self.con.execute("SELECT count(*) FROM deal").fetchall()[0][0]
        self.con.execute(f"SET threads = {THREADS if self.size > MANY else 1}")
        if self.sights or self.hidden:
            self.con, self._whole = shade(self.con, self.sights, self.hidden)
        self.con.execute(f"SET nested_loop_join_threshold = {FEW_INSTANTS}")
        self.dated = not self._without_creation()
        if not self.names:
            self.con.execute(_UNNAMED)
        rows = self.con.execute(
            "SELECT id, name, email, role, nullif(team, ''), region, manager_id, active, started_on FROM person ORDER BY id"
        ).fetchall()
        names = ("id", "name", "email", "role", "team", "region", "manager_id", "active", "started_on")
        self.people = {row[0]: Person(**dict(zip(names, row, strict=True))) for row in rows}

    @property
    def rights(self) -> tuple[bool, tuple[str, ...], frozenset[str]]:
        """Return what the session was made for: whether names are shown, the keys of the sights, and the hidden fields."""
        return self.names, tuple(sight.key for sight in self.sights), self.hidden

    @property
    def undated(self) -> str:
        """Return the deals without a creation date of their own as a relation with their `id`."""
        return "(SELECT CAST(NULL AS VARCHAR) AS id WHERE FALSE)" if self.dated else "undated"

    def _without_creation(self) -> bool:
        """Say whether some deal has no creation date, and give those the day on which they were first seen."""
        made = "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = 'undated'"
        if self.con.execute(made).fetchall()[0][0]:
            return True
        missing = self.con.execute("SELECT count(*) FROM deal WHERE created_at IS NULL").fetchall()[0][0]
        if missing:
            self.con.execute(_FIRST_SEEN)
        return bool(missing)

    @property
    def tables(self) -> int:
        """Return how many tables have been made so far, those with a row for each deal among them."""
        return len(self._states) + len(self._tables)

    @property
    def answers(self) -> int:
        """Return how many rows of results are kept, and things worked out of them."""
        return sum(map(len, self._known.values())) + len(self._made)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the result's rows; every `$name` in the text is bound to the value of that name."""
        return self.execute(sql, values).fetchall()

    def execute(self, sql: str, values: Mapping[str, Any]) -> DuckDBPyConnection:
        """Run a statement with the values that it names."""
        used = set(_NAME.findall(sql))
        return self.con.execute(sql, {name: values[name] for name in used} if used else None)

    def meta(self) -> dict[str, str]:
        """Return what the generation says about itself: workspace, connector, as_of."""
        return {
            str(key): str(value) for key, value in self.con.execute("SELECT key, value FROM meta").fetchall()
        }

    def newest(self) -> datetime:
        """Return the instant up to which records are known, in UTC.

        Raises:
            NothingThere: the generation does not say; nothing was loaded.
        """
        if self._newest is None:
            text = self.meta().get("as_of")
            if not text:
                raise NothingThere("there are no records yet: load some first")
            self._newest = datetime.fromisoformat(text).astimezone(UTC)
        return self._newest

    def begins(self) -> datetime | None:
        """Return the instant, in UTC, from which on it is known how deals stood: not before their first state.

        A CRM that keeps no history tells of each deal since its last change alone: what it was before that, and so what all
        of them were, is known from the first reading on. None where there is no state at all.
        """
        if self._begins is None:
            found = self.con.execute(f"SELECT min(valid_from) FROM {self.whole('state')}").fetchone()
            if found and found[0]:
                first = found[0].replace(tzinfo=UTC)
                standing = [at for word, at in self.known_from().items() if word in _STANDING]
                self._begins = max([first, *(min(at, self.newest()) for at in standing)])
        return self._begins

    def known_from(self) -> dict[str, datetime]:
        """Return from when on changes of fields of deals are known, where that is later than the first state, in UTC."""
        if self._late is None:
            self._late = known_from_of(self.meta())
        return self._late

    def snapshots(self) -> tuple[datetime, ...]:
        """Return the instants, oldest first, at which alone the past is known; none where every change is known."""
        if self._snapshots is None:
            known = "snapshots" in self.meta()
            instants = f"SELECT DISTINCT valid_at FROM {self.whole('event')} ORDER BY 1"
            found = self.con.execute(instants).fetchall() if known else []
            self._snapshots = tuple(at.replace(tzinfo=UTC) for (at,) in found)
        return self._snapshots

    def whole(self, table: str) -> str:
        """Return the mirror's own table as SQL, whoever may see what of it: for what the source is, never for a record."""
        return f"{self._whole}{table}"

    def states(self, instant: datetime, currency: str) -> str:
        """Return the name of the table that holds every deal's state at `instant`, deleted deals left out.

        Columns: those of the mirror's `state` but next_step, reason, valid_to and deleted; `value` and `unrated` as
        of `valued`. Made once per instant and currency.
        """
        if (instant, currency) not in self._states:
            name = f"states_{next(_NUMBERS)}"
            relation = self.valued(f"({_held(instant)})", currency)
            self.con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {relation}")
            self._states[instant, currency] = name
        return self._states[instant, currency]

    def inline(self, instant: datetime, currency: str) -> str:
        """Return the same as `states`, as a relation that is read once and not kept."""
        return self._states.get((instant, currency)) or self.valued(f"({_held(instant)})", currency)

    def valued(self, relation: str, currency: str) -> str:
        """Return a relation as SQL: states with `value` (at plan rates) and `unrated` (an amount without a rate)."""
        return (
            "(SELECT t.*, CAST(t.amount * x.rate AS DECIMAL(38, 12)) AS value, "
            f"t.amount IS NOT NULL AND x.rate IS NULL AS unrated FROM {relation} t LEFT JOIN {self.rates(currency)} x "
            f"ON x.code = coalesce(t.currency, {text(self.company.currency)}))"
        )

    def kept(self, sql: str, values: Mapping[str, Any]) -> str:
        """Return the name of a table that holds the rows of a query; asked again, it is not made again."""
        key = self._key(sql, values)
        if key not in self._tables:
            name = f"kept_{next(_NUMBERS)}"
            self.execute(f"CREATE TEMP TABLE {name} AS {sql}", values)
            self._tables[key] = name
        return self._tables[key]

    def rows_once(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query with few; asked again, it is not run again, for a generation never changes."""
        key = self._key(sql, values)
        if key not in self._known:
            self._known[key] = self.rows(sql, values)
        return self._known[key]

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once for a key that holds everything it depends on; nobody may change it."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    def _key(self, sql: str, values: Mapping[str, Any]) -> str:
        return sql + repr([(name, values[name]) for name in sorted(set(_NAME.findall(sql)))])

    def rates(self, currency: str) -> str:
        """Return the name of the table (code, rate) that turns amounts into `currency` at plan rates."""
        if currency not in self._rates:
            name = f"rates_{next(_NUMBERS)}"
            rates = ", ".join(
                f"({text(code)}, {rate:f}::DECIMAL(20, 10))"
                for code, rate in cross_rates(self.company, currency).items()
            )
            self.con.execute(f"CREATE TEMP TABLE {name} AS FROM (VALUES {rates}) AS known(code, rate)")
            self._rates[currency] = name
        return self._rates[currency]


def _held(instant: datetime) -> str:
    """Return the states that held at an instant as SQL; the instant is ours, so it needs no binding."""
    when = f"TIMESTAMP '{naive(instant).isoformat(sep=' ')}'"
    return (
        "SELECT deal_id, valid_from, stage, status, category, amount, currency, close, owner_id, type, product, "
        "source, region, segment FROM state "
        f"WHERE valid_from <= {when} AND valid_to > {when} AND NOT coalesce(deleted, FALSE)"
    )


def cross_rates(company: Company, currency: str) -> dict[str, Decimal]:
    """Return units of `currency` per unit of each currency of the company file, to ten decimals; its own is 1."""
    unit = company.rates[currency]
    return {code: (rate / unit).quantize(RATE_STEP) for code, rate in company.rates.items()}


def naive(instant: datetime) -> datetime:
    """Return the instant as the mirror writes it: in UTC, without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def text(value: str) -> str:
    """Return the value as an SQL text."""
    return "'" + value.replace("'", "''") + "'"


def bound(prefix: str, values: Iterable[str]) -> tuple[str, dict[str, list[str]]]:
    """Return the SQL of a set of texts bound under `prefix`, and its binding."""
    return f"(SELECT unnest(${prefix}::VARCHAR[]))", {prefix: sorted(values)}
