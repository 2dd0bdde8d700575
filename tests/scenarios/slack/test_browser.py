"""Somebody connects Salesforce in the browser: by a link of their own, back to a page, and confirmed in Slack."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bot.errors import BadSetting
from bot.slack.gate import USER_ME, USER_NOT_ME
from bot.slack.serving import page_alone
from connectors.salesforce.browser import CALLBACK
from tests.connectors.salesforce.signing import keys
from tests.scenarios.slack.browsing import NO, SIGN_IN, YES, Wide, address, opened
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_connecting import ASKED, CONNECT, KATRIN, MARCUS, ME, UNTOLD


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Wide]:
    with opened(tmp_path) as found:
        yield found


def state_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["state"][0]


def test_a_person_signs_in_in_the_browser_and_sees_what_they_see_in_salesforce(town: Wide):
    link = town.link(KATRIN)
    asked = told(town.last(KATRIN))
    shown = town.browse(link, KATRIN)
    question = told(town.last(KATRIN))
    unconfirmed = town.is_connected(KATRIN)
    said = town.press(KATRIN, town.last(KATRIN), YES)
    answer = told(*town.at.dm(KATRIN, ASKED))

    assert "The link is for you alone: it works once, for 10 minutes." in asked
    assert (shown.status_code, shown.history[-1].headers["Location"].split("?")[0]) == (200, town.back)
    assert f"Signed in to Salesforce as {KATRIN} ({town.names[KATRIN]}). Is this you?" in question
    assert "e-mail address" not in question
    assert not unconfirmed
    assert said.splitlines()[0] == f"Connected as {town.names[KATRIN]}: ask again."
    assert "deals that all who read this may see in the CRM" in answer
    assert {call.user for call in town.org.calls if call.soql == "SELECT Id FROM Opportunity"} == {
        town.ids[KATRIN]
    }


def test_nothing_is_shown_before_the_person_has_said_yes(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)

    assert UNTOLD in told(*town.at.dm(KATRIN, ASKED))


def test_the_page_shows_neither_who_signed_in_nor_what_came_with_it(town: Wide):
    shown = town.browse(town.link(KATRIN), KATRIN)
    link = town.vault.link("local", town.ids[KATRIN])

    assert link is not None
    assert link.token is not None
    secrets = (
        link.token.access,
        link.token.refresh,
        KATRIN,
        town.names[KATRIN],
        "salesforce.example",
        "code",
    )
    assert not [word for word in secrets if word in shown.text]
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_what_the_browser_brings_is_never_shown(town: Wide):
    answer = requests.get(
        town.back,
        params={"state": "<script>x</script>", "error": "<b>", "error_description": "<i>you</i>"},
        timeout=10,
    )

    assert answer.status_code == 400
    assert "<script" not in answer.text + answer.headers.get("Location", "")
    assert "<i>" not in answer.text


@pytest.mark.parametrize("query", ["", "?code=1", "?state=nobodys&code=1", f"?state={'x' * 5000}"])
def test_a_way_back_that_nobody_is_awaited_on_leads_nowhere(town: Wide, query: str):
    town.link(KATRIN)
    before = len(town.org.asked("/services/oauth2/token"))
    answer = requests.get(f"{town.back}{query}", timeout=10)
    town.at.settle()

    assert answer.status_code == 400
    assert "Ask Quarterdeck something in Slack" in answer.text
    assert len(town.org.asked("/services/oauth2/token")) == before
    assert SIGN_IN in told(town.last(KATRIN))


def test_a_way_back_works_once(town: Wide):
    shown = town.browse(town.link(KATRIN), KATRIN)
    again = requests.get(shown.url, timeout=10)
    town.at.settle()

    assert (shown.status_code, again.status_code) == (200, 400)
    assert told(*town.at.slack.seen_by(KATRIN)).count("Is this you?") == 2, (
        "once as text, once as its notification"
    )


def test_a_link_is_replaced_by_the_next(town: Wide):
    first = town.link(KATRIN)
    second = town.link(KATRIN)

    assert town.browse(first, KATRIN).status_code == 400
    assert town.browse(second, KATRIN).status_code == 200


def test_a_link_works_for_ten_minutes(town: Wide):
    link = town.link(KATRIN)
    town.later(10)
    shown = town.browse(link, KATRIN)

    assert shown.status_code == 400
    assert not town.oauth.revoked
    assert town.vault.link("local", town.ids[KATRIN]) is None


def test_who_does_not_agree_hears_of_it_and_stays_unconnected(town: Wide):
    shown = town.browse(town.link(KATRIN), None)

    assert shown.status_code == 403
    assert "You are not connected: whoever opened your link did not agree." in told(town.last(KATRIN))
    assert CONNECT in told(town.last(KATRIN))
    assert not town.is_connected(KATRIN)


def test_words_that_came_with_a_refusal_reach_nobody(town: Wide):
    state = state_of(town.link(KATRIN))
    words = {"error": "OAUTH_APP_ACCESS_DENIED", "error_description": "call 555-0100", "state": state}
    shown = requests.get(town.back, params=words, timeout=10)
    town.at.settle()

    assert "is not approved for the app" in told(town.last(KATRIN))
    assert "555" not in told(town.last(KATRIN)) + shown.text


def test_while_salesforce_is_away_nobody_is_connected(town: Wide):
    link = town.link(KATRIN)
    town.org.faults.next("unavailable", path="/services/oauth2/token")
    town.browse(link, KATRIN)

    assert "You are not connected: Salesforce does not answer at the moment." in told(town.last(KATRIN))


@pytest.mark.parametrize("who, opens", [(KATRIN, MARCUS), (MARCUS, KATRIN)])
def test_a_link_that_somebody_else_opens_connects_nobody(town: Wide, who: str, opens: str):
    shown = town.browse(town.link(who), opens)
    heard = told(town.last(who))

    assert shown.status_code == 403
    assert "another Salesforce user than the one you are in the CRM" in heard
    assert town.names[opens] not in heard
    assert town.vault.link("local", town.ids[who]) is town.vault.link("local", town.ids[opens]) is None
    assert town.names[opens] not in town.oauth.issued.values()
    assert not [seen for seen in town.at.slack.seen_by(opens) if "Is this you?" in told(seen)]


def test_nobody_says_yes_for_another(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    owner, other = (town.at.slack.person(name).id for name in (KATRIN, MARCUS))
    said = [
        town.forge(MARCUS, action, value)
        for action, value in (
            (USER_ME, f"{owner}:{town.names[KATRIN]}"),
            (USER_NOT_ME, f"{owner}:browser"),
            (USER_ME, f"{other}:{town.names[KATRIN]}"),
        )
    ]

    assert "That button is somebody else's. Nothing was changed." in said[0]
    assert "That button is somebody else's. Nothing was changed." in said[1]
    assert "is not who I asked you about last" in said[2]
    assert not town.is_connected(KATRIN)
    assert not town.is_connected(MARCUS)
    assert "Connected as" in town.press(KATRIN, town.last(KATRIN), YES)


def test_no_revokes_what_was_brought(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    said = town.press(KATRIN, town.last(KATRIN), NO)

    assert "Then you stay unconnected, and that sign-in is revoked." in said
    assert town.vault.link("local", town.ids[KATRIN]) is None
    assert town.names[KATRIN] not in town.oauth.issued.values()


def test_without_an_answer_the_sign_in_is_forgotten_and_revoked(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    question = town.last(KATRIN)
    town.at.clock.forward(15 * 60)
    town.at.settle()
    said = town.press(KATRIN, question, YES)

    assert town.names[KATRIN] not in town.oauth.issued.values()
    assert "is not who I asked you about last. Press once more." in said
    assert not town.is_connected(KATRIN)


def test_a_confirmed_sign_in_does_not_lapse(town: Wide):
    town.go(KATRIN)
    town.at.clock.forward(15 * 60)
    town.at.settle()

    assert town.is_connected(KATRIN)
    assert UNTOLD not in told(*town.at.dm(KATRIN, ASKED))


def test_an_address_that_differs_from_slacks_is_said(town: Wide):
    link = town.link(KATRIN)
    town.org.org.tables["User"][town.ids[KATRIN]]["Email"] = "kv@elsewhere.example"
    town.browse(link, KATRIN)

    assert "There your e-mail address is kv@elsewhere.example, in Slack it is katrin" in told(
        town.last(KATRIN)
    )


def test_a_sign_in_is_renewed_by_a_refresh_token_that_is_used_once(town: Wide):
    town.go(KATRIN)
    town.at.dm(KATRIN, ASKED)
    first = town.vault.link("local", town.ids[KATRIN])
    for access in tuple(town.oauth.issued):
        town.org.tokens.expire(access)
    town.later(61)
    said = told(*town.at.dm(KATRIN, ASKED))
    second = town.vault.link("local", town.ids[KATRIN])

    assert UNTOLD not in said
    assert first is not None is not second
    assert first.token is not None is not second.token
    assert None is not first.token.refresh != second.token.refresh is not None


def test_a_refresh_token_that_was_revoked_leads_back_to_the_browser(town: Wide):
    town.go(KATRIN)
    town.at.dm(KATRIN, ASKED)
    link = town.vault.link("local", town.ids[KATRIN])
    town.oauth._revoke({"token": link.token.refresh})
    town.later(61)
    said = told(*town.at.dm(KATRIN, ASKED))
    again = town.go(KATRIN)

    assert "It does not let you in any more: connect it again." in said
    assert "Connected as" in again
    assert UNTOLD not in told(*town.at.dm(KATRIN, ASKED))


def test_disconnecting_revokes_the_refresh_token(town: Wide):
    town.go(KATRIN)
    refresh = town.vault.link("local", town.ids[KATRIN]).token.refresh
    said = told(*town.at.dm(KATRIN, "disconnect"))

    assert "Disconnected: your sign-in and what you see in Salesforce are forgotten here." in said
    assert town.oauth.revoked == [refresh]
    assert UNTOLD in told(*town.at.dm(KATRIN, ASKED))


def test_disconnecting_closes_the_way_back(town: Wide):
    link = town.link(KATRIN)
    town.at.served.desk.connecting.disconnect(town.ids[KATRIN])

    assert town.browse(link, KATRIN).status_code == 400


def test_neither_the_way_there_nor_the_sign_in_can_be_read_from_the_disk(town: Wide, tmp_path: Path):
    link = town.link(KATRIN)
    with sqlite3.connect(town.vault.path) as file:
        rows = file.execute("SELECT * FROM away").fetchall()
    file.close()
    town.go(KATRIN)
    kept = town.vault.link("local", town.ids[KATRIN]).token
    held = b"".join(path.read_bytes() for path in (tmp_path / "salesforce").rglob("*") if path.is_file())

    assert len(rows) == 1
    assert state_of(link) not in str(rows)
    assert not [word for word in (kept.access, kept.refresh) if word.encode() in held]


def test_who_is_not_approved_for_the_key_agrees_in_the_browser(tmp_path: Path):
    pem, certificate = keys(datetime.now(UTC))
    with opened(tmp_path, pem=pem, certificate=certificate) as town:
        town.at.dm(KATRIN, ASKED)
        town.press(KATRIN, town.last(KATRIN), CONNECT)
        asked = town.press(KATRIN, town.last(KATRIN), ME)
        town.browse(address(town.last(KATRIN)), KATRIN)
        said = town.press(KATRIN, town.last(KATRIN), YES)
        answer = told(*town.at.dm(KATRIN, ASKED))

    assert "Salesforce wants you to agree first, in the browser." in asked
    assert "Connected as" in said
    assert UNTOLD not in answer


def test_over_socket_mode_the_page_alone_is_served(tmp_path: Path):
    with opened(tmp_path, transport="socket") as town:
        port = urlsplit(town.back).port
        with page_alone(town.at.served, CALLBACK, host="127.0.0.1", port=port) as bound:
            other = requests.get(f"http://127.0.0.1:{bound}/slack/events", timeout=10)
            posted = requests.post(town.back, timeout=10)
            said = town.go(KATRIN)

    assert (bound, other.status_code, posted.status_code) == (port, 404, 405)
    assert "Connected as" in said


def test_a_port_that_somebody_has_already_is_said_with_what_to_do(town: Wide):
    taken = urlsplit(town.back).port
    with (
        pytest.raises(BadSetting, match=r"port \d+ of 127.0.0.1 cannot be had .* give another with --port"),
        page_alone(town.at.served, CALLBACK, host="127.0.0.1", port=taken),
    ):
        pass


def test_a_sign_in_takes_the_place_of_one_that_was_not_answered(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    first = town.vault.link("local", town.ids[KATRIN]).token
    town.browse(town.link(KATRIN), KATRIN)

    assert town.oauth.revoked == [first.refresh]
    assert "Connected as" in town.press(KATRIN, town.last(KATRIN), YES)


def test_an_old_no_changes_nothing_of_a_sign_in_that_waits(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    first = town.last(KATRIN)
    town.browse(town.link(KATRIN), KATRIN)
    second = town.last(KATRIN)
    said = town.press(KATRIN, first, NO)

    assert "Then you stay unconnected, and that sign-in is revoked." in said
    assert len(town.oauth.revoked) == 1
    assert "Connected as" in town.press(KATRIN, second, YES)


def test_an_old_no_changes_nothing_of_a_sign_in_that_was_confirmed(town: Wide):
    town.browse(town.link(KATRIN), KATRIN)
    first = town.last(KATRIN)
    town.go(KATRIN)
    said = town.press(KATRIN, first, NO)

    assert f"nothing was changed: you are connected to Salesforce as {town.names[KATRIN]}." in said
    assert len(town.oauth.revoked) == 1
    assert town.is_connected(KATRIN)
