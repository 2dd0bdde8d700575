"""The waterfall: stacked columns on an invisible base, thin connectors, labels from cells, a workbook that recalculates.

Columns B (value) and C (total or delta) are for people to edit; every other column follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.deck import Chart
from reports.render import chartxml as cx
from reports.render.formats import code, label_formula, shown
from reports.render.look import CHART, Colour, Look
from reports.render.workbook import SHEET, Content, Formula, column_letter
from reports.render.xml import esc, number

ZERO = Decimal(0)
_KINDS = ("Total", "Increase", "Decrease")
_BASE, _LABEL, _TEXT, _FIRST_CONNECTOR = 5, 12, 13, 14
_C15 = 'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"'


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: from `start` to `end`; `kind` is 0 for a total, 1 up, 2 down."""

    value: Decimal
    total: bool
    start: Decimal
    end: Decimal

    @property
    def kind(self) -> int:
        """Return which pair of series draws the bar."""
        return 0 if self.total else 1 if self.value >= 0 else 2

    @property
    def base(self) -> Decimal:
        """Return how high the invisible bar under it is; negative when it hangs below zero."""
        low, high = min(self.start, self.end), max(self.start, self.end)
        return low if low > 0 else high if high < 0 else ZERO

    @property
    def above(self) -> Decimal:
        """Return its part above zero."""
        return max(self.start, self.end, ZERO) - max(min(self.start, self.end), ZERO)

    @property
    def below(self) -> Decimal:
        """Return its part below zero, as a negative number."""
        return min(self.start, self.end, ZERO) - min(max(self.start, self.end), ZERO)

    @property
    def top(self) -> Decimal:
        """Return where its label stands."""
        return max(self.start, self.end, ZERO)


def steps(values: Sequence[Decimal | None], totals: Sequence[int]) -> tuple[Step, ...]:
    """Return the bars; a missing or infinite value is a movement of nothing."""
    bars: list[Step] = []
    for index, value in enumerate(values):
        safe = value if value is not None and value.is_finite() else ZERO
        if index in totals:
            bars.append(Step(safe, True, ZERO, safe))
        else:
            start = bars[-1].end if bars else ZERO
            bars.append(Step(safe, False, start, start + safe))
    return tuple(bars)


def waterfall_rows(chart: Chart, bars: Sequence[Step]) -> list[list[Content]]:
    """Return the sheet: A label, B value, C type, D start, E end, F base, G to L the bars, M and N labels, connectors."""
    head: list[Content] = ["Step", "Value", "Type", "Start", "End", "Base"]
    head += [name for kind in _KINDS for name in (kind, f"{kind} (neg)")]
    head += ["Label position", "Label", *(f"Connector {index + 1}" for index in range(len(bars) - 1))]
    rows: list[list[Content]] = [head]
    for index, bar in enumerate(bars):
        at = index + 2
        base = f"IF(MIN(D{at},E{at})>0,MIN(D{at},E{at}),IF(MAX(D{at},E{at})<0,MAX(D{at},E{at}),0))"
        row: list[Content] = [chart.categories[index], bar.value, "total" if bar.total else "delta"]
        before = f"E{at - 1}" if index else "0"
        row.append(Formula(f'IF(C{at}="total",0,{before})', bar.start))
        row.append(Formula(f'IF(C{at}="total",B{at},D{at}+B{at})', bar.end))
        row.append(Formula(base, bar.base))
        above = f"MAX(D{at},E{at},0)-MAX(MIN(D{at},E{at}),0)"
        below = f"MIN(D{at},E{at},0)-MIN(MAX(D{at},E{at}),0)"
        for kind, test in enumerate(
            (f'C{at}="total"', f'AND(C{at}<>"total",B{at}>=0)', f'AND(C{at}<>"total",B{at}<0)')
        ):
            row.append(Formula(f"IF({test},{above},0)", bar.above if bar.kind == kind else ZERO))
            row.append(Formula(f"IF({test},{below},0)", bar.below if bar.kind == kind else ZERO))
        row.append(Formula(f"MAX(D{at},E{at},0)", bar.top))
        row.append(Formula(label_formula(f"B{at}", chart.number, f'C{at}="total"'), _said(chart, bar)))
        row += [
            Formula(f"$E${step + 2}", bars[step].end) if index in {step, step + 1} else None
            for step in range(len(bars) - 1)
        ]
        rows.append(row)
    return rows


