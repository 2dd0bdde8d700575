"""What people should not be able to do, and what should not come from Slack: one private sentence each, or nothing."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import urlencode, urlsplit

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, LUC, JONAS = "Dana Whitcombe", "Katrin Vogelsang", "Luc Fournel", "Jonas Adler"
LEADERS = "sales-leadership"
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."


@pytest.fixture
def at(shared: Stage) -> Stage:
    """Return the stage a minute later, with nothing left over that goes wrong."""
    shared.clock.forward(60)
    return shared


def send(at: Stage, body: bytes, headers: dict[str, str]) -> int:
    """Send a request to the bot as anybody on the network could; return its status."""
    url = urlsplit(at.slack.request_url or "")
    connection = http.client.HTTPConnection(url.hostname or "", url.port)
    connection.request("POST", url.path, body=body, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def signed(
    secret: str, body: bytes, *, at: int, kind: str = "application/x-www-form-urlencoded"
) -> dict[str, str]:
    """Return the headers of a request that was signed with a secret at an instant."""
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(at), body=body) or ""
    return {"content-type": kind, "x-slack-request-timestamp": str(at), "x-slack-signature": signature}


def command(at: Stage, trigger: str) -> bytes:
    """Return the body of a command by Dana."""
    user = at.slack.person(DANA)
    fields = {
        "command": "/sales",
        "text": "pipeline",
        "team_id": "T0LARKMOOR",
        "user_id": user.id,
        "channel_id": at.slack.channel(LEADERS).id,
        "trigger_id": trigger,
        "response_url": f"{at.slack.world.base_url}/response/none",
    }
    return urlencode(fields).encode()


def visible(at: Stage, since: int) -> list[str]:
    """Return the calls since then that put something before people."""
    return [
        call.method
        for call in at.slack.calls[since:]
        if call.method.startswith(("chat.", "files.", "response"))
    ]


def test_a_request_with_a_bad_signature_is_refused_and_nothing_is_done(at: Stage):
    body, since = command(at, "forged"), len(at.slack.calls)

    assert send(at, body, signed("somebody-elses-secret", body, at=int(time.time()))) == 401
    assert send(at, body, {"content-type": "application/x-www-form-urlencoded"}) == 401
    at.settle()
    assert visible(at, since) == []


def test_a_request_that_is_older_than_five_minutes_is_refused(at: Stage):
    body, since = command(at, "old"), len(at.slack.calls)

    assert send(at, body, signed(at.slack.signing_secret, body, at=int(time.time()) - 6 * 60)) == 401
    at.settle()
    assert visible(at, since) == []


def test_a_request_whose_body_was_changed_is_refused(at: Stage):
    body = command(at, "changed")
    headers = signed(at.slack.signing_secret, body, at=int(time.time()))

    assert send(at, body.replace(b"pipeline", b"weekly99"), headers) == 401


def test_a_request_that_is_replayed_is_done_once(at: Stage):
    body = command(at, "replayed")
    headers = signed(at.slack.signing_secret, body, at=int(time.time()))
    before = at.slack.seen_by(DANA)
    statuses = [send(at, body, headers) for _ in range(5)]
    at.settle()

    assert statuses == [200] * 5
    new = [seen for seen in at.slack.seen_by(DANA) if seen not in before]
    assert [seen.text for seen in new] == [NUMBER]


def test_what_is_no_event_at_all_is_refused_or_ignored(at: Stage):
    since = len(at.slack.calls)
    for body in (b"{", b"[]", b'{"type": "event_callback"}', json.dumps({"type": "x" * 1000}).encode()):
        send(at, body, signed(at.slack.signing_secret, body, at=int(time.time()), kind="application/json"))
    at.settle()

    assert visible(at, since) == []
    (answer,) = at.dm(DANA, "pipeline")
    assert answer.text == NUMBER


def inert(at: Stage, *seen: Seen) -> None:
    """Assert that nothing in what the bot said calls anybody or leads anywhere."""
    assert at.slack.pings_of(*seen) == ()
    assert at.slack.links_of(*seen) == ()


def test_forty_thousand_letters_are_answered_shortly(at: Stage):
    (answer,) = at.dm(DANA, "elephant " * 4_444)

    assert len(told(answer)) < 10_000
    assert "I read the first 4,000 letters only, so I did nothing yet." in told(answer)


@pytest.mark.parametrize(
    "words",
    [
        "<!channel> blue",
        "<!here|here> <!everyone> green",
        "<@UPAULA> <@UGIL|gil> yellow",
        "<https://evil.example/?q=1|pipeline> red",
        "<!subteam^S0123|@leads> white",
        "*bold* _it_ ~no~ `code` ```block``` black",
        "&lt;!channel&gt; &lt;@UPAULA&gt; grey",
        "[x](https://evil.example) ![y](https://evil.example/p.png) brown",
    ],
)
def test_slacks_own_signs_in_what_people_write_are_letters_in_the_answer(at: Stage, words: str):
    found = at.slack.mention(DANA, LEADERS, f"<@{at.slack.world.bot.id}> {words}", raw=True)
    before = at.slack.seen_by(DANA)
    at.settle()
    answers = [seen for seen in at.slack.seen_by(DANA) if seen not in before and seen.ts != found.ts]

    assert answers
    inert(at, *answers)


def test_the_acknowledgement_of_a_command_repeats_nothing_that_calls_anybody(at: Stage):
    before = at.slack.seen_by(DANA)
    at.slack.command(DANA, LEADERS, "<!channel> <@UPAULA> <https://evil.example|x>", raw=True)
    at.settle()

    inert(at, *(seen for seen in at.slack.seen_by(DANA) if seen not in before))


def test_a_title_with_signs_is_kept_in_the_deck_and_inert_in_the_thread(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    at.slack.mention(
        DANA,
        LEADERS,
        f"<@{at.slack.world.bot.id}> title slide 2: <!channel> *hi* https://evil.example",
        draft.ts,
        raw=True,
    )
    at.settle()

    bot = at.slack.world.bot.id
    answers = [seen for seen in at.slack.seen_by(LUC) if seen not in before and seen.author == bot]
    assert answers
    inert(at, *answers)


@pytest.mark.parametrize(
    "words", ["pipe\u200bline", "\u202epipeline\u202c", "pipeline\ufeff", "\u2067pipeline\u2069"]
)
def test_unseen_letters_and_turned_text_are_read_as_what_people_see(at: Stage, words: str):
    (answer,) = at.dm(DANA, words)

    assert answer.text == NUMBER
    assert not set(told(answer)) & set("\u200b\u202e\u202c\ufeff\u2067\u2069")


def test_an_edited_message_and_a_deleted_one_are_not_done_again(at: Stage):
    said = at.slack.dm(DANA, "pipeline")
    at.settle()
    before = at.slack.seen_by(DANA)
    edited = at.slack.edit(DANA, said, "win rate")
    at.slack.delete_message(DANA, edited)
    at.settle()

    bot = at.slack.world.bot.id
    assert not [seen for seen in at.slack.seen_by(DANA) if seen not in before and seen.author == bot]


def test_a_message_that_is_deleted_before_its_answer_is_answered_directly_with_the_reason(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.mention(DANA, LEADERS, "pipeline", draft.ts)
    at.slack.fault("chat.postMessage", error="thread_not_found")
    before = at.slack.seen_by(DANA)
    at.settle()

    found = [seen for seen in at.slack.seen_by(DANA) if seen not in before]
    assert NUMBER in [seen.text for seen in found if seen.channel == at.slack.im_with(DANA).id]
    assert "The message I was to answer was deleted. I sent it to you directly." in told(*found)


def test_a_button_from_a_month_ago_on_a_draft_that_is_gone_says_so(at: Stage):
    draft = at.draft(DANA, LEADERS)
    store, desk = at.served.desk.line.store, at.served.desk
    draft_id = desk.thread(f"CLEADERS:{draft.ts}").draft_id
    desk.notes.erase(desk.workspace, "posted", draft_id)
    at.clock.forward(31 * 24 * 3600)
    at.slack.click(KATRIN, draft, "take:A")
    at.settle()

    last = at.slack.seen_by(KATRIN)[-1]
    assert (last.kind, last.text) == ("ephemeral", "I no longer have the draft that this button belongs to.")
    assert store is not None


def test_a_button_of_an_older_revision_says_which_one_it_is_about(at: Stage):
    draft = at.draft(DANA, LEADERS)
    (question,) = at.reply(DANA, LEADERS, "looks good, send it", draft.ts)
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)
    at.clock.forward(31 * 24 * 3600)
    at.slack.click(DANA, question, "Publish")
    at.settle()

    assert at.slack.seen_by(DANA)[-1].text == "This button belongs to r1; the draft is at r2 by now."
    assert "r2, draft" in told(at.shown(LUC, draft.ts))


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "nodraft:1:A", "::::", "0" * 2_000])
def test_a_button_with_a_value_that_is_not_ours_does_no_harm(at: Stage, value: str):
    draft = at.draft(DANA, LEADERS)
    for action in ("take:A", "publish"):
        message = at.slack.world.messages[draft.channel, draft.ts]
        for block in message.blocks:
            for element in (*block.get("elements", ()), block.get("accessory", {})):
                if element.get("action_id") == action:
                    element["value"] = value
        at.slack.click(KATRIN, at.shown(KATRIN, draft.ts), action)
        at.settle()

        assert at.slack.seen_by(KATRIN)[-1].text == "I no longer have the draft that this button belongs to."
        at.clock.forward(60)
