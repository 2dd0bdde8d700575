"""Settings: where they come from, which one wins, and what is refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.errors import BadSetting
from bot.settings import NAMES, read_settings, rights_settings


def test_the_environment_wins_over_dotenv_and_dotenv_over_toml(tmp_path: Path) -> None:
    (tmp_path / "quarterdeck.toml").write_text('QUARTERDECK_COMMAND = "/toml"\nQUARTERDECK_CHANNELS = "C1"\n')
    (tmp_path / ".env").write_text("QUARTERDECK_COMMAND=/dotenv\nQUARTERDECK_MODEL=dotenv # a remark\n")

    settings = read_settings({"QUARTERDECK_COMMAND": "/env"}, folder=tmp_path)

    assert settings.values["QUARTERDECK_COMMAND"] == "/env"
    assert settings.values["QUARTERDECK_MODEL"] == "dotenv"
    assert settings.values["QUARTERDECK_CHANNELS"] == "C1"


def test_a_secret_is_read_from_the_file_that_its_name_with_file_points_to(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-secret\n")

    settings = read_settings({"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")}, folder=tmp_path)

    assert settings.values["SLACK_BOT_TOKEN"] == "xoxb-secret"


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"OPENAI_API_KEY_FILE points to .*nowhere"):
        read_settings({"OPENAI_API_KEY_FILE": str(tmp_path / "nowhere")}, folder=tmp_path)


def test_writes_are_off_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    assert read_settings({}, folder=tmp_path).writes == "off"
    with pytest.raises(BadSetting, match=r"QUARTERDECK_WRITES is 'yes'; use off, propose or on"):
        read_settings({"QUARTERDECK_WRITES": "yes"}, folder=tmp_path)


def test_an_unknown_name_in_the_toml_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "quarterdeck.toml").write_text('QUARTERDECK_COLOUR = "blue"\n')

    with pytest.raises(BadSetting, match=r"'QUARTERDECK_COLOUR', which is not a setting"):
        read_settings({}, folder=tmp_path)


def test_a_broken_toml_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "quarterdeck.toml").write_text("QUARTERDECK_CRM = \n")

    with pytest.raises(BadSetting, match=r"quarterdeck\.toml is not valid TOML"):
        read_settings({}, folder=tmp_path)


def test_settings_never_show_a_value(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secrets = {
        name: f"value-of-{name}"
        for name in NAMES
        if name not in {"QUARTERDECK_WRITES", "QUARTERDECK_HOME", "QUARTERDECK_MODEL_API"}
        and not name.startswith("SALESFORCE_RIGHTS")
    }

    settings = read_settings(secrets, folder=tmp_path, home=tmp_path)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().debug("%s %r", settings, settings)

    assert "value-of-" not in caplog.text.replace("crm='value-of-QUARTERDECK_CRM'", "")


ORG = {"QUARTERDECK_CRM": "salesforce", "QUARTERDECK_KEY": "k", "SALESFORCE_CLIENT_ID": "c"}


@pytest.mark.parametrize(
    "given, people, minutes",
    [
        (ORG, True, 60),
        (ORG | {"SALESFORCE_RIGHTS": "declared"}, False, 60),
        (ORG | {"SALESFORCE_RIGHTS_MINUTES": "5"}, True, 5),
        (ORG | {"QUARTERDECK_KEY": ""}, False, 60),
    ],
)
def test_everybodys_own_rights_count_where_persons_can_sign_in(
    given: dict[str, str], *, people: bool, minutes: int, tmp_path: Path
) -> None:
    found = rights_settings(read_settings(given, folder=tmp_path))

    assert (found.people, found.minutes) == (people, minutes)


@pytest.mark.parametrize(
    "given, why",
    [
        ({"SALESFORCE_RIGHTS": "all"}, "SALESFORCE_RIGHTS is 'all'; use people or declared"),
        ({"SALESFORCE_RIGHTS_MINUTES": "0"}, "SALESFORCE_RIGHTS_MINUTES is '0'; use a whole number"),
        (
            {"SALESFORCE_RIGHTS": "people", "QUARTERDECK_KEY": ""},
            "for persons to sign in QUARTERDECK_KEY must be set",
        ),
    ],
)
def test_rights_that_cannot_be_asked_for_are_refused(given: dict[str, str], why: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=why):
        read_settings(ORG | given, folder=tmp_path)
