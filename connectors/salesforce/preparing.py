"""What is prepared before anybody can sign in: keys, permission sets, and a page for the Salesforce administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from string import Template
from textwrap import wrap
from typing import Final

from connectors.disk import write_atomically
from connectors.salesforce import keys
from connectors.salesforce.permissions import SYNC_SET, Words, deployment, read_fields
from connectors.salesforce.refused import PERMISSION_SET

PRIVATE_KEY: Final = "private-key.pem"
CERTIFICATE: Final = "certificate.crt"
SEAL: Final = "quarterdeck.key"
PAGE: Final = "for-your-salesforce-admin.txt"
METADATA: Final = "metadata"
_OWNER_ONLY: Final = 0o600
_INSET: Final = " " * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What lies in the folder now: files that were written, keys that were left as they were, and the last good day."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    good_until: datetime


def prepare(
    folder: Path,
    words: Words,
    *,
    own: frozenset[tuple[str, str]] = frozenset(),
    now: datetime,
    force: bool = False,
) -> Prepared:
    """Write what signing in needs into `folder`; `words` is the field map, `own` its words that the org's file names.

    A private key that is there stays, unless `force` says otherwise. The key that encrypts stays in any case: what it
    encrypted could not be read any more.

    Raises:
        BadRequest: what lies there as a private key or a certificate is none.
        OSError: the folder cannot be written.
    """
    key, cert, seal = folder / PRIVATE_KEY, folder / CERTIFICATE, folder / SEAL
    written, kept = [], []
    if force or not key.exists():
        write_atomically(key, keys.new_key(), mode=_OWNER_ONLY)
        written.append(key)
    else:
        kept.append(key)
    if cert.exists() and keys.belongs(cert.read_bytes(), key.read_bytes()):
        kept.append(cert)
    else:
        write_atomically(cert, keys.certificate(key.read_bytes(), now=now))
        written.append(cert)
    if seal.exists():
        kept.append(seal)
    else:
        write_atomically(seal, keys.new_secret(), mode=_OWNER_ONLY)
        written.append(seal)
    good_until = keys.good_until(cert.read_bytes())
    sure, maybe = read_fields(words, own)
    texts = {f"{METADATA}/{path}": text for path, text in deployment(sure).items()}
    texts[PAGE] = page(maybe, good_until=good_until)
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())
        written.append(folder / name)
    return Prepared(written=tuple(written), kept=tuple(kept), good_until=good_until)


def page(maybe: tuple[str, ...], *, good_until: datetime) -> str:
    """Return the page for the administrator; `maybe` are the custom fields that are granted where there are any."""
    text = Template(Path(__file__).with_name("admin.txt").read_text(encoding="utf-8"))
    lines = [f"   If your org has any of these fields, let {SYNC_SET} read them:"]
    for name, fields in groupby(maybe, key=lambda field: field.partition(".")[0]):
        told = ", ".join(field.partition(".")[2] for field in fields)
        lines += wrap(f"{name}: {told}", 112, initial_indent=_INSET, subsequent_indent=f"{_INSET}  ")
    return text.substitute(
        permission_set=PERMISSION_SET,
        sync_set=SYNC_SET,
        certificate=CERTIFICATE,
        good_until=f"{good_until:%Y-%m-%d}",
        maybe="\n".join(lines) + "\n" if maybe else "",
    )
