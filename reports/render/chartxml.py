"""Pieces of chart XML that every chart is made of, in the order that the schema wants them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reports.render.look import CHART, Colour, Look
from reports.render.workbook import SHEET, column_letter
from reports.render.xml import HEAD, A, C, R, attr, esc, number

CATEGORY, VALUE = 1001, 1002
FLAGS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


def span(column: int, rows: int) -> str:
    """Return the address of a column's values below its heading."""
    letter = column_letter(column)
    return f"{SHEET}!${letter}$2:${letter}${rows + 1}"


def chart_space(plot: str, look: Look, *, extra: str = "") -> str:
    """Return the chart part around its plot area; `extra` are the elements after the chart's text style."""
    return (
        f'{HEAD}<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:date1904 val="0"/><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/>{plot}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{text_style(CHART, look.ink)}{extra}</c:chartSpace>"
    )


def text_style(size: float, colour: Colour, *, bold: bool = False, wrap: bool = True) -> str:
    """Return the text properties of an axis, label or chart; a label stays on one line without `wrap`."""
    body = "<a:bodyPr/>" if wrap else '<a:bodyPr wrap="none" anchor="ctr"/>'
    return (
        f'<c:txPr>{body}<a:lstStyle/><a:p><a:pPr><a:defRPr sz="{round(size * 100)}" b="{int(bold)}">{colour.fill}</a:defRPr></a:pPr>'
        '<a:endParaRPr lang="en-US"/></a:p></c:txPr>'
    )


def name(column: int, text: str) -> str:
    """Return a series' name, from the heading of its column."""
    return (
        f'<c:tx><c:strRef><c:f>{SHEET}!${column_letter(column)}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{esc(text)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
    )


def categories(texts: Sequence[str]) -> str:
    """Return the categories, from column A."""
    points = "".join(f'<c:pt idx="{index}"><c:v>{esc(text)}</c:v></c:pt>' for index, text in enumerate(texts))
    return f'<c:cat><c:strRef><c:f>{span(0, len(texts))}</c:f><c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache></c:strRef></c:cat>'


def values(column: int, numbers: Sequence[Decimal | None], code: str) -> str:
    """Return the values of a column; a missing or infinite one is left out: a gap."""
    written = ((index, number(value)) for index, value in enumerate(numbers))
    points = "".join(
        f'<c:pt idx="{index}"><c:v>{text}</c:v></c:pt>' for index, text in written if text is not None
    )
    return (
        f"<c:val><c:numRef><c:f>{span(column, len(numbers))}</c:f><c:numCache><c:formatCode>{esc(code)}</c:formatCode>"
        f'<c:ptCount val="{len(numbers)}"/>{points}</c:numCache></c:numRef></c:val>'
    )


def filled(colour: Colour | None) -> str:
    """Return the shape properties of a bar; None is invisible."""
    fill = colour.fill if colour else "<a:noFill/>"
    return f"<c:spPr>{fill}<a:ln><a:noFill/></a:ln></c:spPr>"


def stroked(colour: Colour | None, wide: float, *, dash: str = "") -> str:
    """Return the shape properties of a line, `wide` in points; None is invisible."""
    if colour is None:
        return '<c:spPr><a:ln w="12700"><a:noFill/></a:ln></c:spPr>'
    dashed = f'<a:prstDash val="{dash}"/>' if dash else ""
    return (
        f'<c:spPr><a:ln w="{round(wide * 12700)}" cap="rnd">{colour.fill}{dashed}<a:round/></a:ln></c:spPr>'
    )


def label(index: int, style: str, where: str, *, code: str) -> str:
    """Return the label of one point: its value."""
    return f'<c:dLbl><c:idx val="{index}"/>{_shape(code, style)}<c:dLblPos val="{where}"/>{_flags("showVal")}</c:dLbl>'


def end_label(
    index: int, style: str, ground: Colour, *, where: str, nudge: float, named: bool, code: str
) -> str:
    """Return the label that names a line, on a ground that keeps lines of the grid out of it.

    It stands right of the line's end (`where`: r) or above another point (t), and says the value, after the series'
    name if `named`; `nudge` moves it down, in shares of the chart.
    """
    layout = (
        f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{nudge:.4f}"/></c:manualLayout></c:layout>'
        if nudge
        else ""
    )
    flags = _flags("showVal", "showSerName") if named else _flags("showVal")
    separator = "<c:separator>  </c:separator>" if named else ""
    return f'<c:dLbl><c:idx val="{index}"/>{layout}{_shape(code, style, ground)}<c:dLblPos val="{where}"/>{flags}{separator}</c:dLbl>'


def labels(points: str, style: str, where: str, code: str) -> str:
    """Return a series' labels: those of single points, then the rule for all others."""
    return f'<c:dLbls>{points}{_shape(code, style)}<c:dLblPos val="{where}"/>{_flags("showVal")}</c:dLbls>'


def only(points: str) -> str:
    """Return a series' labels where only single points have one."""
    return f"<c:dLbls>{points}{_flags()}</c:dLbls>" if points else ""


def _shape(code: str, style: str, ground: Colour | None = None) -> str:
    fill = ground.fill if ground else "<a:noFill/>"
    return f'<c:numFmt formatCode="{attr(code)}" sourceLinked="0"/><c:spPr>{fill}<a:ln><a:noFill/></a:ln></c:spPr>{style}'


def _flags(*shown: str) -> str:
    return "".join(f'<c:{flag} val="{int(flag in shown)}"/>' for flag in FLAGS)


def axes(
    look: Look, code: str, *, horizontal: bool, hidden: bool, least: str | None, step: str | None = None
) -> str:
    """Return the category and the value axis. `least` is where the value axis starts, `step` between its lines; None: automatic."""
    unit = f'<c:majorUnit val="{step}"/>' if step else ""
    flip = "maxMin" if horizontal else "minMax"
    lower = f'<c:min val="{least}"/>' if least is not None else ""
    grid = (
        ""
        if hidden
        else f'<c:majorGridlines><c:spPr><a:ln w="6350">{look.rule.fill}</a:ln></c:spPr></c:majorGridlines>'
    )
    return (
        f'<c:catAx><c:axId val="{CATEGORY}"/><c:scaling><c:orientation val="{flip}"/></c:scaling><c:delete val="0"/><c:axPos val="{"l" if horizontal else "b"}"/>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'<c:spPr><a:ln w="9525">{look.muted.fill}</a:ln></c:spPr>{text_style(CHART, look.ink)}<c:crossAx val="{VALUE}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{VALUE}"/><c:scaling><c:orientation val="minMax"/>{lower}</c:scaling><c:delete val="{int(hidden)}"/><c:axPos val="{"t" if horizontal else "l"}"/>{grid}'
        f'<c:numFmt formatCode="{attr(code)}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{text_style(CHART, look.muted)}<c:crossAx val="{CATEGORY}"/><c:crosses val="autoZero"/><c:crossBetween val="between"/>{unit}</c:valAx>'
    )


def inner(left: float, top: float, wide: float, high: float) -> str:
    """Return the layout of a plot area, in shares of the chart."""
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{left:.4f}"/><c:y val="{top:.4f}"/><c:w val="{wide:.4f}"/><c:h val="{high:.4f}"/></c:manualLayout></c:layout>'
    )
