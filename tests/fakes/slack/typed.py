"""What becomes of the words that a person types, on their way to an app."""

from __future__ import annotations

import re

from tests.fakes.slack.world import World

_LINK = re.compile(r"https?://[^\s<>|]+")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b")
_HELD = "\ue000{}\ue001"


def written(world: World, text: str) -> str:
    """Return typed text as Slack sends it.

    The three signs & < > are escaped; @Name, @channel and #channel of the workspace become references, and
    so do links and addresses. References that are typed as such (`<@U1>`, `<#C1|name>`) stay as they are.
    """
    held: list[str] = []

    def hold(reference: str) -> str:
        held.append(reference)
        return _HELD.format(len(held) - 1)

    text = re.sub(r"<[@#][UCWDG]\w+(\|[^>]*)?>", lambda found: hold(found[0]), text)
    text = _LINK.sub(lambda found: hold(f"<{_escaped(found[0])}>"), text)
    text = _EMAIL.sub(lambda found: hold(f"<mailto:{found[0]}|{found[0]}>"), text)
    for user in sorted(world.users.values(), key=lambda one: -len(one.name)):
        for name in (user.name, user.handle):
            text = re.sub(rf"@{re.escape(name)}(?!\w)", lambda _, key=user.id: hold(f"<@{key}>"), text)
    for channel in sorted(world.channels.values(), key=lambda one: -len(one.name)):
        if channel.name:
            reference = f"<#{channel.id}|{'' if channel.kind == 'group' else channel.name}>"
            text = re.sub(rf"#{re.escape(channel.name)}(?![\w-])", lambda _, ref=reference: hold(ref), text)
    text = re.sub(r"@(channel|here|everyone)\b", lambda found: hold(f"<!{found[1]}>"), text)
    text = _escaped(text)
    return re.sub("\ue000(\\d+)\ue001", lambda found: held[int(found[1])], text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
