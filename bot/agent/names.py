"""Deals, accounts and people by the words of their names; umlauts fold both ways (Söhne, Soehne, Sohne)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.agent.intents import Candidate
from bot.agent.tokens import loose, words

# A word that this many accounts have in their names says nothing about which one is meant, unless it begins the name.
GENERIC = 12
# Candidates that are offered; the rest is counted.
SHOWN = 5
_JOINTS = frozenset({"&", "and", "-", "–", "+", "the", "."})
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What a run of words names.

    `deals` are those whose own name holds the words, `account_deals` those of the accounts; open deals come first in
    both. `exact` says that the words are the whole of one name.
    """

    accounts: tuple[Candidate, ...] = ()
    deals: tuple[Candidate, ...] = ()
    people: tuple[Candidate, ...] = ()
    account_deals: tuple[Candidate, ...] = ()
    open_ids: frozenset[str] = frozenset()
    length: int = 0
    exact: bool = False

    def __bool__(self) -> bool:
        """Say whether anything is named."""
        return bool(self.accounts or self.deals or self.people)


class Entry(NamedTuple):
    """Something with a name: a deal with its account and whether it is open, an account, or a person."""

    what: Literal["deal", "account", "person"]
    id: str
    name: str
    detail: str = ""
    account: str | None = None
    open: bool = False

    def candidate(self) -> Candidate:
        """Return it as something a person can choose."""
        return Candidate(what=self.what, id=self.id, name=self.name, detail=self.detail)


class NameIndex:
    """All names, by their words."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Keep the entries; one whose name has no word in it cannot be named."""
        self._all: list[Entry] = []
        self._words: list[tuple[str, ...]] = []
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._first: dict[str, set[int]] = defaultdict(set)
        self._accounts_with: dict[str, int] = defaultdict(int)
        self._of_account: dict[str, list[int]] = defaultdict(list)
        self._open: set[int] = set()
        for entry in entries:
            key = tuple(loose(word) for word in words(entry.name) if word not in _JOINTS)
            if not key:
                continue
            number = len(self._all)
            self._all.append(entry)
            self._words.append(key)
            for word in set(key):
                self._by_word[word].add(number)
                self._accounts_with[word] += entry.what == "account"
            self._first[key[0]].add(number)
            if entry.what == "deal" and entry.account:
                self._of_account[entry.account].append(number)
            if entry.open:
                self._open.add(number)

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._all)

    def all_words(self) -> Iterable[str]:
        """Return every word that occurs in a name, in its loose form."""
        return self._by_word.keys()

    def every(self, key: str) -> Named:
        """Return everything with that word in its name, however common the word is."""
        numbers = self._by_word.get(loose(key), set())
        return self._named(numbers, 1, exact=False) if numbers else Named()

    def at(self, keys: Sequence[str], start: int) -> Named:
        """Return what the longest run of words from `start` names; a false value when it names nothing.

        A possessive counts (`ostranders`, `velde's`). One word alone must be at least three letters long, and begin
        the name or be rare among accounts.
        """
        numbers, length, used = self._run(keys, start)
        if not numbers:
            return Named()
        if len(used) == 1:
            numbers = self._single(used[0], numbers, typed=keys[start])
        if not numbers:
            return Named()
        whole = {number for number in numbers if len(self._words[number]) == len(used)}
        exact = bool(whole) and len(used) > 1
        if exact:
            whole_accounts = {number for number in whole if self._all[number].what == "account"}
            numbers = whole_accounts or whole
        return self._named(numbers, length, exact=exact)

    def _run(self, keys: Sequence[str], start: int) -> tuple[set[int], int, list[str]]:
        """Return the names that hold all words of the longest run, how many tokens it takes, and the words."""
        numbers: set[int] = set()
        used: list[str] = []
        at, length = start, 0
        while at < len(keys):
            key = keys[at]
            if used and key in _JOINTS:
                at += 1
                continue
            word = self._word(key)
            if word is None:
                break
            narrowed = self._by_word[word] if not used else numbers & self._by_word[word]
            if not narrowed or word in used:
                break
            numbers, at = set(narrowed), at + 1
            used.append(word)
            length = at - start
        return numbers, length, used

    def _word(self, key: str) -> str | None:
        """Return the word of a name that is meant; None when no name has it. A trailing s may be a possessive."""
        word = loose(key)
        if word in self._by_word:
            return word
        if word.endswith("s") and len(word) > _SHORTEST and word[:-1] in self._by_word:
            return word[:-1]
        return None

    def _single(self, word: str, numbers: set[int], *, typed: str) -> set[int]:
        if len(typed) < _SHORTEST or word.isdigit():
            return set()
        beginning = self._first.get(word, set())
        if beginning:
            people = {number for number in numbers if self._all[number].what == "person"}
            return beginning | people
        return numbers if self._accounts_with[word] <= GENERIC else set()

    def _named(self, numbers: set[int], length: int, *, exact: bool) -> Named:
        ordered = sorted(numbers, key=lambda number: (number not in self._open, number))
        accounts = tuple(
            self._all[number].candidate() for number in ordered if self._all[number].what == "account"
        )
        names = {account.name for account in accounts}
        of_accounts = {number for name in names for number in self._of_account[name]}
        deals = tuple(
            self._all[number].candidate()
            for number in ordered
            if self._all[number].what == "deal" and number not in of_accounts
        )
        account_deals = sorted(of_accounts, key=lambda number: (number not in self._open, number))
        involved = of_accounts | numbers
        return Named(
            accounts=accounts,
            deals=deals,
            people=tuple(
                self._all[number].candidate() for number in ordered if self._all[number].what == "person"
            ),
            account_deals=tuple(self._all[number].candidate() for number in account_deals),
            open_ids=frozenset(self._all[number].id for number in involved if number in self._open),
            length=length,
            exact=exact,
        )
