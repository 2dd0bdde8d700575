"""The whole file: the template's parts, a slide per slide, the list of slides, the properties."""

from __future__ import annotations

import hashlib

from reports.deck import Deck
from reports.errors import BadInput
from reports.render.canvas import Numbers
from reports.render.opened import opened
from reports.render.package import Part, Rel, written
from reports.render.properties import properties
from reports.render.slides import slide_parts
from reports.render.template import default_template
from reports.render.xml import REL

_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"


def rendered(deck: Deck, data: bytes | None) -> bytes:
    """Return the .pptx for the deck on the template with these bytes; None is our own.

    Raises:
        BadInput: the template is no PowerPoint file, or the deck has no slides.
    """
    if not deck.slides:
        raise BadInput("a deck without slides cannot be drawn; one slide would have worked")
    template = opened(data)
    numbers = Numbers(dict(template.numbers))
    rels = list(template.rels)
    highest = max(
        (int(rel.id[3:]) for rel in rels if rel.id[:3] == "rId" and rel.id[3:].isdigit()), default=0
    )
    parts: list[Part] = []
    listed = ""
    for index, slide in enumerate(deck.slides):
        drawn = slide_parts(slide, template, numbers, deck_scope=deck.scope)
        parts += drawn
        key = f"rId{highest + 1 + index}"
        rels.append(Rel(id=key, type=f"{REL}/slide", target=drawn[0].name))
        listed += f'<p:sldId id="{template.first_slide_id + index}" r:id="{key}"/>'
    main = Part(
        name=template.presentation,
        content_type=_MAIN,
        blob=f"{template.head}<p:sldIdLst>{listed}</p:sldIdLst>{template.tail}".encode(),
        rels=tuple(rels),
    )
    about = properties(deck, hashlib.sha256(data or default_template()).hexdigest())
    root = (
        Rel(id="rId1", type=f"{REL}/officeDocument", target=template.presentation),
        Rel(id="rId2", type=f"{_PACKAGE}/core-properties", target=about[0].name),
        Rel(id="rId3", type=f"{REL}/extended-properties", target=about[1].name),
        Rel(id="rId4", type=f"{REL}/custom-properties", target=about[2].name),
    )
    return written((main, *template.parts, *parts, *about), root)
