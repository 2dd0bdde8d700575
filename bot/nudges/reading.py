"""From the words of a nudge or a goal to a search: the question in them is read by the reader of questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.agent.intents import DealFilter, Errand, FindingsAsk, Intent, Problem
from bot.nudges.scopes import DAY, left_out, not_asked, sent_now
from bot.nudges.values import Need, Search
from reports.facts import Filter, Frozen
from reports.periods import NAMES as PERIODS
from reports.periods import Calendar

Understand = Callable[[str], Intent]

# What owners can be asked about: findings that a record can be mended for, by what mends it.
_TOPICS: dict[str, Need] = {
    "overdue": "date", "no_next_step": "step", "stale": "date", "at_risk": "date", "pushed": "date",
    "regress": "date", "early_for_date": "date", "amount_drop": "date",
}  # fmt: skip
_ASK = re.compile(
    r"^(?:please\s+)?(?:nudge|poke|ping|prod|ask|tell|chase)\s*"
    r"(?:(?:everyone|everybody|all|each)\b\s*)?(?:of\s+)?(?:the\s+|all\s+|our\s+)?(?:(?:owners?|reps?|people)\b\s*)?"
    r"(?:(?:who\s+(?:have|has|own|owns)|with|of|about|on|for|re|regarding|to\s+(?:fix|mend|update))\b\s*)?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:(?:and\s+ask\s+)?for\s+(?:a\s+)?(?:new\s+)?(?:close\s+)?(?:dates?|updates?|next\s+steps?)|to\s+(?:update|fix|mend)\s+(?:it|them|their\s+\w+))\s*$|[\s.!]+$",
    re.IGNORECASE,
)
# A person is named by Slack's or the CRM's name, and then what the deals are.
_ABOUT = re.compile(
    r"\b(?:about|on|for|with|re|regarding)\b\s*(?:(?:his|her|their)\s+)?(?P<rest>.+)$", re.IGNORECASE
)
_GOAL = re.compile(
    r"^(?:(?:my\s+)?goal\s*[:,-]?\s*)?(?:(?:get|make\s+sure(?:\s+that)?|ensure(?:\s+that)?|have)\s+)?"
    r"(?:(?:every|all|each|any|no)\b\s*)?(?:of\s+)?(?:the\s+|our\s+)?",
    re.IGNORECASE,
)
# A day by which, anywhere behind the condition; and what stands in its place where it is no day that we know.
_BY = re.compile(
    rf"(?<!closing)(?<!(?<!past )\bdue)(?<!closes)\s+(?:by|until|till|before)\s+(?:(?:the\s+)?end\s+of\s+"
    rf"(?:(?:the|this|next)\s+)?(?:day|week|month|quarter|year)|eo[dwmqy]|next\s+(?:week|month)|{DAY})(?!\w)(?!.*\b(?:ha[sd]|have|is|are)\b)",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s+(?:by|until|till|before)\s+(?:(?!\b(?:ha[sd]|have|is|are)\b).)+$", re.IGNORECASE)
# What may follow a condition and is still it: `close dates in the future`, `an amount set`.
_STILL = re.compile(
    r"^(?:\s*,?\s+(?:in\s+the\s+(?:future|past)|after\s+today|past\s+due|set|filled(?:\s+in)?|again|now|please|pls|asap|at\s+all|recently"
    r"|(?:in|within|for|over)\s+(?:the\s+)?(?:last|past)?\s*(?:2|two|14)\s+(?:wks?|weeks?|days?)))*",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"^\s+(?:this|next)\s+(?:week|month|quarter)|^\s+(?:today|tomorrow|tonight)\b|^\s+(?:on\s+|next\s+)?\w+day\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d+\s*(?:d|days?|w|wks?|weeks?|months?)\b", re.IGNORECASE)
_LEFT = re.compile(
    r"(?:\s+(?:to|have|has|had|with|without|is|are|be|gets?|not|no|never|longer|an?|the|real|clear|its|their|in|valid|any))+\s*$",
    re.IGNORECASE,
)
_OVERDUE = re.compile(r"\b(?:past\s+due|overdue)\b", re.IGNORECASE)
_ONE_DEAL = re.compile(r"\b(deal|opp|opportunity|commit)\b", re.IGNORECASE)
_MANY = {"deal": "deals", "opp": "deals", "opportunity": "deals", "commit": "commit"}


class _Condition(Frozen):
    """What every deal of a goal shall have: how people say it, the question for those that do not, what mends them."""

    sign: str
    question: str
    need: Need
    topic: str


_CONDITIONS = (
    _Condition(sign=r"next\s+steps?", question="without next step", need="step", topic="no_next_step"),
    _Condition(
        sign=r"close\s+dates?|past\s+due|overdue|dates?\s+in\s+the\s+(?:future|past)",
        question="with past due close date",
        need="date",
        topic="overdue",
    ),
    _Condition(sign=r"amounts?\b|values?\b", question="without amount", need="amount", topic="no_amount"),
    _Condition(
        sign=r"touch(?:ed)?\b|activit(?:y|ies)|contact(?:ed)?\b",
        question="no buyer touch 2 wks",
        need="date",
        topic="stale",
    ),
)

NUDGES = (
    "nudge everyone with past due close dates",
    "nudge emea commits without next step",
    "ask the owners of deals over 100k with no activity 2 wks",
)
GOALS = (
    "get every commit deal a next step by Friday",
    "make sure every deal closing this month has a close date in the future",
    "make sure all emea deals have an amount by Friday",
)
_SAY_NUDGE = f"Say which deals, for example: {' · '.join(NUDGES)}"
_SAY_GOAL = (
    "A goal is something that I can count in the records deal by deal: a next step, a close date in the future, an amount, "
    f"a buyer touch. Say for example: {' · '.join(GOALS)}"
)


def nudge_search(errand: Errand, understand: Understand) -> Search | str:
    """Return the deals that the words of a nudge mean; else why they are not enough, as a sentence."""
    if why := not_asked(errand.text.strip()):
        return why
    if errand.deals:
        if len(errand.deals) > 1:
            names = ", ".join(deal.name for deal in errand.deals[:5])
            return f"Several deals match: {names}. Name one of them in full."
        return Search(deals=(errand.deals[0].id,), words=errand.deals[0].name)
    without = left_out(sent_now(errand.text.strip()), understand)
    if isinstance(without, str):
        return without
    text, owners = without
    rest = _TAIL.sub("", _ASK.sub("", text, count=1))
    away = {value for item in owners for value in item.values}
    people = tuple(person for person in errand.people if person.name not in away)
    if people:
        if len(people) > 1:
            return "Name one person, or nobody: then I ask every owner."
        about = _ABOUT.search(rest)
        if about is None:
            return f"What about? Say for example: nudge {people[0].name} about past due close dates."
        rest, owners = about["rest"], (*owners, Filter(dim="owner", values=(people[0].name,)))
    if not rest:
        return _SAY_NUDGE
    return _read(rest, owners, understand, refused=_SAY_NUDGE)


def goal_search(errand: Errand, understand: Understand) -> Search | str:
    """Return the deals that fail what a goal asks for; else what a goal can be, as a sentence."""
    without = left_out(_BY.sub("", errand.text.strip(), count=1), understand)
    if isinstance(without, str):
        return without
    text, out = without
    if until := _UNTIL.search(text):
        return f"I do not understand “{until[0].strip()}”. Name a day: by Friday, by 15 Dec, by end of month."
    wanted = _GOAL.sub("", text.rstrip(" .!?"), count=1)
    for condition in _CONDITIONS:
        if sign := re.search(rf"\b(?:{condition.sign})", wanted, re.IGNORECASE):
            scope = _LEFT.sub("", f" {wanted[: sign.start()]}".rstrip()).strip() or "deals"
            behind = _STILL.sub("", wanted[sign.end() :], count=1).strip()
            if why := _unfit(behind, condition):
                return why
            many = _ONE_DEAL.sub(lambda word: _MANY[word[0].casefold()], scope)
            return _failing(f"{many} {condition.question} {behind}".strip(), out, condition, understand)
    return _SAY_GOAL


def pinned(search: Search, calendar: Calendar, today: date) -> Search:
    """Return a search whose periods are those of `today`, whenever it is made again: this month stays this month."""

    def fixed(name: str | None) -> str | None:
        if name not in PERIODS:
            return name
        period = calendar.parse(name, today)
        return f"{period.start}..{period.end - timedelta(days=1)}"

    match search.asked:
        case DealFilter() as listed:
            dated = {"close": fixed(listed.close), "created": fixed(listed.created)}
            return search.model_copy(update={"asked": listed.model_copy(update=dated)})
        case FindingsAsk() as findings:
            period = {"period": fixed(findings.period)}
            return search.model_copy(update={"asked": findings.model_copy(update=period)})
        case None:
            return search


def _unfit(behind: str, condition: _Condition) -> str:
    """Return why what follows a condition cannot be read as a scope, as a sentence; empty where it may be."""
    if span := _SPAN.match(f" {behind}"):
        when = span[0].strip()
        return f"“{when}”: by when, or which deals? Say for example: by friday, or: every deal closing this month."
    if any(re.search(rf"\b(?:{one.sign})", behind, re.IGNORECASE) for one in _CONDITIONS):
        return f"A goal is about one thing at a time. {_SAY_GOAL}"
    if condition.topic == "stale" and _COUNT.search(behind):
        return "I count a deal as touched when its buyer was in touch within 2 weeks. Say for example: get all deals touched"
    return ""


def _failing(
    question: str, out: tuple[Filter, ...], condition: _Condition, understand: Understand
) -> Search | str:
    search = _read(question, out, understand, refused=_SAY_GOAL, also=condition.topic)
    if isinstance(search, str):
        return search
    if isinstance(search.asked, FindingsAsk) and search.asked.topic != condition.topic:
        return _SAY_GOAL
    return search.model_copy(update={"need": condition.need})


def _read(
    words: str, owners: tuple[Filter, ...], understand: Understand, *, refused: str, also: str = ""
) -> Search | str:
    """Return the search that words mean. With a word that was not understood nobody is asked: it might be who not to ask."""
    meant = understand(words)
    if isinstance(meant, FindingsAsk | DealFilter) and meant.unread:
        unread = ", ".join(meant.unread)
        return f"I do not understand “{unread}”, so I ask nobody: it might be the wrong people. {refused}"
    match meant:
        case FindingsAsk() if meant.topic in _TOPICS and meant.as_of is None:
            asked = meant.model_copy(update={"filters": (*meant.filters, *owners), "limit": None})
            return Search(asked=asked, need=_TOPICS[meant.topic], words=words, limit=meant.limit)
        case DealFilter() if meant.status == "open" and meant.as_of is None:
            listed = meant.model_copy(update={"filters": (*meant.filters, *owners), "limit": None})
            overdue = also == "overdue" or (not also and _OVERDUE.search(words) is not None)
            stepless = meant.no_next_step or also == "no_next_step"
            priceless = meant.no_amount or also == "no_amount"
            need: Need = "step" if stepless else "amount" if priceless else "date"
            return Search(
                asked=listed,
                overdue=overdue,
                stepless=stepless,
                priceless=priceless,
                need=need,
                words=words,
                limit=meant.limit,
            )
        case Problem():
            return f"{meant.message} {refused}"
        case _:
            return refused
