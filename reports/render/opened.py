"""A template, read once with python-pptx: its parts without its slides, its layouts by role, its colours, its frame.

Any .pptx or .potx will do. Its own slides are dropped with all that only they use. Every slide is made on the layout
"Title Only" (by type, then by name, then whatever has a title); the grid is what its title and footer leave free.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.parts.presentation import PresentationPart

from reports.errors import BadInput
from reports.render.grid import Box, Frame, frame
from reports.render.look import Look, look_of
from reports.render.package import Part, Rel
from reports.render.template import default_template
from reports.render.xml import A, P, R

_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_OTHER_MAINS = tuple(
    f"application/vnd.{kind}.main+xml"
    for kind in (
        "openxmlformats-officedocument.presentationml.template",
        "openxmlformats-officedocument.presentationml.slideshow",
        "ms-powerpoint.presentation.macroEnabled",
        "ms-powerpoint.template.macroEnabled",
        "ms-powerpoint.slideshow.macroEnabled",
    )
)
# What a presentation points at that would go stale, or run: its slides, their picture, their comments' authors, macros.
_DROPPED = ("/slide", "/thumbnail", "/commentAuthors", "/authors", "/vbaProject", "/custom-properties", "/core-properties", "/extended-properties", "/core-properties")  # fmt: skip
_MARK = "<!--slides-->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What the renderer needs of a template. `head` and `tail` are presentation.xml around its list of slides."""

    parts: tuple[Part, ...]
    presentation: str
    head: str
    tail: str
    rels: tuple[Rel, ...]
    numbers: Mapping[str, int]
    layout: str
    notes_master: str
    frame: Frame
    look: Look
    holders: frozenset[str]
    first_slide_id: int


@lru_cache(maxsize=8)
def opened(data: bytes | None = None) -> Template:
    """Return the template read from the bytes of a .pptx or .potx; None is the default template.

    Raises:
        BadInput: the bytes are no PowerPoint file, or none of its layouts has a title.
    """
    deck = _presentation(default_template() if data is None else data)
    main = deck.part
    _drop_slides(main)
    layout = _title_layout(deck)
    notes = _notes_master(deck)
    kept = [part for part in main.package.iter_parts() if part is not main and not _stale(part)]
    theme = layout.slide_master.part.part_related_by(RT.THEME).blob
    colours, name, face = _theme(theme)
    holders = {holder.placeholder_format.type for holder in layout.placeholders}
    root = etree.tostring(main._element, encoding="unicode")  # noqa: SLF001 — python-pptx has no public XML
    head, _, tail = root.partition(_MARK)
    return Template(
        parts=tuple(
            Part(name=str(part.partname), content_type=part.content_type, blob=part.blob, rels=_rels(part), static=True)
            for part in kept
        ),
        presentation=str(main.partname),
        head=head,
        tail=tail,
        rels=_rels(main),
        numbers=_numbers(str(part.partname) for part in kept),
        layout=str(layout.part.partname),
        notes_master=notes,
        frame=frame(int(deck.slide_width or 0), int(deck.slide_height or 0), _place(layout, {1, 3}), _place(layout, {15})),
        look=look_of(colours, name=name, face=face),
        holders=frozenset({"ftr"} if 15 in holders else ()) | frozenset({"sldNum"} if 13 in holders else ()),
        first_slide_id=256,
    )  # fmt: skip


def _presentation(data: bytes) -> Any:
    try:
        return Presentation(io.BytesIO(_as_presentation(data)))
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise BadInput("the template is not a PowerPoint file; a .pptx or .potx would have worked") from error


