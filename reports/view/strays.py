"""What the company file names and no record has: types that count, regions with a target, and how stages really stand."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from reports import words
from reports.errors import nearest
from reports.view.pipeline import PipelineView

# So many values are listed, those most like the one that is not known first.
LISTED = 5
# From this likeness on, a word is taken for another one misspelt.
_ALIKE = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A name in the company file that no record has; `known` are those that there are, the most like it first.

    `meant` is the one that it was probably meant to be, None where none is as like.
    """

    name: str
    known: tuple[str, ...]
    meant: str | None


def stray_types(view: PipelineView) -> tuple[Stray, ...]:
    """Return the types in scope that no deal has, in the company file's order; none without deals, or where types are hidden."""
    if "type" in view.access.hidden or not view.session.size:
        return ()
    present, counted = view.present("type"), view.company.types_in_scope
    return tuple(stray(name, present, named=frozenset(counted)) for name in counted if name not in present)


def stray_regions(view: PipelineView) -> tuple[Stray, ...]:
    """Return the regions of targets that neither the company file lists nor any deal has, in the file's order.

    None without deals, or where rights hide some of them: it cannot be told then.
    """
    access = view.access
    limited = access.regions is not None or access.owners is not None or access.sights
    if limited or "region" in access.hidden or not view.session.size:
        return ()
    named = dict.fromkeys(line.region for line in view.company.targets if line.region is not None)
    known = {*view.company.dimensions.get("region", ())}
    if known.issuperset(named):
        return ()
    known |= {*view.present("region")}
    return tuple(stray(name, tuple(sorted(known)), named=frozenset()) for name in named if name not in known)


def by_status(view: PipelineView) -> dict[str, dict[str, int]]:
    """Return stage to status to how many of the deals in sight stand so, those that do not count among them."""
    found: dict[str, dict[str, int]] = {}
    for stage, status, n in view.rows(
        f"SELECT stage, status, count(*) FROM {view.states(counted=False, chosen=False)} GROUP BY ALL"
    ):
        found.setdefault(stage, {})[status] = n
    return found


def nothing_counts(view: PipelineView) -> str:
    """Return that no deal in sight has a type that counts, and which types there are; empty where one has, or all count."""
    counted, present = view.company.types_in_scope, view.present("type")
    if not counted or set(counted) & set(present):
        return ""
    scope = words.joined([words.line(name, 40) for name in counted], "or")
    if not present:
        return (
            f"the company file counts deals of type {scope} alone, and none that may be seen here has a type"
        )
    known = [words.line(name, 40) for name in nearest(counted[0], present)]
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return (
        f"the company file counts deals of type {scope} alone, and none is there that may be seen here; "
        f"the types are: {', '.join(known[:LISTED])}{more}. Where one is misspelt, mend types under [scope] in the company file"
    )


def stray(name: str, known: tuple[str, ...], *, named: frozenset[str]) -> Stray:
    """Return a name that is not known, beside those that are; one that is `named` itself was not meant by it."""
    near = nearest(name, known)
    meant = next((one for one in near if one not in named and _alike(one, name)), None)
    return Stray(name=name, known=tuple(near), meant=meant)


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= _ALIKE
