"""What columns seem to mean, by their names and by what stands in them; what cannot be told is a question."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import BadRequest
from connectors.files import raw
from connectors.files.days import day_in_name
from connectors.files.guess import completed, guess, pattern
from connectors.files.headings import category_word, stage_word
from connectors.files.mapping import ASK, COMMA, DAY, MONTH, POINT, Mapping
from tests.connectors.files.test_reading import PLAIN


def guessed(folder: Path, *texts: str) -> Mapping:
    raws = []
    for number, text in enumerate(texts):
        file = folder / f"file {number}.csv"
        file.write_text(text, encoding="utf-8")
        raws.append(raw.read(file, folder / "raw"))
    return guess(raws)


@pytest.mark.parametrize(
    "stage, word",
    [
        ("Closed Won", "won"),
        ("6 - Closed Won", "won"),
        ("closedwon", "won"),
        ("Geschlossen, gewonnen", "won"),
        ("Fermée - gagnée", "won"),
        ("Cierre ganado", "won"),
        ("Won", "won"),
        ("Closed Lost", "lost"),
        ("Closed won (Sales Pipeline)", "won"),
        ("7 Closed Lost (0%)", "lost"),
        ("Lost to competitor", None),
        ("Won back - nurture", None),
        ("Verbal commit / not lost", None),
        ("Contract signed", None),
        ("Verloren", "lost"),
        ("Perdue", "lost"),
        ("Cierre perdido", "lost"),
        ("Negotiation", "open"),
        ("3. Angebot abgegeben", "open"),
        ("Qualification", "open"),
        ("Phase 3", None),
        ("Wonder", None),
        ("Ghost", None),
    ],
)
def test_what_the_name_of_a_stage_says(stage: str, word: str | None) -> None:
    assert stage_word(stage) == word


def test_forecast_categories_in_other_languages_are_neutral_ones() -> None:
    assert [
        category_word(name) for name in ("Best Case", "Zusage", "Meilleur des cas", "Omitido", "Nope")
    ] == [
        "best_case",
        "commit",
        "best_case",
        "omitted",
        None,
    ]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("deals-2026-11-23.csv", "deals-*.csv"),
        ("report1764000000000.csv", "report*.csv"),
        ("Pipeline 23.11.2026.xlsx", "Pipeline *.xlsx"),
        ("pipeline.csv", "pipeline.csv"),
        ("a[1].csv", "a[[]*].csv"),
        ("20261123", "*"),
    ],
)
def test_the_next_export_has_the_same_name_but_for_its_day(name: str, expected: str) -> None:
    assert pattern(name) == expected


@pytest.mark.parametrize(
    "name, expected",
    [
        ("deals-2026-11-23.csv", date(2026, 11, 23)),
        ("deals 20261123.csv", date(2026, 11, 23)),
        ("Pipeline 23.11.2026.xlsx", date(2026, 11, 23)),
        ("Pipeline 3.4.2026.xlsx", date(2026, 4, 3)),
        ("pipeline 11-23-2026.csv", date(2026, 11, 23)),
        ("pipeline 03-04-2026.csv", None),
        ("report1795500000000.csv", date(2026, 11, 24)),
        ("deals-2026-02-30.csv", None),
        ("deals 12345678901.csv", None),
        ("deals.csv", None),
    ],
)
def test_the_day_in_a_name(name: str, expected: date | None) -> None:
    assert day_in_name(name, ZoneInfo("Europe/Berlin")) == expected


@pytest.mark.parametrize(
    "amounts, written",
    [
        (("1.5", "20"), POINT),
        (("1,5", "20"), COMMA),
        (("1,234", "12,500"), POINT),
        (("1.234", "12.500"), COMMA),
        (("1,234", "12500"), ASK),
        (("1,234", "12,500.75"), POINT),
        (("1234", "20"), None),
        (("0.125", "0.500"), POINT),
    ],
)
def test_the_mark_before_the_decimals_is_told_by_the_whole_column(
    tmp_path: Path, amounts: tuple[str, ...], written: str | None
) -> None:
    rows = "".join(f'{number},A,Won,"{amount}"\n' for number, amount in enumerate(amounts))

    made = guessed(tmp_path, "Opportunity ID,Opportunity Name,Stage,Amount\n" + rows)

    assert made.files[0].written.get("amount") == written


@pytest.mark.parametrize("plain", ["", "4,D,Won,12500\n"])
def test_two_marks_that_nothing_tells_apart_are_refused_with_their_lines(tmp_path: Path, plain: str) -> None:
    rows = '1,A,Won,500\n2,B,Won,"1,234"\n3,C,Won,1.234\n'

    with pytest.raises(BadRequest, match=r"line 4 has a point before three digits, line 3 a comma"):
        guessed(tmp_path, "Opportunity ID,Opportunity Name,Stage,Amount\n" + rows + plain)


@pytest.mark.parametrize(
    "heading, days, written",
    [
        ("Close Date", ("23/01/2026", "01/02/2026"), DAY),
        ("Close Date", ("01/23/2026", "01/02/2026"), MONTH),
        ("Close Date", ("01/02/2026", "03/04/2026"), ASK),
        ("Close Date", ("01.02.2026", "03.04.2026"), DAY),
        ("Date de clôture", ("01/02/2026", "03/04/2026"), DAY),
        ("Close Date", ("2026-01-02", "2026-03-04"), None),
        ("Close Date", ("02/02/2026", "03/03/2026"), None),
    ],
)
def test_day_or_month_first_is_told_by_the_whole_column(
    tmp_path: Path, heading: str, days: tuple[str, ...], written: str | None
) -> None:
    rows = "".join(f"{number},A,Won,{day}\n" for number, day in enumerate(days))

    made = guessed(tmp_path, f"Opportunity ID,Opportunity Name,Stage,{heading}\n" + rows)

    assert made.files[0].written.get("close") == written


def test_columns_whose_names_say_nothing_are_known_by_what_stands_in_them(tmp_path: Path) -> None:
    text = "Ref,Deal,Where it stands,Worth,Expected\n1,A,Proposal,900.50,2026-12-01\n"
    text += "2,B,Won,100.00,2026-11-01\n3,C,Lost,5.10,2026-10-01\n"

    made = guessed(tmp_path, text)

    columns = made.files[0].columns
    assert (columns["stage"], columns["amount"], columns["close"]) == (
        ("Where it stands",),
        ("Worth",),
        ("Expected",),
    )


def test_stages_without_known_words_are_asked_for(tmp_path: Path) -> None:
    made = guessed(tmp_path, PLAIN.replace("Closed Won", "X1").replace("Closed Lost", "X2"))

    assert [question.key for question in made.open_questions] == ["stages.ask"]
    assert made.open_questions[0].options == ("X1", "X2")


def test_people_accounts_and_products_are_told_from_deals_and_linked(tmp_path: Path) -> None:
    made = guessed(
        tmp_path,
        "Opportunity ID,Account,Sales Rep,Product,Stage,Amount\n1,Acme,Dana,GTXPro,Won,5\n",
        "Account,Industry,Segment\nAcme,Retail,ENT\n",
        "Sales Rep,Manager,Region\nDana,Mo,EMEA\n",
        "Product,Series\nGTX Pro,GTX\n",
    )

    assert [file.kind for file in made.files] == ["deals", "accounts", "people", "products"]
    deals = made.files[0]
    assert deals.columns["region"] == ("people.Region",)
    assert deals.columns["segment"] == ("accounts.Segment",)
    assert deals.columns["manager"] == ("people.Manager",)
    assert deals.values == {"product": {"GTXPro": "GTX Pro"}}


def test_what_a_later_export_brings_is_added_and_nothing_else_changes(tmp_path: Path) -> None:
    first = guessed(tmp_path, PLAIN)
    file = tmp_path / "file 1.csv"
    file.write_text(PLAIN.replace("Negotiation", "Proposal"), encoding="utf-8")
    later = raw.read(file, tmp_path / "raw")

    made = completed(first, [later])

    assert set(made.stages) == {*first.stages, "Proposal"}
    assert made.files == first.files
    assert made.categories == {}


def test_exports_whose_names_differ_by_a_number_are_one_file_of_the_mapping_where_their_columns_agree(
    tmp_path: Path,
) -> None:
    less = PLAIN.replace("Amount", "Notes")
    raws = []
    for number, text in enumerate((PLAIN, PLAIN, less, "Sales Rep,Manager\nDana,Mo\n")):
        file = tmp_path / f"report 16{number}.csv"
        file.write_text(text, encoding="utf-8")
        raws.append(raw.read(file, tmp_path / "raw"))

    made = guess(raws)

    assert [file.kind for file in made.files] == ["deals", "deals", "people"]
    assert [made.file(one.file, one.headers) for one in raws] == [made.files[at] for at in (0, 0, 1, 2)]


STAGED = (
    "ID,Name,Stage,Amount,Close Date,Probability\n"
    "1,A,Won back - nurture,10,2026-11-02,40%\n"
    "2,B,Verbal commit / not lost,20,2026-11-02,90%\n"
    "3,C,Closed Won,30,2026-11-02,100%\n"
    "4,D,Closed Lost,40,2026-11-02,0%\n"
    "5,E,Won - by partner,50,2026-11-02,100%\n"
    "6,F,Closed - no budget,60,2026-11-02,0%\n"
    "7,G,Weighing,70,2026-11-02,0%\n"
)


def test_a_stage_with_won_or_lost_in_its_name_is_asked_for_where_nothing_else_tells(tmp_path: Path) -> None:
    made = guessed(tmp_path, STAGED)

    assert made.open_questions[0].options == ("Verbal commit / not lost", "Won back - nurture")
    assert made.stages["Won - by partner"] == "won"
    assert made.stages["Closed - no budget"] == "lost"
    assert made.stages["Weighing"] == "lost"


@pytest.mark.parametrize(
    "stages, probabilities, expected, asked",
    [
        (
            ("Unqualified", "Duplicate", "Nurture", "Live"),
            ("0%", "0%", "0%", "100%"),
            "lost lost lost won",
            (),
        ),
        (("Not qualified", "Nurture", "Live", "Weighing"), ("0%", "10%", "", ""), "lost open open open", ()),
        (
            ("Unqualified", "Doublon", "Qualification", "Weighing"),
            ("", "", "0%", "5%"),
            "? ? open open",
            ("Unqualified", "Doublon"),
        ),
    ],
)
def test_a_stage_that_only_its_probability_tells_is_never_open_unseen(
    tmp_path: Path,
    stages: tuple[str, ...],
    probabilities: tuple[str, ...],
    expected: str,
    asked: tuple[str, ...],
) -> None:
    rows = "".join(
        f"{n},N{n},{stage},{n},2026-11-02,{probability}\n"
        for n, (stage, probability) in enumerate(zip(stages, probabilities, strict=True), start=10)
    )
    known = STAGED.replace("Won back - nurture", "Proposal").replace("Verbal commit / not lost", "Proposal")

    made = guessed(tmp_path, known + rows)

    assert [made.stages[stage] for stage in stages] == expected.split()
    assert {name for question in made.open_questions for name in question.options} == set(asked)


def test_a_probability_that_is_the_same_for_all_tells_nothing(tmp_path: Path) -> None:
    rows = "1,A,Weighing,10,0\n2,B,Closed Won,20,0\n3,C,Closed Lost,30,0\n"

    made = guessed(tmp_path, "ID,Name,Stage,Amount,Probability\n" + rows)

    assert made.stages["Weighing"] == "open"


def test_a_stage_that_a_later_export_brings_is_asked_for_too(tmp_path: Path) -> None:
    first = guessed(tmp_path, PLAIN)
    file = tmp_path / "file 1.csv"
    file.write_text(PLAIN.replace("Negotiation", "Won back"), encoding="utf-8")

    made = completed(first, [raw.read(file, tmp_path / "raw")])

    assert made.open_questions[0].options == ("Won back",)


def test_stages_are_what_columns_beside_them_say(tmp_path: Path) -> None:
    made = guessed(
        tmp_path,
        "Record ID,Deal Name,Deal Stage,Amount,Is Closed Won,Is Deal Closed?\n"
        "1,A,Contract Sent,10,false,false\n2,B,Live,20,true,true\n3,C,Churned,30,false,true\n"
        "4,D,Won back,40,false,false\n5,E,Closed won,50,true,true\n",
    )

    assert made.open_questions == ()
    assert made.stages == {
        "Contract Sent": "open",
        "Live": "won",
        "Churned": "lost",
        "Won back": "open",
        "Closed won": "won",
    }


def test_a_stage_of_closed_deals_is_asked_for_where_nothing_says_whether_they_were_won(
    tmp_path: Path,
) -> None:
    made = guessed(
        tmp_path,
        "Record ID,Deal Name,Deal Stage,Amount,Is Closed\n"
        "1,A,Contract Sent,10,false\n2,B,Live,20,true\n3,C,Closed lost,30,true\n",
    )

    assert made.open_questions[0].options == ("Live",)


@pytest.mark.parametrize("known", ["a mapping", ""])
def test_a_file_without_known_headings_is_refused(tmp_path: Path, known: str) -> None:
    file = tmp_path / "other.csv"
    file.write_text("1,Yard,x\n2,Flow,y\n", encoding="utf-8")
    mapping = guessed(tmp_path, PLAIN)
    read = raw.read(file, tmp_path / "raw")

    with pytest.raises(BadRequest, match=r"no deals found in other\.csv"):
        completed(mapping, [read]) if known else guess([read])
