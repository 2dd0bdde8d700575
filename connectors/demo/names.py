"""Invented names: customers by region, and the words people write into a deal."""

from __future__ import annotations

# The address of a deal, up to its id.
URL = "https://larkmoor.example/deals/"

# Head and tail of a family or place name, and what the firm does, by region. None is a firm that we know of.
_HEADS = {
    "AMER": (
        "Alder Bram Calder Corr Dunn Ester Fallow Garrow Harl Inver Jessel Kettle Lorn Marrow Nether Orrin Penn Quill "
        "Rusk Sorrel Tamar Ulver Vesper Wick Yarrow Brindle Cawd Drumm Elver Fenn Grist Hollin Kerr Lark Mossel Oster"
    ),
    "EMEA": (
        "Ahorn Birken Dachs Erlen Falken Grauen Hasel Immen Kolk Linden Mohren Nessel Ober Pappel Quell Rauten Salz "
        "Tannen Ulmen Vogel Weiden Zander Auber Belle Clair Duval Haver Kjel Lund Mare Nord Peron Rives Skov Torn Valle"
    ),
    "APAC": (
        "Arra Banks Cooba Dune Emu Ferntree Gum Heath Iluka Jarrah Kauri Lorik Mulga Nulla Orara Pippi Quoll Ridge "
        "Saltbush Tarra Uralla Wattle Yabba Boronia Currawong Dorrigo Kowhai Manuka Rata Totara"
    ),
}
_TAILS = {
    "AMER": "moor well wick ton ford ridge stead ham by combe gate row ley den field worth",
    "EMEA": "bruck hof tal wald stedt horst au rode mont court strand holm dijk berg ven sund",
    "APAC": "bank vale creek ford bay dale run cross head water pass ridge",
}
_TRADES = {
    "AMER": (
        "Paper|Cold Storage|Freight|Foods|Timber|Packaging|Produce|Dairy|Glass|Hardware|Seed|Tools|Steel|Furniture|"
        "Beverage|Grocers|Plastics|Tire|Pharma Supply|Building Supply|Textiles|Lighting|Pet Foods|Printing|Distributing"
    ),
    "EMEA": (
        "Logistik|Papier|Kühlhaus|Holz|Glaswerke|Textil|Getränke|Stahlhandel|Möbel|Verpackung|Logistics|Cold Chain|"
        "Foods|Packaging|Transports|Emballage|Laiterie|Verrerie|Frigo|Meubles|Voeding|Hout|Spedition|Tools|Paper"
    ),
    "APAC": (
        "Grain|Wool|Dairy|Cold Stores|Freight|Timber|Produce|Packaging|Fisheries|Beverages|Hardware|Steel|Foods|"
        "Pet Foods|Citrus|Building Supplies|Glass|Seeds"
    ),
}
_FORMS = ("", " Group", " Works", " Trading", " & Sons", " Partners", " Holdings", " East", " West", " No. 2")

_SPARE = {"AMER": "brook", "EMEA": "lund", "APAC": "peak"}

INDUSTRIES = (
    "Food and drink",
    "Building materials",
    "Consumer goods",
    "Industrial supply",
    "Third-party logistics",
)
GIVEN = (
    "Anna Boris Carla Dmitri Elena Farid Greta Hugo Irene Jamal Kira Leo Maya Nils Olga Pavel Rosa Stefan Thea Uwe "
    "Vera Wim Yusuf Zara Aaron Beth Colin Dora Ed Fiona"
).split()
FAMILY = (
    "Abara Brandis Cordell Dorn Eklund Fabry Grell Hask Ibsen Jarvis Kemp Lutz Marchetti Norling Ott Penrose Quist "
    "Rask Sandoval Thiel Ulrich Varga Wendt Yost Zeller Amsel Bellweather Crane Dufour Easton"
).split()
TITLES = ("VP Operations", "Head of Logistics", "Warehouse director", "CFO", "IT director", "Yard manager")
ROLES = ("Economic buyer", "Champion", "Evaluator", "User", "Blocker")

# What reps write, by stage; the empty ones mean that the field is blank.
NEXT_STEPS = (
    (
        "discovery call",
        "call",
        "send deck",
        "intro to ops lead",
        "site visit?",
        "map the dock process",
        "",
        "",
    ),
    (
        "demo w/ yard team",
        "waiting on infosec",
        "pilot scope",
        "follow up",
        "ROI sheet to CFO",
        "call",
        "",
        "",
    ),
    (
        "revise quote",
        "pricing call Thu",
        "proposal review w/ ops",
        "waiting on budget",
        "exec call",
        "chase",
        "",
        "",
    ),
    (
        "MSA redlines w/ legal",
        "signature",
        "procurement portal",
        "order form out",
        "PO this week",
        "legal",
        "",
        "",
    ),
)
STEPS: tuple[str, ...] = tuple(dict.fromkeys(step for steps in NEXT_STEPS for step in steps))
REASONS = (
    "No decision",
    "Price",
    "Timing",
    "Competitor",
    "Missing feature",
    "Won: fit",
    "Won: price",
    "Won: speed",
)
SUBJECTS = (
    "Dock scheduling demo",
    "Re: pricing",
    "Yard walk-through",
    "Security questionnaire",
    "Weekly check-in",
    "Re: order form",
    "Intro call",
    "Pilot results",
)

_WORDS = {
    region: (_HEADS[region].split(), _TAILS[region].split(), _TRADES[region].split("|")) for region in _HEADS
}


def account_name(n: int, region: str, *, taken: frozenset[str] = frozenset()) -> str:
    """Return the name of the region's n-th invented customer; no two are the same in a region of 5 million.

    First words in `taken` are left to others: another one takes their place.
    """
    heads, tails, trades = _WORDS[region]
    roots = len(heads) * len(tails)
    # A step that shares no factor with the number of roots visits them all before any comes again.
    lap, place = divmod(n, roots)
    place = place * 379 % roots
    head = heads[place % len(heads)]
    root = head + tails[place // len(heads)]
    if root in taken:
        root = head + _SPARE[region]
    trade = trades[(n * 7 + lap) % len(trades)] if lap < len(trades) else trades[lap % len(trades)]
    form = _FORMS[lap // len(trades) % len(_FORMS)]
    rest = lap // (len(trades) * len(_FORMS))
    return f"{root} {trade}{form}{f' {rest + 1}' if rest else ''}"


def slug(name: str) -> str:
    """Return a name as it stands in an e-mail domain: lower case, letters and digits only."""
    folded = name.casefold().replace("ö", "o").replace("ü", "u").replace("ä", "a").replace("é", "e")
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
