"""Writing to an org: one approved write, as the person who approved it, at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from connectors.errors import ConnectorError, TryLater
from connectors.salesforce.allowed import OBJECTS, Allowed, beside, checked, new_values
from connectors.salesforce.entries import Making, making
from connectors.salesforce.errors import OrgMovedOn, OutcomeUnknown
from connectors.salesforce.journal import Journal, Noted
from connectors.salesforce.live import Live, Standing
from connectors.salesforce.people import same_user
from connectors.salesforce.shapes import Shape
from connectors.salesforce.task import Task, body, refuse_stale, refuse_sum
from connectors.salesforce.values import same, sent
from connectors.writes import Done, Edit, Entry, Stale, Update, Write

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

# The second in which a record was saved must be over before its stamp tells it from a later save.
_SECOND: Final = 1.0
# How often such a second is waited for.
_WAITS: Final = 5
# A request whose answer was lost may still be at work for so long: Salesforce ends every transaction by then.
LATE: Final = timedelta(minutes=10)
# Creations are looked for from a little before they were sent.
_EARLIER: Final = timedelta(minutes=2)


class SalesforceWriter:
    """Carries out approved writes; see `connectors.writes.Writer`. It is made only where writing is switched on.

    `opened` opens Salesforce as a person for one write, and `pause` waits so many seconds.
    """

    def __init__(
        self,
        allowed: Allowed,
        journal: Journal,
        opened: Callable[[str], AbstractContextManager[Salesforce]],
        *,
        pause: Callable[[float], None],
    ) -> None:
        self._allowed = allowed
        self._journal = journal
        self._opened = opened
        self._pause = pause
        self._shapes: dict[tuple[str, str], Shape] = {}

    def write(self, wanted: Write, *, person: str) -> Done:
        """Carry out a write as `person`, and read back what came of it; the same key again gives the same answer.

        Raises:
            Stale, Conflict, NotAllowed, BadRequest, TryLater: as `connectors.writes.Writer` says.
        """
        with self._at(wanted, person) as noted:
            if noted is not None and noted.done is not None:
                return noted.done
            with self._opened(person) as client:
                if isinstance(wanted, Update):
                    return self._update(Live(client), noted, wanted, person)
                return self._make(Live(client), noted, wanted, person)

    def came_of(self, wanted: Write, *, person: str) -> Done | None:
        """Return what came of a write, by what the record holds now; None where nothing was written.

        Raises:
            ConnectorError: as `connectors.writes.Writer` says.
        """
        with self._at(wanted, person) as noted:
            if noted is None or noted.state == "planned":
                return None
            if noted.done is not None:
                return noted.done
            with self._opened(person) as client:
                if isinstance(wanted, Update):
                    return self._updated(Live(client), noted, wanted, person)
                return self._entered(Live(client), noted, wanted, person)

    @contextmanager
    def _at(self, wanted: Write, person: str) -> Iterator[Noted | None]:
        """Be the only one at a write, and give how far it is; its errors say whether something may have arrived."""
        try:
            with self._journal.held(wanted.key):
                yield self._journal.find(wanted, person)
        except ConnectorError as error:
            error.sent = error.sent or self._journal.may_have_left(wanted, person)
            raise

    def _update(self, live: Live, noted: Noted | None, wanted: Update, person: str) -> Done:
        task = self._asked(live, wanted, person)
        noted = noted or self._journal.keep(Noted(person=person, wanted=wanted))
        if noted.state == "written":
            return self._finish(task, noted)
        standing = self._settled(task)
        if noted.state == "sent" and not task.moved(standing, to="after"):
            return self._finish(task, noted)
        refuse_stale(task, noted, standing)
        refuse_sum(task, standing)
        for last in (False, True):
            doubt = noted.state == "sent"
            noted = self._journal.keep(
                replace(
                    noted, state="sent", stamp=standing.changed, sent_at=standing.at, seen=task.seen(standing)
                )
            )
            try:
                saved = live.change(
                    task.shape.name, wanted.record_id, body(task), unless_after=standing.changed
                )
            except OutcomeUnknown:
                standing = self._settled(task)
                if not task.moved(standing, to="after"):
                    return self._finish(task, noted)
                refuse_stale(task, noted, standing)
                if last:
                    raise
            except OrgMovedOn as error:
                return self._overtaken(task, noted, error, doubt=doubt)
            except ConnectorError:
                if not doubt:
                    self._journal.keep(replace(noted, state="planned"))
                raise
            else:
                break
        return self._finish(task, self._journal.keep(replace(noted, state="written")), saved=saved)

    def _updated(self, live: Live, noted: Noted, wanted: Update, person: str) -> Done | None:
        """Return what came of an update that was sent; None where the record was not saved, and no request is at work.

        Raises:
            Stale: somebody saved the record since.
            TryLater: a request may still be at work.
        """
        task = self._asked(live, wanted, person)
        if noted.state == "written":
            return self._finish(task, noted)
        standing = self._settled(task)
        if not task.moved(standing, to="after"):
            return self._finish(task, noted)
        refuse_stale(task, noted, standing)
        _refuse_early(noted, standing, f"change of {task.named}")
        self._journal.keep(replace(noted, state="planned"))
        return None

    def _asked(self, live: Live, wanted: Update, person: str) -> Task:
        """Return the update as it may be sent; an object is described anew where what is known of it forbids it."""
        name = OBJECTS[wanted.of]
        known = (person, name) in self._shapes
        try:
            shape = self._shape(live, name, person)
            edits = checked(self._allowed, shape, wanted.edits)
        except ConnectorError:
            if not known:
                raise
            self._shapes.pop((person, name), None)
            shape = self._shape(live, name, person)
            edits = checked(self._allowed, shape, wanted.edits)
        return Task(live=live, shape=shape, wanted=wanted, edits=edits)

    def _shape(self, live: Live, name: str, person: str) -> Shape:
        if (person, name) not in self._shapes:
            self._shapes[person, name] = live.shape(name)
        return self._shapes[person, name]

    def _settled(self, task: Task) -> Standing:
        """Return the record, read in a later second than the one in which it was saved last.

        Only then does every later save have a later stamp, so that the guard of the change sees it.

        Raises:
            TryLater: it is saved again and again.
        """
        for _ in range(_WAITS):
            standing = task.live.read(task.shape, task.wanted.record_id, task.names)
            if standing.at > standing.changed:
                return standing
            self._pause(_SECOND)
        raise TryLater(
            f"{task.shape.name} {task.wanted.record_id} is being saved again and again just now: try again in a minute",
            after_seconds=60,
        )

    def _overtaken(self, task: Task, noted: Noted, error: OrgMovedOn, *, doubt: bool) -> Done:
        """Return that it was done after all, by the sending before whose answer was lost; else say what is there now.

        Raises:
            Stale: somebody saved the record in between.
            OrgMovedOn: it is not there any more.
        """
        if not doubt:
            noted = self._journal.keep(replace(noted, state="planned"))
        if error.said.status != 412:
            raise error
        standing = task.live.read(task.shape, task.wanted.record_id, task.names)
        if doubt and not task.moved(standing, to="after"):
            return self._finish(task, noted)
        written = (
            "the sending before it, whose answer was lost, may have been made"
            if doubt
            else "nothing was written"
        )
        raise Stale(
            f"{task.named} was saved by somebody else in the moment of writing: {written} ({error})",
            found=task.moved(standing, to="before"),
        ) from error

    def _finish(self, task: Task, noted: Noted, *, saved: datetime | None = None) -> Done:
        """Return what came of it, and keep that; `saved` is when Salesforce answered that it took it, just now."""
        try:
            standing = task.live.read(task.shape, task.wanted.record_id, task.names)
        except TryLater as error:
            raise TryLater(
                f"Salesforce took the change of {task.named}, but it cannot be read back just now: ask for the same again "
                f"({error})",
                after_seconds=error.after_seconds,
            ) from error
        after = {edit.field.name: edit.after for edit in task.edits}
        moves = [
            Edit(field=edit.field, before=edit.before, after=standing.values.get(edit.field))
            for edit in noted.seen
        ]
        touched = tuple(edit for edit in moves if edit.field in after)
        along = tuple(edit for edit in moves if edit.field not in after and not same(edit.before, edit.after))
        done = Done(
            key=task.wanted.key,
            record_id=task.wanted.record_id,
            at=standing.at,
            edits=touched,
            along=along,
            differing=tuple(edit.field for edit in touched if not same(edit.after, after[edit.field])),
            inverse=self._inverse(
                task,
                moves,
                alone=same_user(standing.by, noted.person) and (saved is None or standing.changed <= saved),
                at_once=saved is not None,
            ),
        )
        self._journal.keep(replace(noted, state="done", done=done))
        return done

    def _inverse(self, task: Task, moves: Sequence[Edit], *, alone: bool, at_once: bool) -> Update | None:
        """Return what takes it back; what stayed as it was is in it too, so that it does not move along on the way back.

        What somebody may have saved since is not in it: unless the record was saved by this change `alone` and was read
        back `at_once`, what holds something else than approved; and then, or where others saved it, what moved along.
        """
        approved = {edit.field.name: edit.after for edit in task.edits}
        listed = self._allowed.fields.get(task.shape.name, ())
        changing = [edit.field for edit in moves if not same(edit.before, edit.after)]
        may = {*listed, *filter(task.shape.may_change, beside(listed, changing))}
        held = {
            edit.field for edit in moves if edit.field in approved and same(edit.after, approved[edit.field])
        }
        if alone and (at_once or held == approved.keys()):
            held |= {edit.field for edit in moves}
        back = tuple(
            Edit(field=edit.field, before=edit.after, after=edit.before)
            for edit in moves
            if edit.field in may & held
        )
        if all(same(edit.before, edit.after) for edit in back if edit.field in approved):
            return None
        wanted = task.wanted
        return Update(key=f"{wanted.key}/undo", of=wanted.of, record_id=wanted.record_id, edits=back)

    def _make(self, live: Live, noted: Noted | None, wanted: Entry, person: str) -> Done:
        plan = making(self._allowed, wanted)
        shape = self._shape(live, plan.object, person)
        values = new_values(shape, plan.values)
        noted = noted or self._journal.keep(Noted(person=person, wanted=wanted))
        if noted.state == "written" and noted.record_id is not None:
            return self._made(live, shape, noted, noted.record_id)
        parent = live.read(Shape(name=plan.parent_object, fields=()), plan.parent[1], ())
        doubt = noted.state == "sent"
        if doubt:
            found = _found(live, plan, noted)
            if found is not None:
                return self._made(live, shape, noted, found)
            _refuse_early(noted, parent, f"new {plan.object}")
        noted = self._journal.keep(
            replace(noted, state="sent", stamp=noted.stamp or parent.at - _EARLIER, sent_at=parent.at)
        )
        try:
            record_id = live.create(plan.object, {name: sent(value) for name, value in values.items()})
        except OutcomeUnknown:
            found = _found(live, plan, noted)
            if found is None:
                raise
            record_id = found
        except ConnectorError:
            if not doubt:
                self._journal.keep(replace(noted, state="planned"))
            raise
        return self._made(
            live, shape, self._journal.keep(replace(noted, state="written", record_id=record_id)), record_id
        )

    def _entered(self, live: Live, noted: Noted, wanted: Entry, person: str) -> Done | None:
        """Return what came of an entry that was sent; None where it is not there, and no request is at work.

        Raises:
            TryLater: a request may still be at work.
        """
        plan = making(self._allowed, wanted)
        shape = self._shape(live, plan.object, person)
        found = noted.record_id or _found(live, plan, noted)
        if found is not None:
            return self._made(live, shape, noted, found)
        parent = live.read(Shape(name=plan.parent_object, fields=()), plan.parent[1], ())
        _refuse_early(noted, parent, f"new {plan.object}")
        self._journal.keep(replace(noted, state="planned"))
        return None

    def _made(self, live: Live, shape: Shape, noted: Noted, record_id: str) -> Done:
        """Return that an entry was made, and keep that."""
        done = Done(key=noted.wanted.key, record_id=record_id, at=live.read(shape, record_id, ()).at)
        self._journal.keep(replace(noted, state="done", record_id=record_id, done=done))
        return done


def _found(live: Live, plan: Making, noted: Noted) -> str | None:
    if noted.stamp is None:
        return None
    return live.mentioning(plan.object, plan.reference, text=plan.text, parent=plan.parent, since=noted.stamp)


def _refuse_early(noted: Noted, standing: Standing, what: str) -> None:
    """Refuse to say that nothing came of a request that may still be at work.

    Raises:
        TryLater: it may; the message says when it does no more.
    """
    if noted.sent_at is not None and (left := LATE - (standing.at - noted.sent_at)) > timedelta():
        raise TryLater(
            f"the answer to this {what} was lost and it is not there yet; it may still come, so the same is asked again in "
            f"{-(-left // timedelta(minutes=1))} minutes",
            after_seconds=left.total_seconds(),
        )
