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
    r"(?P<number>[$€£]?\s?\d[\d,]*(?:\.\d+)?)\s*(?P<unit>%|percent|x|k|mm?|mn|bn?)?$",
    re.IGNORECASE,
)
_LESS = {"below", "under", "less than", "lower than", "<"}
_TIMES = {"k": 1_000, "m": 1_000_000, "mm": 1_000_000, "mn": 1_000_000, "b": 10**9, "bn": 10**9}
_ARTICLES = re.compile(
    r"\b(?:an?|any|one|some|every|each|the)\s+(?:of\s+(?:the\s+|our\s+)?)?(?=\S)", re.IGNORECASE
)
_DEAL = re.compile(r"\b(?:deal|opportunity|opp|opportunities|opps)\b", re.IGNORECASE)


class Condition(Frozen):
    """What an alert waits for.

    Attributes:
        kind: a move of a deal, or a number that goes below or above a limit.
        scope: of a move the deals, of a limit the measure, in words that can be read as a question.
        limit: the number; None for a move.
        percent: the limit was said in percent.
    """

    kind: Kind
    scope: str
    limit: Decimal | None = None
    percent: bool = False


def condition(text: str) -> Condition | None:
    """Return what the words of an alert wait for; None where they say nothing that can be waited for."""
    said = " ".join(text.split()).rstrip(" .!?")
    for kind, ending in _MOVES.items():
        if found := ending.search(f" {said}"):
            return Condition(kind=kind, scope=_deals(f" {said}"[: found.start()]))
    if found := _NEW.match(said):
        return Condition(kind="created", scope=_deals(found["scope"]))
    if found := _LIMIT.match(said):
        unit = (found["unit"] or "").casefold()
        number = Decimal(re.sub(r"[^\d.]", "", found["number"])) * _TIMES.get(unit, 1)
        side = " ".join(found["side"].casefold().split())
        percent = unit in {"%", "percent"}
        return Condition(
            kind="below" if side in _LESS else "above",
            scope=_ARTICLES.sub("", found["what"]).strip(),
            limit=number / 100 if percent else number,
            percent=percent,
        )
    return None


def _deals(scope: str) -> str:
    """Return the deals that are meant, as one would ask for them."""
    words = _DEAL.sub("deals", _ARTICLES.sub("", scope.strip() + " ")).strip()
    return words if "deals" in words.casefold() else f"{words} deals".strip()
