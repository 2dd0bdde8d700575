"""`PipelineView`: the pipeline as of an instant, for a scope and for those who will see it. The only reader."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.access import Access
from connectors.company import Company
from connectors.records import ForecastClass, Person, Status
from reports.errors import BadInput, NothingThere
from reports.facts import Dim, Filter, Period
from reports.periods import Calendar
from reports.view import moves, names
from reports.view import scope as scopes
from reports.view.deals import COLUMNS, Deal, deals
from reports.view.narrow import must_tell, narrowed
from reports.view.session import Session, naive

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")

# What is so many days younger than what is looked for is as good, where only snapshots are known.
EARLY = 2
# Up to so many deals that were read are kept for whoever asks for them again.
_FEW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineView:
    """The pipeline as of `as_of`, lazily: relations on one immutable generation, executed when something is asked.

    Every read is limited to what the asker and the whole audience may see, and to the filters. Amounts are in
    `currency` at the plan rates of the company file. Owner, region and stage are those of the instant.
    """

    company: Company
    calendar: Calendar
    access: Access
    as_of: datetime
    filters: tuple[Filter, ...]
    currency: str
    generation: str
    session: Session
    scope: scopes.Scope

    @property
    def today(self) -> date:
        """Return the day of `as_of` in the organisation's zone."""
        return self.calendar.day(self.as_of)

    @property
    def people(self) -> Mapping[str, Person]:
        """Return everybody known, by id, as they are known today."""
        return self.session.people

    @property
    def begins(self) -> datetime | None:
        """Return the instant at which history begins; None where there is no record at all."""
        return self.session.begins()

    @property
    def valued_from(self) -> datetime | None:
        """Return the instant from which on it is known, too, what deals were worth; None where there is no record at all."""
        begins = self.begins
        return None if begins is None else max(begins, self.session.known_from().get("amount", begins))

    @property
    def snapshots(self) -> tuple[datetime, ...]:
        """Return the instants up to `as_of`, oldest first, at which alone the past is known; none where all of it is."""
        return tuple(at for at in self.session.snapshots() if at <= self.as_of)

    @property
    def snapshot_day(self) -> date | None:
        """Return the day of the snapshot that holds now where it is an earlier one than today: what came since is not known."""
        held = self.snapshots
        day = self.calendar.day(held[-1]) if held else None
        return None if day == self.today else day

    def back(self, days: int, *, early: int = EARLY) -> datetime:
        """Return the instant to compare with: so many days back, at the same local time.

        Where only snapshots are known it is the newest one of that time or before, or of up to `early` days after it,
        else the newest of those before the one that holds now; where there is none, an instant that history does not reach.
        """
        wanted = self.calendar.back(self.as_of, days=days)
        if not self.snapshots:
            return wanted
        *earlier, now = self.snapshots
        late = self.calendar.back(self.as_of, days=days - early)
        old = [at for at in earlier if at <= late] or earlier
        return old[-1] if old else min(wanted, now - timedelta(days=1))

    def where(self, *filters: Filter) -> PipelineView:
        """Return this view with the filters on these dimensions replaced; with none given, the same view.

        Raises:
            BadInput: a dimension or a value is not known; the message lists the nearest known ones.
        """
        new = scopes.canonical(self.session, self.access, filters)
        return self._scoped(scopes.replace(self.filters, new))

    def everything(self) -> PipelineView:
        """Return this view without filters; rights still apply, and a limit on regions stays among the filters."""
        return self._scoped(())

    def at(self, instant: datetime) -> PipelineView:
        """Return this view as of another instant. Later on the newest known day means the newest known instant.

        Raises:
            BadInput: the instant is on a later day than records are known for.
            NothingThere: history begins later.
        """
        return replace(self, as_of=_known_instant(self.session, self.calendar, instant))

    def in_currency(self, code: str) -> PipelineView:
        """Return this view with amounts in another currency of the company file.

        Raises:
            BadInput: the company file has no plan rate for it.
        """
        return replace(self, currency=_known_currency(self.company, code))

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query over `states`; `$name` in it is bound to the value given here or by the scope.

        `$as_of` and `$today` are bound to the view's. Instants with a zone are bound as the mirror writes them.
        """
        return self.session.rows(sql, self._bound(values))

    def rows_once(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the same as `rows` where they are few, and keep them: a generation never changes."""
        return self.session.rows_once(sql, self._bound(values))

    def kept(self, sql: str, **values: Any) -> str:
        """Return the name of a table that holds the rows of a query over many deals, made once for this generation."""
        return self.session.kept(sql, self._bound(values))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` works out of this view, once for the same records, rights, filters, instant and currency."""
        own = (
            self.as_of,
            self.currency,
            self.filters,
            self.scope.where(),
            repr(sorted(self.scope.values.items())),
        )
        return self.session.once((key, own), make)

    def _bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = {**self.scope.values, "as_of": self.as_of, "today": self.today, **values}
        return {
            name: naive(value) if isinstance(value, datetime) and value.tzinfo else value
            for name, value in known.items()
        }

    def states(self, at: datetime | None = None, *, counted: bool = True, chosen: bool = True) -> str:
        """Return a relation as SQL: one row per deal in scope at `at` (None: `as_of`), deleted ones left out.

        Columns: deal_id, valid_from, stage, status, category, amount and currency as entered, `value` (the amount in
        the view's currency, DECIMAL(38,12), NULL without amount or rate), `unrated` (an amount without a rate), close,
        owner_id, type, product, source, region, segment. `counted` leaves out what does not count by the company
        file, `chosen` applies the filters; rights always apply.
        """
        table = self.session.states(self.as_of if at is None else at, self.currency)
        return f"(SELECT * FROM {table} WHERE {self.scope.where(counted=counted, chosen=chosen)})"

    def valued(self, relation: str) -> str:
        """Return a relation as SQL: states with `value` and `unrated` as in `states` added, no scope applied."""
        return self.session.valued(relation, self.currency)

    def deals(
        self,
        *,
        status: Status | None = None,
        category: ForecastClass | None = None,
        due: Period | None = None,
        overdue: bool = False,
        ids: Iterable[str] | None = None,
        counted: bool = True,
        limit: int | None = None,
    ) -> tuple[Deal, ...]:
        """Return deals in scope, largest amount first (then by id), those without an amount last; empty where none.

        Args:
            status: only deals that stand so.
            category: only deals called so.
            due: only deals whose close date lies in the period.
            overdue: only open deals whose close date has passed.
            ids: only these deals.
            counted: leave out deals that do not count by the company file (False: show them too).
            limit: at most so many.
        """
        conditions = ["TRUE"]
        values: dict[str, Any] = {"zone": self.company.zone.key}
        if status is not None:
            conditions.append("r.status = $status")
            values["status"] = str(status)
        if category is not None:
            conditions.append("r.category = $category")
            values["category"] = str(category)
        if due is not None:
            conditions.append("r.close >= $due_start AND r.close < $due_end")
            values |= {"due_start": due.start, "due_end": due.end}
        if overdue:
            conditions.append(f"r.status = '{Status.OPEN}' AND r.close < $today")
            values["today"] = self.today
        wanted = None if ids is None else list(ids)
        if wanted is not None:
            conditions.append("r.deal_id IN (SELECT unnest($ids::VARCHAR[]))")
            values["ids"] = wanted
        order = "ORDER BY r.value DESC NULLS LAST, r.deal_id"
        chosen = (
            f"(SELECT * FROM {self.states(counted=counted)} r WHERE {' AND '.join(conditions)} "
            f"{'' if limit is None else f'{order} LIMIT {int(limit)}'})"
        )
        most = limit if wanted is None else len(wanted)
        rows = (self.rows if most is None or most > _FEW else self.rows_once)(
            f"SELECT {COLUMNS} FROM {chosen} r LEFT JOIN deal d ON d.id = r.deal_id "
            "LEFT JOIN account a ON a.id = d.account_id "
            "LEFT JOIN (SELECT * FROM state WHERE valid_to > $as_of) s "
            f"ON s.deal_id = r.deal_id AND s.valid_from = r.valid_from {order}",
            **values,
        )
        return deals(
            rows, company=self.company, currency=self.currency, people=self.people, hidden=self.access.hidden
        )

    def present(self, dim: Dim) -> tuple[str, ...]:
        """Return every value of a dimension in the records that this access covers, sorted; accounts: see `names`."""
        return scopes.present(self.session, self.access, dim)

    def names(self) -> names.Names:
        """Return what people may call things by: visible deals, accounts, people, and dimension values."""
        return names.names(self)

    def close_moves(self, ids: Iterable[str]) -> Mapping[str, tuple[moves.Move, ...]]:
        """Return how the close date of each deal moved while it was open, oldest first; see `moves.close_moves`."""
        return moves.close_moves(self, ids)

    def touches(self, ids: Iterable[str], *, days: int = 90) -> Mapping[str, moves.Touch]:
        """Return when something last happened on each deal, and how much in the last `days` days."""
        return moves.touches(self, ids, days=days)

    def _scoped(self, filters: tuple[Filter, ...]) -> PipelineView:
        filters = narrowed(filters, self.access)
        return replace(self, filters=filters, scope=scopes.scope(self.session, self.access, filters))


def open_view(
    con: DuckDBPyConnection | Session,
    company: Company,
    access: Access,
    *,
    as_of: datetime | None = None,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
    generation: str = "",
) -> PipelineView:
    """Return the view of an open generation of the mirror; `as_of` None is the newest instant it knows.

    `con` may be a session that somebody read with before: what it knows is not worked out again. It must be of the same
    company, and of the access's `names`, sights and hidden fields.

    Raises:
        BadInput: a filter, the currency or the instant cannot be used; the message lists what would have worked.
        NothingThere: history begins later than `as_of`, or somebody may not read what decides which deals count.
        NoData: what may be seen by the system of record's own rights cannot be read.
    """
    must_tell(access, company)
    session = con if isinstance(con, Session) else session_for(con, company, access)
    if session.rights != (access.names, tuple(sight.key for sight in access.sights), access.hidden):
        raise ValueError("this session is for other rights, or for places where reps are called otherwise")
    calendar = Calendar(company.fiscal, company.zone)
    wanted = narrowed(scopes.canonical(session, access, filters), access)
    return PipelineView(
        company=company,
        calendar=calendar,
        access=access,
        as_of=_known_instant(session, calendar, as_of),
        filters=wanted,
        currency=_known_currency(company, currency or company.currency),
        generation=generation,
        session=session,
        scope=scopes.scope(session, access, wanted),
    )


def session_for(con: DuckDBPyConnection, company: Company, access: Access) -> Session:
    """Return a session on an open generation, for views under an access and under others with the same rights in it."""
    return Session(con=con, company=company, names=access.names, sights=access.sights, hidden=access.hidden)


def _known_instant(session: Session, calendar: Calendar, instant: datetime | None) -> datetime:
    newest = session.newest()
    if instant is None or instant > newest:
        if instant is not None and calendar.day(instant) > calendar.day(newest):
            raise BadInput(
                f"as of {_day(calendar, instant)} cannot be shown: records are known up to {_day(calendar, newest)}"
            )
        return newest
    begins = session.begins()
    if begins is not None and instant < begins:
        raise NothingThere(
            f"nothing is known as of {_day(calendar, instant)}: history begins {_day(calendar, begins)}"
        )
    return instant


def _known_currency(company: Company, code: str) -> str:
    found = next((known for known in company.rates if known.casefold() == code.strip().casefold()), None)
    if found is None:
        raise BadInput(
            f"no plan rate for currency {code!r}; the company file has rates for {', '.join(sorted(company.rates))}"
        )
    return found


def _day(calendar: Calendar, instant: datetime) -> str:
    return f"{calendar.day(instant):%-d %b %Y}"
