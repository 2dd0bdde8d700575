"""Who is who: a Slack person and the CRM person behind it, linked by e-mail, confirmed once, changed by an admin."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError

from bot.agent.answers.asking import Asker
from bot.store import Notebook
from connectors.access import Grant
from connectors.company import Company
from connectors.errors import ConnectorError, NotAllowed, NotConnected
from connectors.protocol import Connecting, Seeing
from connectors.records import Person
from connectors.visibility import grant, nobody
from reports.facts import Frozen

_log = logging.getLogger("quarterdeck")
_KIND = "person"
# So long what Slack says about a person is taken as still true, unless it tells of a change; before a post that few read
# it is asked again sooner.
FRESH, SOON = timedelta(minutes=10), timedelta(minutes=1)
# More people than these are looked up by pages of the workspace's list, as long as a page finds that many of them:
# Slack allows a fifth as many pages a minute as single profiles.
FEW, _PER_PAGE, _PAGE = 20, 5, 200
_UNTOLD = "I do not know yet what you may see in the CRM, so I show nothing of it."


class Member(Frozen):
    """Somebody in the workspace, as Slack describes them; `zone` is a time zone's name, empty where Slack says none.

    `outside` is anybody who is not a colleague in full; whom Slack does not know is `gone` and has no name. `zone` is where
    they work, `Europe/Berlin`; empty where Slack does not tell.
    """

    id: str
    name: str = ""
    email: str = ""
    outside: bool = False
    gone: bool = False
    program: bool = False
    zone: str = ""


class Users(Protocol):
    """What is asked of Slack about people."""

    def users_info(self, *, user: str) -> Any:
        """Return one person's profile."""
        ...

    def users_list(self, *, limit: int, cursor: str = "") -> Any:
        """Return a page of the profiles of everybody in the workspace."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who spoke: the Slack member, the CRM person (None: not linked), and whether the link was confirmed.

    `why` says, as sentences, why nothing is shown to somebody whose rights the CRM has not told; empty where it has.
    `connects` says whether connecting the CRM, for the first time or again, would mend that.
    """

    member: Member
    person: Person | None
    confirmed: bool
    grant: Grant
    why: str = ""
    connects: bool = False

    @property
    def asker(self) -> Asker:
        """Return how answers call this person."""
        if self.person is None:
            return Asker(name=self.member.name or "somebody")
        return Asker(name=self.person.name, person_id=self.person.id)


