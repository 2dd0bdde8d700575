"""The default template, built by code: a .pptx package without slides, designed for decks read on a screen or a phone.

White ground, one face, a short stroke in the highlight colour beside the title, footer and page number below.
Layouts by role: Title Slide, Title Only (what reports use), Title and Content, Two Content, Section.
"""

from __future__ import annotations

from functools import lru_cache

from reports.render.look import FACE, THEME, THEME_NAME
from reports.render.package import Part, Rel, written
from reports.render.xml import HEAD, NAMES, A

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument"
WIDTH, HEIGHT = 12_192_000, 6_858_000
INCH = 914_400


@lru_cache(maxsize=1)
def default_template() -> bytes:
    """Return the package as bytes, always the same."""
    layouts = [f"/ppt/slideLayouts/slideLayout{index}.xml" for index in range(1, len(_LAYOUTS) + 1)]
    master, notes = "/ppt/slideMasters/slideMaster1.xml", "/ppt/notesMasters/notesMaster1.xml"
    themes = ["/ppt/theme/theme1.xml", "/ppt/theme/theme2.xml"]
    parts = [
        _part("/ppt/presentation.xml", "presentationml.presentation.main", _presentation(), {"rId1": ("slideMaster", master), "rId2": ("notesMaster", notes), "rId3": ("theme", themes[0])}),
        _part(master, "presentationml.slideMaster", _master(), {f"rId{index}": ("slideLayout", name) for index, name in enumerate(layouts, 1)} | {f"rId{len(layouts) + 1}": ("theme", themes[0])}),
        *(_part(name, "presentationml.slideLayout", _layout(*layout), {"rId1": ("slideMaster", master)}) for name, layout in zip(layouts, _LAYOUTS, strict=True)),
        _part(notes, "presentationml.notesMaster", _notes_master(), {"rId1": ("theme", themes[1])}),
        *(_part(name, "theme", _theme(), {}) for name in themes),
    ]  # fmt: skip
    return written(parts, (Rel(id="rId1", type=f"{_OFFICE}/officeDocument", target="/ppt/presentation.xml"),))


def _part(name: str, kind: str, xml: str, rels: dict[str, tuple[str, str]]) -> Part:
    return Part(
        name=name,
        content_type=f"{_KIND}.{kind}+xml",
        blob=(HEAD + xml).encode(),
        rels=tuple(
            Rel(id=key, type=f"{_OFFICE}/{what}", target=target) for key, (what, target) in rels.items()
        ),
        static=True,
    )


def _presentation() -> str:
    return (
        f'<p:presentation {NAMES} saveSubsetFonts="1">'
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        '<p:notesMasterIdLst><p:notesMasterId r:id="rId2"/></p:notesMasterIdLst>'
        f'<p:sldSz cx="{WIDTH}" cy="{HEIGHT}"/><p:notesSz cx="6858000" cy="9144000"/>'
        f'<p:defaultTextStyle><a:defPPr><a:defRPr lang="en-US"/></a:defPPr>{_OTHER}</p:defaultTextStyle></p:presentation>'
    )


_OTHER = '<a:lvl1pPr marL="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:defRPr sz="1400" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr>'

# Boxes in inches: left, top, width, height.
_TITLE = (0.6, 0.42, 12.13, 0.98)
_BODY = (0.6, 1.62, 12.13, 5.1)
_FOOTER = (0.6, 6.98, 11.2, 0.3)
_NUMBER = (12.03, 6.98, 0.7, 0.3)
_STROKE = (0.0, 0.5, 0.14, 0.82)

# name, type, placeholders (type, idx, box, prompt, size, bold), show the stroke of the master
_Holder = tuple[str, int, tuple[float, float, float, float] | None, str]
_PROMPT = "Click to edit the title"
_TEXT = "Click to edit the text"
_LAYOUTS: tuple[tuple[str, str, tuple[_Holder, ...]], ...] = (
    ("Title Slide", "title", (("ctrTitle", 0, (0.9, 2.3, 11.0, 1.5), _PROMPT), ("subTitle", 1, (0.9, 3.95, 11.0, 1.0), _TEXT))),
    ("Title Only", "titleOnly", (("title", 0, None, _PROMPT),)),
    ("Title and Content", "obj", (("title", 0, None, _PROMPT), ("", 1, None, _TEXT))),
    (
        "Two Content",
        "twoObj",
        (("title", 0, None, _PROMPT), ("", 1, (0.6, 1.62, 5.9, 5.1), _TEXT), ("", 2, (6.83, 1.62, 5.9, 5.1), _TEXT)),
    ),
    ("Section", "secHead", (("title", 0, (0.9, 2.6, 11.0, 1.2), _PROMPT), ("body", 1, (0.9, 3.95, 11.0, 1.0), _TEXT))),
)  # fmt: skip


def _box(box: tuple[float, float, float, float]) -> str:
    left, top, wide, high = (round(side * INCH) for side in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'


def _tree(shapes: str) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
        f"{shapes}</p:spTree>"
    )


def _holder(
    ident: int,
    kind: str,
    idx: int,
    box: tuple[float, float, float, float] | None,
    body: str,
    name: str,
    props: str = "",
) -> str:
    place = f' type="{kind}"' if kind else ""
    place += f' idx="{idx}"' if idx else ""
    geometry = _box(box) + '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>' if box else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{ident}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{place}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{geometry}</p:spPr><p:txBody>{props or '<a:bodyPr/>'}<a:lstStyle/>{body}</p:txBody></p:sp>"
    )


