"""Managers' calls: kept by words or by a dialog, beside what won and commit come to; taken back; listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.agent.calls import typed
from bot.agent.intents import Errand
from bot.agent.reply import Reply
from bot.runs.ports import Steps
from bot.slack import calling_book as book
from bot.slack import message as m
from bot.slack.calling_list import listed
from bot.slack.calling_prompt import ASK, CHANGE, MUTE, SAME, ask, due, muted
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.dialogs import dialog, field, request_of
from bot.slack.feature import Feature, Filled
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from bot.store.calls import call_of, keep_call, take_back
from reports.context import Call
from reports.errors import ReportError
from reports.kinds.scene import Scene
from reports.measures.groups import exact

UNDO, YES = "call-undo", "call-yes"
_ASKED = "call-asked"
_COMMIT, _BEST = "commit", "best"
_HOW = "Write an amount in {currency}, for example 1.45 or 1.45m"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What somebody calls, in the company's currency; `period` is a name; `key` and `at` make it this call.

    `source` is how another currency was converted, `€1,400k at the plan rate of 1.085`.
    """

    key: str
    at: datetime
    region: str | None
    commit: Decimal
    best: Decimal | None
    period: str = "this-quarter"
    source: str = ""
    scaled: bool = False
    sure: bool = False


def _errand(desk: Desk, request: Request, known: Known, asked: Errand) -> Answer:
    """Keep a call, list the calls, or ask for them no more."""
    words = asked.text.split()
    if words[:1] in (["mute"], ["unmute"]):
        return _alone(muted(desk, known, on=words[0] == "mute"))
    if asked.text == "back":
        return _last(desk, known)
    if asked.amount is None:
        return (
            listed(desk, known, asked.filters)
            if asked.text == "calls"
            else _alone(f"What do you call? {book.EXAMPLE}")
        )
    try:
        region = book.region_of(desk, known, asked.filters)
        rate = book.rate_of(desk.line.company, asked.currency)
    except book.RefusedError as why:
        return _alone(str(why))
    said = _Said(
        key=request.key,
        at=request.at,
        region=region,
        commit=exact(asked.amount * rate),
        best=None if asked.best is None else exact(asked.best * rate),
        period=asked.period or "this-quarter",
        source=book.converted(desk, asked),
        scaled=asked.scaled,
    )
    return _kept(desk, known, said)


def _kept(desk: Desk, known: Known, said: _Said) -> Answer:
    """Keep a call once, and return it beside what won and commit come to; one that is far off is asked about."""
    if said.commit < 0:
        return _alone(f"A call is not below zero, so I kept none. {book.EXAMPLE}")
    if said.best is not None and said.commit > said.best:
        return _alone(
            f"A commit of {book.money(desk, said.commit)} is more than a best case of {book.money(desk, said.best)}, "
            "so I kept neither. Say both once more."
        )
    try:
        with book.stood(desk, known, said.region, said.period) as scene:
            if not said.sure and book.is_far(scene, said.commit):
                return _sure(desk, said, scene)
            person = known.person
            call = keep_call(
                desk.notes,
                desk.workspace,
                Call(
                    # Calls of one instant, as where the company's clock stands still, are told apart by the wall's.
                    id=f"{said.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{mark_of(said.key)}",
                    caller=known.asker.name,
                    caller_id=person.id if person else "",
                    period=scene.period.label,
                    region=said.region,
                    commit=said.commit,
                    best=said.best,
                    at=desk.line.now(),
                ),
            )
            ledger = scene.ledger()
            where = ledger.name("where", book.where(desk, call.region), source="region")
            period = ledger.name("period", scene.name, source="fiscal calendar")
            called, beside = book.bound(desk, call, ledger), book.roll_up(scene, ledger)
            told = ledger.say(f"You call {called} for {where}, {period}; {beside}.")
            reply = Reply(
                intent="call",
                read_as=_read_as(desk, call, said),
                lines=(told.text,),
                facts=ledger.facts,
                private=True,
            )
    except (book.RefusedError, ReportError) as why:
        return _alone(f"{str(why).rstrip('.')}.")
    return Answer(to="alone", reply=reply, buttons=(("Undo", f"{UNDO}:0", call.id),))


def _read_as(desk: Desk, call: Call, said: _Said) -> tuple[str, ...]:
    """Return what was read where that is not what was typed: millions added, or another currency converted."""
    source = f", from {said.source}" if said.source else ""
    return (f"Read as: {book.said(desk, call)}{source}",) if said.scaled or source else ()


def _last(desk: Desk, known: Known) -> Answer:
    """Ask whether somebody's newest call of this quarter is to count no more."""
    period = book.quarter(desk).label
    last = book.newest_of(desk, known.person.id if known.person else "", period)
    if last is None:
        return _alone(f"No call of yours counts for {period}.")
    why = f"Your newest call of {period} is {book.said(desk, last)} for {book.where(desk, last.region)}."
    return Answer(to="alone", why=why, buttons=(("Take it back", f"{UNDO}:0", last.id), ("No", m.LEAVE, "")))


def _sure(desk: Desk, said: _Said, scene: Scene) -> Answer:
    """Ask whether a call is meant that is far from all that is won and open."""
    mark = mark_of(said.key)
    note = {
        "key": said.key,
        "at": said.at.isoformat(),
        "region": said.region,
        "commit": str(said.commit),
        "best": None if said.best is None else str(said.best),
        "period": said.period,
        "source": said.source,
    }
    desk.notes.write(desk.workspace, _ASKED, mark, {name: value for name, value in note.items() if value})
    return Answer(
        to="alone",
        why=f"{book.money(desk, said.commit)} is {book.far(scene)}. Do you mean it?",
        buttons=((f"Yes, {book.money(desk, said.commit)}", f"{YES}:0", mark), ("No", m.LEAVE, "")),
    )


