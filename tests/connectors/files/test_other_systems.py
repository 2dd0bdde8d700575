"""Exports of Dynamics 365, Zoho and Pipedrive with the headings that these systems write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.files import raw
from connectors.files.guess import guess
from connectors.files.mapping import Mapping
from connectors.files.typed import typed


def read(folder: Path, *lines: str) -> tuple[Mapping, list[tuple[Any, ...]]]:
    """Return how an export is read, and of each deal status, amount, currency, close date and reason."""
    (folder / "deals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    one = raw.read(folder / "deals.csv", folder / "raw")
    mapping = guess([one])
    made = typed([one], mapping, folder / "typed")
    return mapping, duckdb.execute(
        "SELECT status, amount::INTEGER, currency, close::VARCHAR, reason "
        f"FROM read_parquet('{made.tables['deals']}') ORDER BY line"
    ).fetchall()


DYNAMICS = (
    "(Do Not Modify) Opportunity,Topic,Potential Customer,Pipeline Phase,Est. Close Date,Est. Revenue,Actual Revenue,"
    "Actual Close Date,Probability,Status,Status Reason,Owner,Created On,Currency,Rating"
)
DYNAMICS_IN_GERMAN = (
    "(Nicht ändern) Verkaufschance,Thema,Potenzieller Kunde,Pipelinephase,Geschätztes Abschlussdatum,Geschätzter Umsatz,"
    "Tatsächlicher Umsatz,Tatsächliches Abschlussdatum,Wahrscheinlichkeit,Status,Statusgrund,Besitzer,Erstellt am,Währung,Note"
)
DYNAMICS_ROWS = (
    "g1,Yard,Brandt,2-Develop,2026-12-15,4000,0,,50,{open},In Progress,Jo,2026-07-14,{currency},Hot",
    "g2,Flow,Cobalt,3-Propose,2026-11-15,4001,3900,2026-11-20,50,{won},Won,Jo,2026-07-14,{currency},Hot",
    "g3,Vale,Dune,3-Propose,2026-11-15,4002,0,2026-11-21,50,{lost},Out-Sold,Jo,2026-07-14,{currency},Cold",
)


@pytest.mark.parametrize(
    "heading, words",
    [
        (DYNAMICS, {"open": "Open", "won": "Won", "lost": "Lost", "currency": "US Dollar"}),
        (
            DYNAMICS_IN_GERMAN,
            {"open": "Offen", "won": "Gewonnen", "lost": "Verloren", "currency": "US-Dollar"},
        ),
    ],
)
def test_deals_of_dynamics_close_with_what_they_came_to(
    tmp_path: Path, heading: str, words: dict[str, str]
) -> None:
    mapping, deals = read(tmp_path, heading, *(row.format(**words) for row in DYNAMICS_ROWS))

    assert mapping.open_questions == ()
    assert {"id", "name", "account", "owner", "stage", "status", "created", "probability"} <= mapping.files[
        0
    ].columns.keys()
    assert deals == [
        ("open", 4000, "USD", "2026-12-15", "In Progress"),
        ("won", 3900, "USD", "2026-11-20", "Won"),
        ("lost", 4002, "USD", "2026-11-21", "Out-Sold"),
    ]


@pytest.mark.parametrize("before", ["Deal - ", ""])
def test_deals_of_pipedrive_close_when_they_were_won_or_lost(tmp_path: Path, before: str) -> None:
    headings = (
        "ID", "Title", "Value", "Currency of value", "Stage", "Status", "Owner", "Organization", "Expected close date",
        "Won time", "Lost time", "Deal created", "Lost reason", "Weighted value",
    )  # fmt: skip

    mapping, deals = read(
        tmp_path,
        ",".join(before + heading for heading in headings),
        "1,A,5000,EUR,Demo Scheduled,Open,Jo,Org,2026-12-01,,,2026-07-01 09:00:00,,500",
        "2,B,5001,EUR,Demo Scheduled,Won,Jo,Org,2026-12-02,2026-11-01 10:00:00,,2026-07-01 09:00:00,,5001",
        "3,C,5002,EUR,Demo Scheduled,Lost,Jo,Org,2026-12-03,,2026-11-02 10:00:00,2026-07-01 09:00:00,Price,0",
    )

    columns = mapping.files[0].columns
    assert columns["amount"] == (f"{before}Value",)
    assert columns["account"] == (f"{before}Organization",)
    assert columns["created"] == (f"{before}Deal created",)
    assert deals == [
        ("open", 5000, "EUR", "2026-12-01", None),
        ("won", 5001, "EUR", "2026-11-01", None),
        ("lost", 5002, "EUR", "2026-11-02", "Price"),
    ]


def test_deals_of_zoho_are_worth_their_amount_and_not_the_expected_revenue(tmp_path: Path) -> None:
    mapping, deals = read(
        tmp_path,
        "Record Id,Deal Name,Account Name,Stage,Expected Revenue,Amount,Closing Date,Deal Owner,Created Time",
        "z1,A,Acme,Qualification,300.5,3005,2026-12-01,Jo,2026-07-01 09:00:00",
        "z2,B,Acme,Closed Won,3006,3006,2026-11-01,Jo,2026-07-01 09:00:00",
        "z3,C,Acme,Closed Lost,0,3007,2026-11-01,Jo,2026-07-01 09:00:00",
    )

    assert mapping.files[0].columns["created"] == ("Created Time",)
    assert [deal[:2] for deal in deals] == [("open", 3005), ("won", 3006), ("lost", 3007)]


@pytest.mark.parametrize(
    "heading",
    ["Weighted amount", "Expected Revenue", "Gewichteter Betrag", "Montant pondéré", "Importe ponderado"],
)
def test_amounts_times_their_probability_are_never_the_amount(tmp_path: Path, heading: str) -> None:
    mapping, deals = read(
        tmp_path,
        f"ID,Name,Stage,{heading},Close Date",
        "1,A,Proposal,300.50,2026-12-01",
        "2,B,Closed Won,3006.00,2026-11-01",
        "3,C,Closed Lost,120.25,2026-11-01",
    )

    assert "amount" not in mapping.files[0].columns
    assert [deal[1] for deal in deals] == [None, None, None]


@pytest.mark.parametrize(
    "amount, company",
    [
        ("Amount", "Amount in company currency"),
        ("Betrag", "Betrag in Unternehmenswährung"),
        ("Montant", "Montant dans la devise de l'entreprise"),
        ("Importe", "Importe en la moneda de la empresa"),
        ("Amount", "Amount (converted)"),
        ("Est. Revenue", "Est. Revenue (Base)"),
    ],
)
def test_amounts_whose_currency_nothing_names_are_those_in_the_currency_of_the_company(
    tmp_path: Path, amount: str, company: str
) -> None:
    mapping, deals = read(
        tmp_path,
        f"Record ID,Deal Name,Deal Stage,{amount},{company},Close Date",
        "1,A,Appointment scheduled,10000,11000,2026-12-01",
        "2,B,Closed won,20000,20000,2026-11-01",
        "3,C,Closed lost,,,2026-11-01",
    )

    assert mapping.files[0].columns["amount"] == (company,)
    assert [deal[1] for deal in deals] == [11000, 20000, None]


@pytest.mark.parametrize(
    "heading, rows",
    [
        ("Currency,Amount,Amount in company currency", ("EUR,10000,11000", "USD,20000,20000")),
        ("Amount,Amount in company currency", ("EUR 10000,11000", "USD 20000,20000")),
        ("Amount,Amount in company currency", ("10000,", "20000,20000")),
    ],
)
def test_amounts_stay_where_their_currency_is_known_or_all_are_the_same(
    tmp_path: Path, heading: str, rows: tuple[str, str]
) -> None:
    mapping, deals = read(
        tmp_path,
        f"Record ID,Deal Name,Deal Stage,{heading},Close Date",
        f"1,A,Appointment scheduled,{rows[0]},2026-12-01",
        f"2,B,Closed won,{rows[1]},2026-11-01",
    )

    assert mapping.files[0].columns["amount"] == ("Amount",)
    assert [deal[1] for deal in deals] == [10000, 20000]


@pytest.mark.parametrize(
    "headings, words",
    [
        ("Deal - Titel,Deal - Wert,Deal - Phase,Deal - Status", ("Offen", "Gewonnen", "Verloren")),
        (
            "Affaire - Titre,Affaire - Valeur,Affaire - Étape,Affaire - Statut",
            ("Ouverte", "Gagnée", "Perdue"),
        ),
        ("Trato - Título,Trato - Valor,Trato - Etapa,Trato - Estado", ("Abierto", "Ganado", "Perdido")),
    ],
)
def test_pipedrive_is_known_in_other_languages(
    tmp_path: Path, headings: str, words: tuple[str, str, str]
) -> None:
    mapping, deals = read(tmp_path, headings, *(f"N{n},5,Demo,{word}" for n, word in enumerate(words)))

    assert tuple(mapping.files[0].columns) == ("name", "stage", "status", "amount")
    assert [deal[0] for deal in deals] == ["open", "won", "lost"]
