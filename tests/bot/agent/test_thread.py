"""What is an edit under a posted deck, and what is talk."""

from pathlib import Path

import pytest

from bot.agent.intents import Choose, Edits, FreshData, Nothing, Problem, Publish, Undo, Unread, Why
from reports.edits import AddSlide, RemoveSlide, SetAsOf, SetCurrency, SetFilter, SetTitle
from reports.spec import spec_hash
from tests.bot.agent.shorthand import shorthand
from tests.bot.agent.world import DECK, LEXICON, SPEC, deck, in_thread, read

HERE = Path(__file__).parent
EDITS = [
    tuple(line.split("  ⇒  "))
    for line in (HERE / "corpus_edits.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]
TALK = [
    line
    for line in (HERE / "corpus_talk.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


def test_the_tables_are_long_enough_to_mean_something():
    assert len(EDITS) >= 200
    assert len(set(TALK)) >= 300


@pytest.mark.parametrize("text, wanted", EDITS)
def test_an_edit_is_read_without_a_mention(text: str, wanted: str):
    assert shorthand(in_thread(text)) == wanted


@pytest.mark.parametrize("text, wanted", EDITS)
def test_an_edit_is_read_the_same_when_we_are_addressed(text: str, wanted: str):
    assert shorthand(in_thread(f"@Quarterdeck {text}", addressed=True)) == wanted


@pytest.mark.parametrize("text", TALK)
def test_talk_changes_nothing(text: str):
    meant = in_thread(text)

    assert isinstance(meant, Nothing), shorthand(meant)


@pytest.mark.parametrize(
    "text, wanted", [edit for edit in EDITS if "title" not in edit[1] and "note" not in edit[1]]
)
def test_an_edit_in_a_sentence_of_talk_is_not_carried_out(text: str, wanted: str):
    del wanted
    for talk in (
        f"Dana said {text}",
        f"{text} was the plan",
        f"did anybody {text} yesterday?",
        f"don't {text}",
    ):
        assert not isinstance(in_thread(talk), Edits | Undo | FreshData | Publish), talk


def test_a_message_to_somebody_else_is_none_of_our_business():
    for text in ("<@U777> only EMEA", "only EMEA @priya", "@jonas drop 4 and 6", "<!here> drop 4"):
        meant = in_thread(text)
        assert isinstance(meant, Nothing)
        assert meant.offer is None


def test_a_mention_of_us_is_an_address():
    for text in ("<@U0BOT> only EMEA", "@quarterdeck only EMEA", "only EMEA <@U0BOT|quarterdeck>"):
        meant = read(text, LEXICON, surface="thread", deck=DECK, spec=SPEC, asker="Dana Whitcombe")
        assert shorthand(meant) == "report region=EMEA"


def test_a_message_to_us_that_names_a_person_is_still_answered():
    meant = read("@quarterdeck only EMEA cc @jonas", LEXICON, surface="thread", deck=DECK, spec=SPEC)

    assert not isinstance(meant, Nothing)


def test_several_edits_are_one_patch_of_the_posted_spec():
    meant = in_thread("slide 3 only EMEA, drop 7, add win rate by segment")

    assert isinstance(meant, Edits)
    assert meant.patch.base_rev == spec_hash(SPEC)
    assert [type(op) for op in meant.patch.ops] == [SetFilter, RemoveSlide, AddSlide]


def test_lines_of_one_message_are_edits_each():
    meant = in_thread("- slide 3 only EMEA\n- title slide 2: short, and late\n- drop 7")

    assert shorthand(meant) == "3 region=EMEA; title 2 “short, and late”; drop 7"


def test_slide_numbers_are_those_of_the_posted_deck():
    spec = SPEC.model_copy(update={"slides": tuple(slide for slide in SPEC.slides if slide.id != "coverage")})
    meant = read("drop 3", LEXICON, surface="thread", deck=deck(spec), spec=spec)

    assert isinstance(meant, Edits)
    assert meant.patch.ops == (RemoveSlide(slide="commit"),)


def test_a_slide_that_is_not_there_is_a_problem_that_says_what_is():
    meant = in_thread("slide 12 only EMEA")

    assert isinstance(meant, Problem)
    assert (meant.kind, meant.value) == ("slide", "12")
    assert "1, 2, 3, 4, 5, 6, 7, 8" in meant.message
    assert meant.known[2] == "3 About coverage"


def test_a_bare_number_that_is_no_slide_is_talk_unless_we_are_addressed():
    assert isinstance(in_thread("drop 12"), Nothing)
    assert isinstance(in_thread("drop 12", addressed=True), Problem)


def test_a_currency_without_a_plan_rate_is_a_problem_that_lists_the_others():
    meant = in_thread("in chf", addressed=True)

    assert isinstance(meant, Problem)
    assert meant.known == ("USD", "AUD", "EUR", "GBP")


def test_a_day_that_has_not_come_is_a_problem():
    meant = in_thread("as of 3 December 2026")

    assert isinstance(meant, Problem)
    assert meant.kind == "day"


def test_a_day_is_as_of_its_end_in_the_companys_zone():
    meant = in_thread("as of 3 October")

    assert isinstance(meant, Edits)
    (op,) = meant.patch.ops
    assert isinstance(op, SetAsOf)
    assert op.at is not None
    assert op.at.isoformat() == "2026-10-04T03:59:59.999999+00:00"


def test_a_title_is_kept_as_it_was_typed():
    typed = "  EMEA needs 1.2M more by Xmas: really, <b>& “soon”</b> 🎄 "
    meant = in_thread(f"title slide 2: {typed}")

    assert isinstance(meant, Edits)
    (op,) = meant.patch.ops
    assert isinstance(op, SetTitle)
    assert op.title is not None
    assert op.title.text == typed.strip()
    assert op.title.by == "Dana Whitcombe"


def test_a_clause_after_a_slides_clause_is_about_that_slide():
    meant = in_thread("slide 3 just enterprise and in eur")

    assert isinstance(meant, Edits)
    assert [op.target for op in meant.patch.ops if isinstance(op, SetFilter | SetCurrency)] == [
        "coverage",
        "coverage",
    ]


def test_a_note_on_a_name_of_several_deals_asks_which():
    meant = in_thread("note on northgate: call them")

    assert isinstance(meant, Choose)
    assert len(meant.candidates) == 3
    assert meant.text == "note on {}: call them"


def test_a_note_prefers_the_open_deal():
    meant = in_thread("note on brandt: call them")

    assert isinstance(meant, Edits)
    assert meant.patch.ops[0].note.deal_id == "D7"


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("should we drop slide 4?", "drop 4"),
        ("maybe only EMEA", "report region=EMEA"),
        ("only EMEA?", "report region=EMEA"),
        ("we should only show EMEA", "report region=EMEA"),
        ("only EMEA, and somebody tell finance", "report region=EMEA"),
    ],
)
def test_what_is_nearly_an_edit_is_offered_privately(text: str, wanted: str):
    meant = in_thread(text)

    assert isinstance(meant, Nothing)
    assert meant.offer is not None
    assert shorthand(meant.offer) == wanted
    assert meant.offer_words


@pytest.mark.parametrize(
    "text",
    [
        "EMEA is the only one that matters here",
        "only EMEA closed anything last week lol",
        "don't drop slide 4",
        "Jonas, drop 4 and 6",
        "EMEA",
        "next quarter",
        "looks good",
        "thanks Dana",
        "can you call them Jonas?",
    ],
)
def test_talk_is_not_even_offered_anything(text: str):
    meant = in_thread(text)

    assert isinstance(meant, Nothing)
    assert meant.offer is None


def test_an_unaddressed_question_is_offered_an_answer():
    meant = in_thread("why is emea low")

    assert isinstance(meant, Nothing)
    assert isinstance(meant.offer, Why)
    assert meant.offer.filters[0].values == ("EMEA",)


def test_without_a_deck_a_thread_is_left_alone():
    assert isinstance(read("only EMEA", LEXICON, surface="thread"), Nothing)


def test_addressed_words_that_nothing_explains_are_reported():
    meant = in_thread("drop 4 and 6 bananas", addressed=True)

    assert isinstance(meant, Edits | Unread)
    assert "bananas" in meant.unread


def test_addressed_slips_are_mended_and_said():
    meant = in_thread("olny EMEA", addressed=True)

    assert shorthand(meant) == "report region=EMEA"
    assert meant.read_as == ("Read as: only",)


def test_a_month_without_its_accent_is_said():
    meant = in_thread("only marz 2026", addressed=True)

    assert shorthand(meant) == "report 2026-03"
    assert meant.read_as == ("Read as: March",)
    assert in_thread("only März 2026", addressed=True).read_as == ()


def test_undo_beside_another_edit_is_not_guessed_at():
    assert isinstance(in_thread("undo and only EMEA"), Nothing)
    assert isinstance(in_thread("undo and only EMEA", addressed=True), Unread)