def _as_presentation(data: bytes) -> bytes:
    """Return the package as a plain presentation: a .potx differs in one content type only."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml")
        if not any(kind.encode() in types for kind in _OTHER_MAINS):
            return data
        for kind in _OTHER_MAINS:
            types = types.replace(kind.encode(), _MAIN.encode())
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as copy:
            for member in package.infolist():
                copy.writestr(
                    member, types if member.filename == "[Content_Types].xml" else package.read(member)
                )
    return out.getvalue()


def _drop_slides(main: PresentationPart) -> None:
    """Take the slides and whatever lists them out of the presentation, and leave a mark where the new list goes."""
    root: Any = main._element  # noqa: SLF001 — python-pptx has no public XML
    for tag in ("sldIdLst", "custShowLst", "extLst", "custDataLst"):
        for element in root.findall(f"{{{P}}}{tag}"):
            root.remove(element)
    lists = [child for child in root if child.tag in {f"{{{P}}}{tag}" for tag in ("sldMasterIdLst", "notesMasterIdLst", "handoutMasterIdLst")}]  # fmt: skip
    lists[-1].addnext(etree.Comment("slides"))
    used = {
        value
        for element in root.iter()
        for key, value in element.attrib.items()
        if key.startswith(f"{{{R}}}")
    }
    for key, rel in list(main.rels.items()):
        if rel.reltype.endswith(_DROPPED) or (rel.reltype.endswith("/customXml") and key not in used):
            main.rels.pop(key)


def _stale(part: Any) -> bool:
    return part.content_type.endswith(("core-properties+xml", "extended-properties+xml", "custom-properties+xml")) or "thumbnail" in str(part.partname)  # fmt: skip


def _title_layout(deck: Any) -> Any:
    layouts: list[Any] = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    titled = [layout for layout in layouts if any(int(holder.placeholder_format.type) in {1, 3} for holder in layout.placeholders)]  # fmt: skip
    if not titled:
        raise BadInput(
            "no layout of the template has a title placeholder; one named 'Title Only' would have worked"
        )

    def likeness(layout: Any) -> tuple[bool, bool, int]:
        kind = layout._element.get("type")  # noqa: SLF001 — python-pptx does not show the type
        others = sum(
            int(holder.placeholder_format.type) not in {1, 3, 13, 15, 16} for holder in layout.placeholders
        )
        return (kind != "titleOnly", layout.name.casefold() != "title only", others)

    return min(titled, key=likeness)


def _notes_master(deck: Any) -> str:
    """Return the name of the notes master's part; a template without one gets python-pptx's."""
    main = deck.part
    try:
        return str(main.part_related_by(RT.NOTES_MASTER).partname)
    except KeyError:
        part = deck.notes_master.part
    key = main.relate_to(part, RT.NOTES_MASTER)
    listing = etree.SubElement(main._element, f"{{{P}}}notesMasterIdLst")  # noqa: SLF001 — python-pptx has no public XML
    etree.SubElement(listing, f"{{{P}}}notesMasterId").set(f"{{{R}}}id", key)
    main._element.find(f"{{{P}}}sldMasterIdLst").addnext(listing)  # noqa: SLF001 — as above
    return str(part.partname)


def _rels(part: Any) -> tuple[Rel, ...]:
    return tuple(
        Rel(id=key, type=rel.reltype, target=rel.target_ref if rel.is_external else str(rel.target_part.partname), external=rel.is_external)
        for key, rel in part.rels.items()
    )  # fmt: skip


def _numbers(names: Any) -> dict[str, int]:
    """Return the highest number in use per stem: {"/ppt/slides/slide": 4}."""
    highest: dict[str, int] = {}
    for name in names:
        path = PurePosixPath(name)
        stem = path.stem.rstrip("0123456789")
        digits = path.stem[len(stem) :]
        key = str(path.with_name(stem))
        highest[key] = max(highest.get(key, 0), int(digits or 0))
    return highest


def _place(layout: Any, kinds: set[int]) -> Box | None:
    """Return where the placeholder stands: as the layout says, else as its master says; None when neither does."""
    for owner in (layout, layout.slide_master):
        for holder in owner.placeholders:
            kind = int(holder.placeholder_format.type)
            if kind in kinds and holder.width is not None and holder.left is not None:
                return Box(int(holder.left), int(holder.top), int(holder.width), int(holder.height))
    return None


def _theme(blob: bytes) -> tuple[dict[str, str], str, str]:
    """Return the theme's colours ({"accent1": "1D4ED8"}), its name, and the face of its body text."""
    root = etree.fromstring(blob)
    colours = {}
    for slot in root.iterfind(f".//{{{A}}}clrScheme/*"):
        colour = slot[0] if len(slot) else None
        if colour is not None:
            value = colour.get("lastClr") or colour.get("val") or ""
            if len(value) == 6:
                colours[etree.QName(slot).localname] = value.upper()
    latin = root.find(f".//{{{A}}}minorFont/{{{A}}}latin")
    return colours, root.get("name") or "", "" if latin is None else latin.get("typeface") or ""
