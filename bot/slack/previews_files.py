"""The deck of a report that is to come, in the direct messages of each who looks it over."""

from __future__ import annotations

from functools import partial

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError

from bot.runs.ports import Steps
from bot.slack.desk import Desk, Posted
from bot.slack.previews_kept import Shown, change, preview_of
from bot.slack.previews_shown import may_see
from bot.slack.spots import GONE
from bot.slack.uploads import Brought, bring_deck, retitle
from bot.store import Revision


def follow(desk: Desk, steps: Steps, revision: Revision, posted: Posted, comment: str) -> None:
    """Bring a new revision's deck to those who have the preview elsewhere than where the draft stands, with what changed."""
    kept = steps.step("others", lambda: _others(desk, revision, posted))
    for user, told in kept.items():
        before = Shown.model_validate(told)
        where = {"channel": before.channel, "thread": before.ts, "comment": comment}
        brought = bring_deck(desk, steps, revision, where)
        steps.step("followed", partial(_followed, desk, revision, user, before, brought))


def filed(desk: Desk, draft_id: str, user: str, brought: Brought) -> bool:
    """Keep which file somebody's preview has."""
    found = {"file": brought.file, "file_ts": brought.ts}
    change(
        desk,
        draft_id,
        lambda preview: preview.model_copy(
            update={"shown": {**preview.shown, user: preview.shown[user].model_copy(update=found)}}
        ),
    )
    return True


def _others(desk: Desk, revision: Revision, posted: Posted) -> dict[str, JsonValue]:
    preview = preview_of(desk, revision.draft_id)
    return {
        user: shown.model_dump(mode="json")
        for user, shown in (preview.shown if preview else {}).items()
        if shown.channel != posted.channel and may_see(desk.directory.known(user), revision)
    }


def _followed(desk: Desk, revision: Revision, user: str, before: Shown, brought: Brought) -> bool:
    """Keep which file somebody has now, and mark the one before as superseded; one that is gone is left."""
    filed(desk, revision.draft_id, user, brought)
    old = Brought(file=before.file, ts=before.file_ts)
    if old.file == brought.file:
        return False
    try:
        retitle(desk, old, before.channel, f"superseded by r{revision.number}")
    except SlackApiError as error:
        if str(error.response.get("error")) not in GONE:
            raise
    return True
