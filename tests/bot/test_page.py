"""The page: what it shows, how it holds together, and that foreign text stays text."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agent.reply import Button, Grid, Reply
from bot.page import Turn, page
from bot.page.charts import chart_svg
from bot.page.markup import text_width
from bot.page.style import style
from reports.deck import Chart, Deck, NumberFormat, Series, Words
from reports.facts import Unit
from reports.render.look import contrast
from tests.fakes import decks

VOID = {"meta", "img", "br", "link"}


class Nesting(HTMLParser):
    """Checks that every element that is opened is closed, in order; keeps words, headings, pictures and folds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.levels: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())


def report(revision: int = 1, deck: Deck | None = None) -> Turn:
    made = (deck or decks.weekly()).model_copy(update={"revision": revision})
    return Turn(
        who="Quarterdeck",
        at="08:30",
        reply=Reply(intent="report"),
        deck=made,
        card="card.png",
        file=f"w-r{revision}.pptx",
    )


def said(reply: Reply) -> Nesting:
    return Nesting(page("A thread", [Turn(who="Quarterdeck", reply=reply)]))


def test_every_title_tile_and_cell_of_a_deck_is_on_the_page() -> None:
    deck = decks.weekly()

    shown = Nesting(page("A thread", [report(deck=deck)]))

    assert shown.open == []
    for slide in deck.slides:
        assert slide.title.text in shown.text
        for block in slide.blocks:
            if block.type == "tiles":
                assert all(tile.value in shown.text for tile in block.tiles)
            if block.type == "table":
                assert all(
                    " ".join(cell.text.split()) in shown.text for row in block.rows for cell in row.cells
                )


def test_the_message_its_card_and_its_decisions_are_on_the_page() -> None:
    deck = decks.weekly()

    shown = Nesting(page("A thread", [report(deck=deck)]))

    assert deck.message.headline.text in shown.text
    assert all(words.text in shown.text for words in deck.message.changes)
    assert all(decision.words.text in shown.text for decision in deck.message.decisions)
    assert [attrs["alt"] for tag, attrs in shown.tags if tag == "img"] == [
        f"Phone card: {deck.card.headline} {deck.card.gap_text}"
    ]
    buttons = [attrs for tag, attrs in shown.tags if tag == "button"]
    assert buttons
    assert all("disabled" in attrs for attrs in buttons)


def test_only_the_newest_revision_is_open_and_older_files_say_so() -> None:
    shown = Nesting(page("A thread", [report(1), Turn(who="Dana", text="undo"), report(2)]))

    assert [
        "open" in attrs for tag, attrs in shown.tags if tag == "details" and attrs.get("class") == "slides"
    ] == [
        False,
        True,
    ]
    assert shown.text.count("superseded by r2") == 1


def test_an_answer_shows_its_table_its_grey_lines_and_its_buttons() -> None:
    reply = Reply(
        intent="ask",
        read_as=("Read as: pipeline",),
        lines=("Win rate: 24 %", "1. One", "Two"),
        grid=Grid(
            headings=("Segment", "Rate"),
            rows=(("Enterprise", "25 %"),),
            right=(1,),
            links=("https://crm.example/1",),
        ),
        small=("Won / (won + lost)",),
        buttons=(Button(label="By value", text="by value"),),
    )

    shown = said(reply)

    for words in (
        "Read as: pipeline",
        "Win rate: 24 %",
        "Two",
        "Segment",
        "25 %",
        "Won / (won + lost)",
        "By value",
    ):
        assert words in shown.text
    assert ("a", {"href": "https://crm.example/1"}) in shown.tags


def test_private_and_silent_turns_say_that_they_are() -> None:
    private = said(Reply(intent="problem", lines=("No.",), private=True))
    silent = said(Reply(intent="nothing", silent=True, small=("People were talking.",)))

    assert "Only visible to the person who asked" in private.text
    assert "Nothing is said in the thread. People were talking." in silent.text


def test_titles_that_people_typed_bear_their_name() -> None:
    deck = decks.weekly()
    first = deck.slides[0].model_copy(update={"title": Words(text="We have 9 of 9", by="Dana Whitcombe")})

    shown = Nesting(page("A thread", [report(deck=deck.model_copy(update={"slides": (first,)}))]))

    assert "title by Dana Whitcombe, not computed" in shown.text


def test_headings_never_skip_a_level_and_pictures_have_words() -> None:
    shown = Nesting(page("A thread", [Turn(who="Dana", text="/sales weekly"), report()]))

    assert shown.levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(shown.levels, shown.levels[1:], strict=False))
    assert all(attrs.get("aria-label") for tag, attrs in shown.tags if tag == "svg")
    assert all(attrs.get("alt") for tag, attrs in shown.tags if tag == "img")
    assert ("html", {"lang": "en"}) in shown.tags


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    shown = Nesting(page("A thread", [report()]))

    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in shown.tags}
    assert "url(" not in style()
    assert "@import" not in style()
    assert [attrs["src"] for _, attrs in shown.tags if "src" in attrs] == ["card.png"]


