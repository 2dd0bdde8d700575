"""Claims in titles (DECKS.md 5.5): counts, extremes, distances and directions, worked out anew from what the slide shows.

A claim that the slide holds no data for is left alone: its number is a bound fact. A person's own title is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reports.check.figures import counted, figures
from reports.check.problem import Problem, error
from reports.deck import Cell, Chart, Deck, Slide, Table, TableRow, Tiles
from reports.facts import Unit
from reports.narrative import tokens
from reports.words import NUMBERS

_SHORT = re.compile(r"\b(short of|ahead of|below|above)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:fell|dropped|shrank|declined|decreased|is down|lost)\b", re.IGNORECASE)
_UP = re.compile(r"\b(?:rose|grew|climbed|increased|is up|gained)\b", re.IGNORECASE)
_TOP = re.compile(
    r"\b(?:is|are|has|have)?\s*(?:the )?(highest|largest|biggest|most|lowest|smallest|least)\b", re.IGNORECASE
)
_MOST = frozenset({"highest", "largest", "biggest", "most"})
_PART_OF = re.compile(r" of (?:the )?")
_ALL_OF = re.compile(r"\A(Every|No) \w+ .*? at (?=\d)", re.IGNORECASE)
_MORE = re.compile(r"and ([\d,]+) more")
_NOTHING = frozenset({"", "–", "-", "none", "0", "n/a", "no"})
_COUNT_WORD = rf"(?:{'|'.join(NUMBERS)}|[\d,]+)"
_DONE_OF = re.compile(rf"\b({_COUNT_WORD}) of ({_COUNT_WORD}) (\w+) (\w+)", re.IGNORECASE)
_KINDS = {Unit.MONEY: "money", Unit.SHARE: "share", Unit.RATIO: "ratio"}
_WORDS = re.compile(r"[^\W\d_]+")


def claim_problems(deck: Deck) -> tuple[Problem, ...]:
    """Return the claims of machine-written titles that the data on their slide contradicts."""
    found: list[Problem] = []
    for slide in deck.slides:
        if slide.title.by is None:
            found += _Claims(slide).problems()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Claims:
    slide: Slide

    def problems(self) -> Iterator[Problem]:
        yield from self._distance()
        yield from self._direction()
        yield from self._parts()
        yield from self._states()
        yield from self._columns()
        yield from self._extremes()
        yield from self._every()
        yield from self._labels()

    # What the slide shows

    @property
    def title(self) -> str:
        return self.slide.title.text

    @property
    def tables(self) -> list[Table]:
        return [block for block in self.slide.blocks if isinstance(block, Table)]

    @property
    def charts(self) -> list[Chart]:
        return [block for block in self.slide.blocks if isinstance(block, Chart)]

    def amounts(self) -> list[Decimal]:
        """Return every amount of money on the slide: facts, figures of tiles, cells."""
        found = [
            Decimal(fact.value)
            for fact in self.slide.facts
            if fact.unit is Unit.MONEY and fact.value is not None
        ]
        for block in self.slide.blocks:
            if isinstance(block, Tiles):
                found += [
                    figure.value
                    for tile in block.tiles
                    for figure in figures(tile.value)
                    if figure.kind == "money"
                ]
            if isinstance(block, Table):
                found += [
                    cell.value
                    for row in block.rows
                    for cell in row.cells
                    if cell.unit is Unit.MONEY and cell.value is not None
                ]
        return found

    def rows(self) -> Iterator[tuple[str, list[tuple[str, Decimal]]]]:
        """Yield label and (kind of figure, value) pairs, of every table row and chart category."""
        for table in self.tables:
            for row in table.rows:
                held = [
                    (_KINDS.get(cell.unit, "plain"), cell.value)
                    for cell in row.cells
                    if cell.unit and cell.value is not None
                ]
                yield (
                    (row.cells[0].text if row.cells else ""),
                    [*held, *(("share", part) for part in _shares(table, row))],
                )
        for chart in self.charts:
            for index, name in enumerate(chart.categories):
                held = [
                    (_KINDS.get(chart.number.unit, "plain"), value)
                    for series in chart.series
                    for value in series.values[index : index + 1]
                    if value is not None
                ]
                yield name, held

    def wrong(self, rule: str, message: str) -> Problem:
        return error(f"claims.{rule}", f"slide {self.slide.number}", f"the title {self.title!r} {message}")

    # The claims

    def _distance(self) -> Iterator[Problem]:
        """Check `$0.80M short of $5.80M`: some amount on the slide is that much below."""
        match = _SHORT.search(self.title)
        before = (
            [item for item in figures(self.title[: match.start()]) if item.kind == "money"] if match else []
        )
        after = [item for item in figures(self.title[match.end() :]) if item.kind == "money"] if match else []
        if match is None or not before or not after:
            return
        gap, goal = before[-1], after[0]
        sign = -1 if match[1].casefold() in {"short of", "below"} else 1
        meant = goal.value + sign * gap.value
        slack = (gap.step + goal.step) / 2
        others = [value for value in self.amounts() if not (gap.is_about(value) or goal.is_about(value))]
        # Half-way, or from a goal that is nothing as written, what was reached cannot be told from the distance.
        known = gap.is_about(meant) or goal.is_about(meant)
        if others and not known and not any(abs(value - meant) <= slack for value in others):
            yield self.wrong("distance", f"means {meant:,}, which nothing on the slide comes to")

    def _direction(self) -> Iterator[Problem]:
        """Check `fell $0.74M` on a slide with a waterfall: that is the way, and the amount, from opening to closing."""
        chart = next(
            (chart for chart in self.charts if chart.mark == "waterfall" and len(chart.totals) == 2), None
        )
        if chart is None:
            return
        values = [value or Decimal(0) for value in chart.series[0].values]
        change = values[max(chart.totals)] - values[min(chart.totals)]
        for pattern, sign in ((_DOWN, -1), (_UP, 1)):
            match = pattern.search(self.title)
            figure = (
                next((item for item in figures(self.title[match.end() :]) if item.kind == "money"), None)
                if match
                else None
            )
            if match is None or figure is None or "pipeline" not in self.title[: match.start()].casefold():
                continue
            if change * sign <= 0 or not figure.is_about(change):
                yield self.wrong(
                    "direction",
                    f"says {match[0]!r}, but the chart goes from {values[min(chart.totals)]:,} to {values[max(chart.totals)]:,}",
                )

    def _parts(self) -> Iterator[Problem]:
        """Check `$1.31M of $1.94M`: the part is no more than the whole."""
        found = list(figures(self.title))
        for one, other in pairwise(found):
            between = self.title[one.start : other.start]
            if (
                one.kind == other.kind != "share"
                and _PART_OF.fullmatch(between[len(one.text) :])
                and one.value > other.value
            ):
                yield self.wrong("part", f"says {one.text} of {other.text}")

    def _states(self) -> Iterator[Problem]:
        """Check `five slipped` and `four of five actions done` against the rows of a table that say so."""
        for match in _DONE_OF.finditer(self.title):
            some, whole = (next(counted(match[place]), (None, 0))[0] for place in (1, 2))
            for table in self.tables:
                if not _names(table, match[3]):
                    continue
                rows = [row for row in table.rows if not row.total]
                said = _stated(rows, match[4])
                hidden = _hidden(table)
                if whole != len(rows) + hidden or (
                    said is not None and some is not None and not said <= some <= said + hidden
                ):
                    yield self.wrong(
                        "count", f"says {match[0]!r}; the table shows {said or 0} of {len(rows) + hidden}"
                    )
        for number, at in counted(self.title):
            words = _WORDS.findall(self.title[at:])
            state = next(iter(words if self.title[at].isdigit() else words[1:]), "")
            for table in self.tables:
                said = _stated([row for row in table.rows if not row.total], state)
                if said and not said <= number <= said + _hidden(table) and not _DONE_OF.search(self.title):
                    yield self.wrong("count", f"says {number} {state}; the table shows {said}")

    def _columns(self) -> Iterator[Problem]:
        """Check `two red flags` and `seven commit deals`: what is counted is a column of a table, or its rows."""
        for number, at in counted(self.title):
            words = [word.casefold() for word in _WORDS.findall(self.title[at:].split(";")[0])]
            words = words if self.title[at].isdigit() else words[1:]
            if words[:1] == ["of"] or not number:
                continue  # "four of five actions" is a state, "no region covers" a rule for all
            for place, noun in enumerate(words[:3]):
                known = [found for table in self.tables if (found := _counts(table, noun)) is not None]
                numbers = set().union(*known)
                if known and number not in numbers and not self._counted_elsewhere(number):
                    listed = " or ".join(str(item) for item in sorted(numbers))
                    yield self.wrong(
                        "count", f"says {number} {' '.join(words[: place + 1])}; the table shows {listed}"
                    )
                if known:
                    break

    def _counted_elsewhere(self, number: int) -> bool:
        """Say whether the number is that of the records behind a fact of the title: then it counts more than is shown."""
        bound = set(tokens(self.slide.title.template))
        return any(
            fact.id in bound and fact.record_count == number and fact.unit is Unit.COUNT
            for fact in self.slide.facts
        )

    def _extremes(self) -> Iterator[Problem]:
        """Check `APAC is lowest at 1.2x`: no row has less."""
        for match in _TOP.finditer(self.title):
            label = self._label_before(match.start())
            if label is None:
                continue
            figure = next(figures(self.title[match.end() :].split(";")[0]), None)
            for table in self.tables:
                for column in range(1, len(table.columns)):
                    held = {
                        row.cells[0].text: row.cells[column].value
                        for row in table.rows
                        if not row.total and column < len(row.cells)
                    }
                    own = held.get(label)
                    others = [value for value in held.values() if value is not None]
                    if own is None or (figure is not None and not figure.is_about(own)):
                        continue
                    edge = max(others) if match[1].casefold() in _MOST else min(others)
                    if own != edge:
                        yield self.wrong(
                            "extreme", f"calls {label!r} the {match[1]}, but another row has {edge}"
                        )
                    break

    def _every(self) -> Iterator[Problem]:
        """Check `Every region covers … at 2.2x or more` and `No region covers … at 2.2x`."""
        match = _ALL_OF.search(self.title)
        figure = next(figures(self.title[match.end() :]), None) if match else None
        if match is None or figure is None or figure.kind != "ratio":
            return
        for table in self.tables:
            index = next(
                (
                    place
                    for place, column in enumerate(table.columns)
                    if "coverage" in column.heading.casefold()
                ),
                None,
            )
            cells = [
                row.cells[index]
                for row in table.rows
                if not row.total and index is not None and index < len(row.cells)
            ]
            values = [cell.value for cell in cells if cell.value is not None]
            every = match[1].casefold() == "every"
            if any((value < figure.value) if every else (value >= figure.value) for value in values):
                yield self.wrong("every", f"does not hold for every row of {table.id!r}")

    def _labels(self) -> Iterator[Problem]:
        """Check `EMEA covers 1.4x`: a figure said of a row stands in that row."""
        facts = {fact.id: fact for fact in self.slide.facts}
        named = {
            facts[name].text
            for name in tokens(self.slide.title.template)
            if name in facts and facts[name].unit is Unit.TEXT
        }
        places = sorted((self.title.find(label), label) for label in named if label and label in self.title)
        for number, (at, label) in enumerate(places):
            held = [pair for name, pairs in self.rows() if name == label for pair in pairs]
            end = places[number + 1][0] if number + 1 < len(places) else len(self.title)
            said = list(figures(self.title[at + len(label) : end].split(";")[0]))
            said = [figure for figure in said if any(kind == figure.kind for kind, _ in held)]
            if said and not any(
                kind == figure.kind and figure.is_about(value) for figure in said for kind, value in held
            ):
                yield self.wrong("label", f"says {said[0].text} of {label!r}, which its row does not show")

    def _label_before(self, place: int) -> str | None:
        before = self.title[:place].rstrip()
        labels = {
            row.cells[0].text
            for table in self.tables
            for row in table.rows
            if row.cells and row.cells[0].text
        }
        return next(
            (label for label in sorted(labels, key=len, reverse=True) if before.endswith(label)), None
        )


def _shares(table: Table, row: TableRow) -> Iterator[Decimal]:
    """Yield what part a row's amounts are of their columns."""
    parts = [part for part in table.rows if not part.total]
    for index, cell in enumerate(row.cells):
        whole = sum(
            (part.cells[index].value or Decimal(0) for part in parts if index < len(part.cells)), Decimal(0)
        )
        if cell.value is not None and cell.unit in {Unit.MONEY, Unit.COUNT} and whole:
            yield cell.value / whole


