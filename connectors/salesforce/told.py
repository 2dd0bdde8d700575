"""From the pages of a sync to rows of the mirror, as SQL: what changed when, and what stands now.

A deal's events come from three places. Each row of OpportunityHistory says what stage, amount, close date and category a
deal took. Each row of OpportunityFieldHistory says what one tracked field took. And each time a deal is read, its row says
what stands since its last change (SystemModstamp), which for fields that nobody tracks is all that there is. What a deal
began with is the old value of a field's first change. Where there was none, a field that was tracked by then has not
changed; of one that was not, dimensions (owner, type, product, source, region, segment) are taken to have been what they are
when the deal is first read, and other fields are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from connectors.mirror.schema import BIT
from connectors.quoting import literal, quoted
from connectors.salesforce.fieldmap import Fields, Source
from connectors.salesforce.followed import Followed
from connectors.salesforce.typed import KINDS, amount, as_field, category, day

# Fields that are taken to have been what they are, as far back as nothing else is known.
_STEADY: Final = frozenset({"owner_id", "type", "product", "source", "region", "segment"})
# What OpportunityHistory has besides the amount and the close date.
_ALWAYS_IN_HISTORY: Final = frozenset({"stage", "status", "category"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The pages of one object as a relation: an expression to read it, and the columns it has."""

    relation: str
    paths: frozenset[str]

    def text(self, path: str) -> str:
        """Return the expression of a column; NULL where it was not asked for."""
        return quoted(path) if path in self.paths else "NULL::VARCHAR"

    def instant(self, path: str) -> str:
        """Return the expression of an instant in UTC."""
        return f"CAST({self.text(path)} AS TIMESTAMP)"

    def yes(self, path: str) -> str:
        """Return the expression of a checkbox; not ticked where it was not asked for."""
        return f"coalesce(CAST({self.text(path)} AS BOOLEAN), FALSE)"


# Of a query that was not asked.
NOTHING: Final = Raw(relation="(SELECT 1 WHERE FALSE)", paths=frozenset())


