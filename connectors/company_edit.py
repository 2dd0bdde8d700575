"""A company file changed line by line: what is not meant stays as a person wrote it, comments and order and all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.company import BOM
from connectors.errors import BadRequest

_HEADER: Final = re.compile(r"^\s*\[\[?\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"^\s*(?P<name>[A-Za-z0-9_-]+)\s*=")


def amended(
    text: str, parts: Mapping[str, Sequence[str]], *, again: bool = False, source: str = "company.toml"
) -> str:
    """Return the text with its version raised by one and some keys said anew; `parts` are the lines of each.

    A key of the top is changed where it stands; a table (or list of tables) is replaced as a whole, at the place of the
    first. What says the same as before stays as it was written; where nothing is changed, the text comes back as it is,
    unless it is to be a version of its own `again`.

    Raises:
        BadRequest: the text is no TOML, or a key is written in a way that cannot be changed line by line.
    """
    text = text.removeprefix(BOM)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{source}: not valid TOML: {error}") from error
    said: dict[str, Any] = {name: tomllib.loads("\n".join(lines))[name] for name, lines in parts.items()}
    changed = {name: value for name, value in said.items() if before.get(name) != value}
    if not changed and not again:
        return text
    version = int(before.get("version", 1)) + 1
    blocks = _blocks(text)
    for name, value in changed.items():
        put = _with_table if isinstance(value, dict | list) else _with_key
        blocks = put(blocks, name, parts[name])
    blocks = _with_key(blocks, "version", (f"version = {version}",))
    made = "\n".join(line for _, lines in blocks for line in lines).rstrip("\n") + "\n"
    _prove(made, {**before, **changed, "version": version}, changed, source)
    return made


_Block = tuple[str, tuple[str, ...]]


def _blocks(text: str) -> list[_Block]:
    """Return the text in blocks: what stands above the first table, then each table with the comments right above it."""
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        header = _HEADER.match(line)
        if header is None:
            blocks[-1][1].append(line)
            continue
        above: list[str] = []
        while blocks[-1][1] and blocks[-1][1][-1].lstrip().startswith("#"):
            above.insert(0, blocks[-1][1].pop())
        blocks.append((header["name"].strip("\"'"), [*above, line]))
    return [(name, tuple(lines)) for name, lines in blocks]


def _with_key(blocks: list[_Block], name: str, lines: Sequence[str]) -> list[_Block]:
    """Return the blocks with a key of the top said anew, where it stands; below all others where it does not."""
    first, top = blocks[0]
    place = next((at for at, line in enumerate(top) if _is_key(line, name)), None)
    if place is None:
        end = len(top) - next((n for n, line in enumerate(reversed(top)) if line.strip()), len(top))
        return [(first, (*top[:end], *lines, *top[end:])), *blocks[1:]]
    return [(first, (*_persons(top[:place], lines), *lines, *top[place + 1 :])), *blocks[1:]]


def _with_table(blocks: list[_Block], name: str, lines: Sequence[str]) -> list[_Block]:
    """Return the blocks with a table, or all tables of a list, said anew at the place of the first; at the end without."""
    first, top = blocks[0]
    kept: list[_Block] = [(first, tuple(line for line in top if not _is_key(line, name)))]
    placed = False
    for block in blocks[1:]:
        if block[0] != name and not block[0].startswith(f"{name}."):
            kept.append(block)
        elif not placed:
            header = next(at for at, line in enumerate(block[1]) if _HEADER.match(line))
            kept.append((name, (*_persons(block[1][:header], lines), *lines, "")))
            placed = True
    if placed:
        return kept
    last, end = kept[-1]
    return [*kept[:-1], (last, (*end, *([""] if end and end[-1].strip() else []))), (name, (*lines, ""))]


def _persons(above: tuple[str, ...], lines: Sequence[str]) -> tuple[str, ...]:
    """Return what stands above a key without the comment that an earlier proposal wrote about it."""
    tag = re.split(r":| ←", lines[0])[0] if lines[0].startswith("#") else ""
    start = len(above)
    while tag and start and above[start - 1].startswith("#"):
        start -= 1
        if above[start].startswith(tag):
            return above[:start]
    return above


def _is_key(line: str, name: str) -> bool:
    found = _KEY.match(line)
    return found is not None and found["name"] == name


def _prove(text: str, wanted: Mapping[str, Any], changed: Mapping[str, Any], source: str) -> None:
    """Refuse a text that does not say exactly what is wanted."""
    try:
        made = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        made = {}
    if made != wanted:
        raise BadRequest(
            f"{source}: {', '.join(changed)} cannot be changed line by line as it is written there: "
            "write it as a table of its own, or change it by hand"
        )
