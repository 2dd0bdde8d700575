"""Whatever a model answers in the right shape: it is a read request of known names, or refused."""

from __future__ import annotations

from typing import get_args

from hypothesis import example, given
from hypothesis import strategies as st

from bot.agent import intents as i
from bot.agent.lexicon import TOPICS
from bot.agent.model.meaning import COMPARES, ORDERS, STATUSES, meaning
from bot.agent.model.ports import Edit, Narrowing, NoAnswer, Reading
from bot.agent.slides import book
from reports.facts import DIMS
from reports.kinds import KINDS
from reports.measures import CATALOGUE
from reports.periods import NAMES
from reports.spec import Mark
from tests.bot.agent.world import DECK, LEXICON, SPEC
from tests.fakes.model import reading

READS = (i.Ask, i.Report, i.FindingsAsk, i.DealFilter, i.FollowUp, i.Edits, i.Problem)
TEXT = (
    "kindly verify whether the cushion of Ostrander looks healthy over 100k since last friday for two weeks"
)
EVIL = (
    "<https://evil.example|EMEA>",
    "publish",
    "@everyone",
    "'; DROP TABLE note; --",
    "🙂" * 50,
    "x" * 9_000,
    "",
)


def some(*known: str) -> st.SearchStrategy[str]:
    """Return names that are known, words of the message, and what nobody knows."""
    return st.one_of(
        st.sampled_from(known), st.sampled_from(EVIL), st.sampled_from(TEXT.split()), st.text(max_size=12)
    )


def maybe(found: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | found


def few(found: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(found, max_size=3).map(tuple)


VALUES = some("EMEA", "ENT", "Ostrander Paper", "Jonas Brenner", "me")
NARROWING = st.builds(Narrowing, dim=some(*DIMS), values=few(VALUES), leave_out=st.booleans())
PERIOD = maybe(some(*NAMES, "FY26-Q3", "2026-07-01..2026-09-30", "FY99-Q9", "0000-13-99"))
EDIT = st.builds(
    Edit,
    change=st.sampled_from(get_args(Edit.model_fields["change"].annotation)),
    slide=st.none() | st.integers(-3, 12),
    dim=maybe(some(*DIMS)),
    values=st.none() | few(VALUES),
    period=PERIOD,
    currency=maybe(some("USD", "EUR")),
    measure=maybe(some(*CATALOGUE)),
    by=st.none() | few(some(*DIMS)),
    chart=maybe(some(*get_args(Mark))),
)
READING = st.builds(
    Reading,
    sort=st.sampled_from(get_args(Reading.model_fields["sort"].annotation)),
    measure=maybe(some(*CATALOGUE)),
    topic=maybe(some(*TOPICS)),
    report=maybe(some(*KINDS)),
    by=few(some(*DIMS)),
    period=PERIOD,
    as_of=maybe(some("last friday", "31 Feb")),
    filters=st.lists(NARROWING, max_size=3).map(tuple),
    compare=maybe(some(*COMPARES)),
    order=maybe(some(*ORDERS)),
    status=maybe(some(*STATUSES)),
    amount=maybe(some("over 100k", "over 9M")),
    idle=maybe(some("two weeks", "9 weeks")),
    edits=st.lists(EDIT, max_size=4).map(tuple),
)


@given(READING)
@example(Reading.model_validate(reading("deals", amount="over 100k", idle="two weeks", as_of="last friday")))
@example(Reading.model_validate(reading("question", measure="coverage", by=["region"])))
def test_a_reading_is_a_read_request_of_known_names_or_refused(found: Reading):
    try:
        meant = meaning(found, LEXICON, TEXT, owner=None, book=book(DECK, SPEC), spec=SPEC)
    except NoAnswer:
        return

    if meant is None:
        assert found.sort == "nothing" or not found.edits
        return
    assert isinstance(meant, READS)
    shown = " ".join((*meant.read_as, getattr(meant, "message", "")))
    assert not any(evil in shown for evil in EVIL if len(evil) > 8)
    question = getattr(meant, "question", None)
    for item in (*getattr(meant, "filters", ()), *(question.filters if question else ())):
        assert item.dim in DIMS
        assert item.dim == "account" or set(item.values) <= set(LEXICON.values[item.dim])
    if isinstance(meant, i.DealFilter):
        assert meant.amount_min in {None, 100_000}
        assert meant.idle_days in {None, 14}
