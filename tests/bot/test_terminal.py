"""The terminal: it wraps to its window, hangs lists, keeps words whole, and stays plain when piped."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agent.reply import Button, Grid, Reply
from bot.columns import bridge_lines, table_lines, text_columns
from bot.sentences import capital
from bot.terminal import Terminal
from tests.fakes import decks

HEADINGS = ("Deal", "Amount", "Close date")
ROWS = (
    ("Larchmere Distributing", "$120k", "18 Dec → 29 Jan"),
    ("Brandt & Söhne", "$170k", "11 Dec → 26 Feb"),
)


class Screen(io.StringIO):
    """A window that people look at."""

    def isatty(self) -> bool:
        return True


def shown(
    reply: Reply,
    monkeypatch: pytest.MonkeyPatch,
    *,
    columns: int | None = None,
    only: str = "",
    tty: bool = False,
) -> str:
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", str(columns))
    out = Screen() if tty else io.StringIO()
    Terminal(out).reply(reply, only=only)
    return out.getvalue()


def words_wrap(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


@pytest.mark.parametrize("columns", [80, 60, 40])
def test_no_line_is_wider_than_the_window(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out, deck = Screen(), decks.weekly()
    terminal = Terminal(out)

    terminal.message(deck.message, deck.card)
    terminal.table(HEADINGS, ROWS, right=(1,))
    terminal.said("Dana Whitcombe", "slide 3 only EMEA, drop 7, add win rate by segment and by owner")

    lines = re.sub(r"\x1b\[[\d;]*m", "", out.getvalue()).splitlines()
    assert max(map(text_columns, lines)) <= columns


def test_a_pipe_gets_whole_paragraphs_without_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "word " * 60

    text = shown(Reply(intent="ask", lines=(line.strip(),), small=("grey",)), monkeypatch)

    assert text.splitlines() == [capital(line.strip()), "Grey"]
    assert "\x1b" not in text


def test_no_color_is_kept_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")

    text = shown(Reply(intent="ask", lines=("One", "Two")), monkeypatch, columns=60, tty=True)

    assert not re.search(r"\x1b\[(3\d|9\d|38)", text)


def test_numbered_lines_hang_under_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "1. Created in Q4 so far: $3.71M, against $3.81M in the first 53 days of Q3."

    text = shown(Reply(intent="why", lines=("Head", line)), monkeypatch, columns=40)

    assert text.splitlines()[1:] == [
        "1. Created in Q4 so far: $3.71M, against",
        "   $3.81M in the first 53 days of Q3.",
    ]


def test_a_private_reply_in_a_thread_says_who_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    private = Reply(intent="problem", lines=("There is no slide 9",), private=True)

    assert shown(private, monkeypatch, only="Jonas").splitlines() == [
        "Only Jonas sees this:",
        "There is no slide 9",
    ]
    assert shown(private, monkeypatch).splitlines() == ["There is no slide 9"]


def test_a_silent_turn_says_why_nothing_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = Reply(intent="nothing", silent=True, small=("Somebody else was spoken to.",))

    assert shown(silent, monkeypatch).strip() == "(Says nothing in the thread. Somebody else was spoken to.)"


def test_changes_and_remarks_begin_with_a_capital(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Reply(
        intent="edits",
        changes=("slide 7 dropped", "r1 → r2", "unchanged: 1"),
        small=("of this $1k is past due",),
    )

    assert shown(reply, monkeypatch).splitlines() == [
        "• Slide 7 dropped",
        "• r1 → r2",
        "• Unchanged: 1",
        "Of this $1k is past due",
    ]


@pytest.mark.parametrize(
    "text", ["r2 is new", "eBay renewal", "https://crm.example/1", "weekly.pptx", "", "Ö", "3 deals"]
)
def test_names_and_addresses_keep_their_first_letter(text: str) -> None:
    assert capital(text) == text


def test_an_answer_shows_its_table_and_its_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = Grid(headings=HEADINGS, rows=ROWS, right=(1,))

    text = shown(
        Reply(intent="ask", lines=("Two",), grid=grid, buttons=(Button(label="All", text="all"),)),
        monkeypatch,
    )

    assert text.splitlines() == [
        "Two",
        "Deal                    Amount  Close date",
        "Larchmere Distributing   $120k  18 Dec → 29 Jan",
        "Brandt & Söhne           $170k  11 Dec → 26 Feb",
        "[All]",
    ]


def test_a_table_that_is_too_wide_keeps_its_words_and_its_numbers_whole() -> None:
    lines = table_lines(HEADINGS, ROWS, frozenset({1}), 32, words_wrap)

    assert max(map(len, lines)) <= 32
    assert {"Larchmere", "Distributing", "$120k", "→"} <= set(" ".join(lines).split())


def test_a_table_that_cannot_fit_becomes_one_record_under_another() -> None:
    assert table_lines(HEADINGS, ROWS[:1], frozenset({1}), 22, words_wrap) == [
        "Larchmere Distributing",
        "  Amount $120k · Close",
        "  date 18 Dec → 29 Jan",
    ]


@given(
    st.lists(st.tuples(st.text("abc Ü", max_size=30), st.text("123", max_size=9)), max_size=5),
    st.integers(20, 90),
)
def test_every_cell_of_a_table_is_shown_at_any_width(rows: list[tuple[str, str]], room: int) -> None:
    lines = table_lines(("Name", "Number"), rows, frozenset({1}), room, words_wrap)

    said = "".join("".join(lines).split())
    for name, number in rows:
        assert number in said
        assert all(word in said for word in name.split())


def test_a_bridge_lies_between_its_totals() -> None:
    lines = bridge_lines(decks.weekly().card.bridge, 60)

    assert len(lines) == len(decks.weekly().card.bridge)
    assert max(map(text_columns, lines)) <= 60
    assert all(step.text in line for step, line in zip(decks.weekly().card.bridge, lines, strict=True))


def test_a_bridge_of_nothing_is_nothing() -> None:
    still = decks.weekly().card.bridge[0].model_copy(update={"value": Decimal(0)})

    assert bridge_lines((), 60) == []
    assert len(bridge_lines((still, still), 60)) == 2