@dataclass(frozen=True, kw_only=True)
class Teller:
    """How an org's rows are told: its field map, the currency where it has only one (not `several`), and its address."""

    fields: Fields
    currency: str
    address: str
    history: bool
    stamp: str
    several: bool = False

    @cached_property
    def words(self) -> dict[str, tuple[Source, ...]]:
        """Return the mapped words of a deal."""
        return dict(self.fields["deal"])

    @cached_property
    def in_history(self) -> frozenset[str]:
        """Return the fields that OpportunityHistory tells: those of its own whose meaning is the standard field's."""
        if not self.history:
            return frozenset()
        told = {"amount": "Amount", "close": "CloseDate"}
        own = {word for word, path in told.items() if [s.path for s in self.words.get(word, ())] == [path]}
        # Where an org has several currencies, each row says in which one the deal was then, whatever stands for its amount.
        return _ALWAYS_IN_HISTORY | own | ({"currency"} if "amount" in own or self._in_several else set())

    @property
    def _in_several(self) -> bool:
        return self.several and "amount" in self.words

    @cached_property
    def meant(self) -> tuple[str, ...]:
        """Return the fields that are known of deals, in the order of the mirror."""
        known = {*_ALWAYS_IN_HISTORY, "owner_id", "deleted", *self.words}
        known |= {"currency"} if "amount" in known else set()
        return tuple(name for name in BIT if name in known)

    @cached_property
    def followed(self) -> Followed:
        """Return the fields that the field history may tell."""
        found = {"owner_id": "OwnerId", "category": "ForecastCategoryName"}
        if self._in_several:
            found["currency"] = "CurrencyIsoCode"
        for word, sources in self.words.items():
            # Of a chain, the history of its first field says when a dimension changed; of an amount it says too little.
            whole = len(sources) == 1 or word in _STEADY
            if word not in self.in_history and whole and "." not in sources[0].path:
                found[word] = sources[0].path
        return Followed(names=found, chained=frozenset(filter(self._chained, self.words)))

    @cached_property
    def early(self) -> tuple[str, ...]:
        """Return the fields that a deal began with and OpportunityHistory does not tell."""
        skipped = {*self.in_history, "deleted"}
        return tuple(name for name in self.meant if name not in skipped)

    def changes(self, raw: Raw) -> str:
        """Return the events of OpportunityHistory as SQL; stages as `stage` says, an unknown one by what its row says."""
        called = category(raw.text("ForecastCategory"))
        closed = f"TRY_CAST({raw.text('Probability')} AS DECIMAL(18,2))"
        status = (
            f"CASE WHEN {called} = 'closed' OR {closed} = 100 THEN 'won' "
            f"WHEN {called} = 'omitted' AND {closed} = 0 THEN 'lost' ELSE 'open' END"
        )
        return f"""
            SELECT {quoted("Id")} AS id, {quoted("OpportunityId")} AS deal_id, {raw.instant("CreatedDate")} AS valid_at,
                {_mask(self.in_history)} AS fields,
                coalesce(stage.name, {quoted("StageName")}) AS stage, coalesce(stage.status, {status}) AS status,
                {called} AS category
                {f", {amount(raw.text('Amount'))} AS amount" if "amount" in self.in_history else ""}
                {f", {self._currency(raw)} AS currency" if "currency" in self.in_history else ""}
                {f", {day(raw.text('CloseDate'))} AS close" if "close" in self.in_history else ""}
            FROM {raw.relation} LEFT JOIN stage ON stage.value = {quoted("StageName")}"""

    def begun(self, raw: Raw, since: datetime | None) -> str:
        """Return what deals began with as SQL: those made since or not known yet, at the instant where their history begins."""
        values = ", ".join(f"{self._at_first(word, raw)} AS {quoted(word)}" for word in self.early)
        return f"""
            SELECT {quoted("Id")} || '@created' AS id, {quoted("Id")} AS deal_id, began.moment AS valid_at,
                {_mask((*self.early, "deleted"))} AS fields, {values}{"," if values else ""} FALSE AS deleted
            FROM {raw.relation} JOIN began ON began.deal_id = {quoted("Id")}
            LEFT JOIN firsts ON firsts.deal_id = {quoted("Id")} WHERE {_fresh(raw, since)}"""

    def followed_from(self, raw: Raw, since: datetime | None, until: datetime) -> str:
        """Return what fields held when they began to be followed, as SQL: of deals that were made before, and not known yet.

        A deal that has changed since the window's end does not say what a field was that had no change before.
        """
        told = [
            f"SELECT {quoted('Id')} || '@since.{word}' AS id, {quoted('Id')} AS deal_id, {self._since(word)} AS valid_at, "
            f"{BIT[word]} AS fields, {self._before(word)} AS {quoted(word)} "
            f"FROM {raw.relation} LEFT JOIN firsts ON firsts.deal_id = {quoted('Id')} "
            f"WHERE {raw.instant('CreatedDate')} < {self._since(word)} AND {self._before(word)} IS NOT NULL "
            f"AND ({raw.instant(self.stamp)} < {stamp(until)} OR {quoted(f'had_{word}')}) AND {_fresh(raw, since)}"
            for word in self.followed.names
            if word in self.words and word not in _STEADY
        ]
        return " UNION ALL BY NAME ".join(told)

    def texts(self, until: datetime) -> str:
        """Return what long texts of the deals of `marked` are since they changed last, as SQL; empty where none is followed."""
        told = [
            f"SELECT deal_id || '@text.' || strftime(moment, '%Y%m%dT%H%M%S') || '.{word}' AS id, deal_id, moment AS valid_at, "
            f"{stamp(until)} AS learned_at, {BIT[word]} AS fields, marked.{quoted(word)} AS {quoted(word)} "
            f"FROM marked JOIN blind USING (deal_id) WHERE blind.field = {literal(name)} AND valid_at < {stamp(until)}"
            for word, name in self.followed.names.items()
            if any(source.field.type == "textarea" for source in self.words.get(word, ()))
        ]
        return " UNION ALL BY NAME ".join(told)

    def marked(self, raw: Raw) -> str:
        """Return deals as they stand with a mark of their values, as SQL."""
        values = ", ".join(f"coalesce(CAST({quoted(name)} AS VARCHAR), chr(30))" for name in self.meant)
        return f"SELECT *, left(md5(concat_ws(chr(31), {values})), 10) AS mark FROM ({self.now(raw)})"

    @staticmethod
    def after(raw: Raw, until: datetime) -> str:
        """Return the condition of deals that were made after a window: the next one has them."""
        return f"{raw.instant('CreatedDate')} >= {stamp(until)}"

    @staticmethod
    def met(until: datetime) -> str:
        """Return what is told of the deals of `marked` as SQL: of those that have changed since, only that they are there."""
        told = f"valid_at < {stamp(until)}"
        return f"SELECT deal_id, if({told}, valid_at, NULL), if({told}, mark, NULL), deleted AND {told}, FALSE FROM marked"

    def standing(self, until: datetime) -> str:
        """Return what the deals of `marked` are since their last change as SQL, but those that were told like that before.

        Where values are others though the row says that it did not change (a formula, a field of the account), and where a
        deal was gone and is back, that is known from the end of this window on.
        """
        return f"""
            SELECT deal_id || '@' || strftime(valid_at, '%Y%m%dT%H%M%S') || '.' || mark AS id, deal_id, valid_at,
                greatest(valid_at, {stamp(until)}) AS learned_at, {_mask(self.meant)} AS fields,
                {", ".join(map(quoted, self.meant))}
            FROM (
                SELECT marked.* REPLACE (
                    if(known.gone OR (known.stamp = valid_at AND known.mark <> marked.mark), {stamp(until)}, valid_at)
                        AS valid_at
                )
                FROM marked LEFT JOIN known ON known.id = deal_id
                WHERE valid_at < {stamp(until)}
                    AND (known.stamp = valid_at AND known.mark = marked.mark AND NOT known.gone) IS NOT TRUE
            )"""

    def now(self, raw: Raw) -> str:
        """Return deals as they stand, as SQL: every field that is known of them, under the mirror's names."""
        words = "".join(
            f", {chain(sources)} AS {quoted(word)}"
            for word, sources in self.words.items()
            if word not in {"amount", "close"}
        )
        money = (
            f", {chain(self.words['amount'], amount)} AS amount, {self._currency(raw)} AS currency"
            if "amount" in self.words
            else ""
        )
        close = f", {chain(self.words['close'], day)} AS close" if "close" in self.words else ""
        return f"""
            SELECT {quoted("Id")} AS deal_id, {raw.instant(self.stamp)} AS valid_at,
                coalesce(stage.name, {quoted("StageName")}) AS stage, {_status(raw.yes("IsClosed"), raw.yes("IsWon"))} AS status,
                {category(raw.text("ForecastCategory"))} AS category{money}{close},
                {quoted("OwnerId")} AS owner_id{words}, {raw.yes("IsDeleted")} AS deleted
            FROM {raw.relation} LEFT JOIN stage ON stage.value = {quoted("StageName")}"""

    def deals(self, raw: Raw) -> str:
        """Return what does not change of deals as SQL."""
        return f"""
            SELECT {quoted("Id")} AS id, {quoted("Name")} AS name, {raw.text("AccountId")} AS account_id,
                {raw.instant("CreatedDate")} AS created_at,
                {literal(self.address)} || '/lightning/r/Opportunity/' || {quoted("Id")} || '/view' AS url
            FROM {raw.relation}"""

    def _at_first(self, word: str, raw: Raw) -> str:
        """Return the expression of what a field was at the beginning."""
        if word == "currency":
            return self._currency(raw)
        steady = f"NULL::{KINDS.get(word, 'VARCHAR')}"
        if word in _STEADY:
            steady = quoted("OwnerId") if word == "owner_id" else chain(self.words[word])
        if word not in self.followed.names:
            return steady
        if word in _STEADY or word not in self.words:
            return self._before(word, steady)
        # Nobody knows what a field was before it was followed; since then, that no change is kept means that there was none.
        return f"if({raw.instant('CreatedDate')} >= {self._since(word)}, {self._before(word)}, {steady})"

    def _before(self, word: str, steady: str = "") -> str:
        """Return the expression of what a field was before its first change, which is what it is where there was none."""
        steady = steady or as_field(word, chain(self.words[word]))
        old = as_field(word, quoted(f"old_{word}"))
        if self._chained(word):
            old = f"coalesce({old}, {steady})"
        return f"if(coalesce({quoted(f'had_{word}')}, FALSE), {old}, {steady})"

    def _since(self, word: str) -> str:
        """Return the expression of the instant from which on a field certainly was followed; NULL where it never was."""
        return f"(SELECT min(moment) FROM tracked WHERE field = {literal(self.followed.names[word])})"

    def _chained(self, word: str) -> bool:
        return len(self.words.get(word, ())) > 1

    def _currency(self, raw: Raw) -> str:
        return f"coalesce({raw.text('CurrencyIsoCode')}, {literal(self.currency)})"


