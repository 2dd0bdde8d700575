"""From what the columns of files are called and what stands in them to what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from connectors.errors import BadRequest
from connectors.files.choice import columns_of, kind_of, may
from connectors.files.headings import category_word, currency_code
from connectors.files.links import with_links
from connectors.files.mapping import ASK, COMMA, DATES, DAY, MONTH, NUMBERS, POINT, FileMap, Mapping, Written
from connectors.files.profile import Profile
from connectors.files.raw import Raw
from connectors.files.stages import stages_of, statuses_of
from connectors.records import ForecastClass, Status

# Meanings whose columns hold words that may mean something else, too.
_WORDS: Final = frozenset({"region", "segment", "team", "product", "source", "type", "manager", "reason"})
# A table of deals says something of them, and of whose or which they are.
_SOMETHING: Final = frozenset({"amount", "amount_converted", "stage", "close"})
_SOMEBODY: Final = frozenset({"id", "name", "account"})
# What is written in these languages has the day before the month.
_DAY_FIRST_WORDS: Final = re.compile(
    r"datum|termin|erstellt|date de|clôture|créé|fecha|creado|cierre", re.IGNORECASE
)


def guess(raws: Sequence[Raw]) -> Mapping:
    """Return what the columns of these files seem to mean, with questions where it cannot be told.

    Raises:
        BadRequest: no file has deals, or what its columns hold contradicts itself; the message names lines.
    """
    first = {_read_alike(raw): raw for raw in reversed(raws)}
    mapping = _guessed([raw for raw in raws if raw in first.values()])
    _refuse_no_deals(mapping, raws)
    return completed(mapping, raws) if len(first) < len(raws) else mapping


def completed(mapping: Mapping, raws: Sequence[Raw]) -> Mapping:
    """Return a mapping with what it does not say of these files yet: new files, stages, categories, ways of writing.

    Raises:
        BadRequest: what a column holds contradicts itself; the message names lines.
    """
    strange = [raw for raw in raws if mapping.file(raw.file, raw.headers) is None]
    made = _guessed(strange)
    _refuse_no_deals(made, strange)
    files = list(mapping.files)
    stages, categories = dict(mapping.stages), dict(mapping.categories)
    for raw in raws:
        file = mapping.file(raw.file, raw.headers)
        if file is None:
            continue
        columns = {
            meaning: own
            for meaning, names in file.columns.items()
            if (own := tuple(name for name in names if name in raw.headers))
        }
        known = {meaning: how for meaning, how in file.written.items() if how != ASK}
        _refuse_other_marks(raw, columns, known)
        told = {**file.written, **_written(raw, columns, known), **known}
        files[files.index(file)] = replace(file, written=told, values=_values(raw, columns, file.values))
        if file.kind == "deals":
            renamed = file.values.get("stage", {})
            for stage, status in stages_of(raw, columns, told=bool(stages)).items():
                stages.setdefault(renamed.get(stage, stage), status)
            for category, neutral in _categories(raw, columns).items():
                categories.setdefault(category, neutral)
    return replace(
        mapping,
        files=(*files, *made.files),
        stages={**made.stages, **stages},
        categories={**made.categories, **categories},
        comments={
            **mapping.comments,
            **{(number + len(files), name): words for (number, name), words in made.comments.items()},
        },
    )


def _guessed(raws: Sequence[Raw]) -> Mapping:
    kinds = [kind_of(raw) for raw in raws]
    files: list[FileMap] = []
    comments: dict[tuple[int, str], str] = {}
    stages: dict[str, Status | Literal["?"]] = {}
    categories: dict[str, ForecastClass] = {}
    for number, (raw, kind) in enumerate(zip(raws, kinds, strict=True)):
        columns = columns_of(raw, kind)
        files.append(
            FileMap(
                match=pattern(raw.file),
                kind=kind,
                columns=columns,
                written=_written(raw, columns, {}),
                values=_values(raw, columns, {}),
                sheet=raw.sheet,
            )
        )
        for meaning, names in columns.items():
            comments[number, meaning] = _comment(raw.profile(names[0]))
        if kind == "deals":
            stages |= stages_of(raw, columns, told=False)
            categories |= _categories(raw, columns)
    return Mapping(files=with_links(files, raws), stages=stages, categories=categories, comments=comments)


def has_deals(raw: Raw) -> bool:
    """Say whether the columns of a file are those of a table of deals."""
    return kind_of(raw) == "deals" and _tells_deals(columns_of(raw, "deals"))


def candidates(raw: Raw, file: FileMap, meaning: str) -> tuple[Profile, ...]:
    """Return the columns of a file that could hold a meaning and do not yet, the fullest first.

    What means something already is offered only where both are words by which deals are told apart, and comes last.
    """
    used = {name: by for by, names in file.columns.items() for name in names}
    free = [
        one
        for one in raw.profiles
        if one.filled
        and (one.name not in used or (meaning in _WORDS and used[one.name] in _WORDS - {meaning}))
        if may(meaning, one) and (meaning in (*NUMBERS, *DATES) or not _is_measure(one))
    ]
    return tuple(sorted(free, key=lambda one: (one.name in used, -one.filled, raw.headers.index(one.name))))


def chosen(mapping: Mapping, raw: Raw, meaning: str, columns: tuple[str, ...]) -> Mapping:
    """Return the mapping with other columns for a meaning of one of its files, none for no columns.

    How they are written, and what stages or categories in them mean, is guessed anew where it is not known yet.

    Raises:
        BadRequest: what the columns hold contradicts itself; the message names lines.
    """
    file = mapping.file(raw.file, raw.headers)
    if file is None:
        raise BadRequest(f"{raw.file} is none of the files of the mapping")
    wanted = {**file.columns, meaning: columns} if columns else {**file.columns}
    if not columns:
        wanted.pop(meaning, None)
    written = {name: how for name, how in file.written.items() if name != meaning}
    written |= {name: how for name, how in _written(raw, wanted, {}).items() if name == meaning}
    new = replace(file, columns=wanted, written=written)
    return replace(
        mapping,
        files=tuple(new if one is file else one for one in mapping.files),
        stages={**stages_of(raw, wanted, told=False), **mapping.stages}
        if meaning == "stage"
        else mapping.stages,
        categories={**_categories(raw, wanted), **mapping.categories}
        if meaning == "category"
        else mapping.categories,
        comments={at: said for at, said in mapping.comments.items() if at[1] != meaning},
    )


def pattern(name: str) -> str:
    """Return the name of a file with * where the next export will have another number or day."""
    stem, dot, end = name.rpartition(".")
    stem = stem or end
    starred = re.sub(r"\d+([-_. ]?\d+)*", "*", stem)
    safe = re.sub(r"([\[?])", "[\\1]", starred)
    return safe + (f".{end}" if dot and stem != end else "")


def _read_alike(raw: Raw) -> tuple[object, ...]:
    """Return what exports of several days have in common: the name without the day, and what their columns mean."""
    kind = kind_of(raw)
    return pattern(raw.file).casefold(), kind, *columns_of(raw, kind).items()


def _is_measure(profile: Profile) -> bool:
    """Say whether most of what a column holds are numbers or dates."""
    found = (profile.numbers.count if profile.numbers else 0, profile.dates.count if profile.dates else 0)
    return 2 * max(found) > profile.filled


def _written(raw: Raw, columns: dict[str, tuple[str, ...]], known: Map[str, Written]) -> dict[str, Written]:
    """Return how numbers and dates are written, for the columns that could be read in two ways."""
    written: dict[str, Written] = {}
    marks: set[Written] = set()
    firsts: set[Written] = set()
    doubtful: list[str] = []
    for meaning, names in columns.items():
        profile = raw.profile(names[0])
        if profile is None or meaning in known:
            continue
        if meaning in NUMBERS and (mark := _mark(raw.file, profile)):
            written[meaning] = mark
            marks.add(mark)
        elif meaning in DATES and profile.dates is not None:
            if first := _first(raw.file, profile):
                written[meaning] = first
                firsts.add(first)
            elif profile.dates.doubtful:
                doubtful.append(meaning)
    for meaning in doubtful:
        written[meaning] = (
            next(iter(firsts)) if len(firsts) == 1 else _first_by_language(raw, columns[meaning][0])
        )
    for meaning in [meaning for meaning, how in written.items() if how == ASK and meaning in NUMBERS]:
        told = marks - {ASK}
        if len(told) == 1:
            written[meaning] = next(iter(told))
    return written


def _refuse_other_marks(
    raw: Raw, columns: Map[str, tuple[str, ...]], known: Map[str, Written | Literal["?"]]
) -> None:
    """Refuse numbers that all have three digits behind the mapping's mark for decimals: it groups thousands in this file.

    Raises:
        BadRequest: as the summary says; the message names the column and how to go on.
    """
    for meaning in NUMBERS:
        for name in columns.get(meaning, ()):
            profile = raw.profile(name)
            numbers = profile.numbers if profile else None
            if numbers is None or not numbers.doubtful or numbers.plain or known.get(meaning) is None:
                continue
            if numbers.only_point or numbers.only_comma or (numbers.with_point and numbers.with_comma):
                continue
            line = numbers.with_point if known[meaning] == POINT else numbers.with_comma
            if line:
                raise BadRequest(
                    f"{raw.file}, column {name!r}: every number with a mark has three digits behind it (first on line {line}), "
                    f"and files/map.toml reads {meaning} like {known[meaning]}, as earlier exports write it: these would be a "
                    f"thousandth. Export with the same settings as before, or set {meaning} under written in files/map.toml to "
                    f"{COMMA if known[meaning] == POINT else POINT!r} and import again"
                )


def _mark(file: str, profile: Profile) -> Written | None:
    """Return the mark before the decimals of a column; None where it does not matter.

    Raises:
        BadRequest: some cells can only be read with a point, others only with a comma; or nothing tells their marks apart.
    """
    numbers = profile.numbers
    if numbers is None or not numbers.fractions:
        return None
    if numbers.only_point and numbers.only_comma:
        raise BadRequest(
            f"{file}, column {profile.name!r}: line {numbers.only_point} has a point before the decimals, "
            f"line {numbers.only_comma} a comma; write the column in one way"
        )
    if numbers.only_point:
        return POINT
    if numbers.only_comma:
        return COMMA
    if numbers.with_point and numbers.with_comma:
        raise BadRequest(
            f"{file}, column {profile.name!r}: line {numbers.with_point} has a point before three digits, line "
            f"{numbers.with_comma} a comma, and nothing says which mark groups thousands; write the column in one way"
        )
    if not numbers.doubtful:
        return None
    sample = next((value for value, _ in profile.values if re.search(r"[.,]", value)), profile.samples[0])
    # All that could be decimals has three digits behind the mark, which money has not: the mark groups thousands.
    if not numbers.plain:
        return POINT if "," in sample else COMMA
    return ASK


def _first(file: str, profile: Profile) -> Written | None:
    """Return whether the day or the month comes first, where some cell shows it; None where none does.

    Raises:
        BadRequest: one cell shows the one, another the other.
    """
    dates = profile.dates
    if dates is None:
        return None
    if dates.day_line and dates.month_line:
        raise BadRequest(
            f"{file}, column {profile.name!r}: line {dates.day_line} has the day before the month, "
            f"line {dates.month_line} the month before the day; write the column in one way"
        )
    if dates.day_line:
        return DAY
    return MONTH if dates.month_line else None


def _first_by_language(raw: Raw, header: str) -> Written:
    profile = raw.profile(header)
    dotted = profile is not None and profile.dates is not None and profile.dates.dotted > 0
    return DAY if dotted or _DAY_FIRST_WORDS.search(" ".join(raw.headers)) else ASK


def _values(
    raw: Raw, columns: Map[str, tuple[str, ...]], known: Map[str, Map[str, str]]
) -> Map[str, Map[str, str]]:
    """Return what values of columns are called otherwise, with the words for statuses and currencies that are not known yet."""
    profile = raw.profile(columns["currency"][0]) if "currency" in columns else None
    codes = {value: currency_code(value) for value, _ in (profile.values if profile else ())}
    found = {
        "status": statuses_of(raw, columns),
        "currency": {value: code for value, code in codes.items() if code},
    }
    return {**known, **{name: {**told, **known.get(name, {})} for name, told in found.items() if told}}


def _categories(raw: Raw, columns: dict[str, tuple[str, ...]]) -> dict[str, ForecastClass]:
    profile = raw.profile(columns["category"][0]) if "category" in columns else None
    found = {value: category_word(value) for value, _ in (profile.values if profile else ())}
    return {value: ForecastClass(word) for value, word in found.items() if word}


def _comment(profile: Profile | None) -> str:
    if profile is None or not profile.filled:
        return "empty"
    samples = ", ".join(" ".join(sample.split())[:30] for sample in profile.samples[:2])
    return "".join(char for char in f"{int(profile.share * 100)}% filled: {samples}" if char.isprintable())


def _tells_deals(columns: Map[str, tuple[str, ...]]) -> bool:
    return bool(_SOMETHING & columns.keys() and _SOMEBODY & columns.keys())


def _refuse_no_deals(mapping: Mapping, raws: Sequence[Raw]) -> None:
    for raw in raws:
        file = mapping.file(raw.file, raw.headers)
        if file is None or file.kind != "deals":
            continue
        if not _tells_deals(file.columns):
            raise BadRequest(
                f"no deals found in {raw.file}: a table of deals needs a name or an id, and an amount, a stage or a close "
                f"date, under headings in its first rows; its columns are {', '.join(raw.headers[:12])}. "
                "Say what they mean in a mapping file and give it with --map"
            )