_PAGE = '<a:p><a:pPr algn="r"/><a:fld id="{0F6C1C8A-6F0A-4B64-9D55-6B1F0E2A7C01}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld><a:endParaRPr lang="en-US"/></a:p>'
_SMALL = '<a:lstStyle><a:lvl1pPr algn="{side}"><a:defRPr sz="1000"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
_FLAT = '<a:bodyPr vert="horz" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>'


def _foot(ident: int, *, boxed: bool) -> str:
    footer = _holder(
        ident,
        "ftr",
        11,
        _FOOTER if boxed else None,
        '<a:p><a:endParaRPr lang="en-US"/></a:p>',
        "Footer",
        _FLAT.format(anchor="ctr") if boxed else "",
    )
    number = _holder(
        ident + 1,
        "sldNum",
        12,
        _NUMBER if boxed else None,
        _PAGE,
        "Slide Number",
        _FLAT.format(anchor="ctr") if boxed else "",
    )
    if boxed:
        footer = footer.replace("<a:lstStyle/>", _SMALL.format(side="l"))
        number = number.replace("<a:lstStyle/>", _SMALL.format(side="r"))
    return footer.replace('type="ftr"', 'type="ftr" sz="quarter"') + number.replace('type="sldNum"', 'type="sldNum" sz="quarter"')  # fmt: skip


def _master() -> str:
    stroke = (
        '<p:sp><p:nvSpPr><p:cNvPr id="6" name="Stroke"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_box(_STROKE)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>'
    )
    title = _holder(
        2,
        "title",
        0,
        _TITLE,
        f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{_PROMPT}</a:t></a:r></a:p>',
        "Title",
        _FLAT.format(anchor="ctr"),
    )
    body = _holder(
        3,
        "body",
        1,
        _BODY,
        f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{_TEXT}</a:t></a:r></a:p>',
        "Text",
        _FLAT.format(anchor="t"),
    )
    ids = "".join(
        f'<p:sldLayoutId id="{2147483649 + index}" r:id="rId{index + 1}"/>' for index in range(len(_LAYOUTS))
    )
    return (
        f'<p:sldMaster {NAMES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
        f"{_tree(stroke + title + body + _foot(4, boxed=True))}</p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
        f"<p:sldLayoutIdLst>{ids}</p:sldLayoutIdLst>"
        '<p:hf hdr="0" dt="0"/>'
        '<p:txStyles><p:titleStyle><a:lvl1pPr algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:lnSpc><a:spcPct val="92000"/></a:lnSpc><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/>'
        '<a:defRPr sz="2600" b="1" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/><a:cs typeface="+mj-cs"/></a:defRPr></a:lvl1pPr></p:titleStyle>'
        f"<p:bodyStyle>{''.join(_level(level) for level in range(1, 6))}</p:bodyStyle><p:otherStyle>"
        f"{_OTHER}"
        "</p:otherStyle></p:txStyles></p:sldMaster>"
    )


def _level(level: int) -> str:
    size = {1: 1800, 2: 1600}.get(level, 1400)
    return (
        f'<a:lvl{level}pPr marL="{228600 * level}" indent="-228600" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:spcBef><a:spcPts val="600"/></a:spcBef><a:buFont typeface="Arial"/><a:buChar char="•"/>'
        f'<a:defRPr sz="{size}" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl{level}pPr>'
    )


def _layout(name: str, kind: str, holders: tuple[_Holder, ...]) -> str:
    shapes = "".join(
        _holder(index, what, idx, box, f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{prompt}</a:t></a:r></a:p>', f"{prompt.split()[-1].title()} {index}")
        for index, (what, idx, box, prompt) in enumerate(holders, 2)
    )  # fmt: skip
    return (
        f'<p:sldLayout {NAMES} type="{kind}" preserve="1"><p:cSld name="{name}">{_tree(shapes + _foot(len(holders) + 2, boxed=False))}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _notes_master() -> str:
    picture = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg" idx="2"/></p:nvPr></p:nvSpPr>'
        '<p:spPr><a:xfrm><a:off x="685800" y="1143000"/><a:ext cx="5486400" cy="3086100"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln w="12700"><a:solidFill><a:prstClr val="black"/></a:solidFill></a:ln></p:spPr></p:sp>'
    )
    body = _holder(
        3,
        "body",
        3,
        (0.75, 4.8125, 6.0, 3.9375),
        f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{_TEXT}</a:t></a:r></a:p>',
        "Notes",
    )
    return (
        f'<p:notesMaster {NAMES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>{_tree(picture + body)}</p:cSld>'
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
        '<p:notesStyle><a:lvl1pPr marL="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:defRPr sz="1200" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr></p:notesStyle></p:notesMaster>'
    )


def _theme() -> str:
    colours = "".join(f'<a:{slot}><a:srgbClr val="{rgb}"/></a:{slot}>' for slot, rgb in THEME.items())
    face = f'<a:latin typeface="{FACE}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = '<a:ln w="{}" cap="flat" cmpd="sng" algn="ctr"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:prstDash val="solid"/></a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme xmlns:a="{A}" name="{THEME_NAME}"><a:themeElements><a:clrScheme name="{THEME_NAME}">{colours}</a:clrScheme>'
        f'<a:fontScheme name="{THEME_NAME}"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont></a:fontScheme>'
        f'<a:fmtScheme name="{THEME_NAME}"><a:fillStyleLst>{fill * 3}</a:fillStyleLst><a:lnStyleLst>{line.format(6350)}{line.format(12700)}{line.format(19050)}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
