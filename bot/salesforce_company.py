"""The company file of a Salesforce org: what the org and its records say, before anybody has written one."""

from __future__ import annotations

from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.company_file import first_company
from connectors.mirror import Mirror, open_generation
from connectors.salesforce import fieldmap
from connectors.salesforce.about import About, about
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.identity import identity
from connectors.salesforce.meaning import company_of, proposal
from connectors.salesforce.opening import open_org

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.flows import Progress
    from bot.settings import Settings
    from connectors.company import Company
    from connectors.files.proposal import Proposal
    from connectors.mirror import Generation
    from connectors.salesforce.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """A first sync: the records, and the company file that was read from them; `written` False where one came meanwhile.

    `deals` is how many deals were read.
    """

    records: Generation
    proposal: Proposal
    file: Path
    written: bool
    deals: int


def first_sync(settings: Settings, *, full: bool, progress: Progress) -> First:
    """Read an org without a company file, then write the one that it seems to mean.

    Raises:
        BadRequest, NotAllowed, TryLater: nobody can sign in, or Salesforce does not give the records. Nothing is written
            then; what was fetched is kept, and the next sync goes on from there.
    """
    with signed_in(settings) as (org, said):
        company = company_of(said)
        crm = SalesforceCrm(settings.home, company, lambda: org)
        crm.progress = progress
        records = Mirror(settings.home, settings.workspace).load(crm, full=full, progress=progress)
        made = proposed(settings.home, org, said, crm, company, records)
    file = settings.home / "company.toml"
    with open_generation(records) as con:
        [(deals,)] = con.execute("SELECT count(*) FROM deal").fetchall()
    written = first_company(file, made.company_toml())
    return First(records=records, proposal=made, file=file, written=written, deals=deals)


@contextmanager
def signed_in(settings: Settings) -> Iterator[tuple[Org, About]]:
    """Yield the org that the settings name, and what it says of its company.

    Raises:
        BadRequest, NotAllowed, TryLater: nobody can sign in.
    """
    found = identity(settings.values, now=lambda: datetime.now(UTC))
    with closing(found.desk) if found.desk is not None else nullcontext():
        org = open_org(found)
        with org.session:
            yield org, about(org)


def proposed(
    home: Path, org: Org, said: About, crm: SalesforceCrm, company: Company, records: Generation
) -> Proposal:
    """Return what an org and its records seem to mean."""
    return proposal(
        said,
        fieldmap.load(home).resolve(org.describe),
        crm.stages(),
        records,
        today=records.as_of.astimezone(company.zone).date(),
    )
