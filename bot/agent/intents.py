"""What a message can mean: a closed union of frozen values. Nothing here has been looked up or computed yet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from reports.edits import Patch
from reports.facts import Dim, Filter, Frozen
from reports.spec import Grain, Kind, Question

# Where the words came from. `direct` is a direct message or the terminal; `thread` is a reply under a posted deck.
Surface = Literal["slash", "mention", "direct", "thread"]

Topic = Literal[
    "at_risk",
    "changed",
    "slipped",
    "pulled_in",
    "wins",
    "losses",
    "created",
    "overdue",
    "pushed",
    "stale",
    "no_next_step",
    "amount_drop",
    "regress",
    "early_for_date",
    "opportunities",
    "ready_to_pull_in",
    "better_than_called",
    "revive",
    "expansion",
    "save",
    "actions",
    "decisions",
]

# A request that would change something, or that later work answers: recognised, and said to be not available here.
Write = Literal[
    "push",
    "bump",
    "update",
    "nudge",
    "chase",
    "remind",
    "stop",
    "goal",
    "call",
    "schedule",
    "allow",
    "mute",
    "email",
    "share",
    "export",
]


class Read(Frozen):
    """What every intent says about how it was read.

    Attributes:
        read_as: what a word was taken for where that is not plain, for people: `Read as: forecast`.
        assumed: what nobody said and the company's defaults filled in: `period: this quarter`.
        unread: the words that played no part, as they were typed.
    """

    read_as: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Alternative(Frozen):
    """A button beside an answer: its label, and the words it stands for (they go through the reader again)."""

    label: str
    text: str


class Candidate(Frozen):
    """One record a name may mean. `detail` tells it from the others (owner, amount as text), empty when unknown."""

    what: Literal["deal", "account", "person"]
    id: str
    name: str
    detail: str = ""


class Menu(Read):
    """Nothing was said: show what there is, as buttons."""

    type: Literal["menu"] = "menu"


class Help(Read):
    """Show examples of what to say; `about` is the words that the person wants to know about."""

    type: Literal["help"] = "help"
    about: str = ""


class Courtesy(Read):
    """A greeting or a thank-you, addressed to us."""

    type: Literal["courtesy"] = "courtesy"
    kind: Literal["hello", "thanks", "fine"] = "hello"


class Report(Read):
    """Build a report. None means the kind's own default; `as_of` is the end of that day in the company's zone."""

    type: Literal["report"] = "report"
    kind: Kind
    period: str | None = None
    filters: tuple[Filter, ...] = ()
    as_of: date | None = None
    currency: str | None = None
    template: str | None = None
    subject: Candidate | None = None


class Ask(Read):
    """Answer a question to a measure. `alternatives` are the two or three likeliest other readings."""

    type: Literal["ask"] = "ask"
    question: Question
    as_of: date | None = None
    currency: str | None = None
    alternatives: tuple[Alternative, ...] = ()


class DealCard(Read):
    """Show one deal."""

    type: Literal["deal_card"] = "deal_card"
    deal: Candidate


class Choose(Read):
    """A name means several records: ask once. `more` counts those beyond the five shown.

    `text` is the request with `{}` in place of the name; the chosen record's name goes there and is read again.
    """

    type: Literal["choose"] = "choose"
    name: str
    candidates: tuple[Candidate, ...]
    more: int = 0
    text: str = "{}"


class DealFilter(Read):
    """List deals. Amounts are in the company's currency; days are calendar days; `close` is a name of a period.

    `idle_days` counts since the last buyer touch; `age_days` since creation; `pushes` counts moves of the close date.
    `next_steps` shows each deal's next step; `reason` is a word of the reason for which a deal was lost (or won), empty
    to count the reasons.
    """

    type: Literal["deal_filter"] = "deal_filter"
    filters: tuple[Filter, ...] = ()
    status: Literal["open", "won", "lost", "any"] = "open"
    close: str | None = None
    created: str | None = None
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    idle_days: int | None = None
    age_days: int | None = None
    pushes: int | None = None
    no_next_step: bool = False
    next_steps: bool = False
    no_amount: bool = False
    reason: str | None = None
    order: Literal["amount", "close", "idle", "worst"] = "amount"
    limit: int | None = None
    as_of: date | None = None
    alternatives: tuple[Alternative, ...] = ()


class MyDeals(Read):
    """List the asker's own open deals, worst first."""

    type: Literal["my_deals"] = "my_deals"
    period: str | None = None
    filters: tuple[Filter, ...] = ()


class FindingsAsk(Read):
    """Show findings or movements of one kind. `since` is the instant to compare with, None for the week before."""

    type: Literal["findings"] = "findings"
    topic: Topic
    period: str | None = None
    filters: tuple[Filter, ...] = ()
    limit: int | None = None
    mine: bool = False
    as_of: date | None = None
    alternatives: tuple[Alternative, ...] = ()


