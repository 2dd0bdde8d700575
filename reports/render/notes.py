"""Speaker notes: how each number was computed, and in full what the slide had to shorten."""

from __future__ import annotations

from collections.abc import Iterable

from reports.render.package import Part, Rel
from reports.render.xml import HEAD, NAMES, REL, clean, esc

_CONTENT = "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml"


def notes_text(notes: str, cut: Iterable[str]) -> str:
    """Return the notes, followed by the texts that stand shortened on the slide; each once."""
    full = list(dict.fromkeys(cut))
    if not full:
        return clean(notes)
    return clean("\n".join([notes, "", "In full, where the slide shows a shortened text:", *full]).strip())


def notes_part(name: str, text: str, *, slide: str, master: str) -> Part:
    """Return the notes page of a slide."""
    paras = "".join(
        f'<a:p><a:r><a:rPr lang="en-US" dirty="0"/><a:t>{esc(line)}</a:t></a:r></a:p>' if line else '<a:p><a:endParaRPr lang="en-US"/></a:p>'
        for line in text.split("\n")
    )  # fmt: skip
    xml = (
        f'{HEAD}<p:notes {NAMES}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>'
        '<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:lstStyle/>{paras}</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"
    )
    return Part(
        name=name,
        content_type=_CONTENT,
        blob=xml.encode(),
        rels=(
            Rel(id="rId1", type=f"{REL}/notesMaster", target=master),
            Rel(id="rId2", type=f"{REL}/slide", target=slide),
        ),
    )
