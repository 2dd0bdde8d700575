"""`quarterdeck salesforce init`: what it writes, keeps and says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main


def test_init_writes_the_files_and_says_what_to_do_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code = main(["salesforce", "init", "--out", str(tmp_path / "out")])

    shown = capsys.readouterr().out
    assert code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "private-key.pem",
        "certificate.crt",
        "quarterdeck.key",
        "for-your-salesforce-admin.txt",
        "metadata",
    }
    assert f"SALESFORCE_PRIVATE_KEY_FILE={tmp_path / 'out' / 'private-key.pem'}" in shown
    assert f"QUARTERDECK_KEY_FILE={tmp_path / 'out' / 'quarterdeck.key'}" in shown
    assert "BEGIN" not in shown
    assert (tmp_path / "out" / "quarterdeck.key").read_text() not in shown


def test_init_keeps_a_key_unless_it_is_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["salesforce", "init", "--out", str(tmp_path)]
    key = tmp_path / "private-key.pem"
    main(words)
    first = key.read_bytes()
    capsys.readouterr()

    main(words)
    assert f"kept  {key}, which was there already" in capsys.readouterr().out
    assert key.read_bytes() == first
    main([*words, "--force"])
    assert key.read_bytes() != first


def test_init_grants_the_fields_of_the_homes_own_map(tmp_path: Path):
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = "ARR__c"\n')

    main(["salesforce", "init", "--out", str(tmp_path / "out"), "--home", str(tmp_path)])

    granted = (tmp_path / "out/metadata/permissionsets/Quarterdeck_Sync.permissionset").read_text()
    assert "<field>Opportunity.ARR__c</field>" in granted
    assert "<field>Opportunity.Amount</field>" not in granted


def test_an_act_is_needed(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        main(["salesforce"])

    assert stop.value.code == 2
    assert "ACT" in capsys.readouterr().err


PACKAGES = ("cryptography", "jwt", "requests", "simple_salesforce", "urllib3")


@pytest.mark.parametrize(
    "command, code", [(["salesforce", "init"], 1), (["doctor"], 0)], ids=["init", "doctor"]
)
def test_without_the_packages_for_salesforce_a_command_says_what_installs_them(
    command: list[str], code: int, home: Path, tmp_path: Path
):
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({PACKAGES})); "
        f"from bot.cli import main; sys.exit(main([*{command}, '--home', {str(home)!r}]))"
    )
    environ = {"PYTHONPATH": str(Path(__file__).parents[2]), "SALESFORCE_DOMAIN": "login", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environ,
        cwd=tmp_path,
    )

    told = done.stdout + done.stderr
    assert [line for line in told.splitlines() if "not installed" in line and "make setup" in line]
    assert done.returncode == code


def test_a_command_that_does_not_ask_salesforce_loads_nothing_for_it():
    program = (
        "import sys, bot.wiring, connectors.registry, bot.commands.ask, bot.commands.sync, bot.commands.doctor; "
        f"print([name for name in {PACKAGES} if name in sys.modules])"
    )
    environ = {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    )

    assert done.stdout == "[]\n"
