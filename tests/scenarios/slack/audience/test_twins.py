"""Two companies that differ only in amounts that somebody may not see look the same to that person, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.agent.answers.asking import Asker
from bot.agent.turn import turn
from bot.store import open_store
from connectors.access import Access, Grant
from connectors.mirror import open_generation
from tests.scenarios.slack.audience import asks, town
from tests.scenarios.slack.audience.town import Deal

REPS = 4
QUESTIONS = 40


def views(seed: int) -> list[Grant]:
    """Return what people of a town may be limited to: a region, two, some reps."""
    dice = Random(f"views:{seed}")
    reps = [person.id for person in town.people(Random(seed)) if person.role == "Rep"]
    return [
        Grant(person="x", regions=frozenset({dice.choice(town.REGIONS)})),
        Grant(person="x", regions=frozenset(dice.sample(town.REGIONS, 2)), names=False),
        Grant(person="x", owners=frozenset(dice.sample(reps, REPS))),
    ]


def seen(deal: Deal, grant: Grant) -> bool:
    """Say whether a deal was ever in what somebody may see."""
    return any(
        (grant.regions is None or held.region in grant.regions)
        and (grant.owners is None or held.owner in grant.owners)
        for held in deal.holdings
    )


def told(where: Path, built: town.Town, grant: Grant, seed: int) -> list[str]:
    """Return everything that is answered to somebody: questions of every kind, then a deck."""
    built.store.close()
    built.store = open_store(where, None)
    built.store.keep_actions(town.WORKSPACE, built.actions)
    line = replace(built.line(), access=Access(workspace=town.WORKSPACE, asker=grant))
    dice = Random(f"asked:{seed}")
    found = []
    with open_generation(built.mirror.current()):
        for number in range(QUESTIONS):
            text = asks.question(dice, built)
            reply, _ = turn(line, text, thread_id="t", asker=Asker(name="x"), key=str(number))
            found.append(f"{text}: {reply.model_dump_json()}")
        _, made = turn(line, "weekly", thread_id="t", asker=Asker(name="x"), key="weekly")
    if made is not None:
        # The names of the two generations differ, and so does the hash of a spec that is pinned to one.
        plain = made.deck.model_dump_json().replace(built.mirror.current().name, "generation")
        found.append(plain.replace(made.spec_hash, "hash"))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_amounts_that_one_may_not_see_change_nothing_that_one_is_told(tmp_path: Path, seed: int):
    grant = views(seed)[seed]
    one = town.build(seed, tmp_path / "one")
    other = town.build(
        seed, tmp_path / "other", told=lambda deal: deal.amount if seen(deal, grant) else 3 * deal.amount + 7
    )

    assert any(not seen(deal, grant) for deal in one.deals)
    assert told(tmp_path / "a", one, grant, seed) == told(tmp_path / "b", other, grant, seed)