def waterfall_plot(chart: Chart, bars: Sequence[Step], look: Look, frame: str) -> str:
    """Return the plot area: bars, connectors, labels, axes."""
    pattern, texts = code(chart.number), chart.categories
    marked = set(chart.series[0].highlight)
    columns: list[tuple[int, str, list[Decimal], Colour | None]] = [
        (_BASE, "Base", [bar.base for bar in bars], None)
    ]
    for kind, title in enumerate(_KINDS):
        colour = (look.total, look.bar, look.bar)[kind]
        for sign, suffix in enumerate(("", " (neg)")):
            part = [(bar.below if sign else bar.above) if bar.kind == kind else ZERO for bar in bars]
            columns.append((6 + 2 * kind + sign, f"{title}{suffix}", part, colour))
    series = ""
    for order, (column, title, part, fill) in enumerate(columns):
        points = "".join(
            f'<c:dPt><c:idx val="{index}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{cx.filled(look.accent)}</c:dPt>'
            for index in sorted(marked)
            if fill is not None and index < len(bars) and part[index]
        )
        series += (
            f'<c:ser><c:idx val="{order}"/><c:order val="{order}"/>{cx.name(column, title)}{cx.filled(fill)}<c:invertIfNegative val="0"/>{points}'
            f"{cx.categories(texts)}{cx.values(column, part, pattern)}</c:ser>"
        )
    count = len(columns)
    lines = _label_series(chart, bars, look, count, marked)
    for step in range(len(bars) - 1):
        ends = [bars[step].end if index in {step, step + 1} else None for index in range(len(bars))]
        column = _FIRST_CONNECTOR + step
        lines += (
            f'<c:ser><c:idx val="{count + 1 + step}"/><c:order val="{count + 1 + step}"/>{cx.name(column, f"Connector {step + 1}")}{cx.stroked(look.total, 0.75)}'
            f'<c:marker><c:symbol val="none"/></c:marker>{cx.categories(texts)}{cx.values(column, ends, pattern)}<c:smooth val="0"/></c:ser>'
        )
    ids = f'<c:axId val="{cx.CATEGORY}"/><c:axId val="{cx.VALUE}"/>'
    least = chart.axis_from or (ZERO if all(bar.end >= 0 for bar in bars) else None)
    return (
        f"<c:plotArea>{frame}"
        f'<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>{series}<c:gapWidth val="40"/><c:overlap val="100"/>{ids}</c:barChart>'
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{lines}<c:marker val="1"/>{ids}</c:lineChart>'
        f"{cx.axes(look, pattern, horizontal=False, hidden=True, least=None if least is None else number(least))}"
        "<c:spPr><a:noFill/></c:spPr></c:plotArea>"
    )


def _said(chart: Chart, bar: Step) -> str:
    return shown(bar.value, chart.number, signed=not bar.total)


def _label_series(chart: Chart, bars: Sequence[Step], look: Look, order: int, marked: set[int]) -> str:
    """Return the invisible line that carries the labels: fields that read column N, with the text they come to."""
    off = "".join(f'<c:{flag} val="0"/>' for flag in cx.FLAGS)
    points = ""
    for index, bar in enumerate(bars):
        colour = look.accent_text if index in marked else look.ink
        style = _style(colour, bold=index in marked or bar.total)
        points += (
            f'<c:dLbl><c:idx val="{index}"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:fld id="{{7D0C1A52-4B7E-4E0B-9B0A-{index + 1:012X}}}" type="CELLRANGE">'
            f'{style}<a:pPr/><a:t>{esc(_said(chart, bar))}</a:t></a:fld><a:endParaRPr lang="en-US"/></a:p></c:rich></c:tx>'
            f'<c:dLblPos val="t"/>{off}'
            f'<c:extLst><c:ext uri="{{CE6537A1-D6FC-4f65-9D91-7224C49458BB}}" {_C15}><c15:dlblFieldTable/><c15:showDataLabelsRange val="1"/></c:ext></c:extLst></c:dLbl>'
        )
    shared = (
        f'<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{cx.text_style(CHART, look.ink)}<c:dLblPos val="t"/>{off}'
        f'<c:extLst><c:ext uri="{{CE6537A1-D6FC-4f65-9D91-7224C49458BB}}" {_C15}><c15:showDataLabelsRange val="1"/><c15:showLeaderLines val="0"/></c:ext></c:extLst>'
    )
    letter = column_letter(_TEXT)
    cache = "".join(
        f'<c:pt idx="{index}"><c:v>{esc(_said(chart, bar))}</c:v></c:pt>' for index, bar in enumerate(bars)
    )
    cells = (
        f'<c:extLst><c:ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}" {_C15}><c15:datalabelsRange><c15:f>{SHEET}!${letter}$2:${letter}${len(bars) + 1}</c15:f>'
        f'<c15:dlblRangeCache><c:ptCount val="{len(bars)}"/>{cache}</c15:dlblRangeCache></c15:datalabelsRange></c:ext></c:extLst>'
    )
    tops = [bar.top for bar in bars]
    return (
        f'<c:ser><c:idx val="{order}"/><c:order val="{order}"/>{cx.name(_LABEL, "Label position")}{cx.stroked(None, 1)}<c:marker><c:symbol val="none"/></c:marker>'
        f'<c:dLbls>{points}{shared}</c:dLbls>{cx.categories(chart.categories)}{cx.values(_LABEL, tops, code(chart.number))}<c:smooth val="0"/>{cells}</c:ser>'
    )


def _style(colour: Colour, *, bold: bool) -> str:
    return f'<a:rPr lang="en-US" sz="{CHART * 100}" b="{int(bold)}">{colour.fill}</a:rPr>'
