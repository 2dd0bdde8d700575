"""From a connector's name to an open connector: built-in ones, then entry points `quarterdeck.connectors`.

A third party's entry point names a callable `(home: Path, options: Mapping[str, str]) -> Crm`; a
`company.toml` beside its module is its default company file.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final

from connectors import company as companies
from connectors.errors import BadRequest
from connectors.protocol import Crm, Seeing

GROUP: Final = "quarterdeck.connectors"
Opener = Callable[[Path, Mapping[str, str]], Crm]

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def connect(name: str, *, home: Path, options: Mapping[str, str] = _NOTHING) -> Crm:
    """Return the connector of that name, opened with its options.

    Raises:
        BadRequest: there is no such connector, or one of the options is not known to it or cannot be used.
    """
    built_in = _BUILT_IN.get(name)
    if built_in is not None:
        return built_in[1](home, options)
    entry = _entry(name)
    try:
        opener: Opener = entry.load()
    except (ImportError, AttributeError) as error:
        raise BadRequest(
            f"the connector {name!r} is installed, but {entry.value!r} cannot be loaded: {error}"
        ) from error
    crm = opener(home, options)
    if not isinstance(crm, Crm):
        raise BadRequest(
            f"the connector {name!r} does not follow connectors.protocol.Crm: {type(crm).__name__}"
        )
    return crm


def seeing(
    crm: Crm, *, home: Path, options: Mapping[str, str], keys: str, workspace: str, minutes: int
) -> Seeing | None:
    """Return how persons are asked what they see in an open system by their own rights; None where it knows no such.

    What was told holds for so many `minutes`.

    Raises:
        BadRequest: persons cannot sign in to it as it is set up.
    """
    if crm.name == "salesforce":
        rights: Seeing = import_module("connectors.salesforce.opening").open_rights(
            crm, home, options, keys=keys, workspace=workspace, minutes=minutes
        )
        return rights
    return crm if isinstance(crm, Seeing) else None


def company_file(name: str, home: Path) -> Path:
    """Return the company file in use: the one in `home`, else the connector's own default.

    Raises:
        BadRequest: there is no such connector, or neither file is there.
    """
    own = home / "company.toml"
    module = _BUILT_IN[name][0] if name in _BUILT_IN else _entry(name).module
    if own.is_file():
        return own
    spec = find_spec(module)
    default = Path(spec.origin).with_name("company.toml") if spec and spec.origin else own
    if not default.is_file() and name == "salesforce":
        raise BadRequest("there is no company file yet: run `quarterdeck sync`, which reads one from the org")
    if not default.is_file():
        raise BadRequest(f"there is no company file for {name!r}: write {str(own)!r}")
    return default


def names() -> tuple[str, ...]:
    """Return the names of all connectors that are installed, in order."""
    return tuple(sorted({*_BUILT_IN, *(entry.name for entry in entry_points(group=GROUP))}))


def _entry(name: str) -> EntryPoint:
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return entry
    raise BadRequest(f"unknown connector {name!r}; try: {', '.join(_nearest(name, names()))}")


def _demo(home: Path, options: Mapping[str, str]) -> Crm:
    """Open the invented company; it keeps in `home` what people change, where that is switched on, and nothing else."""
    wanted: dict[str, object] = {"home": home, "writes": options.get(_WRITES) == "on"}
    for key, text in options.items():
        if key == _WRITES:
            continue
        if key not in _DEMO_OPTIONS:
            known = ", ".join(_nearest(key, _DEMO_OPTIONS))
            raise BadRequest(f"unknown option {key!r} of the connector 'demo'; try: {known}")
        read, example = _DEMO_OPTIONS[key]
        try:
            wanted[key] = read(text)
        except ValueError as error:
            raise BadRequest(f"{key} = {text!r} cannot be used; write it like {example!r}") from error
    demo: Crm = import_module("connectors.demo").DemoCrm(**wanted)
    return demo


_WRITES: Final = "QUARTERDECK_WRITES"
_DEMO_OPTIONS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = MappingProxyType(
    {"opportunities": (int, "5000"), "seed": (int, "59"), "today": (date.fromisoformat, "2026-11-23")}
)


def _files(home: Path, options: Mapping[str, str]) -> Crm:
    """Open the exports that were taken in; the company file says what they mean."""
    for key in options:
        raise BadRequest(f"unknown option {key!r} of the connector 'files'; it has none")
    own: Crm = import_module("connectors.files.crm").FilesCrm(
        home, companies.load(company_file("files", home))
    )
    return own


def _salesforce(home: Path, options: Mapping[str, str]) -> Crm:
    """Open an org; signing in waits until something is asked of it."""
    company = companies.load(company_file("salesforce", home))
    org: Crm = import_module("connectors.salesforce.opening").open_crm(home, company, options)
    return org


# Name to the module it lives in (imported only when it is opened) and how to open it.
_BUILT_IN: Final[Mapping[str, tuple[str, Opener]]] = MappingProxyType(
    {
        "demo": ("connectors.demo", _demo),
        "files": ("connectors.files", _files),
        "salesforce": ("connectors.salesforce", _salesforce),
    }
)


def _nearest(value: str, known: Iterable[str]) -> list[str]:
    """Return all known values, those most like `value` first."""
    return sorted(
        known, key=lambda name: (-difflib.SequenceMatcher(None, value.casefold(), name).ratio(), name)
    )
