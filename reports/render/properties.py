"""Document properties: what the deck is, and the hashes that tie the file to its spec, data and template."""

from __future__ import annotations

import hashlib
from datetime import UTC

from reports.deck import Deck
from reports.render.package import Part
from reports.render.xml import HEAD, attr, esc, one_line

RENDERER = "1"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"


def deck_hash(deck: Deck) -> str:
    """Return the SHA-256 (64 hex digits) of the resolved deck; lone surrogates in a name do no harm."""
    try:
        text = deck.model_dump_json().encode()
    except ValueError:
        text = repr(deck.model_dump()).encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).hexdigest()


def properties(deck: Deck, template: str) -> tuple[Part, Part, Part]:
    """Return core, extended and custom properties; `template` is the template's SHA-256. No clock is read."""
    moment = deck.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{esc(one_line(deck.title))}</dc:title><dc:creator>{esc(one_line(deck.company))}</dc:creator><cp:revision>{max(1, deck.revision)}</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    )
    extended = (
        f'{HEAD}<Properties xmlns="{_EXTENDED}"><Application>Quarterdeck</Application><Slides>{len(deck.slides)}</Slides><Notes>{len(deck.slides)}</Notes>'
        f"<Company>{esc(one_line(deck.company))}</Company></Properties>"
    )
    entries = {
        "kind": deck.kind,
        "state": deck.state,
        "revision": str(deck.revision),
        "as_of": moment,
        "period": deck.period,
        "scope": deck.scope,
        "currency": deck.currency,
        "generation": deck.generation,
        "spec_sha256": deck.spec_hash,
        "deck_sha256": deck_hash(deck),
        "template_sha256": template,
        "renderer": RENDERER,
    }
    custom = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{index}" name="quarterdeck.{attr(name)}"><vt:lpwstr>{esc(one_line(value))}</vt:lpwstr></property>'
        for index, (name, value) in enumerate(entries.items(), 2)
    )
    custom = f'{HEAD}<Properties xmlns="{_CUSTOM}" xmlns:vt="{_TYPES}">{custom}</Properties>'
    office = "application/vnd.openxmlformats-officedocument"
    return (
        Part(name="/docProps/core.xml", content_type="application/vnd.openxmlformats-package.core-properties+xml", blob=core.encode()),
        Part(name="/docProps/app.xml", content_type=f"{office}.extended-properties+xml", blob=extended.encode()),
        Part(name="/docProps/custom.xml", content_type=f"{office}.custom-properties+xml", blob=custom.encode()),
    )  # fmt: skip
