"""What an alert waits for: `commit deals over 200k slip`, `coverage of emea drops below 1.5`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from reports.facts import Frozen

Kind = Literal["slips", "lost", "won", "created", "shrinks", "grows", "pulled in", "below", "above"]

EXAMPLES = (
    "“tell me when a commit deal slips”, “alert me when a deal over 200k is lost”, "
    "“tell me when coverage of emea drops below 1.5”"
)
# The bucket of a bridge that each kind of move is.
BUCKETS: dict[Kind, str] = {
    "slips": "pushed_out",
    "lost": "lost",
    "won": "won",
    "created": "created",
    "shrinks": "decreased",
    "grows": "increased",
    "pulled in": "pulled_in",
}
_BE = r"(?:(?:is|are|gets?|has|have|been|was|be)\s+)*"
_VERBS: dict[Kind, str] = {
    "slips": r"slip(?:s|ped|ping)?|push(?:es|ed)?(?:\s+out)?|postponed|delayed|moves?\s+out|moved\s+out|late",
    "pulled in": r"pulled\s+(?:in|forward)|moves?\s+in|moved\s+in",
    "lost": r"lost|closed\s+lost|closes\s+lost|dead|dies",
    "won": r"won|closed\s+won|closes?(?:\s+won)?|closed|signed|booked",
    "created": r"created|opened|added|new|comes?\s+in",
    "shrinks": r"shrinks?|shrunk|reduced|cut|smaller|decreases?|drops?\s+in\s+(?:amount|value|size)|loses?\s+(?:amount|value)",
    "grows": r"grows?|grown|increases?|bigger|larger",
}
_LATER = r"(?:\s+(?:out|away|of\s+the\s+quarter|to\s+\w+\s+quarter|late))*"
_MOVES = {kind: re.compile(rf"\s+{_BE}(?:{verbs}){_LATER}$", re.IGNORECASE) for kind, verbs in _VERBS.items()}
_NEW = re.compile(r"^(?:there\s+(?:is|are)\s+)?(?:an?\s+)?new\s+(?P<scope>.+)$", re.IGNORECASE)
_LIMIT = re.compile(
    r"^(?P<what>.+?)\s+(?:(?:is|are|drops?|falls?|goes|gets|sinks|comes|rises?|climbs|grows)\s+)?"
    r"(?P<side>below|under|less\s+than|lower\s+than|<|above|over|more\s+than|higher\s+than|beyond|exceeds|>)\s*"
    r"(?P<said>(?P<symbol>[$€£]?)\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<unit>%|percent|x|times|k|thousand|mm?|mn|million|bn?|billion)?)$",
    re.IGNORECASE,
)
_LESS = {"below", "under", "less than", "lower than", "<"}
PERCENT, TIMES = {"%", "percent"}, {"x", "times"}
_LARGE = {
    "k": 1_000, "thousand": 1_000, "m": 10**6, "mm": 10**6, "mn": 10**6, "million": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9,
}  # fmt: skip
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")
_ARTICLES = re.compile(
    r"\b(?:an?|any|one|some|every|each|the)\s+(?:of\s+(?:the\s+|our\s+)?)?(?=\S)", re.IGNORECASE
)
_DEAL = re.compile(r"\b(?:deal|opportunity|opp|opportunities|opps)\b", re.IGNORECASE)


class Condition(Frozen):
    """What an alert waits for.

    Attributes:
        kind: a move of a deal, or a number that goes below or above a limit.
        scope: of a move the deals, of a limit the measure, in words that can be read as a question.
        limit: the number, per cent as a share, thousands and millions counted out; None for a move.
        unit, symbol: what was said behind it and before it, `%` and `$`; empty where nothing was.
        said: the limit as it was said, `$4,5m`.
    """

    kind: Kind
    scope: str
    limit: Decimal | None = None
    unit: str = ""
    symbol: str = ""
    said: str = ""


def condition(text: str) -> Condition | None:
    """Return what the words of an alert wait for; None where they say nothing that can be waited for."""
    said = " ".join(text.split()).rstrip(" .!?")
    for kind, ending in _MOVES.items():
        if found := ending.search(f" {said}"):
            scope = _deals(f" {said}"[: found.start()])
            return Condition(kind=kind, scope=scope.removeprefix("new ") if kind == "created" else scope)
    if found := _NEW.match(said):
        return Condition(kind="created", scope=_deals(found["scope"]))
    if found := _LIMIT.match(said):
        unit, number = (found["unit"] or "").casefold(), _number(found["number"])
        if number is None:
            return None
        side = " ".join(found["side"].casefold().split())
        return Condition(
            kind="below" if side in _LESS else "above",
            scope=_ARTICLES.sub("", found["what"]).strip(),
            limit=number / 100 if unit in PERCENT else number * _LARGE.get(unit, 1),
            unit=unit,
            symbol=found["symbol"],
            said=found["said"],
        )
    return None


def _number(text: str) -> Decimal | None:
    """Return a number as people write it, `4,500,000`, `4.5` or `4,5`; None where it is none."""
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


def _deals(scope: str) -> str:
    """Return the deals that are meant, as one would ask for them."""
    words = _DEAL.sub("deals", _ARTICLES.sub("", scope.strip() + " ")).strip()
    return words if "deals" in words.casefold() else f"{words} deals".strip()