def _names(table: Table, noun: str) -> bool:
    """Say whether a table is about these things: its heading, id or first column says so."""
    stem = noun.casefold().rstrip("s")
    first = table.columns[0].heading if table.columns else ""
    return len(stem) > 2 and any(stem in text.casefold() for text in (table.heading, table.id, first))


def _stated(rows: list[TableRow], state: str) -> int | None:
    """Return how many rows have a cell that says just that; None when none does."""
    folded = state.casefold()
    count = (
        sum(any(cell.text.strip().casefold() == folded for cell in row.cells[1:]) for row in rows)
        if folded
        else 0
    )
    return count or None


def _hidden(table: Table) -> int:
    match = _MORE.search(table.more)
    return int(match[1].replace(",", "")) if match else 0


def _counts(table: Table, noun: str) -> set[int] | None:
    """Return the numbers that a noun may stand for in a table; None when no column is called so.

    They are the marks in its column: all, those of one row, and how many rows have any; for the first column the rows.
    """
    stem = noun.rstrip("s")
    rows = [row for row in table.rows if not row.total]
    for index, column in enumerate(table.columns):
        called = _WORDS.findall(column.heading.casefold())
        if len(stem) < 3 or not called or stem != called[-1].rstrip("s"):
            continue
        if index == 0:
            return {len(rows), len(rows) + _hidden(table)}
        if any(cell.unit is Unit.MONEY for row in rows for cell in row.cells[index : index + 1]):
            return None
        marks = [_marks(row.cells[index]) for row in rows if index < len(row.cells)]
        return {sum(marks), sum(bool(mark) for mark in marks), *marks} - {0}
    return None


def _marks(cell: Cell) -> int:
    """Return how many marks a cell shows: its number where it begins with one, else what its commas set apart."""
    text = cell.text.strip()
    if text.casefold() in _NOTHING:
        return 0
    if cell.value is not None:
        return int(cell.value)
    lead = re.match(r"(\d+)(?::|\Z)", text)
    return int(lead[1]) if lead else text.count(",") + 1
