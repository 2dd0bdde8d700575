"""Decks to draw and to check: a weekly review of Larkmoor with every kind of block, and hostile variants of it.

The numbers are those of the demo company's story, so the pictures are those that people will see.
"""

from tests.fakes.decks.ahead import appendix, next_quarter
from tests.fakes.decks.deals import commit, left_quarter, winnable
from tests.fakes.decks.parts import AS_OF, COUNT, FOOTER, MILLIONS, SHARE, deal, k, money, slide, words
from tests.fakes.decks.standing import coverage, movement, stacked, summary
from tests.fakes.decks.whole import card, deck, every_block, message, weekly, weekly_slides

__all__ = [
    "AS_OF",
    "COUNT",
    "FOOTER",
    "MILLIONS",
    "SHARE",
    "appendix",
    "card",
    "commit",
    "coverage",
    "deal",
    "deck",
    "every_block",
    "k",
    "left_quarter",
    "message",
    "money",
    "movement",
    "next_quarter",
    "slide",
    "stacked",
    "summary",
    "weekly",
    "weekly_slides",
    "winnable",
    "words",
]
