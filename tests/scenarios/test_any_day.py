"""A report of any past day passes its own check, so that whoever asks for it gets it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.wiring import Installation
from reports.context import Action


@pytest.mark.parametrize(
    "asked",
    [
        # A deal called commit that is old for its stage: the slide says how long most won deals needed.
        "weekly --period last-quarter --as-of 2026-08-11 --where region=AMER",
        "weekly --period this-month --as-of 2026-01-14 --where region=APAC",
        "weekly --period next-quarter --as-of 2025-11-07 --where segment=SMB",
        "weekly --period last-quarter --as-of 2025-11-15",
        "forecast --period this-quarter --as-of 2025-11-15 --where region=EMEA",
        "weekly --period this-year --as-of 2026-10-01",
        "weekly --as-of 2025-02-03 --where region=APAC",
    ],
)
def test_a_report_of_a_past_day_passes_its_own_check(
    asked: str, installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, out = installation.settings.home, tmp_path / "deck.pptx"

    code = main(["--home", str(home), "report", *asked.split(), "--out", str(out)])

    assert (code, capsys.readouterr().err) == (0, "")
    assert out.is_file()


@pytest.mark.parametrize(
    "asked", ["2026-11-15 --where region=EMEA", "2026-07-07", "2025-03-27 --where region=APAC"]
)
def test_actions_beside_faults_in_the_records_leave_every_strip_its_room(
    asked: str, installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, _, where = asked.partition(" ")
    line = installation.line()
    leads = [person for person in line.crm.people() if person.role == "Sales manager"]
    line.store.keep_actions(
        line.workspace,
        tuple(
            Action(
                id=f"strip-{lead.id}",
                text="Get the signature of the sponsor for the whole rollout by Wed",
                owner=lead.name,
                owner_id=lead.id,
                due=date.fromisoformat(day) - timedelta(days=2),
                state="done",
                deal_id=None,
                source="asked by Dana Whitcombe",
            )
            for lead in leads
        ),
    )

    words = ["report", "weekly", "--as-of", day, *where.split(), "--out", str(tmp_path / "deck.pptx")]
    code = main(["--home", str(installation.settings.home), *words])

    assert (code, capsys.readouterr().err) == (0, "")
