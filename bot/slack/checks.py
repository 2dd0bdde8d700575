"""What `quarterdeck doctor` asks Slack: whose token it is, what it may do, how we are reached, where we may post."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.checkup import Finding
from bot.settings import Settings
from bot.slack.app import SLACK, channels
from bot.slack.manifest import granted, hears_threads, scopes
from bot.slack.places import EVERYWHERE

# So many seconds a doctor waits for Slack before it says that Slack cannot be reached.
PATIENCE = 10
_REACHED = ("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def check(settings: Settings) -> Iterator[Finding]:
    """Yield what is right and what is wrong between us and Slack; nothing is changed there."""
    if "SLACK_BOT_TOKEN" not in settings.values:
        yield _not_begun(settings)
        return
    client = _client(settings, settings.values["SLACK_BOT_TOKEN"])
    try:
        told = client.auth_test()
    except SlackApiError as error:
        yield Finding(
            state="wrong",
            what=f"Slack does not take SLACK_BOT_TOKEN ({error.response.get('error')})",
            do="copy the Bot User OAuth Token (xoxb-…) anew from OAuth & Permissions, after Install to Workspace",
        )
        return
    except OSError as error:
        yield Finding(
            state="wrong",
            what=f"Slack cannot be reached ({type(error).__name__})",
            do="check the network, the proxy and SLACK_API_URL",
        )
        return
    yield Finding(
        state="ok", what=f"Slack: signed in as {told.get('user')} in {told.get('team')} ({told['team_id']})"
    )
    rights = granted(told.headers)
    yield from _rights(rights)
    yield from _reached(settings)
    yield from _places(client, channels(settings.values.get("QUARTERDECK_CHANNELS", "")))


def _not_begun(settings: Settings) -> Finding:
    if any(name in settings.values for name in _REACHED):
        return Finding(
            state="wrong",
            what="SLACK_BOT_TOKEN is not set",
            do="copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of your app",
        )
    return Finding(
        state="note",
        what="no Slack token: the terminal works, Slack does not yet",
        do="create an app from what quarterdeck manifest prints and set its tokens; docs/slack.md, five minutes",
    )


def _rights(rights: frozenset[str] | None) -> Iterator[Finding]:
    if rights is None:
        yield Finding(state="note", what="this Slack does not say what the token may do")
        return
    missing = [scope for scope in scopes() if scope not in rights]
    more = sorted(rights - set(scopes(threads=True)))
    if missing:
        yield Finding(
            state="wrong",
            what=f"the token lacks {', '.join(missing)}",
            do="paste what quarterdeck manifest prints as the app's manifest, and install it again",
        )
    else:
        yield Finding(state="ok", what=f"the token has the {len(scopes())} scopes of the manifest")
    if more:
        yield Finding(
            state="note",
            what=f"the token has more than is used: {', '.join(more)}",
            do="take these scopes away, so that the token can do no more than it must",
        )
    hears = hears_threads(rights)
    yield Finding(
        state="ok" if hears else "note",
        what=f"replies in threads without a mention: {'heard' if hears else 'not heard, mentions are'}",
        do="" if hears else "an admin can switch it on with quarterdeck manifest --threads",
    )


def _reached(settings: Settings) -> Iterator[Finding]:
    token = settings.values.get("SLACK_APP_TOKEN")
    if token is None:
        if "SLACK_SIGNING_SECRET" in settings.values:
            yield Finding(state="ok", what="reached over HTTP, every request checked by the signing secret")
            return
        yield Finding(
            state="wrong",
            what="neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: Slack has no way to reach us",
            do="set SLACK_APP_TOKEN (xapp-…, scope connections:write) from Basic Information, App-Level Tokens",
        )
        return
    try:
        _client(settings, token).apps_connections_open(app_token=token)
    except (SlackApiError, OSError) as error:
        why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
        yield Finding(
            state="wrong",
            what=f"SLACK_APP_TOKEN opens no connection ({why})",
            do="make an App-Level Token with connections:write under Basic Information, and switch Socket Mode on",
        )
        return
    page = settings.crm == "salesforce" and "QUARTERDECK_PUBLIC_URL" in settings.values
    also = ", and the one page that browsers come back to from Salesforce" if page else ""
    yield Finding(state="ok", what=f"reached over Socket Mode: only connections from here to Slack{also}")


def _places(client: WebClient, wanted: frozenset[str]) -> Iterator[Finding]:
    if EVERYWHERE in wanted:
        yield Finding(
            state="note",
            what="may post in every channel that it is in, but for shared ones and ones with guests",
            do="name the channels in QUARTERDECK_CHANNELS",
        )
        return
    if not wanted:
        yield Finding(
            state="note",
            what="no channel on the list: everything goes to direct messages",
            do="set QUARTERDECK_CHANNELS, or let an admin say allow in a channel",
        )
        return
    try:
        known = {
            key: found for found in _listed(client) for key in (str(found["id"]), str(found.get("name")))
        }
    except (SlackApiError, OSError) as error:
        why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
        yield Finding(state="note", what=f"Slack does not list channels ({why})")
        return
    for name in sorted(wanted):
        yield _place(name, known.get(name))


def _place(name: str, found: Mapping[str, Any] | None) -> Finding:
    if found is None:
        return Finding(
            state="wrong",
            what=f"QUARTERDECK_CHANNELS names {name!r}, and there is no such channel that the bot can see",
            do="check the spelling; in a private channel, type /invite @quarterdeck first",
        )
    where = f"#{found.get('name')}"
    if found.get("is_archived"):
        return Finding(state="note", what=f"{where} is archived", do="take it off QUARTERDECK_CHANNELS")
    if found.get("is_ext_shared") or found.get("is_pending_ext_shared"):
        return Finding(
            state="note",
            what=f"{where} has people from outside: the bot never posts there",
            do="take it off QUARTERDECK_CHANNELS",
        )
    if not found.get("is_member"):
        return Finding(state="wrong", what=f"the bot is not in {where}", do="type /invite @quarterdeck there")
    return Finding(state="ok", what=f"may post in {where}, and is in it")


def _listed(client: WebClient) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        page = client.conversations_list(
            types="public_channel,private_channel", exclude_archived=False, limit=200, cursor=cursor
        )
        yield from page["channels"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _client(settings: Settings, token: str) -> WebClient:
    return WebClient(
        token=token,
        base_url=settings.values.get("SLACK_API_URL", SLACK),
        timeout=PATIENCE,
        retry_handlers=[],
    )
