"""A small company to read words for: enough names to be ambiguous, and a posted deck of eight slides."""

from datetime import UTC, datetime
from pathlib import Path

from bot.agent.lexicon import Lexicon, lexicon
from bot.agent.rules import read
from connectors import company as companies
from reports.deck import Card, Deck, Message, Slide, Words
from reports.facts import DIMS
from reports.spec import ReportSpec, SlideSpec
from reports.view import DealName, Names

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # Monday 08:30 in New York
COMPANY = companies.load(Path(__file__).parents[3] / "connectors" / "demo" / "company.toml")
PEOPLE = (
    ("P1", "Dana Whitcombe"),
    ("P2", "Jonas Brenner"),
    ("P3", "Priya Nair"),
    ("P4", "Marcus Bell"),
    ("P5", "Ana Ferreira"),
    ("P6", "Will Drummond"),
)
_DEALS = (
    ("D1", "Ostrander Paper - Yard", "Ostrander Paper", "P2", True),
    ("D2", "Cobalt Freight - Yard", "Cobalt Freight", "P3", True),
    ("D3", "Velde Logistik - Flow", "Velde Logistik", "P2", True),
    ("D4", "Northgate Foods - Yard", "Northgate Foods", "P3", True),
    ("D5", "Northgate Cold Chain - Sense", "Northgate Cold Chain", "P2", True),
    ("D6", "Northgate Textiles - Flow", "Northgate Textiles", "P6", True),
    ("D7", "Brandt & Söhne - Yard", "Brandt & Söhne", "P2", True),
    ("D8", "Brandt & Söhne - Flow", "Brandt & Söhne", "P2", False),
    ("D9", "O'Malley Freight - Yard", "O'Malley Freight", "P6", True),
    ("D10", "Saint-Aubin Verrerie - Sense", "Saint-Aubin Verrerie", "P2", True),
    ("D11", "Saint-Aubin Verrerie - Yard", "Saint-Aubin Verrerie", "P2", True),
    ("D12", "Hollis Paper - Flow", "Hollis Paper", "P3", False),
)
NAMES = Names(
    deals=tuple(
        DealName(id=identity, name=name, account=account, owner_id=owner, open=is_open)
        for identity, name, account, owner, is_open in _DEALS
    ),
    accounts=tuple(
        (f"A{number}", name) for number, name in enumerate(dict.fromkeys(deal[2] for deal in _DEALS), start=1)
    ),
    people=PEOPLE,
    values={
        **{dim: COMPANY.dimensions.get(dim, ()) for dim in DIMS},
        "stage": tuple(stage.name for stage in COMPANY.stages),
        "owner": (*(name for _, name in PEOPLE[1:3]), "Will Drummond"),
        "manager": ("Dana Whitcombe",),
        "team": ("EMEA Field", "AMER Field"),
    },
)
KEYS = ("summary", "movement", "coverage", "commit", "left", "win", "next", "appendix")
SPEC = ReportSpec(
    kind="weekly", period="this-quarter", slides=tuple(SlideSpec(id=key, key=key) for key in KEYS)
)


def words() -> Lexicon:
    return lexicon(COMPANY, NAMES, now=NOW, bots=("U0BOT",))


def deck(spec: ReportSpec = SPEC, revision: int = 1) -> Deck:
    """Return a deck with the slides of the spec, as it would be posted."""
    return Deck(
        kind="weekly",
        title="Weekly pipeline review",
        company="Larkmoor Software",
        revision=revision,
        as_of=NOW,
        period="FY26-Q4",
        scope="all regions",
        currency="USD",
        spec_hash="",
        generation="g1",
        slides=tuple(
            Slide(
                id=slide.id,
                key=slide.key,
                number=number,
                title=Words(text=f"About {slide.key}"),
                scope="all regions",
                blocks=(),
                footer="",
                notes="",
            )
            for number, slide in enumerate(spec.slides, start=1)
        ),
        message=Message(
            notification="", headline=Words(text=""), changed_since="", changes=(), decisions=(), grey=""
        ),
        card=Card(
            company="Larkmoor Software",
            headline="",
            target=None,
            target_text="",
            won=0,
            won_text="",
            commit=0,
            commit_text="",
            gap_text="",
            bridge_heading="",
            bridge=(),
            moves_heading="",
            moves=(),
            footer="",
        ),
    )


LEXICON = words()
DECK = deck()


def in_thread(text: str, *, addressed: bool = False, **more):
    return read(
        text,
        LEXICON,
        surface="thread",
        addressed=addressed,
        deck=DECK,
        spec=SPEC,
        asker="Dana Whitcombe",
        **more,
    )


def said(text: str, **more):
    return read(text, LEXICON, surface="direct", asker="Jonas Brenner", **more)
