"""Words under a preview that say what its buttons do: it looks right, or not this time."""

from __future__ import annotations

import re

from pydantic import JsonValue

from bot.runs.ports import Steps
from bot.slack import previews_said
from bot.slack.conversation import to_publish
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.previews_kept import DROP, RIGHT, preview_of
from bot.slack.request import Request
from bot.slack.standing import standing

_BEFORE = r"(?:(?:ok|okay|yes|yep|yeah|great|perfect|thanks|thank you|no|nope|please|pls)[\s,.!]+)*"
_AFTER = r"(?:[\s,.!]+(?:to me|for me|now|thanks|thank you|please|pls))*[\s.!]*"
_IT = r"(?:(?:it|this|that|all|everything|the (?:report|deck|weekly|draft))\s+)?"
_RIGHT = re.compile(
    rf"{_BEFORE}(?:{_IT}(?:all\s+)?looks?\s+(?:all\s+)?(?:good|right|fine|great|ok|okay|correct|perfect)"
    rf"|lgtm|ship\s+it|good\s+to\s+go|approved?){_AFTER}",
    re.IGNORECASE,
)
_DROP = re.compile(
    rf"{_BEFORE}(?:hold\s+(?:it|this|that|off)|not\s+this\s+time|(?:do\s+not|don['’]?t)\s+(?:publish|post|send|ship)"
    rf"(?:\s+(?:it|this|that|the\s+(?:report|deck|weekly|draft)))?){_AFTER}",
    re.IGNORECASE,
)


def heard(desk: Desk, steps: Steps, request: Request) -> bool:
    """Do what words in a preview's thread say, as the button of that name would; False where they say something else.

    Of a report whose hour is past, whoever says that it looks right is asked whether to publish it.
    """
    words = request.text.strip()
    right, drop = _RIGHT.fullmatch(words) is not None, _DROP.fullmatch(words) is not None
    if not (right or drop) or not request.thread or not request.channel.startswith("D"):
        return False
    found = steps.step("preview", lambda: _found(desk, request))
    if not found["value"]:
        return False
    known, value = desk.directory.known(request.user), str(found["value"])
    if right and found["late"]:
        kept = steps.step("answer", lambda: _asks(desk, known, value).model_dump(mode="json"))
        deliver(desk, steps, request, Answer.model_validate(kept))
        return True
    action, do = (RIGHT, previews_said.right) if right else (DROP, previews_said.drop)
    pressed = request.model_copy(update={"text": value})
    do(desk, steps, Press(request=pressed, action=action, value=value), known)
    return True


def _found(desk: Desk, request: Request) -> dict[str, JsonValue]:
    """Return the report that a thread is about as its buttons would tell it, and whether its hour is past; empty for none."""
    draft_id = desk.thread(request.conversation).draft_id or ""
    preview, known = preview_of(desk, draft_id), desk.directory.known(request.user)
    if preview is None or not known.confirmed or known.member.gone:
        return {"value": "", "late": False}
    if not preview.is_open and preview.state != "unreviewed":
        return {"value": "", "late": False}
    late = preview.is_open and preview.state != "coming"
    return {"value": f"{draft_id}:{desk.revision(draft_id).number}", "late": late}


def _asks(desk: Desk, known: Known, value: str) -> Answer:
    posted = standing(desk, value.partition(":")[0])
    if posted is None:
        return Answer(to="alone", why="I no longer have that report.")
    return to_publish(desk, known, posted)
