"""A slide of the deck as a part: title, blocks in their slots, footer and number, with its charts and notes."""

from __future__ import annotations

from dataclasses import dataclass

from reports.deck import Block, Chart, Lines, Slide, Table, Tiles
from reports.render.canvas import Canvas, Numbers, xfrm, zoomed
from reports.render.charts import chart_least, draw_chart
from reports.render.fonts import LINE, shortened, wrapped
from reports.render.grid import GUTTER, POINT, Box, slots
from reports.render.lines import draw_lines, draw_strip, lines_height, lines_size, strip_height
from reports.render.look import BODY, BODY_LEAST, FOOTER, HEADING, TITLE, TITLE_LEAST
from reports.render.notes import notes_part, notes_text
from reports.render.opened import Template
from reports.render.package import Part, Rel
from reports.render.tableplan import LARGEST, Plan, table_plan
from reports.render.tables import draw_table, more
from reports.render.text import Para, Run, textbox
from reports.render.tiles import draw_tiles, tiles_height
from reports.render.xml import HEAD, NAMES, attr, esc, one_line

_CONTENT = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
_HEADED = round((HEADING * LINE + 5) * POINT)
_ROOMY = 8  # points of air that a row gets beside a chart
_MORE = round((BODY_LEAST * LINE + 5) * POINT)


@dataclass(frozen=True, slots=True)
class _Placed:
    block: Block
    box: Box


def slide_parts(slide: Slide, template: Template, numbers: Numbers, *, deck_scope: str) -> tuple[Part, ...]:
    """Return the slide's part first, then those that hang on it. A slide depends on nothing but itself and its place."""
    canvas = Canvas(template.look, numbers, template.frame.zoom)
    canvas.relate("slideLayout", template.layout)
    name = numbers.next("/ppt/slides/slide", ".xml")
    _title(canvas, slide, template)
    _scope(canvas, slide, template, deck_scope)
    placed = _placed(slide, template)
    body = min((lines_size(item.block, item.box, template.look.stretch) for item in placed if isinstance(item.block, Lines) and item.block.slot != "bottom"), default=BODY)  # fmt: skip
    plans = {item.block.id: _plan(item.block, item.box, template.look.stretch) for item in placed if isinstance(item.block, Table)}  # fmt: skip
    least = min((plan.size for plan in plans.values()), default=0)
    for item in placed:
        _draw(canvas, item, body, plans, least)
    _foot(canvas, slide, template)
    notes = numbers.next("/ppt/notesSlides/notesSlide", ".xml")
    canvas.relate("notesSlide", notes)
    text = notes_text(slide.notes, canvas.cut)
    xml = (
        f'{HEAD}<p:sld {NAMES}><p:cSld name="{attr(slide.id)}"><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        f"{zoomed(''.join(canvas.shapes), canvas.zoom)}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
    )
    own = Part(name=name, content_type=_CONTENT, blob=xml.encode(), rels=tuple(canvas.rels))
    return (own, *canvas.parts, notes_part(notes, text, slide=name, master=template.notes_master))


def _title(canvas: Canvas, slide: Slide, template: Template) -> None:
    look, frame = canvas.look, template.frame
    room = frame.title.points[0] / look.stretch
    text = one_line(slide.title.text)
    fits = ((size, lines) for lines in (1, 2) for size in (TITLE, TITLE_LEAST))
    size = next(
        (size for size, lines in fits if len(wrapped(text, size, room, bold=True)) <= lines), TITLE_LEAST
    )
    shown = canvas.fitted(text, shortened(text, size, room, lines=2, bold=True))
    geometry = xfrm(frame.title) if frame.own_title else ""
    canvas.shapes.append(
        f'<p:sp><p:nvSpPr><p:cNvPr id="{canvas.shape_id()}" name="title"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{geometry}</p:spPr><p:txBody><a:bodyPr><a:noAutofit/></a:bodyPr><a:lstStyle/>"
        f'<a:p><a:r><a:rPr lang="en-US" sz="{size * 100}" dirty="0"/><a:t>{esc(shown)}</a:t></a:r></a:p></p:txBody></p:sp>'
    )


