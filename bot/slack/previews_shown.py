"""How a report that is to come is shown to those who look it over: who they are, and the message of each."""

from __future__ import annotations

from bot.slack import blocks as b
from bot.slack import message as m
from bot.slack.desk import Desk
from bot.slack.gate import decides
from bot.slack.people import Known
from bot.slack.previews_kept import CONTEXT, DROP, FIX, NOW, RIGHT, Preview, Said, hour, preview_of
from bot.store import Revision
from connectors.access import Access
from connectors.records import Person
from reports.facts import Filter

# Those of the company file who publish anybody's report, and those whom it names to look over the reports that come.
OWNERS, REVIEWERS = "weekly_owner", "reviewers"
_WORDS = {"right": "looks right", "context": "added context", "question": "asked about a deal"}


def recipients(desk: Desk, preview: Preview, revision: Revision) -> tuple[str, ...]:
    """Return who looks a report over: its owner, the weekly's owners, and the managers, each with rights to all of it.

    The managers are those whom the company file names as reviewers; where it names none, those to whom the reps of the
    report's regions report. Whoever has never spoken with us is not known to be that person, and gets nothing.
    """
    company = desk.line.company
    named = company.roles.get(REVIEWERS, ())
    managers = named or tuple(
        person.email.casefold() for person in _managers(desk.line.crm.people(), revision.spec.filters)
    )
    asked = (
        preview.schedule.owner,
        *desk.directory.linked(company.roles.get(OWNERS, ())),
        *desk.directory.linked(managers),
    )
    return tuple(user for user in dict.fromkeys(asked) if may_see(desk.directory.known(user), revision))


def may_see(known: Known, revision: Revision) -> bool:
    """Say whether somebody's own rights cover all that a revision was measured under."""
    if not known.confirmed or known.member.gone or known.member.outside:
        return False
    return Access(workspace=revision.workspace, asker=known.grant).covers(revision.limits)


def word_of(desk: Desk, preview: Preview, number: int) -> Said | None:
    """Return the word by which a revision may be published: of who may say so, on it, or on one that only they changed since.

    What somebody else changed after that word needs another one, unless it was taken back; and so does a report that is
    for other readers by now.
    """
    shown = desk.revision(preview.draft_id, number)
    for said in reversed(preview.said):
        if said.what != "right" or not said.decides or said.number > number:
            continue
        since = (desk.revision(preview.draft_id, later) for later in range(said.number + 1, number + 1))
        before = desk.revision(preview.draft_id, said.number)
        same = before.spec_hash == shown.spec_hash or all(revision.author == said.name for revision in since)
        if same and before.limits == shown.limits:
            return said
    return None


def message(desk: Desk, preview: Preview, revision: Revision, user: str, *, card: str) -> m.Outgoing:
    """Return a preview as one person sees it: what becomes of it, the report, what was said, and what can be pressed."""
    head = b.plain(_head(desk, preview, revision))
    report = m.draft(revision, card=card, state=_state(preview), bare=True)
    said = tuple(
        b.grey(
            f"{one.name}: {_WORDS[one.what]} (r{one.number}, {hour(preview.schedule, one.at)})"
            for one in preview.said[-9:]
        )
    )
    own = user == preview.schedule.owner
    theirs = decides(desk, desk.directory.known(user), preview.schedule.owner)
    pressed = b.actions(_buttons(preview, revision, own=own, theirs=theirs))
    return m.Outgoing(
        text=m.notice(f"Preview for {preview.where}: {revision.deck.message.notification}"),
        blocks=(head, *report.blocks, *said, *pressed),
        plain=(head, *report.plain, *said, *pressed),
    )


def show(desk: Desk, draft_id: str, *, number: int, card: str, key: str) -> bool:
    """Show a preview to everybody who has it as it stands now."""
    preview = preview_of(desk, draft_id)
    if preview is None:
        return False
    revision = desk.revision(draft_id, number)
    for user, shown in preview.shown.items():
        told = message(desk, preview, revision, user, card=card)
        if not may_see(desk.directory.known(user), revision):
            told = m.sentence(f"{preview.where}: by now you may not see all of this report.")
        desk.poster.update(shown.channel, shown.ts, told, key=key)
    return True


def _head(desk: Desk, preview: Preview, revision: Revision) -> str:
    if preview.told:
        return preview.told
    at = hour(preview.schedule, preview.due)
    if why := preview.schedule.paused:
        past = preview.due <= preview.schedule.done_through
        after = "can be published once it is resumed" if past else "comes only if it is resumed before"
        return f"Paused: {why} What is due in {preview.where} {at} {after}."
    due = f"Due in {preview.where} {at}, with the figures of that moment."
    word = word_of(desk, preview, revision.number)
    if word is not None:
        return f"{due} {word.name} said that it looks right, so it will be published."
    stale = preview.last_word
    since = f" {stale.name} said so of r{stale.number}; it has changed since." if stale else ""
    what = "it is held" if preview.schedule.unreviewed == "hold" else "it is posted marked as not reviewed"
    owner = desk.directory.member(preview.schedule.owner).name or "its owner"
    return f"{due} Unless {owner} says by then that it looks right, {what}.{since}"


def _state(preview: Preview) -> str:
    return "preview" if preview.is_open else {"dropped": "not published"}.get(preview.state, "published")


def _buttons(preview: Preview, revision: Revision, *, own: bool, theirs: bool) -> tuple[b.Block, ...]:
    """Return the buttons of somebody: whose `own` report it is, or whose to publish. Once out, it is looked over late."""
    value = f"{preview.draft_id}:{revision.number}"
    if not preview.is_open:
        open_still = preview.state == "unreviewed" and theirs
        return (b.button("Looks right", RIGHT, value, style="primary"),) if open_still else ()
    more = (b.button("Fix a deal", FIX, value), b.button("Add context", CONTEXT, value))
    if preview.state == "coming" and preview.schedule.paused:
        return more
    if preview.state == "coming":
        now = (b.button("Publish now", NOW, value),) if own else ()
        return (b.button("Looks right", RIGHT, value, style="primary"), *more, *now)
    late = (b.button("Publish", NOW, value, style="primary"), b.button("Not this time", DROP, value))
    return (*(late if theirs else ()), *more)


def _managers(people: tuple[Person, ...], filters: tuple[Filter, ...]) -> tuple[Person, ...]:
    """Return those to whom reps report: of the regions that a report is about, of all where it is about all."""
    regions = next((item for item in filters if item.dim == "region"), None)
    bosses = {person.manager_id for person in people if person.active}
    reps = [person for person in people if person.active and person.id not in bosses]
    about = {
        rep.manager_id
        for rep in reps
        if regions is None or (rep.region in regions.values) is not regions.negate
    }
    return tuple(person for person in people if person.active and person.id in about)
