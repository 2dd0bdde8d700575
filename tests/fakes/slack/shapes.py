"""What a Slack workspace holds: people, channels, messages, files, views; each a value that is replaced, not changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Blocks = tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody in the workspace, or visible from it; a stranger belongs to another company's team."""

    id: str
    name: str
    email: str = ""
    team_id: str = "T0LARKMOOR"
    zone: str = "America/New_York"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return self.name.casefold().replace(" ", ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place with members, in the order in which they joined."""

    id: str
    name: str = ""
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_ext_shared: bool = False
    is_org_shared: bool = False
    is_pending_ext_shared: bool = False
    is_archived: bool = False

    @property
    def kind(self) -> Literal["channel", "group", "im", "mpim"]:
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a message said for a while, and who could read it."""

    at: float
    text: str = ""
    blocks: Blocks = ()
    files: tuple[str, ...] = ()
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of a channel; versions hold all it ever said."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: Blocks = ()
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    files: tuple[str, ...] = ()
    edited: float | None = None
    deleted: bool = False
    streaming_since: float | None = None
    reactions: tuple[tuple[str, str], ...] = ()
    unfurls: bool = True
    versions: tuple[Version, ...] = ()

    @property
    def root(self) -> str:
        return self.thread_ts or self.ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Ephemeral:
    """A message that one person sees, until the page is loaded again."""

    channel: str
    ts: str
    viewer: str
    text: str = ""
    blocks: Blocks = ()
    thread_ts: str | None = None
    deleted: bool = False
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An upload: state tells how far it has come; shares are the (channel, ts) where it is shown."""

    id: str
    name: str
    length: int
    user: str
    created: float
    title: str = ""
    content: bytes = b""
    state: Literal["asked", "sent", "complete", "deleted"] = "asked"
    shares: tuple[tuple[str, str], ...] = ()
    polls_left: int = 0

    @property
    def mimetype(self) -> str:
        head = self.content[:8]
        if head.startswith(b"\x89PNG"):
            return "image/png"
        if head.startswith(b"\xff\xd8\xff"):
            return "image/jpeg"
        if head.startswith(b"GIF8"):
            return "image/gif"
        if head.startswith(b"%PDF"):
            return "application/pdf"
        if self.name.endswith(".pptx"):
            return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        return "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal or a Home tab, for one person; root is the first view of the modal's stack."""

    id: str
    user: str
    kind: Literal["modal", "home"]
    body: Json
    hash: str
    root: str
    at: float
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The right to open one modal, within three seconds."""

    id: str
    user: str
    at: float
    view: str | None = None
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseUrl:
    """The right to answer five times, within half an hour, where an interaction happened."""

    id: str
    channel: str
    user: str
    at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The state of an agent's work in one thread."""

    channel: str
    thread_ts: str
    status: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A message that is to be posted later; the fake never posts it by itself."""

    id: str
    channel: str
    post_at: int
    args: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API (or a response_url) and how it was answered."""

    method: str
    args: Json
    at: float
    ok: bool
    error: str | None = None


class Refused(Exception):
    """The answer {"ok": false, "error": ...} of the Web API, with what else it says."""

    def __init__(self, error: str, *details: str, **extra: Any) -> None:
        super().__init__(error, *details)
        self.error = error
        self.extra = dict(extra)
        if details:
            self.extra["response_metadata"] = {"messages": [f"[ERROR] {detail}" for detail in details]}

    @property
    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}