def stages(raw: Raw) -> str:
    """Return the stages as SQL: the value that records have, the name people see, its order, status and category."""
    return f"""
        SELECT coalesce({raw.text("ApiName")}, {raw.text("MasterLabel")}) AS value, {raw.text("MasterLabel")} AS name,
            CAST(CAST({raw.text("SortOrder")} AS DOUBLE) AS INTEGER) AS place,
            {_status(raw.yes("IsClosed"), raw.yes("IsWon"))} AS status,
            {category(f"coalesce({raw.text('ForecastCategory')}, {raw.text('ForecastCategoryName')})")} AS category,
            {raw.yes("IsActive")} AS active
        FROM {raw.relation} QUALIFY row_number() OVER (PARTITION BY value ORDER BY active DESC, place) = 1"""


def chain(sources: Iterable[Source], typed: Callable[[str], str] = str) -> str:
    """Return the expression of a fall-back chain: the first field that is filled in, with what is `typed` of it."""
    return f"coalesce({', '.join(typed(quoted(source.path)) for source in sources)})"


def began(raw: Raw) -> str:
    """Return when the history of each deal begins, as SQL."""
    return (
        f"SELECT {quoted('OpportunityId')}, min({raw.instant('CreatedDate')}) FROM {raw.relation} GROUP BY 1"
    )


