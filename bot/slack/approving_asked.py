"""A change asked for in words: what is open in it is asked first, which deal, which stage and why; then comes its card."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.agent.intents import DealCard, Errand
from bot.approvals.asked import SAY, Wish, same_name, unused, wish
from bot.runs.ports import Steps
from bot.slack import message as m
from bot.slack.approving import ASKED, stands
from bot.slack.approving_cards import card
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.dialogs import request_of
from bot.slack.feature import Feature, Filled
from bot.slack.losing import chosen, how_dialog, open_ends
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from reports import words
from reports.facts import Frozen

WHICH, STAGE, HOW = "write_which", "write_stage", "write_how"
_MOST = 5
_STEP = re.compile(r"\bnext[\s-]*steps?\s*:", re.IGNORECASE)
_FORGOTTEN = "I no longer know what that was about. Please say it once more."
_NO_MORE = "Nothing is proposed here any more."


class Asked(Frozen):
    """A change that somebody asked for, while it is not plain which deal it is about, or what of several it gets."""

    request: Request
    errand: Errand
    wanted: Wish | None = None
    reasons: tuple[str, ...] = ()


def _errand(desk: Desk, request: Request, known: Known, asked: Errand) -> Answer | None:
    """Return the card of a change, or the one question that is open; None where nothing is proposed here."""
    if desk.executor is None:
        return None
    wanted = wish(asked, desk.line.crm.stages())
    if isinstance(wanted, str):
        return _alone(wanted)
    if not asked.deals:
        return _alone(f"Which deal? {SAY}")
    if len(asked.deals) == 1:
        wanted, reasons = open_ends(desk, desk.executor, wanted)
        if wanted.options or reasons:
            return _how(desk, Asked(request=request, errand=asked, wanted=wanted, reasons=reasons))
        answer = card(desk, request, known, asked.deals[0].id, wanted)
        left = ", ".join(unused(asked, wanted))
        return answer.model_copy(update={"why": f"{answer.why} Not used: {left}."}) if left else answer
    if not same_name(asked):
        return _alone(f"One deal at a time, please. {SAY}")
    key = mark_of(f"{request.key}:deal")
    note = Asked(request=request, errand=asked).model_dump(mode="json")
    desk.notes.write(desk.workspace, ASKED, key, note)
    named = [f"{deal.name} ({deal.detail})" if deal.detail else deal.name for deal in asked.deals[:_MOST]]
    more = " There may be more: then say the whole name." if len(asked.deals) >= _MOST else ""
    return Answer(
        to="alone",
        why=f"Which deal is it?{more}",
        buttons=tuple((name, f"{WHICH}:{place}", f"{key}:{place}") for place, name in enumerate(named)),
    )


def _how(desk: Desk, asked: Asked) -> Answer:
    """Ask how a deal ended: by a few buttons, else by a dialog, which asks for the reason too."""
    key = mark_of(f"{asked.request.key}:how:{asked.errand.deals[0].id}")
    desk.notes.write(desk.workspace, ASKED, key, asked.model_dump(mode="json"))
    stages = asked.wanted.options if asked.wanted is not None else ()
    name = words.line(asked.errand.deals[0].name, 80)
    if stages and len(stages) <= _MOST and not asked.reasons:
        return Answer(
            to="alone",
            why=f"Which stage does {name} get?",
            buttons=tuple(
                (stage, f"{STAGE}:{place}", f"{key}:{place}") for place, stage in enumerate(stages)
            ),
        )
    question = f"How did {name} end?" if stages else f"Why is {name} lost?"
    return Answer(to="alone", why=question, buttons=(("Choose", HOW, key),))


def _how_dialog(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog that asks how a deal ended; None for whoever was not asked."""
    asked = _asked(desk, press.value, known)
    if isinstance(asked, str) or asked.wanted is None:
        return None
    name = words.line(asked.errand.deals[0].name, 80)
    return how_dialog(HOW, press.value, name, asked.wanted.options, asked.reasons)


