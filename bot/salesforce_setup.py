"""`quarterdeck setup` over Salesforce: what org and records seem to mean; other fields are chosen by how full they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.imports import Asked
from bot.salesforce_company import first_sync, proposed, signed_in
from bot.salesforce_targets import from_quotas, with_quotas
from bot.setup_shown import company_text, keep_company, table
from bot.setup_talk import Conversation, Offers, Said
from bot.setups import kept, with_targets
from bot.store.files import write_atomically
from bot.wiring import Installation, progress
from connectors import company as companies
from connectors.errors import BadRequest, NoData
from connectors.files.proposal import Guess, Proposal, per_cent
from connectors.mirror import Mirror
from connectors.salesforce import fieldmap
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.offers import held, offers, part_of, with_choice
from connectors.salesforce.quotas import quotas

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.terminal import Terminal
    from connectors.mirror import Generation
    from connectors.salesforce.org import Org

# So many other fields are offered for a meaning.
OFFERED = 8


class OrgTalk(Conversation):
    """One person's way through what an org seems to mean; `text` is what salesforce.toml will say."""

    def __init__(
        self, org: Org, fields: fieldmap.FieldMap, text: str, read: Proposal, asked: Asked, said: Said
    ) -> None:
        """Begin with what was `read` by the field map; nothing is written."""
        self._org, self._fields, self.text, self._read = org, fields, text, read
        super().__init__(asked, said)

    def proposed(self) -> Proposal:
        """Return the proposal with the fields that were chosen by now."""
        return self._read

    def offers(self, guess: Guess) -> Offers:
        """Return the fields that could stand for a meaning; none where Salesforce has one of its own."""
        if guess.field not in self._fields.words[part_of(guess.field)]:
            return ()
        found = offers(self._org, guess.field, self.taken(guess))[:OFFERED]
        return tuple(
            (offer.path, f"{per_cent(offer.share)} filled{self._samples(guess.field, offer.path)}")
            for offer in found
        )

    def taken(self, guess: Guess) -> tuple[str, ...]:
        """Return the fields of the org that stand for a meaning now."""
        part = part_of(guess.field)
        return tuple(
            source.path for source in self._fields.resolve(self._org.describe)[part].get(guess.field, ())
        )

    def choose(self, guess: Guess, columns: tuple[str, ...]) -> None:
        """Let other fields stand for a meaning: the proposal shows what the org has in them.

        Raises:
            BadRequest: the meaning is always read from the same field, or the fields cannot stand for it.
        """
        word, part = guess.field, part_of(guess.field)
        if word not in self._fields.words[part]:
            raise BadRequest(
                f"{guess.meaning} is always read from {', '.join(guess.sources) or 'Salesforce'}"
            )
        words = {**self._fields.words, part: {**self._fields.words[part], word: columns}}
        wanted = replace(self._fields, words=words, own=self._fields.own | {(part, word)})
        wanted.resolve(self._org.describe)
        self.text, self._fields = with_choice(self.text, part, word, columns), wanted
        self._read = self._with(guess, columns)

    def _with(self, guess: Guess, columns: tuple[str, ...]) -> Proposal:
        """Return the proposal in which a meaning is read from other fields."""
        listed = guess.field in self._read.dimensions or not guess.samples
        found = held(self._org, guess.field, columns) if columns else None
        prefix = "User." if part_of(guess.field) == "person" else ""
        new = replace(
            guess,
            sources=tuple(f"{prefix}{path}" for path in columns),
            share=found.share if found else None,
            values=found.values if found and listed else (),
            samples=found.values[:4] if found and not listed else (),
            says="as chosen in setup",
            open=False,
        )
        dimensions = {name: values for name, values in self._read.dimensions.items() if name != guess.field}
        if new.values:
            dimensions[guess.field] = new.values
        return replace(
            self._read,
            dimensions=dimensions,
            guesses=tuple(new if each.meaning == guess.meaning else each for each in self._read.guesses),
        )

    def _samples(self, word: str, path: str) -> str:
        values = held(self._org, word, (path,)).values[:2]
        return f": {', '.join(values)}" if values else ""


def set_up(settings: Settings, terminal: Terminal, *, asks: bool, accept: bool) -> int:
    """Show what the org seems to mean, ask where somebody is there to answer, and write both files.

    Raises:
        NotAllowed, TryLater, BadRequest: nobody can sign in, or the org cannot be read.
    """
    file, own = settings.home / "company.toml", settings.home / fieldmap.OWN
    company = companies.load(file) if file.is_file() else None
    records = _records(settings)
    if company is None or records is None:
        records = first_sync(settings, full=False, progress=progress(quiet=False)).records
        company = companies.load(file)
    before = own.read_text(encoding="utf-8") if own.is_file() else ""
    with signed_in(settings) as (org, said):
        crm = SalesforceCrm(settings.home, company, lambda: org)
        made = proposed(settings.home, org, said, crm, company, records)
        since = date(records.as_of.year - 1, 1, 1)
        targets = from_quotas(quotas(org, since), company, crm.people())
        text = before
        if asks:
            already = company
            talk = OrgTalk(
                org,
                fieldmap.load(settings.home),
                before,
                made,
                Asked(terminal=terminal, allowed=True),
                lambda read: with_quotas(kept(read, already), targets),
            )
            made, text = talk.talked(), talk.text
        else:
            made = with_quotas(with_targets(made, company), targets)
            table(terminal, made)
    if not asks and not accept:
        terminal.line("Nothing was changed: on a terminal setup asks, --accept takes it all.")
        return 0
    written = company_text(file, made, again=text != before, targets=targets.targets)
    if text != before:
        write_atomically(own, text.encode())
        terminal.line(f"{own} is written: other fields are read from now on.", "bold")
    keep_company(file, written, terminal)
    with Installation(settings, progress=progress(quiet=False)) as opened:
        opened.load()
    terminal.line("Next: quarterdeck doctor, then quarterdeck report weekly")
    return 0


def _records(settings: Settings) -> Generation | None:
    """Return the records as the last sync left them; None where there was none."""
    try:
        return Mirror(settings.home, settings.workspace).current()
    except NoData:
        return None
