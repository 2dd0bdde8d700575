"""A column beside the stage that says of each deal whether it is open, won or lost decides it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors import company
from connectors.errors import BadRequest
from connectors.files import raw
from connectors.files.guess import completed, guess
from connectors.files.mapping import load, save
from connectors.files.propose import propose
from connectors.files.raw import Raw
from connectors.files.typed import typed

STAGED = "ID,Title,{stage},{status},Value\n"


def read(folder: Path, text: str, name: str = "deals.csv") -> Raw:
    (folder / name).write_text(text, encoding="utf-8")
    return raw.read(folder / name, folder / "raw")


def rows(heading: str, words: tuple[str, str, str], *, stage: str = "Stage") -> str:
    names = [
        ("Qualified", words[0]),
        ("Qualified", words[1]),
        ("Proposal Made", words[2]),
        ("Qualified", words[2]),
    ]
    lines = [f"{n},T{n},{where},{word},{n}00.00\n" for n, (where, word) in enumerate(names, start=1)]
    return STAGED.format(stage=stage, status=heading) + "".join(lines)


def statuses(folder: Path, one: Raw) -> list[str]:
    made = typed([one], guess([one]), folder / "typed")
    return [
        status
        for (status,) in duckdb.execute(
            f"SELECT status FROM read_parquet('{made.tables['deals']}') ORDER BY line"
        ).fetchall()
    ]


@pytest.mark.parametrize(
    "stage, heading, words",
    [
        ("Stage", "Status", ("Open", "Won", "Lost")),
        ("Deal - Stage", "Deal - Status", ("open", "won", "lost")),
        ("Stage", "State", ("OPEN", "WON", "LOST")),
        ("Stage", "How it stands", ("Open", "Won", "Lost")),
        ("Phase", "Status", ("Offen", "Gewonnen", "Verloren")),
        ("Étape", "Statut", ("En cours", "Gagné", "Perdu")),
        ("Etapa", "Estado", ("Abierto", "Ganado", "Perdido")),
    ],
)
def test_deals_are_won_and_lost_by_the_status_whatever_the_stage_says(
    tmp_path: Path, stage: str, heading: str, words: tuple[str, str, str]
) -> None:
    one = read(tmp_path, rows(heading, words, stage=stage))

    assert guess([one]).files[0].columns["status"] == (heading,)
    assert statuses(tmp_path, one) == ["open", "won", "lost", "lost"]


def test_a_stage_in_which_most_deals_were_lost_stays_open(tmp_path: Path) -> None:
    one = read(tmp_path, rows("Status", ("Lost", "Open", "Lost")))
    mapping = guess([one])

    made = propose(typed([one], mapping, tmp_path / "typed"), [one], mapping, today=date(2026, 11, 23))

    assert dict(mapping.stages) == {"Qualified": "open", "Proposal Made": "open"}
    assert {(stage.name, str(stage.status)) for stage in company.parse(made.company_toml()).stages} == {
        ("Qualified", "open"),
        ("Proposal Made", "open"),
    }


@pytest.mark.parametrize(
    "heading, words",
    [
        ("Status", ("Active", "Open", "Parked")),
        ("State", ("CA", "NY", "TX")),
        ("Renewal", ("Won", "Won", "Won")),
    ],
)
def test_a_column_of_other_words_is_no_status(
    tmp_path: Path, heading: str, words: tuple[str, str, str]
) -> None:
    text = rows(heading, words).replace("Proposal Made", "Closed Lost") + "5,T5,Closed Won,,500.00\n"

    made = guess([read(tmp_path, text)])

    assert "status" not in made.files[0].columns
    assert made.stages["Closed Won"] == "won"


def test_a_status_in_which_all_deals_are_open_is_none_beside_stages_that_are_won(tmp_path: Path) -> None:
    text = rows("Status", ("Open", "Open", "Open"))

    assert guess([read(tmp_path, text)]).files[0].columns["status"] == ("Status",)
    assert "status" not in guess([read(tmp_path, text + "5,T5,Closed Won,Open,5\n")]).files[0].columns


def test_a_status_that_no_word_is_known_for_stops_the_import(tmp_path: Path) -> None:
    mapping = guess([read(tmp_path, rows("Status", ("Open", "Won", "Lost")))])
    later = read(tmp_path, rows("Status", ("Open", "Gewonnen", "Deleted")), "later.csv")
    made = completed(mapping, [later])

    assert made.files[0].values == {"status": {"Gewonnen": "won"}}
    with pytest.raises(BadRequest, match=r"line 4, column 'Status' = 'Deleted': is not open, won or lost"):
        typed([later], made, tmp_path / "typed")


def test_the_column_of_statuses_and_its_words_are_kept(tmp_path: Path) -> None:
    mapping = guess([read(tmp_path, rows("Statut", ("En cours", "Gagné", "Perdu")))])
    save(mapping, tmp_path / "map.toml")

    assert load(tmp_path / "map.toml") == mapping
    assert mapping.files[0].values["status"] == {"En cours": "open", "Gagné": "won", "Perdu": "lost"}
