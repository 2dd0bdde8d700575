"""What people say to the bot at random: questions of every kind, reports, edits, and words that mean nothing to it."""

from __future__ import annotations

from random import Random

from tests.scenarios.slack.audience.town import REGIONS, Town

_QUESTIONS = (
    "pipeline",
    "pipeline {region}",
    "commit this quarter",
    "pipeline by region",
    "coverage by region",
    "pipeline by owner",
    "pipeline by manager",
    "pipeline by team",
    "win rate by segment",
    "are we going to make it",
    "target by region",
    "pipeline {person}",
    "how is {person} doing",
    "{deal}",
    "{account}",
    "pipeline {account}",
    "who owns {deal}",
    "deals over 100k",
    "deals at {account}",
    "biggest deals",
    "my deals",
    "next steps {region}",
    "lost deals this quarter",
    "why did we lose",
    "what slipped last week",
    "what changed",
    "what changed {region}",
    "wins this quarter",
    "at risk",
    "at risk {region}",
    "opportunities",
    "decisions",
    "actions",
    "why are we behind",
    "why is {region} behind",
    "where does that come from",
    "same for {region}",
    "and by owner",
    "and last quarter",
    "zqd9 pipeline",
    "{person} and {region}",
    "{deal} closed already",
    "who am i",
    "help",
    "not {region} by segment",
)
# What people ask aloud, most of all; not what names one record or one person.
_ALOUD = (
    "pipeline",
    "pipeline {region}",
    "commit this quarter",
    "pipeline by region",
    "coverage by region",
    "win rate by segment",
    "are we going to make it",
    "what slipped last week",
    "what changed",
    "wins this quarter",
    "at risk",
    "why are we behind",
)
_DECKS = ("weekly", "weekly {region}", "weekly {person}", "weekly {account}")
_EDITS = (
    "only {region}",
    "only {person}",
    "drop 4",
    "drop 44",
    "undo",
    "back to r1",
    "fresh data",
    "title slide 2: look at {deal}",
    "add win rate by segment",
    "add pipeline by owner",
    "note on {deal}: legal call Tue",
    "all regions",
    "slide 3 only {region}",
    "slide nine in eur",
    "where does that come from",
)


def question(dice: Random, town: Town) -> str:
    return _said(dice, town, _QUESTIONS)


def plain_question(dice: Random, town: Town) -> str:
    return _said(dice, town, _ALOUD)


def deck(dice: Random, town: Town) -> str:
    return _said(dice, town, _DECKS)


def edit(dice: Random, town: Town) -> str:
    return _said(dice, town, _EDITS)


def _said(dice: Random, town: Town, texts: tuple[str, ...]) -> str:
    deal = dice.choice(town.deals)
    return dice.choice(texts).format(
        region=dice.choice(REGIONS),
        person=dice.choice(town.staff).name.split()[0],
        deal=deal.name.split()[0],
        account=f"Zqa{deal.account:03}",
    )
