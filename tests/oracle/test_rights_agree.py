"""Whoever asks gets what all readers together may see by the CRM's rights: every measure against plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, seed, settings

from reports.errors import BadInput, NotShown
from reports.facts import DIMS, Filter, Period
from reports.measures import bridge, measure
from reports.view import PipelineView, open_view
from tests.depth import share
from tests.oracle.bridging import Bridging
from tests.oracle.sharing import Sharing, sharings
from tests.oracle.test_measures_agree import ours, rounded, theirs
from tests.oracle.world import Asked
from tests.oracle.worlds import company_of, let_go, mirror_of

SHARDS = 4
EXAMPLES = share(100, of=10_000) // SHARDS
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Fields whose values are words of their own, so that they can be looked for in whatever is shown.
WORDS = {"product": ("Yard", "Sense"), "source": ("Inbound", "Outbound"), "account": ("Ärmel", "Northgate")}


class Plain(Bridging):
    """The second evaluator over what the readers know; how far history reaches back is told to everybody."""

    def __init__(self, sharing: Sharing) -> None:
        super().__init__(sharing.seen())
        self.begins = min(entry.valid_at for entry in sharing.world.events)

    def before_history(self, asked: Asked) -> bool:
        return asked.end <= self.day(self.begins)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_rights_of_the_crm_agree_with_plain_python(shard: int, tmp_path: Path) -> None:
    told: Counter[str] = Counter()

    @seed(shard)
    @MANY
    @given(sharings())
    def agree(sharing: Sharing) -> None:
        said = check(sharing, tmp_path)
        event(said)
        told[said] += 1

    agree()
    cases = sum(told.values())
    print(f"{cases} questions: {told['answered'] / cases:.0%} answered, {dict(told)}")

    assert told["answered"] > cases / 3


def check(sharing: Sharing, folder: Path) -> str:
    """Compare whatever the product says with what is true for these readers; return what became of the question."""
    con = mirror_of(sharing.world)
    try:
        return compared(sharing, con, folder)
    finally:
        let_go(con)


def compared(sharing: Sharing, con: object, folder: Path) -> str:
    asked, hidden = sharing.asked, sharing.hidden()
    access = sharing.access(folder)
    wanted = tuple(Filter(dim=name, values=values, negate=negate) for name, values, negate in asked.filters)
    if not all(who.connected for who in sharing.readers):
        # Whoever sees nothing knows no value to filter by.
        wanted = ()

    def view(*filters: Filter) -> PipelineView:
        at, company = asked.at.replace(tzinfo=UTC), company_of(sharing.world)
        return open_view(con, company, access, as_of=at, filters=filters, currency=asked.currency)

    if "type" in hidden and sharing.world.types:
        with pytest.raises(NotShown):
            view()
        return "not told what counts"
    if unread := hidden & {item.dim for item in wanted}:
        with pytest.raises(NotShown, match="cannot be shown"):
            view(*wanted)
        wanted = tuple(item for item in wanted if item.dim not in unread)
    try:
        seen = view(*wanted)
    except BadInput:
        # A value that none of these readers can see anywhere is not known to them.
        seen, wanted = view(), ()
    asked = replace(asked, filters=tuple((item.dim, item.values, item.negate) for item in wanted))
    plain = Plain(sharing)
    nothing_but(sharing, seen)
    if unread := hidden & set(asked.by):
        for name in ("deal_count", "open_pipeline"):
            with pytest.raises(NotShown):
                measure(seen, name, by=asked.by)
        asked = replace(asked, by=tuple(dim for dim in asked.by if dim not in unread))
    period = Period(label="P", start=asked.start, end=asked.end)
    counts(plain, seen, asked, period)
    if "amount" in hidden:
        for name in ("open_pipeline", "bookings", "average_deal_size", "slip_rate"):
            with pytest.raises(NotShown, match="amount"):
                measure(seen, name, period=period, by=asked.by)
        return "counts only" if sharing.visible() else "nothing there"
    amounts(plain, seen, asked, period)
    return "answered" if sharing.visible() else "nothing there"


def counts(plain: Plain, seen: PipelineView, asked: Asked, period: Period) -> None:
    found = ours(measure(seen, "deal_count", period=period, by=asked.by))
    assert found == theirs(plain.known(asked, plain.deal_count(asked))), "deal_count"
    for name, evaluate in {"win_rate": plain.win_rate, "sales_cycle": plain.sales_cycle}.items():
        found = ours(measure(seen, name, period=period, by=asked.by), records=False)
        assert found == theirs(evaluate(asked), records=False), name


def amounts(plain: Plain, seen: PipelineView, asked: Asked, period: Period) -> None:
    sums = {
        "open_pipeline": plain.open_pipeline,
        "bookings": plain.bookings,
        "lost": plain.lost,
        "pipeline_created": plain.pipeline_created,
        "won_plus_commit": plain.won_plus_commit,
        **{
            name: (lambda question, name=name: plain.called(question, name))
            for name in ("commit", "best_case", "pipeline")
        },
    }
    for name, evaluate in sums.items():
        found = ours(measure(seen, name, period=period, by=asked.by))
        assert found == theirs(plain.known(asked, evaluate(asked))), name
    assert ours(measure(seen, "overdue", by=asked.by)) == theirs(plain.overdue(asked)), "overdue"
    for name, evaluate in {
        "win_rate_value": plain.win_rate_value,
        "average_deal_size": plain.average_deal_size,
    }.items():
        found = ours(measure(seen, name, period=period, by=asked.by), records=False)
        assert found == theirs(evaluate(asked), records=False), name
    since = plain.days_back(asked.at, 7)
    if since >= plain.begins:
        moved(plain, seen, asked, period, since)


def moved(plain: Plain, seen: PipelineView, asked: Asked, period: Period, since: datetime) -> None:
    walk = bridge(seen, period, since.replace(tzinfo=UTC))
    found = sorted((item.deal_id, item.bucket, rounded(item.value)) for item in walk.movements)
    expected = sorted((deal, bucket, rounded(value)) for deal, bucket, value in plain.flows(asked, since))
    assert found == expected, "bridge"
    slip = measure(seen, "slip_rate", period=period, since=since.replace(tzinfo=UTC)).rows[0]
    assert rounded(slip.value) == rounded(plain.slip_rate(asked, since).value), "slip_rate"


def nothing_but(sharing: Sharing, seen: PipelineView) -> None:
    """Look through deals and names: nothing of another deal is there, and nothing of a hidden field."""
    visible, hidden = sharing.visible(), sharing.hidden()
    deals, names = seen.everything().deals(counted=False), seen.names()
    shown = repr((deals, names))

    assert {deal.id for deal in deals} | {deal.id for deal in names.deals} <= visible
    assert all(getattr(deal, word) is None for deal in deals for word in hidden)
    for word in hidden:
        assert not any(value in shown for value in WORDS.get(word, ())), word
    if not visible:
        assert not deals
        assert not names.accounts
        assert {dim: seen.present(dim) for dim in DIMS if dim != "account"} == {
            dim: () for dim in DIMS if dim != "account"
        }
