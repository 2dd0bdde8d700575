"""Words of the CRM in fields that know Slack's signs: nothing in them becomes bold, code or a picture."""

from __future__ import annotations

import pytest

from bot.slack import blocks as b


@pytest.mark.parametrize(
    "text", ["Won :tada: deal", "*Big* deal", "a ~b~ c", "`x`", "_New_ deal", "one\ntwo"]
)
def test_a_headline_with_signs_of_its_own_stays_plain(text: str):
    assert b.bold(text)["text"]["type"] == "plain_text"


@pytest.mark.parametrize("text", ["Q4 $0.80M short", "as of 08:30", "lead: snake_case", "3 : 2"])
def test_a_headline_without_is_bold(text: str):
    assert b.bold(text)["text"]["text"] == f"*{text}*"


@pytest.mark.parametrize(
    "text, shown",
    [
        ("Won :tada: *now* <@U1>", "Won ∶tada: ∗now∗ &lt;@U1&gt;"),
        ("_New_ big_deal ~x~ `y`", "＿New＿ big_deal ∼x∼ ˋyˋ"),
        (":a::b: at 08:30", "∶a:∶b: at 08:30"),
    ],
)
def test_signs_in_foreign_text_are_look_alikes(text: str, shown: str):
    assert b.inert(text) == shown
