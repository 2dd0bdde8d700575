"""The truth file: what was planted in the demo company, deal by deal."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from connectors.demo import rows
from connectors.demo.crm import DemoCrm
from connectors.demo.customers import PAIR, POPULAR
from connectors.demo.people import REPS, rep_id
from connectors.demo.simulate import OPEN, Past
from connectors.demo.story import Story

# Signs of the season that look like a harm and are none, and those that are a chance.
_DECOYS = frozenset({"logs_little", "procurement", "friday"})
_CHANCES = frozenset({"save", "better_than_called", "ready_to_pull_in", "revive"})
_PAST_DECOYS = frozenset({"procurement", "logs_little"})


def truth(crm: DemoCrm) -> dict[str, dict[str, list[str]]]:
    """Return what was planted: `harms`, `decoys` and `opportunities`, each by name with the ids of open deals.

    Deals of the season are named even where they have closed. `season` names the deals of the season by their part in the story,
    `habits` the reps by what is odd about them. `products` names pairs of them: owners of the first of `pair` tend to
    own the second as well, those of the popular one do not.
    """
    larkmoor = crm.larkmoor
    planted: dict[str, defaultdict[str, list[str]]] = {
        kind: defaultdict(list)
        for kind in ("harms", "decoys", "opportunities", "season", "habits", "products")
    }
    for story in larkmoor.stories:
        _from_story(story, planted)
    if not larkmoor.is_told:
        for past in larkmoor.pasts():
            _from_past(past, planted)
    planted["products"]["pair"].append(" > ".join(PAIR))
    planted["products"]["popular_pair"].append(" > ".join(POPULAR))
    for place, rep in enumerate(REPS):
        if rep.habit:
            planted["habits"][rep.habit].append(rep_id(place))
    return {kind: dict(sorted(names.items())) for kind, names in planted.items()}


def write_truth(path: Path, crm: DemoCrm) -> None:
    """Write what was planted as JSON, whole or not at all; see `truth`.

    Raises:
        OSError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(truth(crm), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _from_story(story: Story, planted: dict[str, defaultdict[str, list[str]]]) -> None:
    if part := story.planted.get("part"):
        planted["season"][part].append(story.id)
    if name := story.planted.get("sign"):
        kind = "decoys" if name in _DECOYS else "opportunities" if name in _CHANCES else "harms"
        planted[kind][name].append(story.id)
    for name in sorted(set(story.planted) - {"part", "sign"}):
        if story.is_open:
            planted["decoys" if name in _PAST_DECOYS else "harms"][name].append(story.id)


def _from_past(past: Past, planted: dict[str, defaultdict[str, list[str]]]) -> None:
    still_open = past.state["status"] == OPEN
    for kind, flags_by_name in (("harms", past.harms), ("decoys", past.decoys)):
        for name, flags in flags_by_name.items():
            places = np.flatnonzero(flags & still_open) + past.deals.first
            planted[kind][name].extend(rows.deal_id(int(place)) for place in places)
