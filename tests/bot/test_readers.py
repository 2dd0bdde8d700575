"""Sessions are lent to one reader at a time, know what was worked out before, and never cross rights of names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import flows
from bot.readers import Readers
from connectors.access import Access, Grant, Sight
from connectors.mirror import sights
from reports.compose import compose
from reports.facts import Filter
from reports.kinds import KINDS
from reports.measures import measure


@pytest.fixture
def together():
    """Give each test sessions of its own."""
    readers = Readers()
    yield readers
    readers.close()


@pytest.fixture
def line(installation):
    return installation.line()


def test_the_next_reader_finds_what_the_last_worked_out(line):
    with flows.pull(line) as view:
        first, known = view.session, measure(view, "open_pipeline")
    with flows.pull(line) as view:
        assert view.session is first
        assert measure(view, "open_pipeline") == known


def test_the_facts_of_a_report_are_read_once(line):
    spec = flows.pinned(line, KINDS["weekly"].spec())
    with flows.pull(line, spec) as view:
        session, first = view.session, compose(spec, view)
        known = session.answers
    # Whoever asks anything of the mirror now gets an error.
    session.con.close()
    with flows.pull(line, spec) as view:
        again = compose(spec, view)

    assert view.session is session
    assert again == first
    assert session.answers == known > 0


def test_few_deals_are_kept_and_long_lists_are_not(line):
    with flows.pull(line) as view:
        session = view.session
        ids = [deal.id for deal in view.deals()]
        view.deals(ids=ids)
        assert len(ids) > 200
        assert session.answers == 0
        assert view.deals(ids=ids[:5]) == view.deals(ids=ids[:5])
        assert session.answers == 5


def test_two_at_once_have_a_session_each(line):
    with flows.pull(line) as one, flows.pull(line) as other:
        assert one.session is not other.session


def test_what_one_may_see_does_not_reach_another_through_what_is_kept(line):
    emea = replace(
        line, access=Access(workspace="local", asker=Grant(person="a", regions=frozenset({"EMEA"})))
    )
    with flows.pull(line) as view:
        whole = measure(view, "open_pipeline")
        session = view.session
    with flows.pull(emea) as view:
        assert view.session is session
        part = measure(view, "open_pipeline")
        assert {deal.region for deal in view.deals()} == {"EMEA"}
    with flows.pull(line) as view:
        assert measure(view.where(Filter(dim="region", values=("EMEA",))), "open_pipeline").rows == part.rows
        assert measure(view, "open_pipeline") == whole


def test_a_place_without_names_never_gets_a_session_with_names(line):
    unnamed = replace(line, access=Access(workspace="local", asker=Grant(person="a", names=False)))
    with flows.pull(line) as view:
        named = view.session
    with flows.pull(unnamed) as view:
        assert view.session is not named
        assert not {"Priya Raman", "Jonas Adler"} & {person.name for person in view.people.values()}


def test_a_session_shows_one_sight_and_is_lent_to_whoever_sees_the_same(line, tmp_path):
    def seeing(*ids):
        key, path, count = sights.keep(tmp_path, ids)
        sight = Sight(key=key, deals=path, count=count, at=line.now())
        return replace(line, access=Access(workspace="local", asker=Grant(person="a", sight=sight)))

    with flows.pull(line) as view:
        first, second, *_ = (deal.id for deal in view.deals(limit=2))
    with flows.pull(seeing(first)) as view:
        one = view.session
        assert [deal.id for deal in view.deals()] == [first]
    with flows.pull(seeing(second)) as view:
        assert view.session is not one
        assert [deal.id for deal in view.deals()] == [second]
    with flows.pull(seeing(first)) as view:
        assert view.session is one
    with flows.pull(line) as view:
        assert len(view.deals()) > 1


def test_after_an_error_the_session_is_not_lent_again(line):
    broken = []

    def break_off() -> None:
        with flows.pull(line) as view:
            broken.append(view.session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with flows.pull(line) as view:
        assert view.session is not broken[0]


def test_only_a_few_idle_sessions_are_kept(line):
    readers = Readers()
    held = [readers.lend(line.mirror.current(), line.company, line.access) for _ in range(12)]
    sessions = [each.__enter__() for each in held]
    for each in held:
        each.__exit__(None, None, None)

    with readers.lend(line.mirror.current(), line.company, line.access) as session:
        assert session in sessions
    assert sum(len(idle) for idle in readers._idle.values()) == 8
    readers.close()
