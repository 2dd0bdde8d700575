"""How numbers, days and tables are written in a file: what differs from one program and country to the next."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from openpyxl import Workbook

Language = Literal["en", "de", "fr", "es"]
Days = Literal["iso", "m/d/y", "d/m/y", "d.m.y", "d-m-y", "words"]

_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    language: tuple(names.split())
    for language, names in {
        "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    days: Days = "iso"
    language: Language = "en"
    quote_all: bool = False
    newline: str = "\r\n"

    def number(self, value: Decimal | None) -> str:
        """Return an amount with two decimals; empty where there is none."""
        if value is None:
            return ""
        whole, _, rest = f"{value:,.2f}".partition(".")
        return whole.replace(",", self.thousands) + self.decimal + rest

    def day(self, value: date | None) -> str:
        """Return a day; empty where there is none."""
        if value is None:
            return ""
        day, month, year = f"{value.day:02d}", f"{value.month:02d}", f"{value.year:04d}"
        match self.days:
            case "iso":
                return f"{year}-{month}-{day}"
            case "m/d/y":
                return f"{value.month}/{value.day}/{year}"
            case "d/m/y":
                return f"{day}/{month}/{year}"
            case "d.m.y":
                return f"{day}.{month}.{year}"
            case "d-m-y":
                return f"{day}-{month}-{year}"
            case "words":
                dot = "." if self.language == "de" else ""
                return f"{value.day}{dot} {_MONTHS[self.language][value.month - 1]} {year}"

    def instant(self, value: datetime) -> str:
        """Return a local day and time to the minute."""
        return f"{self.day(value.date())} {value:%H:%M}"


def write_csv(path: Path, lines: Iterable[Sequence[str]], dialect: Dialect) -> Path:
    """Write lines of text as one file and return its path; an empty line is one without any sign in it."""
    quoting = csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL
    with path.open("w", encoding=dialect.encoding, newline="") as file:
        writer = csv.writer(
            file, delimiter=dialect.delimiter, quoting=quoting, lineterminator=dialect.newline
        )
        for line in lines:
            if line:
                writer.writerow(line)
            else:
                file.write(dialect.newline)
    return path


def write_xlsx(path: Path, title: str, lines: Iterable[Sequence[object]]) -> Path:
    """Write lines of cells as a workbook of one sheet and return its path."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for line in lines:
        sheet.append(list(line))
    book.save(path)
    return path
