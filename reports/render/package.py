"""Parts and the zip they travel in: the same parts give the same bytes, whenever and wherever they are written."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from reports.render.xml import HEAD, attr

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML_DEFAULTS = (
    ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
    ("xml", "application/xml"),
)
# Compressed already: packing them again costs time and gains nothing.
_STORED = frozenset({"png", "jpg", "jpeg", "gif", "xlsx", "mp4", "emz", "wmz"})
# 1 January 1980, the first day that a zip file knows.
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1
_UTF8 = 0x800


@dataclass(frozen=True, slots=True, kw_only=True)
class Rel:
    """A relationship of a part: `target` is a part's name ("/ppt/slides/slide1.xml") or, if external, an address."""

    id: str
    type: str
    target: str
    external: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the package; `name` starts with a slash. `static` parts come back in deck after deck."""

    name: str
    content_type: str
    blob: bytes
    rels: tuple[Rel, ...] = ()
    static: bool = False


def written(parts: Iterable[Part], root: tuple[Rel, ...]) -> bytes:
    """Return the package: content types and root relationships first, then the parts in the order given."""
    parts = tuple(parts)
    members: list[tuple[str, bytes, bool]] = [
        ("[Content_Types].xml", _content_types(parts), False),
        ("_rels/.rels", relationships(root, "/"), False),
    ]
    for part in parts:
        members.append((part.name[1:], part.blob, part.static))
        if part.rels:
            folder, _, file = part.name.rpartition("/")
            rels = relationships(part.rels, folder)
            members.append((f"{folder}/_rels/{file}.rels"[1:], rels, part.static))
    return _zip(members)


def relationships(rels: Iterable[Rel], folder: str) -> bytes:
    """Return a .rels part; internal targets are written relative to `folder`, the home of the part they belong to."""
    lines = "".join(
        f'<Relationship Id="{rel.id}" Type="{rel.type}" Target="{attr(_target(rel, folder))}"'
        + (' TargetMode="External"/>' if rel.external else "/>")
        for rel in rels
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONSHIPS}">{lines}</Relationships>'.encode()


def _target(rel: Rel, folder: str) -> str:
    if rel.external:
        return rel.target
    here = [step for step in folder.split("/") if step]
    there = rel.target.split("/")[1:]
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])


def _content_types(parts: tuple[Part, ...]) -> bytes:
    defaults = dict(_XML_DEFAULTS)
    overrides: list[tuple[str, str]] = []
    for part in parts:
        suffix = part.name.rpartition("/")[2].rpartition(".")[2].lower()
        if suffix == "xml" or defaults.setdefault(suffix, part.content_type) != part.content_type:
            overrides.append((part.name, part.content_type))
    lines = "".join(
        f'<Default Extension="{attr(ext)}" ContentType="{kind}"/>' for ext, kind in defaults.items()
    )
    lines += "".join(f'<Override PartName="{attr(name)}" ContentType="{kind}"/>' for name, kind in overrides)
    return f'{HEAD}<Types xmlns="{_CONTENT_TYPES}">{lines}</Types>'.encode()


def _zip(members: Iterable[tuple[str, bytes, bool]]) -> bytes:
    """Return a zip of (name, content, static); fixed dates, UTF-8 names, the order given, no name twice."""
    out: list[bytes] = []
    directory: list[bytes] = []
    seen: set[str] = set()
    offset = 0
    for name, blob, static in members:
        if name.casefold() in seen:
            raise ValueError(f"the package would hold {name!r} twice")
        seen.add(name.casefold())
        method, packed = _packed(name, blob, static=static)
        encoded = name.encode()
        common = struct.pack(
            "<HHHHHIIIHH",
            *(
                20,
                _UTF8,
                method,
                _DOS_TIME,
                _DOS_DATE,
                zlib.crc32(blob),
                len(packed),
                len(blob),
                len(encoded),
                0,
            ),
        )
        out += [b"PK\x03\x04", common, encoded, packed]
        directory += [
            b"PK\x01\x02",
            struct.pack("<H", 20),
            common,
            struct.pack("<HHHII", 0, 0, 0, 0, offset),
            encoded,
        ]
        offset += 4 + len(common) + len(encoded) + len(packed)
    listing = b"".join(directory)
    end = struct.pack("<HHHHIIH", 0, 0, len(seen), len(seen), len(listing), offset, 0)
    return b"".join([*out, listing, b"PK\x05\x06", end])


def _packed(name: str, blob: bytes, *, static: bool) -> tuple[int, bytes]:
    if name.rpartition(".")[2].lower() in _STORED:
        return 0, blob
    return 8, (_deflated_once if static else _deflated)(blob)


def _deflated(blob: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(blob) + packer.flush()


_deflated_once = lru_cache(maxsize=512)(_deflated)
