"""`Crm`, the port that every system of record is read and written through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from connectors.access import Sight
from connectors.errors import ConnectorError
from connectors.records import Opportunity, Person, Product, Stage
from connectors.writes import Edit, Update, Why, Writer

if TYPE_CHECKING:
    from numpy.typing import NDArray

Table = Literal["person", "account", "contact", "product", "deal", "event", "activity"]
# Named, not loaded: whoever only reads the mirror needs no arrays.
Column: TypeAlias = "NDArray[Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What a connector can do beyond reading deals as they stand.

    `snapshots` says that the past is known at the instants of its events only, and not what came and went in between.
    """

    history: bool = False
    snapshots: bool = False
    activities: bool = False
    contacts: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one mirror table, by column.

    `columns` maps column names of that table (`connectors.mirror.schema`) to one-dimensional arrays of equal
    length: text as object arrays of str or None, instants as datetime64[us] in UTC, dates as datetime64[s] at
    midnight, money as int64 hundredths in a masked array (masked = missing), flags as bool, integers as int64.
    A column that is left out is filled with its default. Rows of `event` set only the fields named in their
    `fields` bit mask. A row of `activity` without an instant takes the one of its id away; an account or a contact that is
    none any more comes with nothing but its id.
    """

    table: Table
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows of one mirror table in a Parquet file: what a connector that has a database sends instead of a batch.

    Its columns are named as those of that table and have their types: text as VARCHAR, instants as TIMESTAMP in UTC
    without a zone, dates as DATE, money as DECIMAL(18,2), flags as BOOLEAN, integers as INTEGER. What is left out, and
    `fields`, mean the same as in a `Batch`. The file is there until the next page is asked for, or the iterator is closed.
    """

    table: Table
    path: Path
    rows: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows that belong together, the batches before the sheets; and the cursor from which the next call goes on."""

    batches: tuple[Batch, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    cursor: str

    @property
    def parts(self) -> tuple[Batch | Sheet, ...]:
        """Return all of them, in the order in which they count."""
        return self.batches + self.sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A wished write: one field of one deal, with the value it had when it was proposed.

    Under a `key` it is carried out once, however often it is asked for; without one, each asking is one of its own.
    Several fields at once, other records and new entries are what `connectors.writes` has.
    """

    deal_id: str
    field: str
    before: str | Decimal | None
    after: str | Decimal | None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a write did: the values read back afterwards."""

    change: Change
    read_back: str | Decimal | None
    at: datetime


@runtime_checkable
class Records(Protocol):
    """A system of record as it is read: nothing can be changed by it."""

    @property
    def name(self) -> str:
        """Return the connector's name as used in settings, for example `demo`."""
        ...

    @property
    def now(self) -> datetime:
        """Return the instant up to which this system's records are known, in UTC."""
        ...

    def flags(self) -> Flags:
        """Return what this connector can do."""
        ...

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in their order."""
        ...

    def people(self) -> tuple[Person, ...]:
        """Return everybody who owns deals or manages such people, ordered by id."""
        ...

    def products(self) -> tuple[Product, ...]:
        """Return what is sold, ordered by id; empty where the system does not say."""
        ...

    def changes(self, since: str | None) -> Iterator[Page]:
        """Yield everything that was learned after the cursor `since` (None: everything there is), oldest first.

        Every page repeats nothing of an earlier one; asking again from the same cursor gives the same rows
        again, with the same ids, so that a repeated load changes nothing.

        Raises:
            TryLater: the system is over its limit or out of reach.
            BadRequest: the cursor is not one of ours.
        """
        ...

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as the system holds it right now; None when it is not there (or is deleted)."""
        ...

    def record_url(self, deal_id: str) -> str:
        """Return the address at which a person opens this deal; empty where the system has none."""
        ...


@runtime_checkable
class Crm(Records, Protocol):
    """A system of record. Reads are free; `apply` is the only way to change anything."""

    def apply(self, change: Change, *, person: str) -> Applied:
        """Carry out one approved change as `person`, and read the value back.

        Raises:
            NotAllowed: this connector does not write, or this person may not.
            Conflict: the field no longer holds `change.before`.
            BadRequest: the field or the value cannot be written.
        """
        ...