class Why(Read):
    """Say why a value stands where it does: three driver facts, no invented cause."""

    type: Literal["why"] = "why"
    filters: tuple[Filter, ...] = ()
    measure: str | None = None
    direction: Literal["low", "high", "down", "up", "short", ""] = ""
    period: str | None = None
    deal: Candidate | None = None


class Provenance(Read):
    """Say where a number comes from, or what a measure means.

    `number` is as typed (`5.49`), `value` its amount with k/M applied; `measure` where one was named.
    """

    type: Literal["provenance"] = "provenance"
    number: str | None = None
    value: Decimal | None = None
    measure: str | None = None
    slide: str | None = None


class FollowUp(Read):
    """Ask the previous question again, changed in what is given here; everything else stays.

    `compare` `prior_year` means the same normalised day of the same period a year before.
    """

    type: Literal["follow_up"] = "follow_up"
    compare: Literal["prior_week", "prior_quarter", "prior_year", "target"] | None = None
    filters: tuple[Filter, ...] = ()
    by: tuple[Dim, ...] = ()
    period: str | None = None
    measure: str | None = None
    currency: str | None = None
    as_of: date | None = None
    limit: int | None = None
    order: Literal["asc", "desc"] | None = None
    grain: Grain | None = None
    spans: tuple[str, ...] = ()


class Edits(Read):
    """Edits of the deck of this thread: one patch, one revision. `fresh` asks for the newest records as well."""

    type: Literal["edits"] = "edits"
    patch: Patch
    fresh: bool = False


class Undo(Read):
    """Take back the last revision, or go back to revision `to`."""

    type: Literal["undo"] = "undo"
    to: int | None = None


class FreshData(Read):
    """Make the same report from the newest records."""

    type: Literal["fresh_data"] = "fresh_data"


class AddNote(Read):
    """Put a person's context on a deal, outside of a deck's thread. The words are the person's own."""

    type: Literal["add_note"] = "add_note"
    deal: Candidate
    text: str


class Publish(Read):
    """Ask the owner to confirm publishing the draft of this thread."""

    type: Literal["publish"] = "publish"


class Dispute(Read):
    """Somebody says that a record is other than shown. No number is changed by it."""

    type: Literal["dispute"] = "dispute"
    deal: Candidate | None = None
    claim: Literal["won", "lost", "moved", "amount", ""] = ""
    day: date | None = None
    amount: Decimal | None = None


class Errand(Read):
    """A write or an errand: recognised, with what it names, and not carried out here.

    `amount` is in the company's currency; `scaled` says that thousands were added to what was typed (260 → 260,000).
    A call's `amount` is its commit, beside it `best`, the name of a `period`, and the `currency` that it was said in (None: the
    company's); what is said below zero stays below zero. `letter` is a decision of a draft. Of a
    reminder `text` is what is to be done, `bulk` says that it is for several, and `unread` is whom it names where that is
    nobody whom the words know; `undated` is a time in it that is no day.
    """

    type: Literal["errand"] = "errand"
    kind: Write
    deals: tuple[Candidate, ...] = ()
    people: tuple[Candidate, ...] = ()
    filters: tuple[Filter, ...] = ()
    topic: Topic | None = None
    day: date | None = None
    amount: Decimal | None = None
    scaled: bool = False
    limit: int | None = None
    bulk: bool = False
    text: str = ""
    letter: str = ""
    undated: str = ""
    best: Decimal | None = None
    period: str | None = None
    currency: str | None = None


class Problem(Read):
    """The words are plain but name something that is not there; `message` says what is, for people.

    `undo` says that they take back what was done last, where no deck is.
    """

    type: Literal["problem"] = "problem"
    kind: Literal["slide", "value", "currency", "period", "day", "deal", "measure", "edit", "person"]
    value: str
    known: tuple[str, ...] = ()
    message: str
    alternatives: tuple[Alternative, ...] = ()
    undo: bool = False


class Unread(Read):
    """We were addressed and could not read it: say so, with the nearest things that would have worked."""

    type: Literal["unread"] = "unread"
    suggestions: tuple[Alternative, ...] = ()


class Nothing(Read):
    """Say nothing in the thread; `offer` may be proposed privately to the person who wrote."""

    type: Literal["nothing"] = "nothing"
    reason: str
    offer: Edits | Ask | Why | Provenance | Dispute | FindingsAsk | DealCard | DealFilter | Report | None = (
        None
    )
    offer_words: str = ""


Intent = Annotated[
    Menu
    | Help
    | Courtesy
    | Report
    | Ask
    | DealCard
    | Choose
    | DealFilter
    | MyDeals
    | FindingsAsk
    | Why
    | Provenance
    | FollowUp
    | Edits
    | Undo
    | FreshData
    | AddNote
    | Publish
    | Dispute
    | Errand
    | Problem
    | Unread
    | Nothing,
    Field(discriminator="type"),
]
