"""Random companies of a few deals: every status, edge of a period, missing value, region and owner."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from tests.reports.small import NOW, State, deal

# So that history begins well before every comparison.
ANCHOR = deal("anchor", State(since=90, close=date(2025, 1, 1), amount="1"))
CLOSES = (
    None,
    date(2026, 9, 15),
    date(2026, 10, 1),
    date(2026, 11, 15),
    date(2026, 11, 16),
    date(2026, 11, 18),
    NOW.date(),
    date(2026, 12, 11),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 1, 15),
)


@st.composite
def states(draw):
    count = draw(st.integers(1, 4))
    whens = sorted(
        draw(st.lists(st.integers(1, 200), min_size=count, max_size=count, unique=True)), reverse=True
    )
    return tuple(
        State(
            since=when / 10,
            status=draw(st.sampled_from(["open", "open", "open", "won", "lost"])),
            category=draw(st.sampled_from(["pipeline", "pipeline", "commit", "omitted"])),
            amount=draw(st.sampled_from([None, "0", "10", "25.50", "99.99"])),
            close=draw(st.sampled_from(CLOSES)),
            type=draw(st.sampled_from(["New", "New", "New", "Renewal", None])),
            region=draw(st.sampled_from(["AMER", "EMEA", None])),
            owner=draw(st.sampled_from(["u1", "u2", "u3"])),
            deleted=draw(st.sampled_from([False, False, False, True])),
        )
        for when in whens
    )  # fmt: skip


companies = st.lists(states(), min_size=1, max_size=8).map(
    lambda found: [ANCHOR, *(deal(f"d{n}", *each) for n, each in enumerate(found))]
)