def _scope(canvas: Canvas, slide: Slide, template: Template, deck_scope: str) -> None:
    """Draw, above the title and only where there is something to say, whose words the title is and what it covers."""
    said = []
    if slide.scope and slide.scope != deck_scope:
        said.append(one_line(slide.scope))
    if slide.title.by is not None:
        said.append(f"title by {one_line(slide.title.by)}, not computed")
    if not said:
        return
    title = template.frame.title
    high = round(BODY_LEAST * LINE * POINT) + POINT
    box = Box(title.x, max(0, title.y - high), title.w, high)
    text = " · ".join(said)
    shown = canvas.fitted(text, shortened(text, BODY_LEAST, box.points[0] / canvas.look.stretch, bold=True))
    textbox(canvas, "scope", box, [Para(runs=(Run(text=shown, size=BODY_LEAST, colour=canvas.look.accent_text, bold=True),))])  # fmt: skip


def _placed(slide: Slide, template: Template) -> list[_Placed]:
    """Return the blocks with their boxes, slot by slot in reading order."""
    stretch, content = template.look.stretch, template.frame.content
    grouped: dict[str, list[Block]] = {}
    for slot in ("top", "main", "left", "right", "side", "bottom"):
        blocks = [block for block in slide.blocks if block.slot == slot]
        if blocks:
            grouped[slot] = blocks
    strips = {
        slot: _stack_height(grouped[slot], content.w, stretch) if slot in grouped else 0
        for slot in ("top", "bottom")
    }
    boxes = slots(content, grouped.keys(), top=strips["top"], bottom=strips["bottom"])
    return [item for slot, blocks in grouped.items() for item in _stacked(blocks, boxes[slot], stretch)]


def _stack_height(blocks: list[Block], wide: int, stretch: float) -> int:
    return sum(_strip(block, wide, stretch) for block in blocks) + GUTTER // 2 * (len(blocks) - 1)


def _strip(block: Block, wide: int, stretch: float) -> int:
    match block:
        case Tiles():
            return tiles_height(block, wide, stretch)
        case Lines():
            return strip_height(block, wide, stretch)
        case Chart():
            return chart_least(block)
        case Table():
            return _head_height(block.heading) + round(
                table_plan(block, wide / POINT, 200, stretch).height * POINT
            )


