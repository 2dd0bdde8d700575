"""Which stages are won, lost or open: by what columns say of their deals, else by well-known names, else somebody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, Literal

from connectors.files.headings import closing_words, put_aside, stage_word, status_word
from connectors.files.profile import reader
from connectors.files.raw import Raw
from connectors.quoting import literal, quoted
from connectors.records import Status

StageStatus = Status | Literal["?"]
_CLOSED: Final = "closed"


def stages_of(raw: Raw, columns: Mapping[str, tuple[str, ...]], *, told: bool) -> dict[str, StageStatus]:
    """Return what each stage of a file means; `?` where it cannot be told.

    `told` says that won and lost are known by other stages already, so that a name without a word of them is open.
    """
    profile = raw.profile(columns["stage"][0]) if "stage" in columns else None
    if profile is None or not profile.values:
        return {}
    if "status" in columns:
        return {stage: status_by_name(stage) for stage, _ in profile.values}
    rows = _by_rows(raw, columns)
    known = {stage: _known(stage, rows.get(stage, Counter())) for stage, _ in profile.values}
    known |= _by_probability(known, rows)
    told = told or "closed" in columns or {Status.WON, Status.LOST} <= set(known.values())
    return {
        stage: status or (Status.OPEN if told and not _may_close(stage, rows.get(stage, Counter())) else "?")
        for stage, status in known.items()
    }


def status_by_name(stage: str) -> Status:
    """Return what a stage is where another column says of each deal whether it is open: deals are won and lost in any."""
    word = stage_word(stage)
    return Status(word) if word else Status.OPEN


def by_probability(raw: Raw, columns: Mapping[str, tuple[str, ...]]) -> dict[str, Status]:
    """Return the stages that nothing but the probability of their deals tells: all 100 % is won, all 0 % is lost.

    That is likely, and no more: a stage may as well stand at 0 % because nobody has worked on its deals yet.
    """
    profile = raw.profile(columns["stage"][0]) if "stage" in columns else None
    if profile is None or "status" in columns:
        return {}
    rows = _by_rows(raw, columns)
    return _by_probability(
        {stage: _known(stage, rows.get(stage, Counter())) for stage, _ in profile.values}, rows
    )


def _by_probability(
    known: Mapping[str, Status | None], rows: Mapping[str, Counter[str]]
) -> dict[str, Status]:
    """Return of the stages that are not known those with deals of 0 % or of 100 % alone, where others are in between."""
    if not any(counted["between"] for counted in rows.values()):
        return {}
    sure = {"never": Status.LOST, "sure": Status.WON}
    alone = {stage: next(iter(counted)) for stage, counted in rows.items() if len(counted) == 1}
    return {
        stage: sure[alone[stage]]
        for stage, status in known.items()
        if status is None and alone.get(stage) in sure
    }


def statuses_of(raw: Raw, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what the values of the column of statuses are, where they are not called open, won or lost."""
    profile = raw.profile(columns["status"][0]) if "status" in columns else None
    found = {value: status_word(value) for value, _ in (profile.values if profile else ())}
    return {value: word for value, word in found.items() if word and word != value.lower()}


def _known(stage: str, rows: Counter[str]) -> Status | None:
    """Return what most deals of a stage are by the columns beside it, else what its name or its probability says."""
    said = {status: rows[status] for status in Status if rows[status]}
    if said:
        return max(said, key=lambda status: (said[status], status is Status.OPEN))
    if word := stage_word(stage):
        return None if word == "open" and rows[_CLOSED] else Status(word)
    words = closing_words(stage)
    if words and set(rows) == {"sure"} and "lost" not in words:
        return Status.WON
    if words and set(rows) == {"never"} and "won" not in words:
        return Status.LOST
    return None


def _may_close(stage: str, rows: Counter[str]) -> bool:
    return bool(closing_words(stage) or rows[_CLOSED] or (put_aside(stage) and not rows["between"]))


def _by_rows(raw: Raw, columns: Mapping[str, tuple[str, ...]]) -> dict[str, Counter[str]]:
    """Return for each stage how many of its deals other columns say to be what.

    `closed` are those of which it is not said whether they were won; `sure` have a probability of 100 %, `never` of 0 %,
    `between` one in between, `other` none.
    """
    cells: dict[str, Any] = {
        meaning: quoted(columns[meaning][0]) if columns.get(meaning, ("",))[0] in raw.headers else "NULL"
        for meaning in ("stage", "won", "closed", "probability")
    }
    if all(cells[meaning] == "NULL" for meaning in ("won", "closed", "probability")):
        return {}
    profile = raw.profile(columns["probability"][0]) if "probability" in columns else None
    numbers = profile.numbers if profile else None
    most = 1 if numbers and not numbers.percent and (numbers.most or 0) <= 1 else 100
    with reader() as con:
        found = con.execute(
            f"SELECT stage, CASE WHEN won THEN 'won' WHEN closed AND won IS NOT NULL THEN 'lost' WHEN NOT closed THEN 'open' "
            f"WHEN closed THEN '{_CLOSED}' WHEN likely = {most} THEN 'sure' WHEN likely = 0 THEN 'never' "
            f"WHEN likely BETWEEN 0 AND {most} THEN 'between' ELSE 'other' END, "
            f"count(*) FROM (SELECT {cells['stage']} AS stage, yes({cells['won']}::VARCHAR) AS won, "
            f"yes({cells['closed']}::VARCHAR) AS closed, "
            f"try_cast(replace(rtrim({cells['probability']}::VARCHAR, ' %'), ',', '.') AS DOUBLE) AS likely "
            f"FROM read_parquet({literal(raw.parquet)})) WHERE stage IS NOT NULL GROUP BY 1, 2"
        ).fetchall()
    counted: dict[str, Counter[str]] = {}
    for stage, what, count in found:
        counted.setdefault(stage, Counter())[what] = count
    return counted
