"""Structure (DECKS.md 5.2): the package, the presentation and its slides hang together; nothing will be "repaired"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from reports.check.charts import chart_problems
from reports.check.grammar import grammar_problems
from reports.check.package import TYPES, A, P, Package, R
from reports.check.problem import Problem, error

_SLIDE_IDS = range(256, 2_147_483_648)
_MASTER_IDS = range(2_147_483_648, 2**32)
_REFERENCES = etree.XPath("//@r:*", namespaces={"r": R})
_SHAPE_IDS = etree.XPath("//p:cNvPr/@id", namespaces={"p": P})
_ROWS = etree.XPath("//a:tbl/a:tr", namespaces={"a": A})
_SECTION_SLIDES = etree.XPath("//*[local-name()='sectionLst']//*[local-name()='sldId']/@id")
_LAYOUT_IDS = etree.XPath("//p:sldMasterId/@id | //p:sldLayoutId/@id", namespaces={"p": P})


def structure_problems(package: Package) -> tuple[Problem, ...]:
    """Return everything that is structurally wrong with the file, package first."""
    found = list(_package(package))
    if any(problem.rule in _FATAL for problem in found):
        return tuple(found)
    found += _presentation(package)
    for name in package.slides():
        if name in package.trees:
            found += _slide(package, name)
    for kind in ("notesSlide+xml", "presentation.main+xml", "slide+xml", "drawingml.chart+xml"):
        for name in package.of_type(kind):
            if name in package.trees:
                found += grammar_problems(name, package.trees[name])
    for name in package.of_type("drawingml.chart+xml"):
        found += chart_problems(package, name)
    return tuple(found)


_FATAL = frozenset({"structure.content-types", "structure.presentation"})


def _package(package: Package) -> Iterator[Problem]:
    yield from _repeated(
        "structure.duplicate-member", "the package", (name.casefold() for name in package.names), "member"
    )
    if TYPES not in package.trees:
        yield error("structure.content-types", TYPES, "is missing or does not parse")
        return
    if package.main not in package.members:
        yield error("structure.presentation", "the package", "has no presentation")
        return
    for name, reason in package.broken.items():
        yield error("structure.xml", name, f"does not parse: {reason}")
    yield from _content_types(package)
    for name in package.rels:
        yield from _relations(package, name)
    for name, root in package.trees.items():
        if not name.endswith(".rels") and name != TYPES:
            known = {rel.id for rel in package.rels.get(name, ())}
            for value in dict.fromkeys(_found(_REFERENCES, root)):
                if value and value not in known:
                    yield error(
                        "structure.rel-id",
                        name,
                        f"refers to {str(value)!r}, which is not among its relationships",
                    )


def _content_types(package: Package) -> Iterator[Problem]:
    for name in package.members:
        if name == TYPES or name.endswith(".rels"):
            continue
        if package.type_of(name) is None:
            yield error("structure.content-type", name, "has no content type")
        elif name.startswith("/ppt/") and name.endswith(".xml") and name not in package.overrides:
            yield error("structure.content-type", name, "has no content type of its own")
    for name in package.overrides:
        if name not in package.members:
            yield error("structure.content-type", name, "has a content type, but there is no such part")


def _relations(package: Package, name: str) -> Iterator[Problem]:
    rels = package.rels[name]
    if name != "/" and name not in package.members:
        yield error("structure.rel-owner", name, "has relationships, but there is no such part")
    yield from _repeated("structure.rel-unique", name, (rel.id for rel in rels), "relationship")
    for rel in rels:
        if not rel.external and rel.target not in package.members:
            yield error(
                "structure.rel-target", name, f"{rel.kind} {rel.id} points at {rel.target}, which is missing"
            )


def _presentation(package: Package) -> Iterator[Problem]:
    name = package.main
    root = package.trees.get(name)
    if root is None:
        return
    listed = list(root.iterfind(f"{{{P}}}sldIdLst/{{{P}}}sldId"))
    if not listed:
        yield error("structure.no-slides", name, "lists no slides")
    ids = [item.get("id") or "" for item in listed]
    yield from _repeated("structure.slide-id", name, ids, "slide id")
    for value in ids:
        if not (value.isdigit() and int(value) in _SLIDE_IDS):
            yield error("structure.slide-id", name, f"slide id {value!r} is not between 256 and 2147483647")
    yield from _repeated(
        "structure.slide-listed", name, (item.get(f"{{{R}}}id") or "" for item in listed), "slide"
    )
    for value in _found(_SECTION_SLIDES, root):
        if value not in ids:
            yield error("structure.section", name, f"a section lists slide id {value}, which is no slide")
    wide = [
        *_found(_LAYOUT_IDS, root),
        *(
            value
            for part in package.of_type("slideMaster+xml")
            for value in _found(_LAYOUT_IDS, package.trees[part])
        ),
    ]
    yield from _repeated("structure.layout-id", name, (str(value) for value in wide), "master or layout id")
    for value in wide:
        if not (str(value).isdigit() and int(value) in _MASTER_IDS):
            yield error("structure.layout-id", name, f"master or layout id {value!r} is out of range")


def _slide(package: Package, name: str) -> Iterator[Problem]:
    root = package.trees[name]
    yield from _repeated(
        "structure.shape-id", name, (str(value) for value in _found(_SHAPE_IDS, root)), "shape id"
    )
    layouts = list(package.related(name, "slideLayout"))
    if len(layouts) != 1:
        yield error("structure.layout", name, f"has {len(layouts)} layouts instead of one")
    for row in _found(_ROWS, root):
        grid = row.getparent().find(f"{{{A}}}tblGrid")
        cells = row.findall(f"{{{A}}}tc")
        if grid is None or len(cells) != len(grid):
            yield error(
                "structure.table-row",
                name,
                f"a row has {len(cells)} cells for {0 if grid is None else len(grid)} columns",
            )
        for cell in cells:
            if cell.find(f"{{{A}}}txBody") is None:
                yield error("structure.table-cell", name, "a table cell has no text body")
    notes = list(package.related(name, "notesSlide"))
    if len(notes) != 1:
        yield error("structure.notes", name, f"has {len(notes)} notes pages instead of one")
    for page in notes:
        if list(package.related(page, "slide")) != [name]:
            yield error(
                "structure.notes",
                page,
                f"is the notes page of {PurePosixPath(name).name}, but does not point back at it",
            )


def _repeated(rule: str, where: str, values: Iterable[str], what: str) -> Iterator[Problem]:
    for value, count in Counter(values).items():
        if count > 1:
            yield error(rule, where, f"{what} {value!r} is there {count} times")


def _found(path: etree.XPath, root: etree._Element) -> list[Any]:
    """Return what an expression finds, attributes as texts."""
    found = path(root)
    return found if isinstance(found, list) else []
