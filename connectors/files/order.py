"""The order of stages, and what each means for the forecast, where no process is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connectors.files.seen import SeenStage
from connectors.records import ForecastClass, Status

# From this probability on, a stage without forecast categories is taken as best case, as commit.
BEST_CASE, COMMIT = 50, 80
_PLACE: Final = {
    ForecastClass.OMITTED: 0,
    ForecastClass.PIPELINE: 1,
    ForecastClass.BEST_CASE: 2,
    ForecastClass.MOST_LIKELY: 3,
    ForecastClass.COMMIT: 4,
    ForecastClass.CLOSED: 5,
}
_NUMBERED: Final = re.compile(r"^\W*(?:stage|phase|etapa|étape|stufe)?\s*(\d+)", re.IGNORECASE)
# Words that stages are called by, the earlier ones first; in English, German, French and Spanish.
_WORDS: Final[tuple[str, ...]] = (
    r"^(?:new|neu|nouve|nuev)|\blead\b|prospec|prospek|suspect",
    r"appointment|termin vereinbart|rendez-vous|cita|contacted|kontakt|connect",
    r"qualif|califica|cualifica|engag",
    r"discover|need|analy|bedarf|besoin|necesidad|scop",
    r"demo|present|präsent|présent|evalua|evalu|value prop|trial|pilot|poc\b|test",
    r"decision|id\. dec|percep|valid|technical|entscheid|décid|decisi",
    r"propos|quote|angebot|offert|devis|propuesta|oferta|cotiza|price",
    r"negot|verhandl|négoc|negoc|review|commit|verbal|mündlich",
    r"contract|vertrag|contrat|legal|procure|sign|einkauf|firma",
)
_KNOWN: Final = tuple(re.compile(word, re.IGNORECASE) for word in _WORDS)
_STATUSES: Final = (Status.OPEN, Status.WON, Status.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A stage with its neutral category."""

    name: str
    status: Status
    neutral: ForecastClass
    category: ForecastClass | None
    probability: Decimal | None


def in_order(stages: Sequence[SeenStage]) -> tuple[tuple[Placed, ...], str]:
    """Return the stages in their order, and in words what it rests on; won and lost ones come last.

    Open ones stand by their number where all names have one, else by probability, by the words they are called, by
    category, by how old their deals are; what does not tell two of them apart leaves it to the next.
    """
    open_ones = [stage for stage in stages if stage.status is Status.OPEN]
    telling = [
        (words, sort)
        for words, sort in _BY
        if all(sort(stage) is not None for stage in open_ones)
        and len({sort(stage) for stage in open_ones}) > 1
    ]
    rests = telling[0][0] if telling else "their names"

    def place(stage: SeenStage) -> tuple[object, ...]:
        closed = _STATUSES.index(stage.status)
        return (closed, *(() if closed else (sort(stage) for _, sort in telling)), stage.name)

    found = sorted(stages, key=place)
    said = any(stage.category for stage in open_ones)
    return tuple(
        Placed(
            name=stage.name,
            status=stage.status,
            neutral=_neutral(stage, said=said),
            category=stage.category,
            probability=stage.probability,
        )
        for stage in found
    ), rests


def _number(stage: SeenStage) -> Decimal | None:
    found = _NUMBERED.match(stage.name)
    return Decimal(found.group(1)) if found else None


def _word(stage: SeenStage) -> Decimal | None:
    places = [place for place, word in enumerate(_KNOWN) if word.search(stage.name)]
    return Decimal(places[0]) if places else None


def _category(stage: SeenStage) -> Decimal | None:
    return None if stage.category is None else Decimal(_PLACE[stage.category])


_BY: Final[tuple[tuple[str, Callable[[SeenStage], Decimal | None]], ...]] = (
    ("the numbers in their names", _number),
    ("their probabilities", lambda stage: stage.probability),
    ("what such stages are called", _word),
    ("their forecast categories", _category),
    ("how old their deals are", lambda stage: stage.age_days),
)


def _neutral(stage: SeenStage, *, said: bool) -> ForecastClass:
    if stage.status is not Status.OPEN:
        return ForecastClass.CLOSED
    if said or stage.probability is None:
        return stage.category or ForecastClass.PIPELINE
    if stage.probability >= COMMIT:
        return ForecastClass.COMMIT
    return ForecastClass.BEST_CASE if stage.probability >= BEST_CASE else ForecastClass.PIPELINE
