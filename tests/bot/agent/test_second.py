"""What the rules cannot read: a model picks names, and every name is checked as typed words are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.agent import intents as i
from bot.agent.answers.asking import Asker
from bot.agent.model.limits import Allowance, Limits
from bot.agent.model.meaning import meaning
from bot.agent.model.ports import NoAnswer, Prompt, Reading, Trouble, Usage
from bot.agent.model.reader import KEPT, KEPT_FAILED, ModelReader
from bot.agent.slides import Book
from bot.agent.turn import turn, understand
from bot.flows import Line
from bot.wiring import Installation
from connectors.access import Access, Grant
from reports.facts import Filter
from tests.bot.agent.world import LEXICON
from tests.fakes.model import ScriptedModel, edit, reading, saying

DANA = Asker(name="Dana Whitcombe", person_id="P1")
JONAS = Asker(name="Jonas Adler", person_id="P2")
# No rule reads this; each test says what a model takes it for.
PROMPT = Prompt(
    which="reader", instructions="", text="", person="dana", workspace="w", seconds=1.0, letters=1
)
UNREAD = "kindly verify whether our cushion looks healthy"


@pytest.fixture
def line(installation: Installation) -> Line:
    return installation.line()


class Ticks:
    """A clock of seconds that moves when the test says so."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def with_reader(line: Line, model: ScriptedModel, *, clock=lambda: 0.0, allowance=None) -> Line:
    limits = Limits(line.store.notes, lambda: date(2026, 11, 23), allowance)
    return replace(line, reader=ModelReader(model, limits, clock=clock))


def said(line: Line, text: str, *, asker: Asker = DANA, thread: str = "t", surface: str = "direct"):
    return turn(line, text, thread_id=thread, asker=asker, surface=surface)[0]


def meant(line: Line, answer, text: str = UNREAD, *, asker: Asker = DANA, **more) -> i.Intent:
    found = with_reader(line, saying(answer))
    return understand(found, text, thread_id="t", asker=asker, **more)


def read_by_itself(answer, text: str) -> i.Intent | None:
    """Return what a reading means, whatever the rules make of the text."""
    return meaning(Reading.model_validate(answer), LEXICON, text, owner=None, book=Book(), spec=None)


def test_a_message_that_no_rule_reads_is_answered_with_computed_facts(line: Line):
    model = saying(reading("question", measure="coverage", by=["region"]))

    reply = said(with_reader(line, model), UNREAD)
    typed = said(line, "coverage by region", thread="other")

    assert reply.read_as[0] == "Read as: coverage of what is left, by region"
    assert (reply.lines, reply.grid, reply.facts) == (typed.lines, typed.grid, typed.facts)
    assert len(model.asked) == 1


def test_without_a_model_the_rules_answer_stands(line: Line):
    reply = said(line, UNREAD)

    assert reply.intent == "unread"
    assert reply.read_as == ()


def test_what_the_rules_read_is_never_shown_to_a_model(line: Line):
    model = saying()
    for text in ("coverage by region", "push velde to feb 26", "publish", "weekly", "pipeline in mars", ""):
        said(with_reader(line, model), text)

    assert model.asked == []


def test_talk_that_does_not_address_us_never_goes_to_a_model(line: Line):
    model = saying()
    said(with_reader(line, model), "weekly")
    reply = said(with_reader(line, model), UNREAD, surface="thread")

    assert reply.silent
    assert model.asked == []


@pytest.mark.parametrize(
    "answer,text,wanted",
    [
        (
            reading("question", measure="bookings", period="last-quarter", compare="target"),
            UNREAD,
            ("bookings", "last-quarter", "target"),
        ),
        (
            reading("question", measure="win_rate", by=["segment"], order="least"),
            UNREAD,
            ("win_rate", None, None),
        ),
    ],
)
def test_a_question_is_made_of_names(line: Line, answer, text, wanted):
    found = meant(line, answer, text)

    assert isinstance(found, i.Ask)
    assert (found.question.measure, found.question.period, found.question.compare) == wanted


def test_filters_are_values_of_the_company(line: Line):
    narrowed = [{"dim": "region", "values": ["emea"], "leave_out": False}]
    found = meant(line, reading("findings", topic="at_risk", filters=narrowed))

    assert isinstance(found, i.FindingsAsk)
    assert found.filters == (Filter(dim="region", values=("EMEA",)),)
    assert found.read_as == ("Read as: at risk, EMEA",)


def test_amounts_and_days_are_read_by_the_rules_in_the_persons_own_words():
    text = "kindly show whatever sits over 100k, has been hushed for two weeks, last friday"
    answer = reading("deals", amount="over 100k", idle="two weeks", as_of="last friday", status="open")
    found = read_by_itself(answer, text)

    assert isinstance(found, i.DealFilter)
    assert (found.amount_min, found.idle_days, found.as_of) == (Decimal(100_000), 14, date(2026, 11, 20))


