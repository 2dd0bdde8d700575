"""A report is built once for the same records, words and rights, and anew for any others."""

from __future__ import annotations

import io
import threading
import zipfile
from dataclasses import replace

import pytest

from bot import flows
from bot.builds import Builds
from connectors.access import Access, Grant
from connectors.demo.people import REP_NAMES
from reports.kinds import KINDS
from reports.spec import ReportSpec


def weekly(**more: object) -> ReportSpec:
    return KINDS["weekly"].spec(period="this-quarter", **more)  # type: ignore[arg-type]


def test_asked_for_twice_at_once_it_is_made_once():
    builds: Builds[int] = Builds()
    made, go = [], threading.Barrier(8)

    def make() -> int:
        made.append(1)
        return len(made)

    def ask() -> None:
        go.wait()
        assert builds.get("key", make) == 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_only_the_last_few_are_kept():
    builds: Builds[str] = Builds(room=2)
    for key in ("a", "b", "a", "c"):
        builds.get(key, lambda key=key: key)  # type: ignore[misc]

    assert builds.get("a", lambda: "anew") == "a"
    assert builds.get("b", lambda: "anew") == "anew"


def test_what_failed_is_not_kept():
    builds: Builds[str] = Builds()
    with pytest.raises(ZeroDivisionError):
        builds.get("key", lambda: str(1 / 0))
    assert builds.get("key", lambda: "made") == "made"


def test_the_same_report_is_built_once_and_another_pair_of_eyes_gets_its_own(installation):
    line = installation.line()
    emea = replace(
        line, access=Access(workspace="local", asker=Grant(person="a", regions=frozenset({"EMEA"})))
    )

    whole = flows.build(line, weekly())
    assert (
        flows.build(replace(line, access=Access(workspace="local", asker=Grant(person="c"))), weekly())
        is whole
    )
    assert flows.build(emea, weekly()).deck.scope == "EMEA"
    assert flows.build(line, weekly(), revision=2) is not whole
    assert flows.build(replace(line, company=replace(line.company, version=9)), weekly()) is not whole


def test_where_reps_are_not_named_no_name_of_a_rep_is_in_the_deck_or_its_file(installation):
    line = installation.line()
    unnamed = replace(line, access=Access(workspace="local", asker=Grant(person="b", names=False)))

    built = flows.build(unnamed, weekly())
    with zipfile.ZipFile(io.BytesIO(built.file)) as parts:
        text = built.deck.model_dump_json() + "".join(
            parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
        )
    assert [name for name in REP_NAMES if name in text] == []
