"""Where a draft stands in Slack: what a delivery keeps of it beside what people did, and its message as of now."""

from __future__ import annotations

from pydantic import JsonValue

from bot.slack import message as m
from bot.slack import previews_shown
from bot.slack.desk import Desk, Posted
from connectors.access import limited, told
from reports import words

# What a delivery brings about; all else of a draft that stands is people's doing.
_BROUGHT = frozenset({"number", "card", "file", "file_ts", "limits"})


def standing(desk: Desk, draft_id: str) -> Posted | None:
    """Return where a draft stands; None where it stands nowhere yet."""
    note = desk.notes.read(desk.workspace, "posted", draft_id)
    return None if note is None else Posted.model_validate(note)


def keep(desk: Desk, posted: Posted) -> bool:
    """Keep what a delivery brought about; what people did to the draft meanwhile stays, and so does a newer revision."""

    def brought(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        if note is None:
            return posted.model_dump(mode="json")
        held = Posted.model_validate(note)
        if held.number > posted.number:
            return note
        return note | posted.model_dump(mode="json", include=set(_BROUGHT))

    desk.notes.change(desk.workspace, "posted", posted.draft_id, brought)
    return True


def shown_now(before: str, after: str) -> str:
    """Return how what a draft shows differs for who reads it by now, under limits before and after; empty for no way."""
    regions, owners, names = limited(after)
    known, owned, named = limited(before)
    if regions != known:
        shown = "all regions" if regions is None else f"{words.joined(regions)} only"
        return f"shows {shown} now: that is what everybody here may see"
    if owners != owned:
        return "shows what everybody here may see by now, and that is other people's deals than before"
    if told(after) != told(before):
        return "shows what everybody here may see in the CRM by now, and that differs from before"
    if names != named:
        return f"shows {'' if names else 'no '}rep names now: {'' if names else 'not '}everybody here may see them"
    return ""


def show(desk: Desk, draft_id: str, *, key: str) -> bool:
    """Show a draft in its message as it stands, and once more where somebody changed it while Slack took that."""
    shown: Posted | None = None
    while (posted := standing(desk, draft_id)) is not None and posted != shown:
        shown = posted
        if posted.bound:
            previews_shown.show(desk, draft_id, number=posted.number, card=posted.card, key=key)
            continue
        revision = desk.revision(draft_id, posted.number)
        told = m.draft(
            revision,
            card=posted.card,
            taken=posted.taken,
            state=posted.stands,
            published=posted.is_published,
        )
        desk.poster.update(posted.channel, posted.ts, told, key=key)
    return True