@pytest.mark.parametrize(
    "field,words", [("amount", "over 250k"), ("idle", "9 weeks"), ("as_of", "3 October")]
)
def test_an_amount_or_a_day_that_the_message_does_not_hold_is_refused(line: Line, field, words):
    found = meant(line, reading("deals", **{field: words}))

    assert isinstance(found, i.Unread)
    assert found.read_as == ("My language model read something that is not there; I read this by rules.",)


def test_an_unknown_value_that_the_person_wrote_is_refused_in_the_rules_words(line: Line):
    text = "kindly verify whether our Atlantis cushion looks healthy"
    narrowed = [{"dim": "region", "values": ["Atlantis"], "leave_out": False}]
    found = meant(line, reading("question", measure="coverage", filters=narrowed), text)

    assert isinstance(found, i.Problem)
    assert found.message.startswith("There is no region 'Atlantis'; there is ")


@pytest.mark.parametrize(
    "answer",
    [
        reading("question", measure="<https://evil.example|revenue>"),
        reading("question", measure="coverage", by=["password"]),
        reading("question", measure="coverage", period="next century"),
        reading("question", measure="coverage", period="2020-01-01..2030-12-31"),
        reading("report", report="weekly", period="2026-10-01..2026-12-31"),
        reading("report", report="everything"),
        reading("findings", topic="secrets"),
        reading(
            "question", measure="coverage", filters=[{"dim": "region", "values": [], "leave_out": False}]
        ),
        reading("question", measure=None),
        reading("question", measure=""),
        reading("deals", status="stolen"),
    ],
    ids=str,
)
def test_an_unknown_name_that_nobody_wrote_is_not_said_again(line: Line, answer):
    reply = said(with_reader(line, saying(answer)), UNREAD)

    assert reply.intent == "unread"
    assert "evil" not in reply.model_dump_json()


def test_a_name_counts_only_where_the_message_names_it():
    narrowed = [{"dim": "owner", "values": ["Jonas Brenner"], "leave_out": False}]
    answer = reading("question", measure="coverage", filters=narrowed)

    with pytest.raises(NoAnswer):
        read_by_itself(answer, UNREAD)
    named = read_by_itself(answer, "kindly verify whether the cushion of Jonas Brenner looks healthy")
    assert isinstance(named, i.Ask)
    assert named.question.filters == (Filter(dim="owner", values=("Jonas Brenner",)),)


def test_me_is_the_person_who_wrote(line: Line):
    narrowed = [{"dim": "owner", "values": ["me"], "leave_out": False}]
    answer = reading("question", measure="open_pipeline", filters=narrowed)

    found = meant(line, answer, asker=JONAS)
    assert isinstance(found, i.Ask)
    assert found.question.filters == (Filter(dim="owner", values=("Jonas Adler",)),)


def test_edits_name_slides_by_their_number_in_the_deck(line: Line):
    answer = reading(
        "edits",
        edits=[
            edit("filter", slide=3, dim="segment", values=["ENT"]),
            edit("remove", slide=4),
            edit("add_measure", measure="win_rate", by=["segment"]),
        ],
    )
    found = with_reader(line, saying(answer))
    said(line, "weekly")
    reply, made = turn(found, UNREAD, thread_id="t", asker=DANA, surface="mention")

    assert made is not None
    assert made.number == 2
    assert reply.read_as == ("Read as: only Enterprise on slide 3, drop slide 4, add win rate by segment",)
    assert [slide.key for slide in made.spec.slides][-2:] == ["measure", "appendix"]


def test_a_follow_up_changes_the_question_before(line: Line):
    said(line, "coverage emea")
    found = with_reader(line, saying(reading("follow_up", by=["segment"])))
    reply = said(found, UNREAD)

    assert reply.question is not None
    assert (reply.question.measure, reply.question.by) == ("coverage", ("segment",))
    assert reply.question.filters == (Filter(dim="region", values=("EMEA",)),)


@pytest.mark.parametrize("sort", ["follow_up", "edits"])
def test_there_is_nothing_to_follow_or_to_edit_where_nothing_was_said(line: Line, sort):
    assert isinstance(meant(line, reading(sort, by=["region"], edits=[edit("remove", slide=1)])), i.Unread)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_model_that_fails_means_the_rules_answer_and_a_word_why(line: Line, trouble):
    reply = said(with_reader(line, saying(trouble)), UNREAD)
    by_rules = said(line, UNREAD, thread="other")

    assert reply.private
    assert (reply.lines, reply.buttons) == (by_rules.lines, by_rules.buttons)
    assert reply.read_as[0].endswith("; I read this by rules.")


def test_a_late_model_is_named_as_such(line: Line):
    reply = said(with_reader(line, saying(Trouble.LATE)), UNREAD)

    assert reply.read_as == ("My language model did not answer in time; I read this by rules.",)


