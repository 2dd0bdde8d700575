"""Where the period stands against its target: what title, message, notification and card say alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from reports import words
from reports.facts import Unit
from reports.kinds import back
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.kinds.weekly import titles

# A region is named as the gap's driver when it holds at least this share of it.
DRIVER_SHARE = Decimal("0.5")
# What slipped in the week is named when it is at least this share of the gap.
SLIPPED_SHARE = Decimal("0.25")
GAP = "Gap: target minus won and commit (open only); for a period that is over, target minus won"

Side = Literal["short", "ahead", "even", "no_target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the period stands.

    `gap` is target minus won and commit (minus won alone once the period is over); None without a target.
    `driver` is the region furthest behind, with its own gap: only where several regions are in scope.
    """

    gap: Decimal | None
    side: Side
    driver: str | None = None
    driver_gap: Decimal = Decimal(0)

    @property
    def driver_explains(self) -> bool:
        """Say whether the driver's gap is a part of the whole gap, and a large one."""
        gap = self.gap or Decimal(0)
        return self.driver is not None and gap * DRIVER_SHARE <= self.driver_gap <= gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """One standing, told in four places; `lead` is empty where there is nothing to add."""

    title: str
    headline: str
    lead: str
    notification: str


def standing(scene: Scene) -> Standing:
    """Return how the scene's period stands, and which region is furthest behind."""
    gap = scene.gap
    if gap is None:
        return Standing(gap=None, side="no_target")
    shown = scene.scale.round(gap)
    side: Side = "even" if shown == 0 else "short" if shown > 0 else "ahead"
    behind = {region: own for region in regions(scene) if (own := scene.gap_of(region)) is not None}
    driver, own = max(behind.items(), key=lambda item: item[1], default=("", Decimal(0)))
    if scene.scale.round(own) <= 0 or scene.is_ahead:
        return Standing(gap=gap, side=side)
    return Standing(gap=gap, side=side, driver=driver, driver_gap=own)


def regions(scene: Scene) -> tuple[str, ...]:
    """Return the regions to compare: none where the scope has only one, or is cut by something else."""
    if any(item.dim != "region" for item in scene.view.filters):
        return ()
    values = scene.values("region")
    return values if len(values) > 1 else ()


def bind(scene: Scene, ledger: Ledger) -> Standing:
    """Bind the facts that the templates of `told` use, and return the standing."""
    found = standing(scene)
    ledger.name("period", scene.name, source="fiscal calendar")
    ledger.name("place", scene.place or scene.company.name, source="scope")
    left = max(scene.days_left, 0)
    ledger.value(
        "left", left, Unit.DAYS, words.weeks(left), source="days from today to the end of the period", n=0
    )
    called = "bookings" if scene.is_over else "won_plus_commit"
    for key, name in (("target", "target"), ("called", called), ("open", "open_pipeline")):
        ledger.measured(key, scene.measure(name))
    if found.gap is not None:
        ledger.money("gap", abs(found.gap), source="Gap", definition=GAP)
    if found.driver is not None:
        ledger.name("driver", scene.company.label(found.driver), source="region")
        ledger.money("driver_gap", found.driver_gap, source=f"Gap of {found.driver}", definition=GAP)
    if slipped_much(scene, found) and (step := scene.step("pushed_out")):
        back.told(scene, ledger, titles.SLIPPED)
        definition = back.plain(
            scene, "Open deals due in the period a week ago whose close date is now after its end"
        )
        ledger.money(
            "week_slipped",
            -step.value,
            source="Slipped",
            definition=definition,
            records=step.records,
            n=step.n,
        )
    return found


def slipped_much(scene: Scene, found: Standing) -> bool:
    """Say whether what slipped in the week is a large part of the gap, so that a title may name it."""
    step = scene.step("pushed_out")
    if step is None or found.side != "short" or found.driver is not None or not found.gap:
        return False
    return -step.value >= found.gap * SLIPPED_SHARE


def told(scene: Scene, found: Standing) -> Templates:
    """Return the standing's templates, to be said with the facts of `bind`."""
    placed = scene.place is not None
    if scene.is_ahead:
        base = titles.COMING[found.gap is not None, placed]
        return Templates(title=f"{base}.", headline=f"{base}.", lead="", notification=f"{base}.")
    if scene.undated and not scene.is_over:
        base = titles.UNDATED[found.gap is not None, placed]
        said = titles.NO_DATES
        return Templates(
            title=titles.sentence(base, said),
            headline=f"{base}.",
            lead=f"{said[:1].upper()}{said[1:]}.",
            notification=f"{base}, {said}.",
        )
    base = (titles.CLOSED if scene.is_over else titles.STANDS)[found.side, placed]
    name = "bookings" if scene.is_over else "won_plus_commit"
    unrated = scene.unrated(name)
    if found.gap is None and not scene.amount(name):
        nothing = titles.CLOSED_NOTHING if scene.is_over else titles.NOTHING
        base = (titles.UNVALUED if unrated else nothing)[placed]
    spoken = "" if scene.is_over else titles.WITH_LEFT
    written = "" if scene.is_over else titles.COMMA_LEFT
    why = lead = ""
    if unrated:
        # Whatever else there is to say, the figure is not the whole.
        why = lead = titles.UNRATED
    elif found.driver is not None:
        why = titles.DRIVER if found.driver_explains else titles.DRIVER_ALONE
        lead = titles.DRIVER_OF_IT if found.driver_explains else titles.DRIVER_ALONE
    elif found.gap is None:
        why = lead = titles.NO_TARGET
    elif slipped_much(scene, found):
        why = lead = back.unbound(scene, titles.SLIPPED)
    short = base.replace("{{period}} is ", "{{period}} ").replace("{{place}} is ", "{{place}} ")
    return Templates(
        title=titles.sentence(base + spoken, why),
        headline=f"{base}{written}.",
        lead=f"{lead[:1].upper()}{lead[1:]}." if lead else "",
        notification=f"{short}, {lead}." if lead else f"{short}.",
    )