# What was told of deals: their stamps, a mark of their values, whether they are deleted, or gone without having been.
KNOWN: Final = "(id VARCHAR, stamp TIMESTAMP, mark VARCHAR, deleted BOOLEAN, gone BOOLEAN)"
# What is known after a run: what was, what came, what has gone.
KNOWN_NOW: Final = """
    SELECT * FROM met_deals QUALIFY row_number() OVER (PARTITION BY id ORDER BY stamp DESC, rowid DESC) = 1
    UNION ALL SELECT * REPLACE (gone OR id IN (SELECT deal_id FROM missing) AS gone) FROM known
        WHERE id NOT IN (SELECT id FROM met_deals)"""


def later(raw: Raw, after: str) -> str:
    """Return the deals that were made after a window, as SQL."""
    return f"SELECT {quoted('Id')} FROM {raw.relation} WHERE {after}"


def lay_gone(raw: Raw, changed: str, until: datetime) -> str:
    """Return the statements that note in `missing` the deals that have gone; `raw` are those that a sweep has come across.

    Gone is what is known and not among those, where a sweep was asked. Gone is also a deal whose history was read and itself
    not, for it was purged between the two queries: nobody would ever tell that it is not open any more.
    """
    missing = (
        "INSERT INTO missing SELECT id FROM known WHERE NOT gone AND NOT deleted "
        f"AND id NOT IN (SELECT id FROM met_deals) AND id NOT IN (SELECT {quoted('Id')} FROM {raw.relation});"
    )
    there = "SELECT id FROM met_deals UNION ALL SELECT id FROM known UNION ALL SELECT id FROM later"
    if raw.paths:
        there += f" UNION ALL SELECT id FROM ({swept(raw, changed)}) WHERE stamp >= {stamp(until)}"
    return f"""
        {missing if raw.paths else ""}
        CREATE OR REPLACE TABLE unmet AS
            SELECT deal_id FROM (SELECT deal_id FROM began UNION SELECT deal_id FROM firsts) WHERE deal_id NOT IN ({there});
        INSERT INTO missing SELECT deal_id FROM unmet;
        INSERT INTO met_deals SELECT deal_id, NULL, NULL, FALSE, TRUE FROM unmet;"""


