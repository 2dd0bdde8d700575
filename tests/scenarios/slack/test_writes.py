"""An owner's answer reaches Salesforce, in their name and once, can be taken back, and says why where it cannot."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.approvals.rules import CAPS
from bot.approvals.values import Decision
from bot.runs.ports import Work
from bot.settings import Writes
from bot.slack.handlers import TIDY
from bot.slack.nudging_message import LEFT
from tests.bot.approvals.desk import proposal
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.org import Rule
from tests.fakes.salesforce.rights import Level
from tests.scenarios.slack.asking import buttons, modal, until, values
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.writing import BRANDT, DANA, JONAS, MARCUS, OSTRANDER, Town
from tests.scenarios.slack.writing import town as opened

KEPT = "Your answer is kept as a note."
DATE = {"date": "2027-01-29"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        made.nudge()
        yield made


def notes(town: Town) -> dict[str, Any]:
    """Return what is kept of the answers, by deal."""
    return dict(town.at.served.desk.notes.all("local", "owner_answer"))


def test_a_new_date_is_in_salesforce_as_the_owner_and_undo_takes_it_back(town: Town):
    town.answer("New date", **DATE)

    assert town.held("CloseDate") == date(2027, 1, 29)
    assert town.held("LastModifiedById") == town.users[JONAS]
    assert "Close date of Ostrander Paper: 6 Nov → 29 Jan, in Salesforce." in told(town.letter())
    assert buttons(town.letter()) == ["New date", "Lost", "Leave it", "Undo"]

    town.press(JONAS, town.letter(), "Undo")

    assert town.held("CloseDate") == date(2026, 11, 6)
    assert "Close date of Ostrander Paper is back at 6 Nov, in Salesforce." in told(town.letter())
    assert buttons(town.letter()) == ["New date", "Lost", "Leave it", "Change"]
    assert len(town.patches()) == 2
    trail = town.at.served.desk.line.store.approvals
    assert [line.event for line in trail.trail("local")] == ["approved", "written"] * 2
    assert trail.broken("local") is None


def test_lost_sets_the_stage_and_undo_brings_back_what_came_along(town: Town):
    town.org.settle("Opportunity", town.deals[OSTRANDER], ForecastCategoryName="Best Case")
    town.answer("Lost", words="no budget")

    assert town.held("StageName") == "Closed Lost"
    assert "Stage of Ostrander Paper: Negotiation → Closed Lost, in Salesforce." in told(town.letter())

    town.press(JONAS, town.letter(), "Undo")

    assert town.held("StageName") == "Negotiation"
    assert town.held("ForecastCategoryName") == "Best Case"
    assert "Stage of Ostrander Paper is back at Negotiation, in Salesforce." in told(town.letter())


def test_leave_it_writes_nothing(town: Town):
    town.press(JONAS, town.letter(), "Leave it")

    assert "leave it as it is. Kept. The CRM stays as it is." in told(town.letter())
    assert town.patches() == []
    assert town.at.served.desk.line.store.approvals.trail("local") == ()


def test_a_change_in_salesforce_since_the_message_is_found_and_spared(town: Town):
    town.foreign(CloseDate="2027-01-08")
    town.answer("New date", **DATE)

    assert town.held("CloseDate") == date(2027, 1, 8)
    said = "Somebody changed it in Salesforce meanwhile, so nothing was written: Close date is 8 Jan there by now, not 6 Nov."
    assert f"Ostrander Paper, $310k: new date 29 Jan. {said} {KEPT}" in told(town.letter())
    assert notes(town)[town.deals[OSTRANDER]]["note"]["day"] == "2027-01-29"


def test_who_has_read_what_it_holds_by_now_may_answer_again(town: Town):
    town.foreign(CloseDate="2027-01-08")
    town.answer("New date", **DATE)
    town.press(JONAS, town.letter(), "Change")
    town.at.slack.submit(JONAS, modal(town.at, JONAS).view, {"answer": "date", **DATE})
    town.at.settle()

    assert town.held("CloseDate") == date(2027, 1, 29)
    assert "Close date of Ostrander Paper: 8 Jan → 29 Jan, in Salesforce." in told(town.letter())


def test_a_deal_that_was_given_to_somebody_else_is_not_written(town: Town):
    town.foreign(OwnerId=town.users[DANA])
    town.answer("New date", **DATE)

    assert town.held("CloseDate") == date(2026, 11, 6)
    assert "The deal belongs to somebody else in Salesforce by now." in told(town.letter())
    assert town.patches() == []


def _rule(town: Town) -> None:
    def check(row: Mapping[str, Any], _before: Mapping[str, Any]) -> str | None:
        return "No deal closes in January" if row["CloseDate"].month == 1 else None

    town.org.rules.append(Rule(object="Opportunity", check=check, field="CloseDate"))


def _locked(town: Town) -> None:
    town.org.locked.add(town.deals[OSTRANDER])


def _no_right(town: Town) -> None:
    town.org.sharing = lambda user, _of, _key: Level.READ if user == town.users[JONAS] else Level.EDIT


def _read_only(town: Town) -> None:
    town.org.rights[town.users[JONAS]].read_only = frozenset({"Opportunity.CloseDate"})


def _limit(town: Town) -> None:
    town.server.faults.next("limit", method="PATCH", count=9)


def _required(town: Town) -> None:
    error = ApiError(
        400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Loss reason]", ("Loss_Reason__c",)
    )
    town.server.faults.next("refuse", method="PATCH", error=error)


def _picklist(town: Town) -> None:
    error = ApiError(
        400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "bad value for restricted picklist field: X",
        ("StageName",),
    )
    town.server.faults.next("refuse", method="PATCH", error=error)


def _unconnected(town: Town) -> None:
    town.unconnected.add(town.users[JONAS])


def _down(town: Town) -> None:
    town.server.faults.next("unavailable", count=999)


@pytest.mark.parametrize(
    "obstacle, said",
    [
        (_rule, "A rule in Salesforce refuses it: “No deal closes in January”."),
        (_locked, "Somebody else is saving this deal in Salesforce just now. Try again in a minute."),
        (_no_right, "Salesforce does not let you change that: “insufficient access rights on object id”."),
        (_read_only, "Salesforce does not let you change that: “this user may not change CloseDate"),
        (_limit, "Salesforce takes no more calls for now: “TotalRequests Limit exceeded”."),
        (
            _required,
            "Salesforce wants another field filled first: “Required fields are missing: [Loss reason]”.",
        ),
        (_picklist, "Salesforce does not take that value: “bad value for restricted picklist field: X”."),
        (_unconnected, "You have not connected Salesforce, so I cannot write there in your name."),
        (_down, "Salesforce does not answer at the moment. Try again in a while."),
    ],
)
def test_whatever_is_in_the_way_is_said_in_a_sentence_and_the_answer_stays(
    town: Town, obstacle: Any, said: str
):
    obstacle(town)
    town.answer("New date", **DATE)
    for _ in range(4):
        town.pass_(900)
    town.server.faults.clear()

    assert said in told(town.letter())
    assert KEPT in told(town.letter())
    assert town.held("CloseDate") == date(2026, 11, 6)
    assert notes(town)[town.deals[OSTRANDER]]["note"]["answer"] == "date"
    assert "Change" in buttons(town.letter())


def test_what_is_locked_for_a_moment_is_written_a_minute_later(town: Town):
    town.org.locked.add(town.deals[OSTRANDER])
    town.answer("New date", **DATE)
    assert "new date 29 Jan. On its way to Salesforce." in told(town.letter())
    town.org.locked.clear()
    town.pass_(60)

    assert town.held("CloseDate") == date(2027, 1, 29)
    assert "6 Nov → 29 Jan, in Salesforce." in told(town.letter())


def test_stop_stops_what_is_on_its_way_too(town: Town):
    town.answer("New date", settle=False, **DATE)
    town.at.slack.dm(MARCUS, "stop")
    town.at.settle()
    town.answer("New date", deal=BRANDT, **DATE)

    assert town.patches() == []
    assert told(town.letter()).count("Everything is stopped by Marcus Bell on") == 2
    assert told(town.letter()).count(KEPT) == 2


def test_beyond_the_most_of_a_day_nothing_is_written_and_the_admins_hear(town: Town):
    kept, now = town.at.served.desk.line.store.approvals, town.at.clock()
    for number in range(CAPS.person):
        one = proposal(f"p-{number}", workspace="local").model_copy(update={"approver": town.users[JONAS]})
        kept.keep(one)
        yes = Decision(approved=True, by=one.approver, at=now, digest=one.digest)
        assert kept.decide(one, yes, caps=CAPS) == "kept"
    town.answer("New date", **DATE)

    said = "That would be more changes than I write within 24 hours (100 a person, 500 in all), so I left it."
    assert f"new date 29 Jan. {said} The admins know. {KEPT}" in told(town.letter())
    assert town.patches() == []
    assert "Jonas Adler has reached the number of changes" in told(town.at.slack.seen_by(MARCUS)[-1])
    town.pass_(86_400)
    town.answer("New date", deal=BRANDT, **DATE)
    assert town.held("CloseDate", BRANDT) == date(2027, 1, 29)


def test_what_breaks_on_our_side_is_told_as_not_known_with_a_reference(town: Town):
    def broken(request: requests.PreparedRequest) -> None:
        if request.method == "PATCH":
            raise RuntimeError("out of memory")

    town.before = broken
    town.answer("New date", settle=False, **DATE)
    town.at.settle(failing=True)

    said = told(town.at.slack.seen_by(JONAS)[-1])
    assert "6 Nov → 29 Jan: that went wrong on my side, and I cannot tell whether Salesforce took it." in said
    assert town.at.runs.failures[-1].reference in said
    assert "I cannot tell whether Salesforce took it. Look at the deal there" in told(town.letter())


def test_what_is_written_is_not_answered_again_before_it_is_undone(town: Town):
    value = values(town.letter(), "Leave it")[0]
    assert value.split("|")[1] == town.deals[OSTRANDER]
    town.answer("New date", **DATE)
    town.at.clock.forward(60)
    town.at.served.desk.runs.enqueue(town.forged(JONAS, f"{LEFT}:1", value).work())
    town.at.settle()

    assert town.at.slack.seen_by(JONAS)[-1].text == "That is in Salesforce already. Undo takes it back."
    assert notes(town)[town.deals[OSTRANDER]]["note"]["answer"] == "date"
    assert "Undo" in buttons(town.letter())


def test_undo_spares_what_somebody_changed_since(town: Town):
    town.answer("New date", **DATE)
    town.foreign(CloseDate="2027-03-01")
    town.press(JONAS, town.letter(), "Undo")

    assert town.held("CloseDate") == date(2027, 3, 1)
    said = told(town.letter())
    assert "6 Nov → 29 Jan, in Salesforce. Not undone: Somebody changed it in Salesforce meanwhile" in said
    assert "Close date is 1 Mar there by now, not 29 Jan." in said
    assert "Undo" in buttons(town.letter())


def test_when_the_records_here_follow_the_message_and_the_report_say_the_same(town: Town):
    town.answer("New date", **DATE)
    (card,) = town.at.dm(DANA, "ostrander")
    assert "Jonas Adler, 23 Nov: new date 29 Jan, in the CRM already." in told(card)

    desk = town.at.served.desk
    town.org.clock.advance(3600)
    desk.line.mirror.load(desk.line.crm)  # type: ignore[arg-type]
    (card,) = town.at.dm(DANA, "ostrander")
    town.press(JONAS, town.letter(), "Leave it")

    assert "closes 29 Jan" in told(card)
    assert "already" not in told(card)
    assert "6 Nov → 29 Jan, in Salesforce." in told(town.letter())
    assert "Undo" in buttons(town.letter())
    until(town.at, date(2026, 11, 24), 8, 30)
    report = told(town.at.slack.seen_by(DANA)[-1])
    assert report.startswith("2 of 2 answered by 1 of 1 owner: 1 new date, 1 left.")
    assert "new date 29 Jan, in Salesforce" in report


@pytest.mark.parametrize("writes", ["off", "propose"])
def test_without_writing_on_nothing_is_written_and_what_is_missing_is_said(tmp_path: Path, writes: Writes):
    with opened(tmp_path, writes=writes) as town:
        letter = told(town.nudge())
        town.answer("New date", **DATE)
        said = told(town.letter())
        executor = town.at.served.desk.executor

        assert (
            "Your answer is kept here and stands on the deal's row in reports. It changes nothing in the CRM."
            in letter
        )
        assert {call.method for call in town.server.calls} <= {"GET"}
        assert town.held("CloseDate") == date(2026, 11, 6)
        assert "Undo" not in buttons(town.letter())
        if writes == "off":
            assert executor is None
            assert "new date 29 Jan. Kept. The CRM still says 6 Nov until write-back is on." in said
        else:
            assert executor is not None
            assert not executor.writes
            assert (
                "Close date of Ostrander Paper: 6 Nov → 29 Jan: kept as a proposal. Nothing is written to Salesforce before an "
                "admin sets QUARTERDECK_WRITES=on." in said
            )
            proposal = executor.kept.get("local", notes(town)[town.deals[OSTRANDER]]["proposal"])
            assert proposal is not None
            assert proposal.decision is None


def test_no_word_of_the_crm_is_in_the_log(town: Town, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    town.answer("Lost", words="no budget at all")
    _rule(town)
    town.answer("New date", deal=BRANDT, **DATE)

    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "quarterdeck")
    assert "written" in logged
    for word in ("Ostrander", "Brandt", "Negotiation", "budget", "2027-01-29", "January"):
        assert word not in logged


def test_what_records_held_is_forgotten_after_400_days_on_the_disk_too(town: Town):
    def held() -> list[Path]:
        home = town.at.served.desk.line.store.files.parent
        return [path for path in home.rglob("*.json") if b"ask Uwe" in path.read_bytes()]

    (card,) = town.at.dm(JONAS, "ostrander next step: ask Uwe")
    town.press(JONAS, card, "Approve")
    kept = len(held())
    for days in (399, 2):
        town.at.clock.forward(days * 86_400)
        town.at.served.desk.runs.enqueue(Work(kind=TIDY, key=f"tidy:{days}", lane="tidy", payload={}))
        town.at.settle()
        kept, before = len(held()), kept

    assert (before, kept) == (1, 0)
