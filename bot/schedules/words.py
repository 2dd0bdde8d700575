"""The words of a schedule: `weekly emea every monday 08:30 in #emea-sales` → what, on which days, when, where to."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, time
from typing import Literal

from bot.schedules.asked import DAY
from bot.schedules.clocks import clock, unclear
from bot.schedules.left import Left, phrase
from bot.schedules.places import named, place_of
from bot.schedules.schedule import Rhythm
from bot.schedules.watches import Watch, watch
from reports.facts import Frozen

Every = Literal["day", "workday", "week", "month", "first_workday"]

# What comes without a time comes then.
MORNING, EVENING = time(8, 30), time(18, 0)
POSSIBLE = (
    "I can do every day, every working day, weekdays by name, a day of each month (the last one is “the last day”), "
    "and the first working day of each month"
)
TOO_OFTEN = (
    "Nothing comes more often than once a day. Say for example “every workday 08:30”, or have me tell you when "
    "something happens: “tell me when a commit deal slips”."
)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_FULL = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_AND = r"\s*(?:,\s*and|,|and|&|\+|/)\s*(?:every\s+|each\s+|on\s+)?"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_POLITE = re.compile(
    r"^(?:(?:please|pls|plz|i['’]?d like(?: to (?:have|get|see))?|i would like"
    r"|can you|could you|would you|hey|hi|ok|i want you to|i want)[\s,]+)+",
    re.IGNORECASE,
)
_THANKS = re.compile(r"(?:[\s,]+|^)(?:please|thanks|thank you|thx|cheers)$", re.IGNORECASE)
_VERB = re.compile(
    r"^(?:(?:schedule|set up|subscribe|add a schedule for|send|post|share|give|show"
    r"|deliver|bring|get|run|mail|e-?mail|dm|message|tell|do)\b\s*)+"
    r"(?P<who>me\b|us\b)?\s*(?:to\b\s*)?",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:repeat|make|do|run)\s+(?P<this>this|it|that)(?:\s+(?:report|deck|a|as\s+a))?\s+(?P<often>weekly|daily|monthly)\b",
    re.IGNORECASE,
)
_UNITS = {"weekly": "week", "daily": "day", "monthly": "month"}
_OFTEN = phrase(
    r"(?:every|each)\s+(?:(?:\d+|few|half|other|single)\s+)?(?:an?\s+)?(?:minutes?|mins?|hours?|hrs?|seconds?(?!\s+(?:mon|tue|wed|thu|fri|sat|sun|day|week|month|work))|half\s+hour)"
    r"|hourly|minutely|(?:once\s+)?(?:an|per|a)\s+(?:hour|minute)|(?:twice|thrice|several\s+times|\d+\s*(?:x|times))\s+(?:a|per|every)\s+day"
)
_NEVER = phrase(
    r"(?:twice|thrice|several\s+times|\d+\s*(?:x|times))\s+(?:a|per|every|each)\s+(?:week|month|quarter|year)"
    r"|once\s+(?:a|per|every|each)\s+(?:quarter|year)|every\s+other\s+\w+|every\s+(?:second|third|2nd|3rd|\d+)\s+(?:days?|weeks?|months?|"
    + DAY
    + r"s?)|bi-?weekly|bi-?monthly|fortnightly|quarterly|(?:every|each)\s+(?:quarter|year)|yearly|annually"
    r"|(?:the|every|each)\s+(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)\s+"
    + DAY
    + r"(?:\s+(?:of|in)\s+(?:the|each|every)\s+\w+)?|(?:the\s+)?last\s+(?:working|work|business)\s*day|monthly\s+on\s+(?:an?\s+)?"
    + DAY
    + r"s?"
)
_EACH_MONTH = r"(?:\s*,?\s*(?:(?:of|in)\s+)?(?:the|each|every|a)\s+month|\s+monthly)?"
_FIRST_WORKDAY = phrase(
    r"(?:(?:monthly|every\s+month|each\s+month)[\s,]*)?(?:(?:on|every|each)\s+)?(?:the\s+)?(?:first|1st)\s+(?:working|work|business|week)\s*day"
    + _EACH_MONTH
)
_NUMBER = r"(?:(?P<number>\d{1,2})(?:st|nd|rd|th)|(?P<word>first|last)(?:\s+day)?)"
_MONTHLY = (
    phrase(
        r"(?:monthly|every\s+month|each\s+month)[\s,]+(?:on\s+(?:the\s+)?(?:(?P<plain>\d{1,2})(?!\d|[:.]|\s*[ap]m)(?:st|nd|rd|th)?"
        r"|(?P<word>first|last)(?:\s+day)?)|(?:the\s+)?(?P<number>\d{1,2})(?:st|nd|rd|th))" + _EACH_MONTH
    ),
    phrase(rf"(?:on\s+|every\s+)?(?:the\s+)?{_NUMBER}\s+(?:of\s+)?(?:each|every|the|a)\s+month"),
    phrase(r"(?:every|each)\s+(?P<number>\d{1,2})(?:st|nd|rd|th)"),
    phrase(r"every\s+month|each\s+month|once\s+(?:a|per|each|every)\s+month|monthly"),
)
_PART = r"(?:\s+(?:mornings?|(?P<late>afternoons?|evenings?|nights?)))?"
_ON_THE = phrase(r"on\s+the\s+(?P<number>\d{1,2})(?:st|nd|rd|th)")
_WEEKDAYS = (
    phrase(rf"(?:every|each)\s+(?P<days>{DAY}s?(?:{_AND}{DAY}s?)*){_PART}"),
    phrase(rf"(?:on\s+)?(?P<days>{_FULL}s(?:{_AND}{_FULL}s)*){_PART}"),
    phrase(rf"on\s+(?P<days>{DAY}s?(?:{_AND}{DAY}s?)*){_PART}"),
    phrase(rf"(?P<days>{DAY}(?:{_AND}{DAY})*){_PART}(?=\s+(?:at\s+)?\d{{1,2}}(?::\d\d|\s?[ap]m))"),
)
_RANGE = phrase(rf"(?:(?:every|each|on)\s+)?(?P<from>{DAY})s?\s*(?:-|–|to|through|until)\s*(?P<to>{DAY})s?")
_WORKDAY = phrase(
    r"(?:daily|every\s+day)\s+(?:except|but\s+not|without)\s+(?:on\s+)?(?:the\s+)?weekends?"
    r"|(?:every|each)\s+(?:working|work|business|week)\s*day|(?:on\s+)?(?:working|work|business|week)\s*days"
)
_EVENING = phrase(r"(?:every|each)\s+(?:evening|night|afternoon)")
_DAILY = phrase(r"daily|(?:every|each)\s+(?:single\s+)?(?:day|morning)|every\s?day|once\s+(?:a|per)\s+day")
_WEEKLY = phrase(r"(?:every|each)\s+week|once\s+a\s+week|weekly(?=\s+at\s+\d)")
_DATE = (
    rf"(?:(?P<iso>\d{{4}}-\d\d-\d\d)|(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m1>{_MONTH})(?:\s+(?P<y1>\d{{4}}))?"
    rf"|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y2>\d{{4}}))?"
    r"|(?P<near>yesterday|today|tonight|tomorrow|now)|(?P<past>last\s+(?:week|month|" + DAY + r")))"
)
_BOUND = phrase(
    rf"(?:starting|beginning|start(?:s)?|begin(?:s)?|from|until|till|through|ending)\s+(?:on\s+)?{_DATE}"
)
_ONCE = phrase(rf"(?:on\s+)?{_DATE}")

_UNREVIEWED = phrase(
    r"(?:even\s+if\s+(?:not\s+reviewed|nobody\s+\w+(?:\s+it)?)|without\s+(?:a\s+)?review|unreviewed|not\s+reviewed)"
)
_THIS = re.compile(
    r"(?:this|that|it|the\s+same)(?:\s+(?:report|deck|one|weekly|answer|thing|again))?", re.IGNORECASE
)
_DIGEST = re.compile(
    r"(?:(?:the|a|my)\s+)?(?:digest|what(?:\s+has|['’]s)?\s+changed\s+(?:since\s+yesterday|overnight)|(?:summary|digest)\s+of\s+changes)"
    r"(?:\s+(?:of|for|in))?(?:\s+(?P<scope>.+))?",
    re.IGNORECASE,
)


class Wanted(Frozen):
    """What the words of a schedule say.

    Attributes:
        what, text: as in `Schedule`; of an alert the condition, of a digest its scope.
        this: the draft that is talked about is meant.
        every, weekdays, day, at: as in `Rhythm`; None where no day was said.
        zone: an IANA name; empty where none was said.
        place: where to, as it was said: `#emea-sales`, `me`, `here`, `the leads`, `@Katrin`; empty where nothing was.
        unreviewed: as in `Schedule`.
        said: what was filled in, as sentences.
        problem: why it cannot be done as it was said, and what can; empty where there is nothing wrong.
    """

    what: Literal["report", "digest", "alert"] = "report"
    text: str = ""
    this: bool = False
    every: Every | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    at: time = MORNING
    zone: str = ""
    place: str = ""
    unreviewed: Literal["hold", "post"] = "hold"
    said: tuple[str, ...] = ()
    problem: str = ""

    def rhythm(self, zone: str) -> Rhythm:
        """Return the rhythm, on the clocks of `zone` where none was said; every working day where no day was."""
        return Rhythm(
            every=self.every or "workday",
            weekdays=self.weekdays,
            day=self.day,
            at=self.at,
            zone=self.zone or zone,
        )


def read(text: str, *, today: date, people: Collection[str] = ()) -> Wanted:
    """Return what the words of a schedule say; `today` tells what is past, `people` are names that are no channel."""
    left = Left(" ".join(text.replace("|", " ").split()).rstrip(" .!?"))
    left.take(_POLITE)
    if (watched := watch(left.whole())) is not None:
        return _alert(watched)
    if again := left.take(_AGAIN):
        left = Left(f"{again['this']} every {_UNITS[again['often'].casefold()]} {left.whole()}")
    verb = left.take(_VERB)
    if found := left.take(_OFTEN):
        return Wanted(problem=TOO_OFTEN, text=found[0])
    if found := left.find(_NEVER):
        return Wanted(problem=f"I cannot do “{found[0].strip()}”. {POSSIBLE}.")
    if problem := unclear(left):
        return Wanted(problem=problem)
    place = place_of(left)
    review: dict[str, object] = {"unreviewed": "post"} if left.take(_UNREVIEWED) else {}
    days = _days(left)
    if problem := _bounds(left, today, once=not days):
        return Wanted(problem=problem)
    hour = clock(left)
    if isinstance(hour, str):
        return Wanted(problem=hour)
    if any(left.find(another) for another in (*_WEEKDAYS[:2], _WORKDAY, _EVENING)):
        return Wanted(
            problem="You named days twice. Say one schedule at a time, each with its own days and time."
        )
    left.take(_THANKS)
    left.take(_POLITE)
    verb = left.take(_VERB) or verb
    place = place or named(left, verb[0] if verb else "", people)
    place = place or ("me" if verb and (verb["who"] or "").casefold() == "me" else "")
    return _wanted(left.rest(), days, hour | review, place)


def _alert(watched: Watch) -> Wanted:
    if watched.anything:
        told = f"I watch for one thing at a time. Say for example “tell me when {watched.what} slips”"
        return Wanted(problem=f"{told} or “tell me when {watched.what} is won”.")
    left = Left(watched.what)
    place = place_of(left)
    return Wanted(what="alert", text=left.whole(), every="workday", place=place or "me")


def _wanted(rest: str, days: dict[str, object], clock: dict[str, object], place: str) -> Wanted:
    said: list[str] = []
    if not rest and days.pop("weekly", False):
        rest = "weekly"
    days.pop("weekly", None)
    evening = days.pop("evening", False)
    if assumed := days.pop("assumed", None):
        said.append(str(assumed))
    if "at" not in clock:
        clock = {**clock, "at": EVENING if evening else MORNING}
        said.append(f"You said no time, so I took {EVENING if evening else MORNING:%H:%M}.")
    told = {**days, **clock, "place": place}
    if digest := _DIGEST.fullmatch(rest):
        if not days:
            said.append("You said no days, so I took every working day.")
            told["every"] = "workday"
        return Wanted.model_validate(
            {**told, "what": "digest", "text": digest["scope"] or "", "said": tuple(said)}
        )
    this = _THIS.fullmatch(rest) is not None
    return Wanted.model_validate({**told, "text": "" if this else rest, "this": this, "said": tuple(said)})


def _days(left: Left) -> dict[str, object]:
    """Take the days; empty where none are said."""
    if left.take(_FIRST_WORKDAY):
        return {"every": "first_workday"}
    if found := left.take(_RANGE):
        first, last = _weekday(found["from"]), _weekday(found["to"])
        days = [day % 7 for day in range(first, first + (last - first) % 7 + 1)]
        return {"every": "week", "weekdays": tuple(sorted(days))}
    for named_so in _WEEKDAYS:
        if found := left.take(named_so):
            named = re.findall(DAY, found["days"], re.IGNORECASE)
            days = sorted({_weekday(name) for name in named})
            return {"every": "week", "weekdays": tuple(days), "evening": bool(found["late"])}
    if left.take(_WORKDAY):
        return {"every": "workday"}
    if left.take(_EVENING):
        return {"every": "day", "evening": True}
    if left.take(_DAILY):
        return {"every": "day"}
    for said_so in _MONTHLY:
        if found := left.take(said_so):
            said = {name: value for name, value in found.groupdict().items() if value}
            later = None if said else left.take(_ON_THE)
            return _month_day(said or ({"number": later["number"]} if later else {}))
    if left.take(_WEEKLY):
        told = "You named no day of the week, so I took Monday."
        return {"every": "week", "weekdays": (0,), "weekly": True, "assumed": told}
    return {}


def _month_day(found: dict[str, str]) -> dict[str, object]:
    if number := found.get("number") or found.get("plain"):
        return {"every": "month", "day": max(1, min(int(number), 31))}
    if word := found.get("word"):
        return {"every": "month", "day": 31 if word.casefold() == "last" else 1}
    return {"every": "month", "day": 1, "assumed": "You named no day of the month, so I took the 1st."}


def _bounds(left: Left, today: date, *, once: bool) -> str:
    """Return why a single date, a beginning or an end cannot be kept; empty where none is said."""
    found = left.find(_BOUND) or (left.find(_ONCE) if once else None)
    if found is None:
        return ""
    day, name = _date(found.groupdict(), today), found[0].strip()
    if found["past"] or found["near"] == "yesterday" or (day and day < today):
        return f"“{name}” is past. Say on which days it shall come from now on, for example “every Monday 08:30”."
    if left.find(_BOUND):
        return f"I keep no “{name}”: a schedule begins with its next date, and comes until you press Pause or Delete."
    return f"I keep what comes again and again, not a single date like “{name}”. {POSSIBLE}; to get it once, ask for it then."


def _date(found: dict[str, str | None], today: date) -> date | None:
    if iso := found["iso"]:
        try:
            return date.fromisoformat(iso)
        except ValueError:
            return None
    name, number, year = found["m1"] or found["m2"], found["d1"] or found["d2"], found["y1"] or found["y2"]
    if not name or not number:
        return None
    try:
        return date(int(year or today.year), _MONTHS.index(name[:3].casefold()) + 1, int(number))
    except ValueError:
        return None


def _weekday(name: str) -> int:
    return _DAYS.index(name[:3].casefold())
