"""The word by which a report that is to come is published: why there is none that counts, and asking for it once more."""

from __future__ import annotations

from bot.runs.ports import Steps
from bot.slack import message as m
from bot.slack.blocks import button
from bot.slack.desk import Desk
from bot.slack.previews_kept import RIGHT, Preview, hour, preview_of
from bot.slack.previews_shown import word_of
from bot.slack.standing import shown_now
from bot.slack.telling import mark_of
from connectors.access import Access, limited


def no_word(desk: Desk, preview: Preview, number: int, access: Access | None) -> str:
    """Return why a word that was said does not count of a revision shown under these rights, as a sentence.

    Empty where one counts, and where nobody said any; None stands for the rights that the revision was made under.
    """
    said = preview.last_word
    if said is None:
        return ""
    before, now = desk.revision(preview.draft_id, said.number), desk.revision(preview.draft_id, number)
    same = access is not None and access.still(before.limits)
    after = now.limits if access is None else access.limits
    if not same and (differs := other_readers(preview, before.limits, after)):
        return f"{said.name} said that r{said.number} looks right. {differs}"
    if word_of(desk, preview, number) is not None:
        return ""
    since = (desk.revision(preview.draft_id, later) for later in range(number, said.number, -1))
    name = next((revision.author for revision in since if revision.author != said.name), "somebody")
    return f"{said.name} said that r{said.number} looks right, and {name} changed it since."


def other_readers(preview: Preview, before: str, after: str) -> str:
    """Return what a report shows by now because who reads it changed, as a sentence; empty for the same as before."""
    if before == after:
        return ""
    if limited(before) == limited(after):
        return f"What those in {preview.where} may see in the CRM changed since, and it shows something else now."
    shows = shown_now(before, after).partition(":")[0] or "shows something else now"
    return f"Who reads in {preview.where} changed since, and it {shows}."


def ask_again(desk: Desk, steps: Steps, draft_id: str, *, name: str, key: str) -> None:
    """Ask whoever said that a report looks right for another word, once `name` has changed it so that the word is void."""
    steps.step("ask again", lambda: _asked_again(desk, draft_id, name, mark_of(f"{key}:again")))


def _asked_again(desk: Desk, draft_id: str, name: str, mark: str) -> bool:
    preview, number = preview_of(desk, draft_id), desk.revision(draft_id).number
    if preview is None or preview.state != "coming" or word_of(desk, preview, number) is not None:
        return False
    said = preview.last_word
    if said is None or desk.directory.member(said.user).gone:
        return False
    what = "it is held" if preview.schedule.unreviewed == "hold" else "it is posted marked as not reviewed"
    told = m.sentence(
        f"“{preview.schedule.text}” for {preview.where}, due {hour(preview.schedule, preview.due)}, is at r{number}: "
        f"{name} changed it after you said that r{said.number} looks right. Unless that is said of r{number} too, {what}.",
        buttons=(button("Looks right", RIGHT, f"{draft_id}:{number}", style="primary"),),
    )
    desk.poster.post(desk.poster.direct(said.user), told, key=mark, look=True)
    return True
