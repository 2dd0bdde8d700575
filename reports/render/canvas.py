"""A slide being drawn: shapes in reading order, ids counted up, relationships, and the parts that hang on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reports.render.grid import Box
from reports.render.look import Look
from reports.render.package import Part, Rel
from reports.render.xml import REL, clean

_LENGTH = re.compile(
    r'\b(sz|x|y|cx|cy|w|h|marL|marR|marT|marB|indent|lIns|tIns|rIns|bIns|spcPts val)="(-?[0-9]+)"'
)
_LINKABLE = frozenset({"http", "https", "mailto"})


@dataclass(slots=True)
class Numbers:
    """Part names of a deck: every stem counts on from the highest number that the template uses."""

    used: dict[str, int]

    def next(self, stem: str, suffix: str) -> str:
        """Return the next free name, such as "/ppt/charts/chart3.xml"."""
        self.used[stem] = self.used.get(stem, 0) + 1
        return f"{stem}{self.used[stem]}{suffix}"


@dataclass(slots=True)
class Canvas:
    """One slide while it is drawn. `cut` collects full texts that had to be shortened; they go to the notes."""

    look: Look
    numbers: Numbers
    zoom: float = 1.0
    shapes: list[str] = field(default_factory=list)
    rels: list[Rel] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    _links: dict[str, str] = field(default_factory=dict)
    _shape: int = 1

    def shape_id(self) -> int:
        """Return the next shape id; 1 is the slide's own tree."""
        self._shape += 1
        return self._shape

    def relate(self, kind: str, target: str, *, external: bool = False) -> str:
        """Return the id of a new relationship of the slide; `kind` is the last word of its type."""
        key = f"rId{len(self.rels) + 1}"
        self.rels.append(Rel(id=key, type=f"{REL}/{kind}", target=target, external=external))
        return key

    def link(self, address: str | None) -> str | None:
        """Return the relationship id for a web address; None when there is none, or it is not one to click."""
        if not address:
            return None
        address = "".join(clean(address).split())
        try:
            scheme = urlsplit(address).scheme.casefold()
        except ValueError:
            return None
        if scheme not in _LINKABLE:
            return None
        if address not in self._links:
            self._links[address] = self.relate("hyperlink", address, external=True)
        return self._links[address]

    def fitted(self, full: str, shown: str) -> str:
        """Return `shown`; where it says less than `full`, keep the full text for the notes."""
        if shown != full and shown.endswith("…") and not full.endswith("…"):
            self.cut.append(full)
        return shown


def xfrm(box: Box, tag: str = "a:xfrm") -> str:
    """Return the element that puts a shape into a box."""
    return f'<{tag}><a:off x="{box.x}" y="{box.y}"/><a:ext cx="{box.w}" cy="{box.h}"/></{tag}>'


def zoomed(xml: str, zoom: float) -> str:
    """Return the markup with every length and type size multiplied: all is laid out on a slide 7.5 inches high."""
    if zoom == 1.0:
        return xml
    return _LENGTH.sub(lambda match: f'{match[1]}="{round(int(match[2]) * zoom)}"', xml)