def test_a_message_is_asked_about_once_and_a_failure_again_soon(line: Line):
    clock = Ticks()
    model = saying(Trouble.LATE, reading("question", measure="coverage"), reading("question", measure="gap"))
    found = with_reader(line, model, clock=clock)
    for _ in range(3):
        understand(found, UNREAD, thread_id="t", asker=DANA)
    assert len(model.asked) == 1

    clock.at += KEPT_FAILED.total_seconds() + 1
    for _ in range(3):
        assert isinstance(understand(found, UNREAD, thread_id="t", asker=DANA), i.Ask)
    assert len(model.asked) == 2

    clock.at += KEPT.total_seconds() + 1
    understand(found, UNREAD, thread_id="t", asker=DANA)
    assert len(model.asked) == 3


def test_a_person_and_a_workspace_have_a_days_allowance(line: Line):
    model = ScriptedModel(lambda _prompt: reading("question", measure="coverage"))
    found = with_reader(line, model, allowance=Allowance(person_requests=2, requests=3))
    replies = [said(found, f"{UNREAD} {word}") for word in ("indeed", "truly", "verily")]
    others = [said(found, f"{UNREAD} {word}", asker=JONAS) for word in ("indeed", "truly")]

    assert [reply.intent for reply in replies] == ["ask", "ask", "unread"]
    assert replies[-1].read_as[0].startswith("You have used up today's requests to my language model")
    assert [reply.intent for reply in others] == ["ask", "unread"]
    assert others[-1].read_as[0].startswith("Today's requests to my language model are used up")


def test_tokens_count_too_and_a_new_day_begins_anew(line: Line):
    model = ScriptedModel(lambda _prompt: reading("question", measure="coverage"))
    today = [date(2026, 11, 23)]
    limits = Limits(line.store.notes, lambda: today[0], Allowance(person_tokens=1_000))
    found = replace(line, reader=ModelReader(model, limits, clock=lambda: 0.0))

    assert said(found, f"{UNREAD} indeed").intent == "ask"
    assert said(found, f"{UNREAD} truly").intent == "unread"
    today[0] = date(2026, 11, 24)
    assert said(found, f"{UNREAD} verily").intent == "ask"


def test_a_model_is_told_no_more_names_than_the_person_may_see(line: Line):
    asked = saying(reading("nothing"))
    grant = Grant(person="P9", regions=frozenset({"APAC"}))
    found = replace(with_reader(line, asked), access=Access(workspace=line.workspace, asker=grant))
    understand(found, f"{UNREAD} at ostrander for jonas adler", thread_id="t", asker=DANA)

    (prompt,) = asked.asked
    assert "Ostrander" not in prompt.text
    assert "Jonas Adler" not in prompt.text + prompt.instructions


def test_a_model_is_told_neither_who_asks_nor_where(line: Line):
    asked = saying(reading("nothing"))
    understand(with_reader(line, asked), UNREAD, thread_id="C123:1.2", asker=DANA)

    (prompt,) = asked.asked
    everything = f"{prompt}"
    assert "Dana" not in everything
    assert "C123" not in everything
    assert line.workspace not in (prompt.workspace, prompt.person)


def test_a_text_is_not_a_request(line: Line):
    model = saying()
    reply = said(with_reader(line, model), "kindly verify whether " + "our cushion looks healthy " * 60)

    assert reply.intent == "unread"
    assert model.asked == []


def test_a_server_that_failed_twice_is_left_alone_for_a_while_whoever_asks(line: Line):
    clock = Ticks()
    model = ScriptedModel(lambda _prompt: Trouble.LATE)
    found = with_reader(line, model, clock=clock)
    replies = [said(found, f"{UNREAD} {word}") for word in ("indeed", "truly", "verily")]

    assert len(model.asked) == 2
    assert replies[-1].read_as == ("My language model cannot be reached; I read this by rules.",)
    clock.at += KEPT_FAILED.total_seconds() + 1
    said(found, f"{UNREAD} forsooth")
    assert len(model.asked) == 3


def test_nonsense_tires_nobody(line: Line):
    model = ScriptedModel(lambda _prompt: "nonsense")
    found = with_reader(line, model)
    for word in ("indeed", "truly", "verily"):
        said(found, f"{UNREAD} {word}")

    assert len(model.asked) == 3


def test_of_many_at_once_no_more_are_asked_than_the_day_allows(line: Line):
    model = ScriptedModel(lambda _prompt: reading("nothing"))
    limits = Limits(line.store.notes, lambda: date(2026, 11, 23), Allowance(person_requests=5))

    def spend(_: int) -> bool:
        try:
            limits.spend("w", "dana", lambda: model.ask(PROMPT, Reading))
        except NoAnswer as none:
            return none.trouble is not Trouble.SPENT
        return True

    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(spend, range(24)))

    assert (allowed.count(True), len(model.asked)) == (5, 5)
    assert limits.used("w", date(2026, 11, 23), "dana") == Usage(requests=5, tokens=5_000)
