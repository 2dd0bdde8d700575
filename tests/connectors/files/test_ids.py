"""The two forms of a Salesforce record's id: a deal stays the same deal whichever of them an export has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from connectors import demo
from connectors.errors import BadRequest
from connectors.files.crm import FilesCrm
from connectors.files.guess import guess
from connectors.files.ids import short
from connectors.files.mapping import Mapping
from connectors.files.raw import read
from connectors.files.shelf import Shelf, Snapshot
from connectors.files.typed import typed
from connectors.mirror import Mirror
from tests.fakes.snapshots import take as put

HEADINGS = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
SHORT = ("006Qy00000AbCdE", "006Qy00000abCdE", "0065g00000XyZab")
LONG = ("006Qy00000AbCdEIAV", "006Qy00000abCdEIAU", "0065g00000XyZabAAF")
DAYS = (date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23))


def export(*ids: str) -> str:
    return HEADINGS + "".join(
        f"{id_},Deal {at},Negotiation,{at}00,2026-12-30\n" for at, id_ in enumerate(ids, start=1)
    )


def take(folder: Path, day: date, *files: str) -> Snapshot:
    into = folder / f"{day}"
    into.mkdir(exist_ok=True)
    paths = [into / f"deals-{number}.csv" for number, _ in enumerate(files)]
    for path, content in zip(paths, files, strict=True):
        path.write_text(content, encoding="utf-8")
    raws = [read(path, into / "raw") for path in paths]
    mapping: Mapping = guess(raws)
    return Shelf(folder / "home").take(typed(raws, mapping, into / "typed"), raws, mapping, day)


def ids(folder: Path, snapshot: Snapshot) -> list[str]:
    rows = Shelf(folder / "home").rows(snapshot, "deals")
    return [id_ for (id_,) in duckdb.sql(f"SELECT id FROM read_parquet('{rows}') ORDER BY line").fetchall()]


def test_the_last_letters_are_those_that_salesforce_computes() -> None:
    # The second is an example of the documentation of Salesforce's API.
    others = {"0013000000KBJpZ": "0013000000KBJpZAAX", "005D0000001KyEI": "005D0000001KyEIIA0"}
    cells = [*zip(SHORT, LONG, strict=True), *others.items()]

    for brief, full in cells:
        assert duckdb.execute(f"SELECT {short('i', '00[156]')} FROM (SELECT ? AS i)", [full]).fetchall() == [
            (brief,)
        ]


@pytest.mark.parametrize(
    "other", ["006Qy00000AbCdEIAU", "006Qy00000AbCdE", "006-y00000AbCdEIAV", "a18letteridofothers", ""]
)
def test_what_is_no_such_id_stays_as_it_is(other: str) -> None:
    assert duckdb.execute(f"SELECT {short('i')} FROM (SELECT ? AS i)", [other]).fetchall() == [(other,)]


@pytest.mark.parametrize("first, then", [(SHORT, LONG), (LONG, SHORT)])
def test_a_deal_keeps_its_id_when_the_next_export_has_the_other_form(
    tmp_path: Path, first: tuple[str, ...], then: tuple[str, ...]
) -> None:
    take(tmp_path, DAYS[0], export(*first))
    second = take(tmp_path, DAYS[1], export(*then))
    third = take(tmp_path, DAYS[2], export(*first[:1], "006Qy00000NewId"))
    Mirror(tmp_path / "home", "local").load(FilesCrm(tmp_path / "home", demo.company()))
    [file] = (tmp_path / "home").rglob("mirror-*.duckdb")
    with duckdb.connect(str(file), read_only=True) as con:
        gone = con.execute("SELECT deal_id, valid_from::DATE FROM state WHERE deleted ORDER BY 1").fetchall()

    assert ids(tmp_path, second) == list(first)
    assert ids(tmp_path, third) == [first[0], "006Qy00000NewId"]
    assert sorted(id_ for id_, _ in gone) == sorted(first[1:])


def test_the_same_rows_in_the_other_form_change_nothing(tmp_path: Path) -> None:
    held = take(tmp_path, DAYS[0], export(*SHORT))

    assert take(tmp_path, DAYS[0], export(*LONG)) == held


def test_a_home_that_has_both_forms_goes_on_with_the_newest(tmp_path: Path) -> None:
    take(tmp_path, DAYS[0], export(*SHORT))
    second = take(tmp_path, DAYS[1], export("006Qy00000NewId"))
    rows = Shelf(tmp_path / "home").rows(second, "deals")
    as_loaded_before = tmp_path / "before.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE ('{LONG[0]}' AS id) FROM read_parquet('{rows}')) TO '{as_loaded_before}'"
    )
    as_loaded_before.replace(rows)

    assert ids(tmp_path, take(tmp_path, DAYS[2], export(SHORT[0], LONG[1]))) == [LONG[0], SHORT[1]]


def test_two_files_with_one_deal_in_either_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        BadRequest, match=r"deals-1\.csv, line 2.* the id stands on line 2 of deals-0\.csv already"
    ):
        take(tmp_path, DAYS[0], export(*SHORT), export(LONG[0]))


def test_accounts_are_found_by_either_form_of_their_ids(tmp_path: Path) -> None:
    deals = tmp_path / "deals.csv"
    deals.write_text(
        "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date\n"
        "006A,Yard,0013000000KBJpZAAX,Negotiation,1200,2026-12-30\n",
        encoding="utf-8",
    )
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("Account Name,Industry,Segment\n0013000000KBJpZ,Steel,Large\n", encoding="utf-8")
    raws = [read(deals, tmp_path / "raw"), read(accounts, tmp_path / "raw")]
    made = typed(raws, guess(raws), tmp_path / "typed")

    assert duckdb.sql(f"SELECT segment FROM read_parquet('{made.tables['deals']}')").fetchall() == [
        ("Large",)
    ]


def without_ids(*created: str) -> str:
    rows = "".join(
        f"Deal {at},Acc,Negotiation,{at}00,2026-12-30,{day}\n" for at, day in enumerate(created, start=1)
    )
    return "Opportunity Name,Account Name,Stage,Amount,Close Date,Created Date\n" + rows


def test_deals_without_ids_stay_the_same_however_their_creation_day_is_written(tmp_path: Path) -> None:
    american = take(tmp_path, DAYS[0], without_ids("7/13/2026", "10/1/2026 11:30 PM", ""))
    iso = take(tmp_path, DAYS[1], without_ids("2026-07-13", "2026-10-01 23:30", ""))
    again = take(tmp_path, DAYS[2], without_ids("13.07.2026", "01.10.2026", ""))

    assert ids(tmp_path, american) == ids(tmp_path, iso) == ids(tmp_path, again)
    assert len(set(ids(tmp_path, iso))) == 3


def test_deals_whose_ids_were_made_otherwise_before_keep_them(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"made-{at}",
            "account": "Acc",
            "name": f"Deal {at}",
            "created": created,
            "stage": "Negotiation",
        }
        for at, created in enumerate(("2026-07-13 00:00:00", None), start=1)
    ]
    put(tmp_path / "home", DAYS[0], *rows)
    later = take(tmp_path, DAYS[1], without_ids("7/13/2026", "", "7/13/2026"))
    known = ids(tmp_path, later)

    assert known[:2] == ["made-1", "made-2"]
    assert known[2] not in known[:2]
    assert ids(tmp_path, take(tmp_path, DAYS[2], without_ids("2026-07-13", "", "2026-07-13"))) == known
