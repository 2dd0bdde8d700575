"""The numbers that Larkmoor's records add up to on Monday 23 November 2026, in US dollars (and in deals)."""

from __future__ import annotations

# By region: AMER, EMEA, APAC. Won so far, then what is open and due in the quarter, by category.
WON = (2_010_000, 640_000, 410_000)
OPEN = {
    "commit": (1_010_000, 690_000, 240_000),
    "best_case": (1_240_000, 560_000, 180_000),
    "pipeline": (900_000, 510_000, 160_000),
}
# How many deals are open and due in the quarter: 212 in all.
OPEN_COUNT = {"commit": (14, 11, 5), "best_case": (36, 19, 7), "pipeline": (68, 37, 15)}
# What is open and due in the next quarter.
NEXT_QUARTER = 4_100_000
NEXT_QUARTER_COUNT = (52, 30, 12)
LATER_COUNT = (14, 8, 4)
# Deals, far out, that nobody has put an amount on.
WITHOUT_AMOUNT = 6
# Deals of the quarter won so far, the share of Sense among them, and how many are planned for weeks 1 to 4.
WINS = 60
SENSE_WINS = 20
# Slip rates of the four weeks before the last: their mean is 3.8 %.
SLIP_RATES = (0.032, 0.044, 0.035, 0.041)
SLIPS_PER_WEEK = (2, 1, 1)
# Open deals whose close date has passed, their value and their owners.
OVERDUE = 64
OVERDUE_VALUE = 1_100_000
OVERDUE_FROM_BEFORE = (8, 4, 2)
OVERDUE_BY_CATEGORY = {"commit": (2, 1, 0), "best_case": (6, 3, 1), "pipeline": (21, 12, 4)}
TIDY_REPS = ("Priya Raman", "Walt Pruitt", "Amara Nwosu", "Jonas Adler")
# Bookings of the quarters before, by region: 101 %, 97 % and 104 % of the targets in the company file.
BOOKINGS = {
    "FY26-Q1": (2_393_000, 1_388_000, 461_000),
    "FY26-Q2": (2_604_000, 1_587_000, 562_000),
    "FY26-Q3": (2_967_000, 1_771_000, 670_000),
}
# Share of the deals closed in the last twelve months that were won: by count, and by value.
WIN_RATE = 0.24
WIN_RATE_BY_VALUE = 0.20
