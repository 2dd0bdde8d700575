"""What words are about, whom it would name, and why no answer is made of them whatever place they were said in."""

from __future__ import annotations

from bot.agent import intents as i
from bot.slack.desk import Answer, Desk
from bot.slack.request import LONGEST, Request
from connectors.access import Access
from reports.facts import Filter
from reports.view.narrow import outside

# What changes a draft.
CHANGES = (i.Edits, i.Undo, i.FreshData, i.AddNote)


def too_long(request: Request) -> Answer | None:
    """Return what is said to words that go on where we do not read them: they may mean something else as a whole."""
    if not request.cut:
        return None
    if request.surface == "thread":
        return Answer(to="nobody")
    return Answer(
        to="alone",
        why=f"I read the first {LONGEST:,} letters only, so I did nothing yet. Say it in fewer words.",
    )


def refusal(desk: Desk, request: Request, heard: str, meant: i.Intent, alone: Access) -> str:
    """Return why nothing is made of the words: about what one may not see, or meant for another channel; else empty."""
    if hidden := outside(about(desk, heard, meant), alone):
        return f"You cannot see {', '.join(hidden)} in the CRM, so I do not show it."
    if isinstance(meant, i.Errand) and meant.kind == "schedule":
        return ""
    aloud = request.public and not request.direct and not isinstance(meant, (*CHANGES, i.Publish))
    other = next((channel for channel in request.channels if channel != request.channel), "")
    # A channel that Slack does not name is read as something that is not there.
    if not other or not (aloud or isinstance(meant, i.Report | i.Problem)):
        return ""
    name = request.channels[other]
    if not name:
        roster = desk.places.look(other)
        name = roster.name if request.user in roster.members else ""
    return f"Say it in {f'#{name}' if name else 'that channel'}; I post where I am asked."


def _filters(meant: i.Intent) -> tuple[Filter, ...]:
    question = getattr(meant, "question", None)
    return tuple(getattr(meant, "filters", ())) + (tuple(question.filters) if question else ())


def about(desk: Desk, conversation: str, meant: i.Intent) -> tuple[Filter, ...]:
    """Return what an answer would be about: what is asked for and, after an earlier question, what that leaves in force."""
    asked = _filters(meant)
    before = desk.thread(conversation).question if isinstance(meant, i.FollowUp) else None
    named = {item.dim for item in asked}
    return (*asked, *(item for item in (before.filters if before else ()) if item.dim not in named))


def by_name(meant: i.Intent) -> bool:
    """Say whether an answer would be about reps by name."""
    question = getattr(meant, "question", None)
    asked = (*getattr(meant, "by", ()), *(question.by if question else ()))
    return "owner" in asked or any(item.dim == "owner" for item in _filters(meant))


def same(one: i.Intent, other: i.Intent) -> bool:
    """Say whether two readings mean the same; what was merely assumed, offered or left unread does not count."""
    left_out = {"read_as", "assumed", "unread", "alternatives", "suggestions", "offer", "reason"}
    return one.model_dump(exclude=left_out) == other.model_dump(exclude=left_out)