@runtime_checkable
class Writing(Records, Protocol):
    """A system of record that says how its deals are changed, and has a writer where that is switched on."""

    @property
    def label(self) -> str:
        """Return what people call the system."""
        ...

    @property
    def writer(self) -> Writer | None:
        """Return what carries out approved writes; None unless writing is switched on."""
        ...

    def update(self, deal_id: str, edits: tuple[Edit, ...], *, key: str) -> Update:
        """Return edits of one deal, whose fields go by our words, as a write by the names that the system has for them.

        A condition on a field that the system does not have is left out.

        Raises:
            BadRequest: a word stands for no field of the deal itself; the message says which do.
        """
        ...

    def choices(self, word: str) -> tuple[str, ...]:
        """Return the values from which a field of a deal takes one, by our word; empty where it takes none that is open.

        Raises:
            ConnectorError: the system does not say which fields there are.
        """
        ...

    def why(self, error: ConnectorError) -> Why:
        """Return of which kind the reason is for which a write was not carried out."""
        ...

    def forget_writes(self, *, before: datetime) -> int:
        """Forget what is kept of writes whose last word came before an instant, and return of how many."""
        ...


@runtime_checkable
class Fetching(Protocol):
    """A connector that fetches for a while before it has pages to give, and says meanwhile how far it is."""

    progress: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Values that cannot be what their field means, and count as missing: the object, the field, in how many records.

    `records` are the ids of some of them, in their order.
    """

    object: str
    field: str
    n: int
    records: tuple[str, ...]


@runtime_checkable
class Noting(Protocol):
    """A connector that says something of its records as a whole, which the mirror keeps beside them."""

    def notes(self) -> Mapping[str, str]:
        """Return what to keep in the mirror's `meta`, by key: it stands in the place of what was kept there before."""
        ...


@runtime_checkable
class Seeing(Protocol):
    """A system of record that tells what somebody sees there by their own rights."""

    def sight(self, user: str) -> Sight:
        """Return what a person of the system sees, as it was told not long ago.

        Raises:
            NotConnected: they have not connected the system; the message says how they do, as a sentence to them.
            TryLater: the system is over its limit or out of reach.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Who came back from the browser: `person` of the system, for whom the link was made, called `user` in the chat.

    `user_name`, `name` and `email` are whoever signed in there; empty where nothing is kept, and `why` then says for
    what reason. `at` is when they signed in: by it the sign-in is known that waits to be confirmed, until `waits` is over.
    """

    person: str
    user: str
    at: datetime
    user_name: str = ""
    name: str = ""
    email: str = ""
    why: str = ""
    waits: timedelta = timedelta()


class Browsing(Protocol):
    """How persons sign in to a system in the browser. Whoever comes back counts for nothing until their person confirms it."""

    @property
    def path(self) -> str:
        """Return where on this server the browser comes back to."""
        ...

    @property
    def life(self) -> timedelta:
        """Return how long a link works."""
        ...

    def goes_first(self, person: str) -> bool:
        """Say whether somebody signs in there without anything else being tried: nothing else is there, or they did before."""
        ...

    def set_out(self, person: str, user: str) -> str:
        """Return the address at which a person signs in, good for one use; `user` is what the chat calls them.

        Raises:
            TryLater: it cannot be kept just now who sets out.
        """
        ...

    def come_back(self, query: Mapping[str, str]) -> Back | None:
        """Return who came back with this query, and keep their sign-in if it is their own; None where nobody is awaited by it.

        Raises:
            TryLater: it cannot be looked up just now who set out.
        """
        ...

    def lapse(self, person: str, at: datetime) -> bool:
        """Forget a sign-in of that instant which its person never confirmed; say whether there was one."""
        ...


@runtime_checkable
class Connecting(Seeing, Protocol):
    """A system of record that persons connect by themselves, so that it tells what each of them sees."""

    @property
    def label(self) -> str:
        """Return what people call the system."""
        ...

    @property
    def browser(self) -> Browsing | None:
        """Return how persons connect in the browser; None where they cannot."""
        ...

    def propose(self, person: Person) -> str:
        """Return the name of the user who somebody seems to be there, until they confirm it; nobody signs in yet.

        Raises:
            NotConnected: no user there is theirs; the message says who mends it, as a sentence to them.
            TryLater, NotAllowed: the system does not say who is a user.
        """
        ...

    def connect(self, person: str, user_name: str) -> None:
        """Keep that somebody said to be that user, once they have signed in as that one; else nothing is kept.

        Raises:
            Conflict: that user is not who was proposed to them last.
            NotConnected: the system lets them in only after they have agreed in the browser.
            NotAllowed: the system does not let them in; the message says who changes what.
            TryLater: the system is over its limit or out of reach.
        """
        ...

    def connected_as(self, person: str) -> str:
        """Return the user name of somebody who has connected; empty where they have not. Nothing is asked of the system."""
        ...

    def disconnect(self, person: str) -> bool:
        """Forget somebody's sign-in and what they see; say whether nothing of it is left in the system either."""
        ...

    def disconnect_all(self) -> int:
        """Forget everybody's, and return how many that were."""
        ...
