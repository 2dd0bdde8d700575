"""`quarterdeck salesforce init`: what it writes, keeps and says."""

from __future__ import annotations

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


def test_an_act_is_needed(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        main(["salesforce"])

    assert stop.value.code == 2
    assert "ACT" in capsys.readouterr().err
