"""How a schedule is called, to its owner and to others."""

from __future__ import annotations

from datetime import datetime

from slack_sdk.errors import SlackApiError

from bot.schedules import Schedule
from bot.schedules.rhythm import dated, following, said
from bot.slack.brake import stopped
from bot.slack.desk import Desk


def title(schedule: Schedule) -> str:
    """Return what comes: the words that are asked, or the digest and its scope, or what an alert is about."""
    match schedule.what:
        case "digest":
            return f"The digest of {schedule.text}" if schedule.text else "The digest"
        case "alert":
            return f"“Tell me when {schedule.text}”"
        case _:
            return f"“{schedule.text}”"


def where(desk: Desk, schedule: Schedule) -> str:
    """Return where it goes to."""
    if schedule.channel == schedule.owner:
        return "to you directly"
    try:
        found = desk.poster.conversations_info(channel=schedule.channel)["channel"]
    except SlackApiError:
        return "to a channel that I no longer see"
    return f"to #{found.get('name', schedule.channel)}"


def rhythm_of(schedule: Schedule, near: datetime) -> str:
    """Return when it comes: of an alert, that it comes when it happens."""
    return "when it happens" if schedule.what == "alert" else said(schedule.rhythm, near=near)


def discreet(desk: Desk, schedule: Schedule) -> str:
    """Return how others call it: what comes to one person alone is not told by its words."""
    name = desk.directory.member(schedule.owner).name or schedule.owner
    if schedule.channel == schedule.owner:
        return f"What comes to {name} directly, {rhythm_of(schedule, desk.clock())}"
    return f"{title(schedule)} {where(desk, schedule)}, {rhythm_of(schedule, desk.clock())}, by {name}"


def line(desk: Desk, schedule: Schedule, viewer: str) -> str:
    """Return one schedule as a line of a list: what, where to, when, and when next or why not."""
    if schedule.owner == viewer:
        shown = f"{title(schedule)} {where(desk, schedule)}, {rhythm_of(schedule, desk.clock())}"
    else:
        shown = discreet(desk, schedule)
    return f"{shown}. {state(desk, schedule)}"


def state(desk: Desk, schedule: Schedule) -> str:
    """Return whether it comes, as a sentence: when next, or why not."""
    if schedule.paused:
        return f"Paused: {schedule.paused}"
    if halted := stopped(desk):
        return f"Everything is {halted}."
    if schedule.what == "alert":
        return "On the watch."
    coming = next_of(desk, schedule)
    skipped = [day for day in schedule.skips if day >= desk.clock().date()]
    left = f" Skipped: {', '.join(f'{day:%-d %b}' for day in skipped)}." if skipped else ""
    return (f"Next: {dated(coming, schedule.rhythm.zone)}." if coming else "No next date.") + left


def next_of(desk: Desk, schedule: Schedule) -> datetime | None:
    """Return when it comes next; None where that is never."""
    after = max(schedule.done_through, desk.clock())
    holidays = desk.line.company.holidays
    return next(following(schedule.rhythm, after, holidays=holidays, skips=schedule.skips), None)
