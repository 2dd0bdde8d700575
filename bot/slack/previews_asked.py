"""What somebody finds wrong with a deal of a report that is to come: its owner and the report's are asked."""

from __future__ import annotations

from typing import cast

from pydantic import JsonValue

from bot import flows
from bot.runs.ports import Steps
from bot.slack import dialogs
from bot.slack.desk import Desk
from bot.slack.feature import Filled
from bot.slack.people import Known
from bot.slack.previews_kept import Said, change
from bot.slack.previews_said import DEAL, LETTERS, WORDS, about, also, deals_on, told_alone
from bot.slack.standing import show
from bot.slack.telling import mark_of, tell_others
from connectors.access import Access
from reports import words


def question(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Ask the owner of a deal and of the report about what somebody finds wrong with it; nothing changes in the CRM."""
    request = dialogs.request_of(desk, filled)
    made = steps.step("question", lambda: _questioned(desk, filled, known))
    tells = tuple(tuple(map(str, one)) for one in cast("list[list[str]]", made["tells"]))
    steps.step("ask", lambda: tell_others(desk, tuple((user, said, same) for user, said, same in tells)))
    draft_id = filled.about.partition(":")[0]
    steps.step("show", lambda: show(desk, draft_id, key=mark_of(f"{request.key}:show")))
    told_alone(desk, steps, request, str(made["told"]))


def _questioned(desk: Desk, filled: Filled, known: Known) -> dict[str, JsonValue]:
    preview, revision, why = about(desk, filled.about, known)
    if preview is None or revision is None or why:
        return {"told": why, "tells": []}
    deal_id = filled.values.get(DEAL, "")
    name = deals_on(revision).get(deal_id, "")
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        found = view.deals(ids=(deal_id,), counted=False)
    if not name or not found:
        return {"told": "That deal is no longer in the report.", "tells": []}
    text = words.line(filled.values[WORDS].strip(), LETTERS)
    asked = f"{known.asker.name} asks about {name}: “{text}” Nothing was changed in the CRM."
    desk.notes.write(
        desk.workspace,
        "deal question",
        filled.key,
        {
            "deal": deal_id,
            "by": known.member.id,
            "words": text,
            "draft": preview.draft_id,
            "at": str(filled.at),
        },
    )
    said = Said(
        user=known.member.id, name=known.asker.name, what="question", number=revision.number, at=desk.clock()
    )
    change(desk, preview.draft_id, lambda before: also(before, said))
    owner = found[0].owner_id
    emails = [person.email.casefold() for person in desk.line.crm.people() if person.id == owner]
    theirs = [user for user in desk.directory.linked(emails) if _sees(desk, user, deal_id)]
    users = dict.fromkeys((*theirs, preview.schedule.owner))
    reached = " and ".join(desk.directory.member(user).name for user in users if user != known.member.id)
    told = f"I asked {reached}." if reached else "It is kept."
    if not theirs:
        told += f" {found[0].owner} has not spoken with me yet, so I could not ask there."
    return {
        "told": told,
        "tells": [[user, asked, filled.key] for user in users if user != known.member.id],
    }


def _sees(desk: Desk, user: str, deal_id: str) -> bool:
    """Say whether somebody's own rights show a deal."""
    access = Access(workspace=desk.workspace, asker=desk.directory.known(user).grant)
    with flows.pull(desk.under(access)) as view:
        return bool(view.deals(ids=(deal_id,), counted=False))
