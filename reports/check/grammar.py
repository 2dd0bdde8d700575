"""The grammar of the parts that we write: which children in which order, and which values an attribute may have.

Sequences follow ISO/IEC 29500-4 (transitional) and ECMA-376 Part 1, annexes A and L, as far as we use them. Groups are
set apart by "|"; within a group any order and number will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from reports.check.package import A, C, P
from reports.check.problem import Problem, error

_FILL = "noFill solidFill gradFill blipFill pattFill grpFill"
_RUN = f"ln | {_FILL} | effectLst effectDag | highlight | uLnTx uLn | uFillTx uFill | latin | ea | cs | sym | hlinkClick | hlinkMouseOver | rtl | extLst"
_PARA = "lnSpc | spcBef | spcAft | buClrTx buClr | buSzTx buSzPct buSzPts | buFontTx buFont | buNone buAutoNum buChar buBlip | tabLst | defRPr | extLst"
_LINE = f"{_FILL} | prstDash custDash | round bevel miter | headEnd | tailEnd | extLst"
_SHAPE = f"xfrm | custGeom prstGeom | {_FILL} | ln | effectLst effectDag | scene3d | sp3d | extLst"
_TEXT = "bodyPr | lstStyle | p"
_BOX = "off | ext | chOff | chExt"
_SHOW = "showLegendKey | showVal | showCatName | showSerName | showPercent | showBubbleSize | separator"
_AXIS = "axId | scaling | delete | axPos | majorGridlines | minorGridlines | title | numFmt | majorTickMark | minorTickMark | tickLblPos | spPr | txPr | crossAx | crosses crossesAt"

_SEQUENCES = {
    A: {
        "p": "pPr | r br fld | endParaRPr",
        "r": "rPr | t",
        "fld": "rPr | pPr | t",
        "pPr": _PARA,
        "rPr": _RUN,
        "defRPr": _RUN,
        "endParaRPr": _RUN,
        "txBody": _TEXT,
        "xfrm": _BOX,
        "tbl": "tblPr | tblGrid | tr",
        "tr": "tc | extLst",
        "tc": "txBody | tcPr | extLst",
        "tcPr": f"lnL | lnR | lnT | lnB | lnTlToBr | lnBlToTr | cell3D | {_FILL} | headers | extLst",
        **dict.fromkeys(("ln", "lnL", "lnR", "lnT", "lnB"), _LINE),
    },
    P: {
        "presentation": "sldMasterIdLst | notesMasterIdLst | handoutMasterIdLst | sldIdLst | sldSz | notesSz | smartTags | embeddedFontLst | custShowLst | photoAlbum | custDataLst | kinsoku | defaultTextStyle | modifyVerifier | extLst",
        "sld": "cSld | clrMapOvr | transition AlternateContent | timing | extLst",
        "notes": "cSld | clrMapOvr | extLst",
        "cSld": "bg | spTree | custDataLst | controls | extLst",
        "spTree": "nvGrpSpPr | grpSpPr | sp grpSp graphicFrame cxnSp pic contentPart | extLst",
        "sp": "nvSpPr | spPr | style | txBody | extLst",
        "nvSpPr": "cNvPr | cNvSpPr | nvPr",
        "graphicFrame": "nvGraphicFramePr | xfrm | graphic | extLst",
        "nvGraphicFramePr": "cNvPr | cNvGraphicFramePr | nvPr",
        "spPr": _SHAPE,
        "txBody": _TEXT,
        "xfrm": _BOX,
    },
    C: {
        "chartSpace": "date1904 | lang | roundedCorners | AlternateContent style | clrMapOvr | pivotSource | protection | chart | spPr | txPr | externalData | printSettings | userShapes | extLst",
        "chart": "title | autoTitleDeleted | pivotFmts | view3D | floor | sideWall | backWall | plotArea | legend | plotVisOnly | dispBlanksAs | extLst",
        "plotArea": "layout | areaChart barChart lineChart pieChart doughnutChart scatterChart bubbleChart radarChart | catAx valAx dateAx serAx | dTable | spPr | extLst",
        "barChart": "barDir | grouping | varyColors | ser | dLbls | gapWidth | overlap | serLines | axId | extLst",
        "lineChart": "grouping | varyColors | ser | dLbls | dropLines | hiLowLines | upDownBars | marker | smooth | axId | extLst",
        "ser": "idx | order | tx | spPr | invertIfNegative | pictureOptions | marker | dPt | dLbls | trendline | errBars | cat | val | smooth | shape | extLst",
        "dPt": "idx | invertIfNegative | marker | bubble3D | explosion | spPr | pictureOptions | extLst",
        "dLbls": f"dLbl | delete | numFmt | spPr | txPr | dLblPos | {_SHOW} | showLeaderLines | leaderLines | extLst",
        "dLbl": f"idx | delete | layout | tx | numFmt | spPr | txPr | dLblPos | {_SHOW} | extLst",
        "catAx": f"{_AXIS} | auto | lblAlgn | lblOffset | tickLblSkip | tickMarkSkip | noMultiLvlLbl | extLst",
        "valAx": f"{_AXIS} | crossBetween | majorUnit | minorUnit | dispUnits | extLst",
        "scaling": "logBase | orientation | max | min | extLst",
        "numRef": "f | numCache | extLst",
        "strRef": "f | strCache | extLst",
        "numCache": "formatCode | ptCount | pt | extLst",
        "strCache": "ptCount | pt | extLst",
        "legend": "legendPos | legendEntry | layout | overlay | spPr | txPr | extLst",
        "marker": "symbol | size | spPr | extLst",
        "spPr": _SHAPE,
        "txPr": _TEXT,
        "rich": _TEXT,
    },
}
_SPACES = {"AlternateContent": "http://schemas.openxmlformats.org/markup-compatibility/2006", "graphic": A}


def _tables() -> dict[str, dict[str, int]]:
    """Return per element the place of every child it may have; drawing properties hold drawing elements."""
    tables = {}
    for space, sequences in _SEQUENCES.items():
        for name, sequence in sequences.items():
            inner = A if sequence in {_SHAPE, _TEXT, _BOX} else space
            tables[f"{{{space}}}{name}"] = {
                f"{{{_SPACES.get(child, inner)}}}{child}": place
                for place, group in enumerate(sequence.split("|"))
                for child in group.split()
            }
    return tables


_ORDER = _tables()
_THEME = frozenset(
    "bg1 tx1 bg2 tx2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink dk1 lt1 dk2 lt2 phClr".split()
)
_HEX = re.compile(r"[0-9A-Fa-f]{6}\Z")
_WHOLE = re.compile(r"-?\d+\Z")
_LENGTHS = {
    f"{{{A}}}off": ("x", "y"),
    f"{{{A}}}ext": ("cx", "cy"),
    f"{{{A}}}gridCol": ("w",),
    f"{{{A}}}tr": ("h",),
    f"{{{P}}}sldSz": ("cx", "cy"),
}
_NEVER_NEGATIVE = frozenset(_LENGTHS) - {f"{{{A}}}off"}
_SIZED = frozenset(f"{{{A}}}{name}" for name in ("rPr", "defRPr", "endParaRPr"))
_SCHEME, _RGB = f"{{{A}}}schemeClr", f"{{{A}}}srgbClr"
_VALUED = frozenset(_LENGTHS) | _SIZED | {_SCHEME, _RGB}


def grammar_problems(part: str, root: etree._Element) -> Iterator[Problem]:
    """Yield what in a part of ours no schema would allow."""
    sound: set[tuple[str, tuple[str, ...]]] = set()
    for element in root.iter(etree.Element):
        tag = str(element.tag)
        order = _ORDER.get(tag)
        if order is not None:
            children = (tag, tuple([str(child.tag) for child in element]))
            if children not in sound:
                problem = _misplaced(part, children, order)
                if problem is None:
                    sound.add(children)
                else:
                    yield problem
        if tag in _VALUED:
            yield from _values(part, tag, element)


def _misplaced(part: str, children: tuple[str, tuple[str, ...]], order: dict[str, int]) -> Problem | None:
    """Return the first child that may not stand where it does; None when all may."""
    last = 0
    for child in children[1]:
        if not child.startswith("{"):
            continue  # a comment
        place = order.get(child)
        if place is None:
            return error("structure.child", part, f"{_local(child)} is not allowed in {_local(children[0])}")
        if place < last:
            return error(
                "structure.child-order", part, f"{_local(child)} stands too late in {_local(children[0])}"
            )
        last = place
    return None


def _values(part: str, tag: str, element: etree._Element) -> Iterator[Problem]:
    """Yield an attribute that does not hold what it may."""
    if tag in _LENGTHS:
        yield from _lengths(part, element)
    elif tag in _SIZED:
        size = element.get("sz")
        if size is not None and not (_WHOLE.match(size) and 100 <= int(size) <= 400_000):
            yield error("structure.font-size", part, f"font size {size!r} is not between 100 and 400000")
    elif tag == _SCHEME:
        if element.get("val") not in _THEME:
            yield error("structure.theme-colour", part, f"theme colour {element.get('val')!r} does not exist")
    elif not _HEX.match(element.get("val") or ""):
        yield error("structure.hex-colour", part, f"colour {element.get('val')!r} is not six hex digits")


def _lengths(part: str, element: etree._Element) -> Iterator[Problem]:
    for name in _LENGTHS[str(element.tag)]:
        value = element.get(name)
        if value is None and element.tag == f"{{{A}}}ext":
            continue  # an extension, which shares its name with the size
        if value is None or not _WHOLE.match(value):
            yield error(
                "structure.emu", part, f"{name}={value!r} of {_local(str(element.tag))} is not a whole number"
            )
        elif value.startswith("-") and element.tag in _NEVER_NEGATIVE:
            yield error(
                "structure.negative-size", part, f"{name}={value} of {_local(str(element.tag))} is below zero"
            )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