def read(raw: Raw) -> str:
    """Return the deals that were read and when they were made, as SQL."""
    return f"SELECT {quoted('Id')} AS id, {raw.instant('CreatedDate')} AS made FROM {raw.relation}"


def swept(raw: Raw, stamp: str) -> str:
    """Return the deals that there are and their stamps, as SQL."""
    return f"SELECT {quoted('Id')} AS id, {raw.instant(stamp)} AS stamp FROM {raw.relation}"


def found(since: datetime, until: datetime) -> str:
    """Return the ids of deals that are not known though they were made before, as SQL.

    Either they were read because they changed (then only what changed was), or only a sweep has come across them. Those that
    a sweep finds to have changed without having been read are among them.
    """
    return f"""
        SELECT id FROM read WHERE made < {stamp(since)} AND id NOT IN (SELECT id FROM known)
        UNION SELECT swept.id FROM swept LEFT JOIN known ON known.id = swept.id
            WHERE swept.stamp < {stamp(until)} AND (known.id IS NULL OR known.gone OR known.stamp < swept.stamp)
                AND swept.id NOT IN (SELECT id FROM read)
        ORDER BY id"""


# How many deals are known, and how many of them a sweep has not come across.
COUNTED: Final = """
    SELECT count(*), count(*) FILTER (WHERE id NOT IN (SELECT id FROM swept) AND id NOT IN (SELECT id FROM read))
    FROM known WHERE NOT gone AND NOT deleted"""


def gone(until: datetime) -> str:
    """Return the events of the deals in `missing` as SQL."""
    return (
        f"SELECT deal_id || '@gone.' || {literal(f'{until:%Y%m%dT%H%M%S}')} AS id, deal_id, {stamp(until)} AS valid_at, "
        f"{_mask(('deleted',))} AS fields, TRUE AS deleted FROM missing"
    )


def _status(closed: str, won: str) -> str:
    return f"CASE WHEN {won} THEN 'won' WHEN {closed} THEN 'lost' ELSE 'open' END"


def _fresh(raw: Raw, since: datetime | None) -> str:
    """Return the condition of deals that were made since, or are not known yet: of some only that they had gone was told."""
    if since is None:
        return "TRUE"
    known = "SELECT id FROM known WHERE stamp IS NOT NULL OR NOT gone"
    return f"({raw.instant('CreatedDate')} >= {stamp(since)} OR {quoted('Id')} NOT IN ({known}))"


def stamp(instant: datetime) -> str:
    """Return an instant as SQL."""
    return f"TIMESTAMP {literal(f'{instant:%Y-%m-%d %H:%M:%S}')}"


def _mask(fields: Iterable[str]) -> int:
    return sum(BIT[name] for name in fields)