def _yes(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep a call that was asked about."""

    def keep() -> Answer:
        note = desk.notes.read(desk.workspace, _ASKED, press.value)
        if note is None:
            return _alone(f"I no longer know what you called. {book.EXAMPLE}")
        return _again(desk, known, _of(note, sure=True))

    _answer(desk, steps, press.request, keep)


def _same(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep once more what somebody called last."""

    def keep() -> Answer:
        last = call_of(desk.notes, desk.workspace, press.value)
        if last is None or known.person is None or last.caller_id != known.person.id:
            return _alone(f"I no longer have that call. {book.EXAMPLE}")
        said = _Said(
            key=press.request.key,
            at=press.request.at,
            region=last.region,
            commit=last.commit,
            best=last.best,
            period=last.period,
            sure=True,
        )
        return _again(desk, known, said)

    _answer(desk, steps, press.request, keep)


def _again(desk: Desk, known: Known, said: _Said) -> Answer:
    """Keep a call if its caller still may make it."""
    mine = book.reach(desk, known.person)
    if not (mine.whole if said.region is None else said.region in mine.regions):
        return _alone(
            f"In the CRM nobody there reports to you, so {book.where(desk, said.region)} is not yours to call."
        )
    return _kept(desk, known, said)


def _undo(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Let one's own call count no more."""

    def back() -> str:
        call = call_of(desk.notes, desk.workspace, press.value)
        if call is None:
            return "That call counts no more."
        if known.person is None or call.caller_id != known.person.id:
            return f"That is {call.caller}'s call."
        take_back(desk.notes, desk.workspace, call.id, by=known.asker.name)
        last = book.last_of(desk, call.caller_id, call.region, call.period)
        before = (
            f"your call before it, {book.said(desk, last)}, counts again"
            if last
            else "you have no call there now"
        )
        return f"Taken back: {book.said(desk, call)} for {book.where(desk, call.region)}; {before}."

    told = steps.step("undo", back)
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, m.sentence(told), key=key, look=steps.again))


def _dialog(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog that asks for a call; None for who has none to make."""
    region = press.value or None
    mine = book.reach(desk, known.person)
    if not (mine.whole if region is None else region in mine.regions):
        return None
    period = book.quarter(desk).label
    last = book.last_of(desk, known.person.id if known.person else "", region, period)
    amounts = {_COMMIT: last.commit if last else None, _BEST: last.best if last else None}
    return dialog(
        CHANGE,
        "Your call",
        [
            field(_COMMIT, f"Commit for {book.where(desk, region)}, {period}", _input(amounts[_COMMIT])),
            field(_BEST, "Best case", _input(amounts[_BEST]), optional=True),
        ],
        about=region or "",
        note="A number without k or M is in millions.",
    )


def _input(amount: Decimal | None) -> dict[str, Any]:
    written = {} if amount is None else {"initial_value": f"{amount:,.0f}"}
    return {"type": "plain_text_input", **written}


def _wrong(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with the amounts of the dialog."""
    currency = desk.line.company.currency
    commit, best = (typed(filled.values.get(name, ""), currency) for name in (_COMMIT, _BEST))
    if commit is None:
        return {_COMMIT: _HOW.format(currency=currency)}
    if best is None:
        return {_BEST: _HOW.format(currency=currency)} if filled.values.get(_BEST) else {}
    return {_BEST: "The best case is less than the commit"} if commit > best else {}


def _filled(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Keep what was called in the dialog."""
    currency = desk.line.company.currency
    values: Mapping[str, Decimal | None] = {
        name: typed(filled.values.get(name, ""), currency) for name in (_COMMIT, _BEST)
    }

    def keep() -> Answer:
        commit = values[_COMMIT]
        if commit is None:
            return _alone(f"{_HOW.format(currency=currency)}.")
        said = _Said(
            key=filled.key, at=filled.at, region=filled.about or None, commit=commit, best=values[_BEST]
        )
        return _again(desk, known, said)

    _answer(desk, steps, request_of(desk, filled), keep)


def _refused(desk: Desk, steps: Steps, press: Press, _known: Known) -> None:
    """Tell who may not call that, where the dialog did not open."""
    told = m.sentence("In the CRM nobody there reports to you, so that is not yours to call.")
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, told, key=key, look=steps.again))


def _mute(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Ask somebody for calls no more."""
    told = steps.step("mute", lambda: muted(desk, known, on=True))
    key = mark_of(press.request.key)
    steps.step("tell", lambda: tell(desk, press.request, m.sentence(told), key=key, look=steps.again))


def _answer(desk: Desk, steps: Steps, request: Request, keep: Callable[[], Answer]) -> None:
    kept = steps.step("answer", lambda: keep().model_dump(mode="json"))
    deliver(desk, steps, request, Answer.model_validate(kept))


def _of(note: Mapping[str, Any], *, sure: bool) -> _Said:
    return _Said(
        key=str(note["key"]),
        at=datetime.fromisoformat(str(note["at"])),
        region=note.get("region"),
        commit=Decimal(str(note["commit"])),
        best=Decimal(str(note["best"])) if "best" in note else None,
        period=str(note["period"]),
        source=str(note.get("source", "")),
        sure=sure,
    )


def _alone(why: str) -> Answer:
    return Answer(to="alone", why=why)


FEATURE = Feature(
    errands={"call": _errand},
    presses={UNDO: _undo, YES: _yes, SAME: _same, CHANGE: _refused, MUTE: _mute},
    dialogs={CHANGE: _dialog},
    checks={CHANGE: _wrong},
    filled={CHANGE: _filled},
    works={ASK: ask},
    clock=(due,),
)
