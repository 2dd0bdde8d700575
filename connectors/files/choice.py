"""Which column of a file means what: by what it is called, then by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from typing import Final

from connectors.files.columns import Kind
from connectors.files.headings import KINDS, meanings, meant, stage_word, status_word
from connectors.files.mapping import DATES, NUMBERS
from connectors.files.profile import Profile, reader
from connectors.files.raw import Raw
from connectors.quoting import literal, quoted

# Amounts times their probability, which are no amounts.
_WEIGHTED: Final = re.compile(
    r"weighted|gewichtet|pond[ée]r|expected revenue|erwarteter umsatz|revenu attendu|ingresos? (?:esperad|previst)",
    re.IGNORECASE,
)
# Where a second column says what the first leaves empty.
_CHAINS: Final = frozenset({"region", "account", "team", "reason", "source", "closed_on"})


def kind_of(raw: Raw) -> Kind:
    """Return the kind of records of a file: the one whose names it has most of; deals where there is money or a stage."""
    scores: dict[Kind, float] = {}
    for kind in KINDS:
        found = {meaning for header in raw.headers for meaning in list(meant(header, kind))[:1]}
        scores[kind] = len(found)
        if kind == "deals":
            scores[kind] += 2 * len(found & {"stage", "amount", "close", "probability", "category"})
        elif "name" not in found:
            scores[kind] = 0
        elif kind == "people":
            scores[kind] += 2 * len(found & {"manager", "email", "role"}) if "stage" not in found else 0
        elif kind == "accounts":
            scores[kind] += 2 * len(found & {"industry", "parent"})
        else:
            scores[kind] += 2 * len(found & {"family"})
    if not any(scores.values()):
        return "deals"
    return max(KINDS, key=lambda kind: scores[kind])


def columns_of(raw: Raw, kind: Kind) -> dict[str, tuple[str, ...]]:
    """Return the columns of a file that seem to hold a meaning, tried in their order."""
    offers: dict[str, list[tuple[int, int, str]]] = {}
    for at, header in enumerate(raw.headers):
        profile = raw.profile(header)
        for meaning, place in meant(header, kind).items():
            if profile is not None and meaning != "status" and may(meaning, profile):
                offers.setdefault(meaning, []).append((place, at, header))
    taken: set[str] = set()
    chosen: dict[str, tuple[str, ...]] = {}
    # What is named best is settled first, so that "Opportunity" is a name where there is an "Opportunity ID".
    for meaning in sorted(offers, key=lambda name: min(offers[name])[0]):
        free = [header for _, _, header in sorted(offers[meaning]) if header not in taken]
        if free:
            kept = free if meaning in _CHAINS else free[:1]
            chosen[meaning] = tuple(kept)
            taken |= set(kept)
    if kind == "deals":
        chosen |= _by_content(raw, chosen, taken)
        chosen |= _status(raw, chosen)
        chosen = _in_one_currency(raw, chosen)
    return {meaning: chosen[meaning] for meaning in _order(kind) if meaning in chosen}


def _by_content(raw: Raw, chosen: Map[str, tuple[str, ...]], taken: set[str]) -> dict[str, tuple[str, ...]]:
    """Return columns whose names say nothing but whose cells do: a stage, the only money, the only dates."""
    free = [profile for profile in raw.profiles if profile.name not in taken and profile.filled]
    found: dict[str, tuple[str, ...]] = {}
    tests: tuple[tuple[str, Callable[[Profile], bool]], ...] = (
        ("stage", _holds_stages),
        ("amount", _holds_money),
        ("close", _holds_dates),
    )
    for meaning, test in tests:
        fitting = [profile.name for profile in free if test(profile)]
        if len(fitting) == 1 and meaning not in chosen:
            found[meaning] = (fitting[0],)
    return found


def _in_one_currency(raw: Raw, chosen: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the columns with the converted amount as the amount where nothing says in which currency the other one is.

    Amounts of several currencies have no sum. Where all are the same as the converted ones, and more are filled, they stay.
    """
    amount, converted = (chosen.get(meaning, ()) for meaning in ("amount", "amount_converted"))
    if not amount or not converted or "currency" in chosen:
        return chosen
    named, differing, only, filled = _beside(raw, amount[0], converted[0])
    if named or not filled or (only and not differing):
        return chosen
    into = chosen.get("converted_currency", ())
    gone = {"amount_converted", "converted_currency", "won_amount"}
    kept = {meaning: names for meaning, names in chosen.items() if meaning not in gone}
    return {**kept, "amount": converted, **({"currency": into} if into else {})}


def _beside(raw: Raw, amount: str, converted: str) -> tuple[int, ...]:
    """Return how many amounts name their currency, differ from the converted one, are alone, and how many are converted."""
    with reader() as con:
        found = con.execute(
            "SELECT count(currency_of(a)), "
            "count(*) FILTER (try_cast(number(a, NULL) AS DOUBLE) <> try_cast(number(b, NULL) AS DOUBLE)), "
            "count(*) FILTER (a IS NOT NULL AND b IS NULL), count(b) "
            f"FROM (SELECT {quoted(amount)}::VARCHAR AS a, {quoted(converted)}::VARCHAR AS b "
            f"FROM read_parquet({literal(raw.parquet)}) WHERE problem IS NULL)"
        ).fetchone()
    return tuple(found or (0, 0, 0, 0))


def _status(raw: Raw, chosen: Map[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the column that says of each deal beside its stage whether it is open, won or lost."""
    stages = raw.profile(chosen["stage"][0]) if "stage" in chosen else None
    if stages is None:
        return {}
    closed = {stage_word(value) for value, _ in stages.values} & {"won", "lost"}
    used = {name for names in chosen.values() for name in names}
    free = [one for one in raw.profiles if one.name not in used and one.values]
    said = {one.name: {status_word(value) for value, _ in one.values} for one in free}
    # One in which all deals are open is none beside stages that are won or lost.
    telling = [
        name for name, words in said.items() if None not in words and (words != {"open"} or not closed)
    ]
    named = [name for name in telling if "status" in meant(name, "deals")]
    others = [name for name in telling if {"won", "lost"} <= said[name]]
    found = named[:1] or (others if len(others) == 1 else [])
    return {"status": (found[0],)} if found else {}


def _holds_stages(profile: Profile) -> bool:
    words = [stage_word(value) for value, _ in profile.values]
    return 2 <= len(words) <= 30 and {"won", "lost"} <= set(words) and words.count(None) * 2 <= len(words)


def _holds_dates(profile: Profile) -> bool:
    return profile.dates is not None and profile.dates.serial < profile.dates.count


def _holds_money(profile: Profile) -> bool:
    numbers = profile.numbers
    return (
        numbers is not None
        and numbers.count >= profile.filled * 0.9
        and not numbers.percent
        and profile.dates is None
        and not _WEIGHTED.search(profile.name)
        and (numbers.most or 0) >= 100
        and numbers.fractions > 0
    )


def _order(kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(meaning for found in meanings(kind).values() for meaning in found))


def may(meaning: str, profile: Profile) -> bool:
    """Say whether what stands in a column can be what its name says; an empty column can."""
    if not profile.filled:
        return True
    if meaning in NUMBERS:
        return profile.numbers is not None
    if meaning in DATES:
        return profile.dates is not None
    if meaning in {"stage", "category", "type", "name", "account", "owner"}:
        return profile.dates is None or profile.dates.serial == profile.dates.count
    return True
