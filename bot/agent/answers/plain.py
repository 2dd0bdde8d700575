"""Answers that need no record: the menu, help, courtesies, what is not read, what cannot be done here."""

from __future__ import annotations

from bot.agent.answers.asking import Asking, sentence
from bot.agent.intents import Courtesy, Edits, Errand, Help, Nothing, Problem, Unread
from bot.agent.reply import Button, Reply

EXAMPLES: tuple[str, ...] = ("pipeline emea", "what slipped last week", "win rate by segment")
_SHORT_NAME = 40
_MENU: tuple[tuple[str, str], ...] = (
    ("Weekly deck", "weekly"),
    ("My deals", "my deals"),
    ("At risk", "at risk"),
    ("What changed", "what changed"),
)
HELP: tuple[str, ...] = (
    "Say a thing and a place: pipeline emea · coverage by region · commit this quarter · win rate by segment",
    "Name a deal, an account or a person: ostrander · my deals · deals over 100k closing this month",
    "Ask what happened: what changed · what slipped last week · wins this month · at risk",
    "Ask how it goes: are we on track · what should I do today · bookings by month · pipeline last monday · loss reasons",
    "Ask for a deck: weekly · weekly emea · weekly as of 30 Oct · forecast · forecast next quarter",
    "Then change it: only EMEA · slide 3 in eur · drop 4 and 6 · add win rate by segment · undo · fresh data",
    "Put words on it: title slide 2: … · note on ostrander: …",
    "In Slack, have it come by itself: schedule weekly every monday 08:30 · daily digest · tell me when a commit deal slips",
    "In Slack, follow it through: remind jonas thursday re ostrander · nudge everyone with past due close dates",
)
# What a part of the bot in Slack does; in a terminal there is nobody to tell and no clock that goes on.
_IN_SLACK = frozenset({"nudge", "remind", "stop", "goal", "call", "schedule", "mute"})
_ERRANDS: dict[str, str] = {
    "push": "move a close date",
    "bump": "change an amount",
    "update": "change a record",
    "nudge": "ask owners to mend their deals",
    "chase": "draft e-mails to buyers",
    "remind": "remind somebody",
    "stop": "stop all writes and schedules",
    "goal": "follow a goal over days",
    "call": "keep a manager's call",
    "schedule": "send a report by itself",
    "allow": "allow a channel",
    "mute": "mute a kind of alert",
    "email": "send e-mail",
    "share": "send a deck to somebody",
    "export": "export records",
}


def menu(_asking: Asking) -> Reply:
    """Show what there is, privately, as buttons and examples."""
    return Reply(
        intent="menu",
        private=True,
        lines=("What do you want to see?",),
        small=(f"Or ask in your own words: {' · '.join(EXAMPLES)}",),
        buttons=tuple(Button(label=label, text=text) for label, text in _MENU),
    )


def help_(_asking: Asking, intent: Help) -> Reply:
    """Show examples of what to say; where words were asked about, those that hold them come first."""
    about = intent.about.casefold()
    lines = sorted(HELP, key=lambda line: not (about and about in line.casefold()))
    return Reply(intent="help", private=True, lines=tuple(lines))


def courtesy(_asking: Asking, intent: Courtesy) -> Reply:
    """Answer a greeting or thanks in a few words."""
    said = {
        "hello": f"Hello. Ask me for example: {' · '.join(EXAMPLES)}",
        "thanks": "You're welcome.",
        "fine": "Good.",
    }
    return sentence("courtesy", said[intent.kind])


def errand(asking: Asking, intent: Errand) -> Reply:
    """Say what was understood, that it was not done, and why; nothing is changed."""
    named = ", ".join(candidate.name for candidate in (*intent.deals, *intent.people))
    details = [named] if named else []
    if intent.day is not None:
        details.append(f"{intent.day:%a} {intent.day.day} {intent.day:%b %Y}")
    if intent.amount is not None:
        details.append(f"{asking.line.company.currency} {intent.amount:,.0f}")
    shown = f" ({'; '.join(details)})" if details else ""
    reads = "I do not do that" if asking.line.writes else "This installation only reads"
    why = "I do that in Slack, not here" if intent.kind in _IN_SLACK else reads
    return Reply(
        intent="errand",
        private=True,
        lines=(
            f"Read as: {_ERRANDS[intent.kind]}{shown}.",
            f"{why}: nothing was changed or sent.",
        ),
    )


def problem(_asking: Asking, intent: Problem) -> Reply:
    """Say what is not there and what is: short names in a row, titles each on a line of its own."""
    known = intent.known[:12]
    listed = known if any(len(name) > _SHORT_NAME for name in known) else (", ".join(known),)
    small = (f"There is: {listed[0]}",) if len(listed) == 1 else ("There is:", *listed)
    return Reply(
        intent="problem",
        private=True,
        lines=(intent.message,),
        small=small if known else (),
        buttons=tuple(Button(label=item.label, text=item.text) for item in intent.alternatives),
    )


def unread(_asking: Asking, intent: Unread) -> Reply:
    """Say that the words were not understood, with the nearest that would be."""
    return Reply(
        intent="unread",
        private=True,
        lines=(
            f"I could not read: {' '.join(intent.unread)}" if intent.unread else "I could not read that.",
        ),
        small=(f"Ask for example: {' · '.join(EXAMPLES)}",),
        buttons=tuple(Button(label=item.label, text=item.text) for item in intent.suggestions),
    )


def nothing(_asking: Asking, intent: Nothing) -> Reply:
    """Say nothing in the thread; an offer goes to the person who wrote, and to nobody else."""
    if intent.offer is None:
        return Reply(intent="nothing", silent=True, private=True, small=(intent.reason,))
    edits = isinstance(intent.offer, Edits)
    labels = ("Do it", "No") if edits else ("Answer", "In DM")
    return Reply(
        intent="nothing",
        silent=True,
        private=True,
        lines=(f"Read this as: {intent.offer_words}?" if edits else "Answer here?",),
        small=(intent.reason,),
        buttons=tuple(Button(label=label, text=intent.offer_words) for label in labels),
    )
