"""What of a Salesforce org can be read, and whether the company file fits it, for `quarterdeck doctor`. It only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bot.checkup import Finding
from bot.settings import Settings
from connectors import company as companies
from connectors.company import Company
from connectors.errors import ConnectorError
from connectors.salesforce import fieldmap, reading
from connectors.salesforce.about import About, beside, differing, stages_of
from connectors.salesforce.fieldmap import Fields
from connectors.salesforce.org import Org
from reports.words import joined

# From this part of the org's day on, other integrations of it may go short.
_MUCH: Final = 0.8
_ADMIN: Final = "a Salesforce administrator"


def check_reading(settings: Settings, org: Org, found: About) -> Iterator[Finding]:
    """Yield what can be read and what cannot, each with who mends it; what fails is a finding, and the rest goes on."""
    for part in (_limits, _objects, _history, _quotas):
        yield from _safely(part, org)
    yield _currencies(found)
    yield from _safely(lambda org: _sharing(org, found), org)
    yield from _safely(lambda org: _fields(settings, org), org)
    file = settings.home / "company.toml"
    if file.is_file():
        yield from _safely(lambda org: _company(companies.load(file), found, org), org)


def _safely(part: Callable[[Org], Iterator[Finding]], org: Org) -> Iterator[Finding]:
    try:
        yield from part(org)
    except ConnectorError as error:
        yield Finding(state="wrong", what=f"Salesforce: {error}")


def _limits(org: Org) -> Iterator[Finding]:
    told = reading.limits(org)
    (used, most), (jobs, most_jobs) = told.calls, told.jobs
    much = used > _MUCH * most
    yield Finding(
        state="note" if much else "ok",
        what=f"Salesforce: {used:,} of {most:,} calls of the org's last 24 hours are used"
        + (f", and {jobs:,} of {most_jobs:,} bulk queries" if most_jobs else ""),
        do="ask the Salesforce administrator which integration takes them" if much else "",
    )


def _objects(org: Org) -> Iterator[Finding]:
    """Yield which objects and fields cannot be read; all is well where none is named."""
    lacks = tuple(reading.lacking(org))
    for lack in lacks:
        if lack.fields:
            yield Finding(
                state="wrong" if lack.object in reading.NEEDED else "note",
                what=f"Salesforce: {lack.object}: {joined(lack.fields)} cannot be read",
                do=f"{_ADMIN} gives this login the right to read {'it' if len(lack.fields) == 1 else 'them'}",
            )
        else:
            yield Finding(
                state="wrong" if lack.object in reading.NEEDED else "note",
                what=f"Salesforce: {lack.object} cannot be read, so {reading.LOST[lack.object]}",
                do=f"{_ADMIN} gives this login the right to read {lack.object}",
            )
    if not lacks:
        yield Finding(
            state="ok",
            what="Salesforce: every object that a sync asks for can be read, with the fields that every org has",
        )
    if reading.has_deals(org) is False:
        yield Finding(
            state="note",
            what="Salesforce: this login sees no opportunity, so reports have nothing to tell",
            do=f"enter a first one; where the org has some, {_ADMIN} gives this login the right to see them",
        )
    if reading.has_person_accounts(org):
        yield Finding(
            state="ok", what="Salesforce: accounts may be persons; such a one stands under the person's name"
        )


def _currencies(found: About) -> Finding:
    """Return which currencies the org counts in."""
    if found.rates:
        what = f"several currencies, {joined(sorted(found.rates))}; amounts are counted in {found.currency}"
    else:
        what = f"one currency, {found.currency}{'' if found.currency_from else ', as its locale suggests'}"
    return Finding(state="ok", what=f"Salesforce: {what}")


def _history(org: Org) -> Iterator[Finding]:
    since = reading.history_since(org)
    if since is not None:
        yield Finding(
            state="ok",
            what=f"Salesforce: history of stage, amount, close date and category since {since:%Y-%m-%d}",
        )
    followed = reading.tracked(org)
    if followed:
        yield Finding(state="ok", what=f"Salesforce: changes are kept of {joined(sorted(followed))}")
    elif followed is not None:
        yield Finding(
            state="note",
            what="Salesforce: no changes of owners, next steps, types or regions are kept, so those of before the first sync "
            "are not known",
            do=f"{_ADMIN} switches on field history tracking of Opportunity for the fields that matter",
        )


def _quotas(org: Org) -> Iterator[Finding]:
    count = reading.quotas(org)
    if count:
        yield Finding(
            state="ok", what=f"Salesforce: {count:,} quotas can be read; quarterdeck setup proposes targets"
        )
        return
    yield Finding(
        state="note",
        what="Salesforce: no quotas can be read",
        do="give targets with quarterdeck import --targets FILE, or let "
        f"{_ADMIN} give this login the right View All Forecasts",
    )


def _sharing(org: Org, found: About) -> Iterator[Finding]:
    """Yield who is signed in, and whether that login sees every deal."""
    user_id, _ = reading.who(org)
    every = reading.sees_all(org, user_id) if user_id else None
    if every:
        yield Finding(state="ok", what="Salesforce: this login sees all deals, whatever is shared")
    elif found.opportunity_access and found.opportunity_access != "None":
        yield Finding(state="ok", what="Salesforce: the org shares all deals with everybody")
    else:
        yield Finding(
            state="note",
            what="Salesforce: this login sees the deals that are shared with it"
            + (", and deals are private in this org" if found.opportunity_access == "None" else "")
            + "; totals are of those",
            do=f"{_ADMIN} gives it View All on Opportunity (the permission set of quarterdeck salesforce init has it)",
        )


def _fields(settings: Settings, org: Org) -> Iterator[Finding]:
    """Yield what stands for our words, and which words have no field."""
    held = fieldmap.load(settings.home)
    fields = held.resolve(org.describe)
    yield Finding(state="ok", what=f"Salesforce: fields of deals: {'; '.join(_chains(fields))}")
    without = reading.unmapped(fields, held.words["deal"])
    serious = [word for word in ("amount", "close") if word in without]
    if serious:
        names = joined([path for word in serious for path in held.words["deal"][word]])
        yield Finding(
            state="wrong",
            what=f"Salesforce: deals have no {joined([_CALLED[word] for word in serious])}: {names} cannot be read",
            do=f"{_ADMIN} gives this login the right to read {names}, or name another field in {fieldmap.OWN}",
        )
    others = [word.replace("_", " ") for word in without if word not in serious]
    if others:
        yield Finding(
            state="note",
            what=f"Salesforce: no field says a deal's {joined(others)}",
            do=f"quarterdeck setup offers fields, or name one in {fieldmap.OWN}",
        )


_CALLED: Final = {"amount": "amount", "close": "close date"}


def _chains(fields: Fields) -> Iterator[str]:
    for word, sources in fields["deal"].items():
        yield f"{word.replace('_', ' ')} {', else '.join(source.path for source in sources)}"


def _company(company: Company, found: About, org: Org) -> Iterator[Finding]:
    """Yield where company file and org say different things."""
    if found.currency_from and company.currency != found.currency:
        yield Finding(
            state="wrong",
            what=f"Salesforce: the org's currency is {found.currency}, the company file's {company.currency}",
            do="set currency and [rates] in the company file, then quarterdeck sync --full",
        )
    without = sorted(set(found.rates) - set(company.rates))
    if without:
        yield Finding(
            state="note",
            what=f"Salesforce: the company file has no plan rate for {joined(without)}",
            do="add it under [rates] in the company file, or quarterdeck setup",
        )
    elif company.currency == found.currency and (others := differing(found, company.rates)):
        yield Finding(
            state="note",
            what=f"Salesforce: plan rates differ by more than 1 % from the org's: {beside(others)}",
            do="leave them where a plan fixed them; else set [rates] and rate_date in the company file",
        )
    if company.zone.key != found.zone:
        yield Finding(
            state="note",
            what=f"Salesforce: days end by {found.zone} in the org, by {company.zone.key} in the company file",
            do="set zone in the company file if that is not meant, then quarterdeck sync --full",
        )
    ours = {stage.name for stage in company.stages}
    stages = stages_of(org)
    new = [name for name, active in stages.items() if active and name not in ours]
    if new:
        yield Finding(
            state="wrong",
            what=f"Salesforce: the company file lacks the {'stage' if len(new) == 1 else 'stages'} {joined(new)}",
            do="quarterdeck setup adds them",
        )
    gone = sorted(ours - set(stages))
    if gone and stages:
        yield Finding(
            state="note",
            what=f"Salesforce: the org does not have the {'stage' if len(gone) == 1 else 'stages'} {joined(gone)} of the "
            "company file (any more)",
            do="take them out of the company file where no deal of the past was in them",
        )
    if not new and not gone and ours:
        yield Finding(state="ok", what=f"Salesforce: org and company file have the same {len(ours)} stages")
