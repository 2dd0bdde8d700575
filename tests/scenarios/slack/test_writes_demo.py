"""The invented company takes changes like a small CRM, so that anybody sees the whole line without one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from connectors.demo import DemoCrm
from tests.scenarios.slack.asking import DANA, EVERYBODY, JONAS, buttons, fill, letters, press, values
from tests.scenarios.slack.stage import Stage, stage, told

BRETT = "Brett Lindgren"
CHANGE = "Close date of Ostrander Paper: 29 Jan → 26 Feb"


@pytest.fixture
def at(larkmoor_records: Path, tmp_path: Path) -> Iterator[Stage]:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("mirror", "quarterdeck.sqlite", "demo.json"):
        if (larkmoor_records / name).is_dir():
            shutil.copytree(larkmoor_records / name, home / name)
        elif (larkmoor_records / name).exists():
            shutil.copy(larkmoor_records / name, home / name)
    crm = DemoCrm(home=home, writes=True)
    with stage(home, crm=crm, writes="on") as opened:
        opened.confirm(*EVERYBODY)
        yield opened


def test_an_answer_and_a_card_change_the_invented_company_and_figures_follow(at: Stage):
    (preview,) = at.dm(DANA, "nudge brett about past due close dates")
    press(at, DANA, preview, "Send")
    deal = values(letters(at, BRETT)[0], "Leave it")[0].split("|")[1]
    press(at, BRETT, letters(at, BRETT)[0], "New date")
    fill(at, BRETT, date="2026-12-18")

    desk = at.served.desk
    changed = desk.line.crm.read(deal)
    assert changed is not None
    assert changed.close == date(2026, 12, 18)
    assert "→ 18 Dec, in Larkmoor's CRM." in told(letters(at, BRETT)[0])

    (card,) = at.dm(JONAS, "push ostrander to 26 feb")
    press(at, JONAS, card, "Approve")
    assert told(at.shown(JONAS, card.ts)).splitlines()[1] == f"{CHANGE}, in Larkmoor's CRM."
    assert buttons(at.shown(JONAS, card.ts)) == ["Undo"]

    desk.line.mirror.load(desk.line.crm)
    assert "closes 26 Feb" in told(*at.dm(DANA, "ostrander"))
    press(at, JONAS, at.shown(JONAS, card.ts), "Undo")
    desk.line.mirror.load(desk.line.crm)
    assert "closes 29 Jan" in told(*at.dm(DANA, "ostrander"))
