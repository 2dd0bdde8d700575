"""App Home: what I can ask, my drafts, and who I am here."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.agent.answers.plain import EXAMPLES
from bot.slack import blocks as b
from bot.slack import connections
from bot.slack.desk import Desk, Posted
from bot.slack.gate import CONNECT
from bot.slack.people import Known

_DRAFTS = 10


def home(desk: Desk, known: Known) -> dict[str, Any]:
    """Return the Home tab of one person. It names drafts, not what is in them: they may have been made for others' eyes."""
    found: list[b.Block] = [{"type": "header", "text": {"type": "plain_text", "text": "Quarterdeck"}}]
    if known.member.outside or known.member.gone:
        found.append(b.plain("I answer the people of this company only."))
        return {"type": "home", "blocks": list(found)}
    if known.person is None:
        found.append(
            b.plain(f"I know you in Slack as {known.member.email or known.member.name}, not in the CRM.")
        )
        found.extend(b.actions([b.button("Connect", CONNECT)]))
    else:
        found.extend(b.grey([f"In the CRM you are {known.person.name}, {known.person.role}."]))
    if known.confirmed:
        found.extend(connections.on_home(desk, known))
    if known.why:
        # Titles and words of what was made before are the CRM's, too.
        return {"type": "home", "blocks": list(found)}
    found.append(b.bold("What I can ask"))
    found.append(b.plain("\n".join((*EXAMPLES, "my deals", "weekly emea", "at risk"))))
    found.append(b.bold("My drafts"))
    mine = _drafts(desk, known)
    for posted in mine[:_DRAFTS]:
        link = desk.poster.link(posted.channel, posted.ts)
        revision = desk.revision(posted.draft_id, posted.number)
        row = b.plain(f"{revision.deck.title}, r{posted.number}, {posted.stands}")
        if link:
            row["accessory"] = b.button("Open", f"link:{posted.draft_id}", url=link)
        found.append(row)
    if not mine:
        found.append(b.plain("None yet. Say: weekly"))
    for feature in desk.features:
        found.extend(feature.home(desk, known) if feature.home and known.confirmed else [])
    return {"type": "home", "blocks": found[:100]}


def publish(desk: Desk, user: str) -> None:
    """Show somebody's Home tab as it is now; one that Slack refuses is left as it was."""
    view = home(desk, desk.directory.known(user))
    try:
        desk.poster.call("views.publish", user_id=user, view=view)
    except SlackApiError as error:
        if error.response.get("error") not in {"not_enabled", "hash_conflict", "user_not_found"}:
            raise


def _drafts(desk: Desk, known: Known) -> list[Posted]:
    posted = desk.notes.all(desk.workspace, "posted").values()
    mine = [Posted.model_validate(note) for note in posted if note.get("owner") == known.member.id]
    return sorted(mine, key=lambda item: item.ts, reverse=True)
