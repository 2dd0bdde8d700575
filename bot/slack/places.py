"""Where something may be said: what kind of place a channel is, who reads there, and what all of them may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from slack_sdk.errors import SlackApiError

from bot.slack.people import Directory, Known
from bot.store import Notebook
from connectors.access import Access, Grant
from connectors.company import Company
from reports.facts import Frozen

Kind = Literal["channel", "direct", "between", "unknown"]
_ALLOWED = "allowed"
_PAGE = 200
EVERYWHERE = "*"


class Roster(Frozen):
    """A place as Slack describes it. `between` is a direct message among people; `unknown` is what we cannot see."""

    id: str
    kind: Kind
    name: str = ""
    member: bool = False
    archived: bool = False
    shared: bool = False
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an answer may go to a place: `here`, under `access`; else `why` not, as sentences to the person.

    What becomes of the answer instead is for whoever sends it elsewhere to say (`directly`).
    """

    here: bool
    access: Access
    why: str = ""


def directly(why: str, what: str = "it") -> str:
    """Return why something is not where it was asked for, and where it is."""
    return f"{why} I sent {what} to you directly."


class Conversations(Protocol):
    """What is asked of Slack about channels."""

    def conversations_info(self, *, channel: str) -> Any:
        """Return a channel's description."""
        ...

    def conversations_members(self, *, channel: str, limit: int, cursor: str = "") -> Any:
        """Return a page of a channel's members."""
        ...


class Places:
    """Looks at channels, anew for every post: people join, and channels are shared, at any time."""

    def __init__(
        self,
        slack: Conversations,
        directory: Directory,
        notes: Notebook,
        *,
        workspace: str,
        team: str,
        company: Company,
        bot: str,
        allowed: frozenset[str],
    ) -> None:
        """`allowed` are the ids or names of the channels that the installation may post in; `*` allows every one."""
        self._slack, self._directory, self._notes = slack, directory, notes
        self._workspace, self._company, self._bot, self._allowed = workspace, company, bot, allowed
        self._team = team

    def look(self, channel: str) -> Roster:
        """Return what a channel is and who is in it, as of now."""
        try:
            found = self._slack.conversations_info(channel=channel)["channel"]
        except SlackApiError as error:
            if error.response["error"] in {"channel_not_found", "missing_scope", "not_in_channel"}:
                return Roster(id=channel, kind="between" if channel.startswith("D") else "unknown")
            raise
        if found.get("is_im"):
            return Roster(id=channel, kind="direct", member=True, members=(str(found.get("user", "")),))
        if found.get("is_mpim"):
            return Roster(id=channel, kind="between")
        roster = Roster(
            id=channel,
            kind="channel",
            name=str(found.get("name", "")),
            member=bool(found.get("is_member")),
            archived=bool(found.get("is_archived")),
            shared=bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))
            or any(team != self._team for team in found.get("connected_team_ids") or ()),
        )
        if not roster.member or roster.archived or roster.shared:
            return roster
        return roster.model_copy(update={"members": self._members(channel)})

    def judge(self, roster: Roster, asker: Known) -> Verdict:
        """Return whether an answer to somebody may be said in a place, and under whose rights."""
        return self.weigh(roster, asker.grant)

    def weigh(self, roster: Roster, asker: Grant) -> Verdict:
        """Return what `judge` does, for an asker who need not be a person in Slack."""
        alone = Access(workspace=self._workspace, asker=asker)
        if roster.kind == "direct":
            return Verdict(here=True, access=alone)
        why = self._obstacle(roster)
        if why:
            return Verdict(here=False, access=alone, why=why)
        names = self.cleared(roster)
        readers = self._directory.readers(roster.members)
        audience = [replace(known.grant, person=known.member.id, names=names) for known in readers]
        if any(known.member.outside for known in readers):
            return Verdict(
                here=False,
                access=alone,
                why="This channel has guests in it.",
            )
        together = Access(workspace=self._workspace, asker=asker, audience=tuple(audience))
        if together.nothing or together.owners is not None:
            return Verdict(
                here=False,
                access=alone,
                why=f"Not everybody in #{roster.name} may see this.",
            )
        return Verdict(here=True, access=together)

    def cleared(self, roster: Roster) -> bool:
        """Say whether reps' names may appear in a channel."""
        return any(item.names and item.name in {roster.id, roster.name} for item in self._company.channels)

    def allow(self, channel: str, *, by: str) -> None:
        """Let us post in a channel from now on."""
        self._notes.write(self._workspace, _ALLOWED, channel, {"by": by})

    def disallow(self, channel: str) -> bool:
        """Take that back; False where only the installation's settings allow the channel."""
        self._notes.erase(self._workspace, _ALLOWED, channel)
        return not self._allowed & {channel, EVERYWHERE}

    def allowed(self, roster: Roster) -> bool:
        """Say whether a channel is on the list."""
        return (
            bool(self._allowed & {EVERYWHERE, roster.id, roster.name})
            or self._notes.read(self._workspace, _ALLOWED, roster.id) is not None
        )

    def _obstacle(self, roster: Roster) -> str:
        """Return why nothing may be said in a place, whoever reads there; empty where there is no reason."""
        if roster.kind == "between":
            return "I do not post in messages between people."
        if roster.kind == "unknown":
            return "I am not in this channel. Type /invite @quarterdeck there and I can post in it."
        where = f"#{roster.name}"
        if roster.archived:
            return f"{where} is archived."
        if roster.shared:
            return "This channel has people from outside."
        if not self.allowed(roster):
            admins = " or ".join(self._directory.named("admin")) or "an admin"
            return (
                f"{where} is not on the list of channels that I may post in; {admins} can allow it there with "
                "“allow”."
            )
        if not roster.member:
            return f"I am not in {where}. Type /invite @quarterdeck there and I can post in it."
        return ""

    def _members(self, channel: str) -> tuple[str, ...]:
        members: list[str] = []
        cursor = ""
        while True:
            page = self._slack.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
            members.extend(str(user) for user in page["members"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return tuple(user for user in members if user != self._bot)