def _stacked(blocks: list[Block], box: Box, stretch: float) -> list[_Placed]:
    """Share a slot's height: tiles, lists and tables take what they need, charts what is left."""
    if len(blocks) == 1:
        return [_Placed(blocks[0], box)]
    gap = GUTTER // 2
    free = box.h - gap * (len(blocks) - 1)
    charts = {index: chart_least(block) for index, block in enumerate(blocks) if isinstance(block, Chart)}
    room = free - sum(charts.values())
    wants = [_wanted(block, box.w, room, stretch) for block in blocks]
    fixed = sum(want for index, want in enumerate(wants) if index not in charts)
    if charts:
        spare = max(free - fixed - sum(charts.values()), 0) // len(charts)
        wants = [want + spare if index in charts else want for index, want in enumerate(wants)]
    total = sum(wants)
    if total > free:
        wants = [want * free // total for want in wants]
    elif not charts:
        wants = [want + (free - total) * want // max(total, 1) for want in wants]
    placed, y = [], box.y
    for block, want in zip(blocks, wants, strict=True):
        placed.append(_Placed(block, Box(box.x, y, box.w, want)))
        y += want + gap
    return placed


def _wanted(block: Block, wide: int, high: int, stretch: float) -> int:
    match block:
        case Tiles():
            return tiles_height(block, wide, stretch)
        case Lines() if block.slot == "bottom":
            return strip_height(block, wide, stretch)
        case Lines():
            return lines_height(block, wide, 14, stretch)
        case Chart():
            return chart_least(block)
        case Table():
            around = _head_height(block.heading) + (_MORE if block.more else 0)
            plan = table_plan(block, wide / POINT, (high - around) / POINT, stretch)
            if more(block, plan) and not block.more:
                around += _MORE
            bare, airy = plan.height, plan.height + _ROOMY * len(plan.rows)
            return around + max(round(bare * POINT), min(round(airy * POINT), high - around))


def _head_height(heading: str) -> int:
    return _HEADED if heading else 0


def _plan(block: Table, box: Box, stretch: float, size: int = LARGEST) -> Plan:
    wide, high = box.points
    high -= _head_height(block.heading) / POINT
    plan = table_plan(block, wide, high - (_MORE / POINT if block.more else 0), stretch, size=size)
    if more(block, plan) and not block.more:
        plan = table_plan(block, wide, high - _MORE / POINT, stretch, size=size)
    return plan


def _draw(canvas: Canvas, item: _Placed, body: int, plans: dict[str, Plan], least: int) -> None:
    """Draw a block; lists share the type size `body`, tables the smallest that one of them needs."""
    match item.block:
        case Tiles() as block:
            draw_tiles(canvas, block, item.box)
        case Lines() as block if block.slot == "bottom":
            draw_strip(canvas, block, item.box)
        case Lines() as block:
            draw_lines(canvas, block, item.box, body)
        case Chart() as block:
            draw_chart(canvas, block, item.box)
        case Table() as block:
            plan = plans[block.id]
            again = plan.size != least
            _table(
                canvas, block, item.box, _plan(block, item.box, canvas.look.stretch, least) if again else plan
            )


def _table(canvas: Canvas, block: Table, box: Box, plan: Plan) -> None:
    look = canvas.look
    if block.heading:
        text = one_line(block.heading)
        shown = canvas.fitted(text, shortened(text, HEADING, box.points[0] / look.stretch, bold=True))
        textbox(canvas, f"{block.id}/heading", box.top(_HEADED), [Para(runs=(Run(text=shown, size=HEADING, colour=look.ink, bold=True),))])  # fmt: skip
        box = box.below(_HEADED)
    rest = more(block, plan)
    place = Box(box.x, box.y, box.w, box.h - (_MORE if rest else 0))
    used = draw_table(canvas, block, place, plan)
    if rest:
        shown = canvas.fitted(rest, shortened(rest, BODY_LEAST, box.points[0] / look.stretch))
        line = Box(box.x, box.y + used + 3 * POINT, box.w, _MORE - 3 * POINT)
        textbox(
            canvas,
            f"{block.id}/more",
            line,
            [Para(runs=(Run(text=shown, size=BODY_LEAST, colour=look.muted),))],
        )


def _foot(canvas: Canvas, slide: Slide, template: Template) -> None:
    look, frame = canvas.look, template.frame
    text = one_line(slide.footer)
    shown = canvas.fitted(text, shortened(text, FOOTER, frame.footer.points[0] / look.stretch))
    run = Run(text=shown, size=FOOTER, colour=look.muted)
    if "ftr" in template.holders:
        geometry = xfrm(frame.footer) if frame.own_footer else ""
        canvas.shapes.append(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{canvas.shape_id()}" name="footer"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="ftr" sz="quarter" idx="11"/></p:nvPr></p:nvSpPr>'
            f'<p:spPr>{geometry}</p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:pPr algn="l"/>{run.xml()}</a:p></p:txBody></p:sp>'
        )
    else:
        textbox(canvas, "footer", frame.footer, [Para(runs=(run,))], anchor="ctr")
    if "sldNum" in template.holders:
        geometry = xfrm(frame.number) if frame.own_footer else ""
        canvas.shapes.append(
            f'<p:sp><p:nvSpPr><p:cNvPr id="{canvas.shape_id()}" name="number"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum" sz="quarter" idx="12"/></p:nvPr></p:nvSpPr>'
            f'<p:spPr>{geometry}</p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"><a:noAutofit/></a:bodyPr><a:lstStyle/><a:p><a:pPr algn="r"/><a:fld id="{{0F6C1C8A-6F0A-4B64-9D55-6B1F0E2A7C01}}" type="slidenum">'
            f'<a:rPr lang="en-US" sz="{FOOTER * 100}">{look.muted.fill}</a:rPr><a:t>{slide.number}</a:t></a:fld></a:p></p:txBody></p:sp>'
        )


def related(part: Part, kind: str) -> Rel | None:
    """Return the part's relationship of that kind; None when it has none."""
    return next((rel for rel in part.rels if rel.type.endswith(f"/{kind}")), None)