def test_words_can_be_read_on_what_they_stand_on() -> None:
    sheet = style()
    colour = dict(re.findall(r"--(\w+):#(\w{6})", sheet))
    grounds = [colour["paper"], colour["panel"], *re.findall(r"\.on-\w+\{background:#(\w{6})\}", sheet)]

    for ground in grounds:
        for words in ("ink", "muted", "accent"):
            assert contrast(colour[words], ground) >= 4.5
    for tone, ink in re.findall(r"\n?\.(good|bad|warn)\{color:#(\w{6})\}", sheet):
        assert contrast(ink, colour["panel"]) >= 4.5, tone


def test_foreign_text_cannot_become_markup() -> None:
    hostile = '<script>alert(1)</script> & "quotes" \x00\ud800 \u202e'
    reply = Reply(
        intent="ask",
        lines=(hostile, hostile),
        grid=Grid(headings=(hostile,), rows=((hostile,),), links=("javascript:alert(1)",)),
        changes=(hostile,),
        buttons=(Button(label=hostile, text=hostile),),
    )

    text = page(hostile, [Turn(who=hostile, text=hostile, at=hostile, reply=reply, file='a" onclick="x')])

    assert "<script" not in text
    assert '" onclick=' not in text
    assert 'href="javascript' not in text
    assert text.encode()
    assert Nesting(text).open == []


def waterfall() -> Chart:
    return Chart(
        id="c",
        mark="waterfall",
        categories=("Mon", "Won", "Slipped", "Now"),
        series=(Series(name="s", values=(Decimal(600), Decimal(-100), Decimal(-200), Decimal(300))),),
        totals=(0, 3),
        number=NumberFormat(unit=Unit.COUNT),
        alt="six hundred to three hundred",
    )


def rects(svg: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg)
    return [(float(x), float(y), float(wide), float(high)) for x, y, wide, high in found]


def test_bars_of_a_waterfall_hang_where_the_last_one_ended() -> None:
    svg = chart_svg(waterfall())
    bars = [(y, high) for _, y, _, high in rects(svg)]

    (first, won, slipped, last) = bars
    assert abs(first[0] - won[0]) < 0.2
    assert abs((won[0] + won[1]) - slipped[0]) < 0.2
    assert abs((slipped[0] + slipped[1]) - last[0]) < 0.2
    assert abs((first[0] + first[1]) - (last[0] + last[1])) < 0.2
    assert svg.count("<line") == 4


def test_a_cut_axis_is_marked_on_every_total_and_in_words() -> None:
    cut = waterfall().model_copy(update={"axis_from": Decimal(200), "heading": "Bridge", "slot": "main"})
    deck = decks.weekly()
    slide = deck.slides[0].model_copy(update={"blocks": (cut,)})

    shown = page("A thread", [report(deck=deck.model_copy(update={"slides": (slide,)}))])

    assert chart_svg(cut).count("<path") == 2
    assert chart_svg(waterfall()).count("<path") == 0
    assert "axis cut: starts at 200" in shown


@pytest.mark.parametrize("mark", ["bar", "column", "line", "stacked", "waterfall"])
def test_an_empty_chart_is_still_a_picture_with_its_alternative_text(mark: str) -> None:
    chart = waterfall().model_copy(update={"mark": mark, "categories": (), "series": (), "totals": ()})

    assert 'aria-label="six hundred' in chart_svg(chart)


amounts = st.one_of(st.none(), st.decimals(min_value=-(10**9), max_value=10**9, places=2))


@given(
    st.data(),
    st.sampled_from(["bar", "column", "line", "stacked", "waterfall"]),
    st.sampled_from(["main", "side"]),
)
@settings(max_examples=60, deadline=None)
def test_nothing_is_drawn_outside_the_picture(data: st.DataObject, mark: str, slot: str) -> None:
    names = data.draw(
        st.lists(st.sampled_from(["EMEA", "went back a stage", "W" * 40, "5 Oct"]), min_size=1, max_size=9)
    )
    each = st.lists(amounts, min_size=len(names), max_size=len(names)).map(tuple)
    series = tuple(
        Series(name=f"s{index}", values=data.draw(each)) for index in range(data.draw(st.integers(1, 3)))
    )
    chart = Chart(
        id="c",
        mark=mark,  # type: ignore[arg-type]
        slot=slot,  # type: ignore[arg-type]
        categories=tuple(names),
        series=series,
        totals=(0,),
        number=decks.MILLIONS,
        alt="a",
    )

    svg = chart_svg(chart)

    wide, high = map(float, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())  # type: ignore[union-attr]
    for x, y, width, height in rects(svg):
        assert x >= -1
        assert y >= -1
        assert x + width <= wide + 1.5
        assert y + height <= high + 1.5
    for x, y, anchor, size, words in re.findall(
        r'<text x="([-\d.]+)" y="([-\d.]+)" text-anchor="(\w+)" font-size="([\d.]+)".*?>(.*?)</text>', svg
    ):
        lines = [unescape(line) for line in re.findall(r"<tspan.*?>(.*?)</tspan>", words)]
        room = max(text_width(line, float(size)) for line in lines)
        left = float(x) - {"start": 0.0, "middle": room / 2, "end": room}[anchor]
        assert left >= -3, lines
        assert left + room <= wide + 3, lines
        assert 0 <= float(y) <= high + 60
