"""Where people say that a schedule shall go to, however they say it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.schedules.words import read

PEOPLE = ("Katrin Vogelsang", "Katrin", "Jonas Adler", "Jonas")


@pytest.mark.parametrize(
    "text, place, what",
    [
        ("weekly every monday at 9 to @Katrin Vogelsang", "@Katrin Vogelsang", "weekly"),
        ("weekly every monday at 9 to @U0123ABC even if not reviewed", "@U0123ABC", "weekly"),
        ("dm @katrin the weekly every monday", "@katrin", "weekly"),
        ("email katrin the weekly every tuesday at 9", "@katrin", "weekly"),
        ("send the weekly to Katrin Vogelsang every tuesday at 9", "@Katrin Vogelsang", "weekly"),
        ("send katrin the weekly every tuesday", "@katrin", "weekly"),
        ("every tuesday send to jonas the forecast", "@jonas", "forecast"),
        ("send jonas pipeline every monday to me", "me", "jonas pipeline"),
        ("pipeline of jonas every monday", "", "pipeline of jonas"),
        ("weekly at 8:30 every mon in emea-sales for emea", "emea-sales", "weekly for emea"),
        ("weekly in the emea sales channel every monday", "the emea sales", "weekly"),
        ("weekly every monday to the leads", "the leads", "weekly"),
        ("weekly every monday in #emea-sales for emea", "#emea-sales", "weekly for emea"),
        ("emea weekly each monday in my inbox", "me", "emea weekly"),
    ],
)
def test_who_or_what_gets_it_is_taken_out_of_the_words(text: str, place: str, what: str):
    found = read(text, today=date(2026, 11, 23), people=PEOPLE)

    assert (found.problem, found.place, found.text) == ("", place, what)