def _how_said(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Go on with what was chosen in the dialog, where it was asked."""
    asked = _asked(desk, filled.about, known)
    if isinstance(asked, str) or asked.wanted is None:
        _no_dialog(desk, steps, request_of(desk, filled), known, filled.about)
        return
    wanted, values = asked.wanted, filled.values
    update = {
        "value": chosen(wanted.options, values.get("stage", "")) or wanted.value,
        "options": (),
        "reason": chosen(asked.reasons, values.get("reason", "")),
    }
    request = asked.request.model_copy(update={"key": filled.key})
    _go_on(desk, steps, request, lambda: _with(desk, asked, known, wanted.model_copy(update=update)))


def _stage_chosen(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Go on with the stage that a button says."""
    key, _, place = press.value.partition(":")

    def go_on() -> Answer:
        asked = _asked(desk, key, known)
        if isinstance(asked, str) or asked.wanted is None:
            return _alone(asked if isinstance(asked, str) else _FORGOTTEN)
        value = chosen(asked.wanted.options, place)
        return _with(desk, asked, known, asked.wanted.model_copy(update={"value": value, "options": ()}))

    _go_on(desk, steps, press.request, go_on)


def _how_pressed(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    _no_dialog(desk, steps, press.request, known, press.value)


def _no_dialog(desk: Desk, steps: Steps, request: Request, known: Known, key: str) -> None:
    """Say why the dialog of a question does not open."""
    asked = _asked(desk, key, known)
    told = m.sentence(asked if isinstance(asked, str) else "Press once more, please.")
    steps.step("tell", lambda: tell(desk, request, told, key=mark_of(request.key), look=steps.again))


def _with(desk: Desk, asked: Asked, known: Known, wanted: Wish) -> Answer:
    """Return the card of what somebody asked for, now that it is whole."""
    if desk.executor is None:
        return _alone(_NO_MORE)
    return card(desk, asked.request, known, asked.errand.deals[0].id, wanted)


def _asked(desk: Desk, key: str, known: Known) -> Asked | str:
    """Return what somebody asked for; why it is not to be gone on with, as a sentence."""
    note = desk.notes.read(desk.workspace, ASKED, key)
    if note is None:
        return _FORGOTTEN
    asked = Asked.model_validate(note)
    return asked if asked.request.user == known.member.id else "That question was put to somebody else."


def _said(desk: Desk, request: Request, known: Known, meant: DealCard) -> Answer | None:
    """Return the card of `ostrander next step: call legal`, which reads as a question about the deal otherwise."""
    if desk.executor is None or not _STEP.search(request.text):
        return None
    return _errand(
        desk, request, known, Errand(kind="update", deals=(meant.deal,), text=request.text.strip())
    )


def _chosen(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Go on with what somebody asked for, now that it is plain which deal is meant."""
    key, _, place = press.value.partition(":")

    def go_on() -> Answer:
        asked = _asked(desk, key, known)
        if isinstance(asked, str):
            return _alone(asked)
        deal = asked.errand.deals[int(place)]
        errand = asked.errand.model_copy(update={"deals": (deal,)})
        answer = _errand(desk, asked.request, known, errand)
        return answer or _alone(_NO_MORE)

    _go_on(desk, steps, press.request, go_on)


def _go_on(desk: Desk, steps: Steps, request: Request, do: Callable[[], Answer]) -> None:
    """Answer what somebody asked for before, once."""
    answer = Answer.model_validate(steps.step("answer", lambda: do().model_dump(mode="json")))
    deliver(desk, steps, request, answer)
    stands(desk, steps, request, answer)


def _alone(why: str) -> Answer:
    return Answer(to="alone", why=why)


FEATURE = Feature(
    errands=dict.fromkeys(("push", "bump", "update"), _errand),
    cards=_said,
    presses={WHICH: _chosen, STAGE: _stage_chosen, HOW: _how_pressed},
    dialogs={HOW: _how_dialog},
    filled={HOW: _how_said},
)
