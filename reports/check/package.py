"""A .pptx taken apart for reading: its members, content types, relationships and parsed XML. Nothing is repaired."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "/[Content_Types].xml"
_CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relationship: `kind` is the last word of its type, `target` a part's name or, if external, an address."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(slots=True)
class Package:
    """What is in the file. Names of parts start with a slash.

    `names` keeps names that are there twice; `broken` says why a part does not parse.
    """

    names: tuple[str, ...]
    members: dict[str, bytes]
    trees: dict[str, etree._Element] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    rels: dict[str, tuple[Relation, ...]] = field(default_factory=dict)

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Yield the names of the parts to which a part is related in this way, in their order."""
        return (rel.target for rel in self.rels.get(part, ()) if rel.kind == kind and not rel.external)

    def target(self, part: str, rel_id: str | None) -> str | None:
        """Return what a relationship of the part points at; None when there is none of that id."""
        return next((rel.target for rel in self.rels.get(part, ()) if rel.id == rel_id), None)

    def type_of(self, part: str) -> str | None:
        """Return a part's content type; None when it has none."""
        return self.overrides.get(part) or self.defaults.get(
            part.rpartition("/")[2].rpartition(".")[2].lower()
        )

    def of_type(self, ending: str) -> list[str]:
        """Return the parts whose content type ends so, in the file's order."""
        return [name for name in self.members if (self.type_of(name) or "").endswith(ending)]

    @property
    def main(self) -> str:
        """Return the name of the presentation part."""
        return next(self.related("/", "officeDocument"), "/ppt/presentation.xml")

    def slides(self) -> list[str]:
        """Return the slides' parts in the order in which they are shown."""
        tree = self.trees.get(self.main)
        if tree is None:
            return []
        ids = tree.iterfind(f"{{{P}}}sldIdLst/{{{P}}}sldId")
        found = (self.target(self.main, item.get(f"{{{R}}}id")) for item in ids)
        return [name for name in found if name is not None]


def opened(data: bytes) -> Package | str:
    """Return the file taken apart; a sentence where it is no zip at all or a member cannot be unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            members = {f"/{info.filename}": archive.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return f"cannot be unpacked: {error}"
    package = Package(names=tuple(f"/{info.filename}" for info in infos), members=members)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for name, blob in members.items():
        if name.endswith((".xml", ".rels")):
            try:
                package.trees[name] = etree.fromstring(blob, parser)
            except etree.XMLSyntaxError as error:
                package.broken[name] = str(error)
    _read_types(package)
    for name in members:
        folder, _, file = name.rpartition("/")
        if folder.endswith("/_rels") and file.endswith(".rels") and name in package.trees:
            home, stem = folder.removesuffix("/_rels"), file.removesuffix(".rels")
            package.rels[f"{home}/{stem}"] = _relations(package.trees[name], home)
    return package


def resolved(target: str, folder: str) -> str:
    """Return the name of the part that a target means, seen from a folder ("../charts/chart1.xml" and so on)."""
    steps = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/" + "/".join(steps)


def _read_types(package: Package) -> None:
    root = package.trees.get(TYPES)
    for item in () if root is None else root:
        kind = item.get("ContentType") or ""
        if item.tag == f"{_CT}Default":
            package.defaults[(item.get("Extension") or "").lower()] = kind
        elif item.tag == f"{_CT}Override":
            package.overrides[item.get("PartName") or ""] = kind


def _relations(root: etree._Element, folder: str) -> tuple[Relation, ...]:
    found = []
    for item in root.iterchildren(f"{_REL}Relationship"):
        external = item.get("TargetMode") == "External"
        target = item.get("Target") or ""
        found.append(
            Relation(
                id=item.get("Id") or "",
                kind=(item.get("Type") or "").rpartition("/")[2],
                target=target if external else resolved(target, folder),
                external=external,
            )
        )
    return tuple(found)