class Directory:
    """People of one workspace: asks Slack, remembers for a while, and keeps the links to the CRM."""

    def __init__(
        self,
        users: Users,
        notes: Notebook,
        *,
        workspace: str,
        team: str,
        company: Company,
        people: Callable[[], tuple[Person, ...]],
        now: Callable[[], datetime],
        seeing: Seeing | None = None,
    ) -> None:
        """`team` is Slack's id of the company, `people` are the CRM's, by `now` what Slack said grows old.

        `seeing` asks the CRM for everybody's own rights; None: the company file declares them.
        """
        self._users, self._notes, self._workspace, self._company = users, notes, workspace, company
        self._team = team
        self._people, self._now, self._seeing = people, now, seeing
        self._connecting = seeing if isinstance(seeing, Connecting) else None
        self._seen: dict[str, tuple[datetime, Member]] = {}
        self._lock = threading.Lock()

    def member(self, user: str, *, fresh: bool = False) -> Member:
        """Return somebody's profile; `fresh` asks Slack whatever is remembered."""
        with self._lock:
            known = self._seen.get(user)
        if known and not fresh and self._now() - known[0] < FRESH:
            return known[1]
        try:
            found = member_of(self._users.users_info(user=user)["user"], team=self._team)
        except SlackApiError as error:
            if error.response["error"] not in {"user_not_found", "user_not_visible"}:
                raise
            found = Member(id=user, gone=True)
        with self._lock:
            self._seen[user] = (self._now(), found)
        return found

    def forget(self, user: str) -> None:
        """Ask Slack anew about somebody the next time."""
        with self._lock:
            self._seen.pop(user, None)

    def known(self, user: str, *, fresh: bool = False) -> Known:
        """Return who somebody is. Guests, people of other companies and programs are never anybody of the CRM."""
        stored = self._notes.read(self._workspace, _KIND, user) or {}
        return self._known(self.member(user, fresh=fresh), stored, self._people())

    def readers(self, users: Iterable[str]) -> tuple[Known, ...]:
        """Return who these are, without programs and those who have left: everybody who would read what is said."""
        wanted = tuple(users)
        self._renew(wanted)
        links, people = self._notes.all(self._workspace, _KIND), self._people()
        found = (self._known(self.member(user), links.get(user, {}), people) for user in wanted)
        return tuple(known for known in found if not (known.member.program or known.member.gone))

    def _renew(self, users: tuple[str, ...]) -> None:
        """Ask Slack about those of whom we know too little to let them read: one by one where they are few, else by pages."""
        soon = self._older(users, SOON)
        if len(soon) <= FEW:
            for user in sorted(soon):
                self.member(user, fresh=True)
            return
        missing, cursor = self._older(users, FRESH), ""
        for _ in range(len(missing) // _PER_PAGE if len(missing) > FEW else 0):
            page = self._users.users_list(limit=_PAGE, cursor=cursor)
            found = [member_of(user, team=self._team) for user in page["members"]]
            with self._lock:
                self._seen.update((member.id, (self._now(), member)) for member in found)
            missing -= {member.id for member in found}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not (missing and cursor):
                return

    def _older(self, users: tuple[str, ...], age: timedelta) -> set[str]:
        """Return those whose profile is unknown, or older than that."""
        oldest = self._now() - age
        with self._lock:
            return {user for user in users if user not in self._seen or self._seen[user][0] <= oldest}

    def _known(self, member: Member, stored: Mapping[str, object], people: tuple[Person, ...]) -> Known:
        person = self._person_of(member, stored, people)
        seen, why, connects = (
            (nobody(member.id), "", False) if person is None else self._seen_by(person, people)
        )
        return Known(
            member=member,
            person=person,
            confirmed=person is not None and "person" in stored,
            grant=seen,
            why=why,
            connects=connects,
        )

    def grant(self, person: Person) -> Grant:
        """Return what somebody of the CRM may see, whether they are in Slack or not."""
        return self._seen_by(person, self._people())[0]

    def _seen_by(self, person: Person, people: tuple[Person, ...]) -> tuple[Grant, str, bool]:
        """Return what somebody may see; why it is nothing where the CRM has not told it, and whether connecting mends that."""
        if self._seeing is None:
            return grant(self._company, person, people), "", False
        if not person.active:
            return nobody(person.id), "", False
        try:
            sight = self._seeing.sight(person.id)
        except NotConnected as error:
            return nobody(person.id), f"{_UNTOLD} {error}", True
        except NotAllowed:
            return nobody(person.id), f"{_UNTOLD} It does not let you in any more: connect it again.", True
        except ConnectorError:
            why = f"{_UNTOLD} It does not answer at the moment; ask once more in a while."
            return nobody(person.id), why, False
        if sight.declared:
            return replace(grant(self._company, person, people), sight=sight), "", False
        return Grant(person=person.id, sight=sight), "", False

    def confirm(self, user: str, person_id: str) -> bool:
        """Keep that a Slack person is that CRM person; False when another Slack person already is."""
        if any(
            note.get("person") == person_id and other != user
            for other, note in self._notes.all(self._workspace, _KIND).items()
        ):
            return False
        self._becomes(user, person_id)
        return True

    def refuse(self, user: str) -> None:
        """Keep that a Slack person is nobody of the CRM, whatever the e-mail address says."""
        self._notes.write(self._workspace, _KIND, user, {"person": ""})

    def pretend(self, user: str, person_id: str) -> None:
        """Keep whose eyes somebody sees the invented company with; several may choose the same."""
        self._notes.write(self._workspace, _KIND, user, {"person": person_id})

    def linked(self, emails: Iterable[str]) -> tuple[str, ...]:
        """Return the Slack people who are confirmed to be the CRM people of these addresses, ordered by id."""
        wanted = set(emails)
        people = self._people()
        ids = {person.id for person in people if person.email.casefold() in wanted}
        return tuple(
            user
            for user, note in self._notes.all(self._workspace, _KIND).items()
            if note.get("person") in ids and self._person_of(self.member(user), note, people) is not None
        )

    def people(self) -> tuple[Person, ...]:
        """Return everybody of the CRM."""
        return self._people()

    def person(self, person_id: str) -> Person | None:
        """Return somebody of the CRM; None where it knows nobody of that id."""
        return next((person for person in self._people() if person.id == person_id), None)

    def user_of(self, person: Person) -> str:
        """Return the Slack person who is confirmed to be somebody of the CRM; empty where nobody is."""
        return next(iter(self.users_of((person,))), "")

    def users_of(self, persons: Iterable[Person]) -> tuple[str, ...]:
        """Return the Slack people who are confirmed to be these of the CRM, in their order, without those whom nobody is."""
        wanted = dict.fromkeys(person.email.casefold() for person in persons)
        people, found = self._people(), dict[str, str]()
        emails = {person.id: person.email.casefold() for person in people}
        for user, note in self._notes.all(self._workspace, _KIND).items():
            email = emails.get(str(note.get("person")), "")
            if email not in wanted or email in found:
                continue
            if self._person_of(self.member(user), note, people) is not None:
                found[email] = user
        return tuple(found[email] for email in wanted if email in found)

    def link(self, user: str, person_id: str) -> None:
        """Keep an admin's word that a Slack person is that CRM person; whoever was it before is no longer."""
        for other, note in self._notes.all(self._workspace, _KIND).items():
            if note.get("person") == person_id and other != user:
                self._notes.erase(self._workspace, _KIND, other)
        self._becomes(user, person_id)

    def _becomes(self, user: str, person_id: str) -> None:
        """Keep who somebody is; a sign-in to the CRM is let go of with whoever was that person before."""
        before = self._notes.read(self._workspace, _KIND, user) or {}
        if self._connecting is not None and before.get("person") != person_id:
            self._connecting.disconnect(person_id)
        self._notes.write(self._workspace, _KIND, user, {"person": person_id})

    def said_to_be(self, user: str) -> str:
        """Return the id of whom a Slack person was confirmed to be, even where they are nobody by now; empty for nobody."""
        return str((self._notes.read(self._workspace, _KIND, user) or {}).get("person") or "")

    def is_in(self, role: str, known: Known) -> bool:
        """Say whether somebody has a role of the company file; it names the CRM person's e-mail address."""
        return known.person is not None and known.person.email.casefold() in self._company.roles.get(role, ())

    def named(self, role: str) -> tuple[str, ...]:
        """Return the names of those who have a role, in the company file's order; an address where there is no name."""
        by_email = {person.email.casefold(): person.name for person in self._people()}
        return tuple(by_email.get(email, email) for email in self._company.roles.get(role, ()))

    def _person_of(
        self, member: Member, stored: Mapping[str, object], people: tuple[Person, ...]
    ) -> Person | None:
        outsider = member.outside or member.gone or member.program
        return None if outsider else self._linked(stored, member, people)

    @staticmethod
    def _linked(stored: Mapping[str, object], member: Member, people: tuple[Person, ...]) -> Person | None:
        if "person" in stored:
            return next((person for person in people if person.id == stored["person"]), None)
        matched = [person for person in people if person.email and person.email.casefold() == member.email]
        return matched[0] if len(matched) == 1 else None


def member_of(user: Mapping[str, Any], *, team: str) -> Member:
    """Return a member from Slack's description. Whoever belongs to another team is outside."""
    profile = user.get("profile") or {}
    home = user.get("team_id") or team
    enterprise = team in (user.get("enterprise_user") or {}).get("teams", ())
    return Member(
        id=str(user["id"]),
        name=str(profile.get("real_name") or user.get("real_name") or user.get("name") or ""),
        email=str(profile.get("email") or "").casefold(),
        outside=bool(
            user.get("is_restricted")
            or user.get("is_ultra_restricted")
            or user.get("is_stranger")
            or user.get("is_invited_user")
            or (home != team and not enterprise)
        ),
        gone=bool(user.get("deleted")),
        program=bool(user.get("is_bot") or user["id"] == "USLACKBOT"),
        zone=str(user.get("tz") or ""),
    )
