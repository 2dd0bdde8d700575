"""Plan rates from converted amounts whose currency no column names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from connectors.files.profile import Mark, reader
from connectors.files.typed import Converted
from connectors.quoting import literal, quoted


def converted(raw: Path, column: str, deals: Path, *, mark: Mark) -> tuple[Converted, ...]:
    """Return what the amounts of each currency are worth in the company's, most deals first; empty where that is not plain.

    The company's currency is the one whose amounts are all the same as the converted ones. `raw` and `deals` are a raw
    table and the typed table made of it: rows are told by their lines. Amounts above 100 only, as small ones are rounded.
    """
    with reader() as con:
        found = con.execute(
            f"""
            SELECT currency, count(*), median(rate), min(rate), max(rate) FROM (
                SELECT deals.currency, (try_cast(number(raw.{quoted(column)}, {literal(mark)}) AS DECIMAL(18, 2)) / deals.amount)
                    ::DECIMAL(18, 6) AS rate
                FROM read_parquet({literal(raw)}) raw JOIN read_parquet({literal(deals)}) deals USING (line)
                WHERE deals.amount > 100 AND deals.currency IS NOT NULL AND raw.{quoted(column)} IS NOT NULL
            ) WHERE rate > 0 GROUP BY currency ORDER BY count(*) DESC, currency
            """
        ).fetchall()
    home = [currency for currency, _, _, least, most in found if least == most == 1]
    if len(home) != 1:
        return ()
    return tuple(
        Converted(
            currency=currency,
            into=home[0],
            deals=count,
            rate=Decimal(str(rate)),
            least=Decimal(str(least)),
            most=Decimal(str(most)),
        )
        for currency, count, rate, least, most in found
    )
