"""The truth file: what was planted in the demo company, deal by deal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from connectors.demo import rows
from connectors.demo.crm import DemoCrm
from connectors.demo.simulate import OPEN


def write_truth(path: Path, crm: DemoCrm) -> None:
    """Write what was planted as JSON: harms, decoys and opportunities, each with the ids of its deals.

    Raises:
        OSError: the file cannot be written.
    """
    harms: dict[str, list[str]] = {}
    decoys: dict[str, list[str]] = {}
    for past in crm.larkmoor.pasts():
        still_open = past.state["status"] == OPEN
        for found, planted in ((harms, past.harms), (decoys, past.decoys)):
            for name, flags in planted.items():
                places = np.flatnonzero(flags & still_open) + past.deals.first
                found.setdefault(name, []).extend(rows.deal_id(int(place)) for place in places)
    opportunities: dict[str, Any] = {}
    for story in crm.larkmoor.stories():
        for name in story.planted:
            opportunities.setdefault(name, []).append(story.id)
    text = json.dumps({"harms": harms, "decoys": decoys, "opportunities": opportunities}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
