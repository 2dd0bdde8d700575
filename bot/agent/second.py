"""The second reading: what the rules cannot read goes to a model, where there is one; it never does more than they."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from bot.agent import intents as i
from bot.agent.answers.asking import Asker
from bot.agent.lexicon import TOPICS, Lexicon
from bot.agent.model.meaning import COMPARES, NAMED, ORDERS, STATUSES, meaning, names_in
from bot.agent.model.ports import Asked, NoAnswer, Reader, hashed, why
from bot.agent.slides import book
from bot.agent.utterance import utterance
from bot.store import Revision, Thread
from reports import words
from reports.facts import DIMS
from reports.kinds import KINDS
from reports.measures import CATALOGUE
from reports.periods import NAMES as PERIODS
from reports.spec import Mark

# Of a dimension so many values are told, each with so many letters at most.
_VALUES, _LETTERS = 60, 60
# A longer message is a text, not a request.
_LONGEST = 1_500
INSTEAD = "I read this by rules"


def again(
    meant: i.Intent,
    text: str,
    *,
    reader: Reader | None,
    lexicon: Lexicon,
    thread: Thread,
    newest: Revision | None,
    asker: Asker,
    surface: i.Surface,
) -> i.Intent:
    """Return what a message means that the rules could not read: as a model reads it, else as the rules did.

    Only words that are addressed to us go to a model, and only where the rules find nothing in them; where the model
    gives no answer, the rules' own says why.
    """
    if reader is None or surface == "thread" or not isinstance(meant, i.Unread) or len(text) > _LONGEST:
        return meant
    owner = next((asker.name for dim in ("owner", "manager") if asker.name in lexicon.values[dim]), None)
    spec = newest.spec if newest else None
    posted = book(newest.deck if newest else None, spec)
    said = utterance(text, lexicon)
    before = thread.question
    asked = Asked(
        text=text.strip(),
        person=hashed(thread.workspace, asker.name),
        workspace=hashed(thread.workspace),
        today=lexicon.clock.today.isoformat(),
        vocabulary=_vocabulary(lexicon),
        named={dim: found for dim in NAMED if (found := names_in(said, dim))},
        slides=tuple(zip(posted.numbers, posted.keys, strict=True)),
        before=None if before is None else before.model_dump(mode="json", exclude={"filters"}),
        about=newest.spec_hash if newest else "",
    )
    try:
        reading = reader.read(asked)
        if reading.sort == "follow_up" and before is None:
            return meant
        read_again = meaning(reading, lexicon, text, owner=owner, book=posted, spec=spec)
    except NoAnswer as none:
        return meant.model_copy(update={"read_as": (*meant.read_as, why(none.trouble, instead=INSTEAD))})
    return meant if read_again is None else read_again


def _vocabulary(lexicon: Lexicon) -> Mapping[str, object]:
    """Return what may be picked: our own names, and the values of dimensions as far as the rights show them."""
    return {
        "measures": {name: entry.label for name, entry in CATALOGUE.items()},
        "topics": list(TOPICS),
        "reports": list(KINDS),
        "by": list(DIMS),
        "values": {
            dim: [words.line(value, _LETTERS) for value in lexicon.values[dim][:_VALUES]]
            for dim in DIMS
            if dim not in NAMED
        },
        "periods": [*PERIODS, "FY26-Q3", "FY26", "2026-Q3", "2026-07", "2026-07-01..2026-09-30"],
        "compare": list(COMPARES),
        "order": list(ORDERS),
        "status": list(STATUSES),
        "currencies": list(lexicon.currencies),
        "charts": list(get_args(Mark)),
    }
