"""The company file is written whole or not at all; where one is replaced, the former one stays beside it."""

from __future__ import annotations

import os
from pathlib import Path

from bot.store.files import write_atomically
from connectors import company as companies


def replace_company(file: Path, text: str) -> Path | None:
    """Write another company file in place of the one there; return where the former one is, None where nothing changes.

    The former file is `company.v<its version>.toml`; another one of that name is never written over.

    Raises:
        BadRequest: the text is no company file; the message names what cannot be used.
    """
    companies.parse(text)
    old = file.read_text(encoding="utf-8")
    if old == text:
        return None
    version, copy = companies.parse(old).version, 1
    former = file.with_name(f"company.v{version}.toml")
    while former.exists() and former.read_text(encoding="utf-8") != old:
        copy += 1
        former = file.with_name(f"company.v{version}-{copy}.toml")
    write_atomically(former, old.encode())
    write_atomically(file, text.encode())
    return former


def first_company(file: Path, text: str) -> bool:
    """Write the company file where there is none; say whether that was so. One that is there stays as it is.

    Raises:
        BadRequest: the text is no company file; the message names what cannot be used.
    """
    companies.parse(text)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    write_atomically(beside, text.encode())
    try:
        file.hardlink_to(beside)
    except FileExistsError:
        return False
    finally:
        beside.unlink(missing_ok=True)
    return True
