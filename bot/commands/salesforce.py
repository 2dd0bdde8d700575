"""`quarterdeck salesforce init`: what is needed before anybody can sign in to Salesforce."""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import read_settings
from bot.terminal import Terminal
from connectors.salesforce import fieldmap
from connectors.salesforce.preparing import CERTIFICATE, METADATA, PAGE, PRIVATE_KEY, SEAL, prepare


def run(arguments: Namespace) -> int:
    """Write the files and say what to do with them."""
    folder, terminal = arguments.out, Terminal()
    home = read_settings(os.environ, folder=Path.cwd(), home=arguments.home).home
    fields = fieldmap.load(home)
    done = prepare(folder, fields.words, own=fields.own, now=datetime.now(UTC), force=arguments.force)
    for path in done.written:
        terminal.line(f"wrote {path}")
    for path in done.kept:
        terminal.line(f"kept  {path}, which was there already")
    terminal.line("")
    terminal.line(
        f"1. Give {PAGE}, {CERTIFICATE} and the folder {METADATA} to your Salesforce administrator. Keep {PRIVATE_KEY} and "
        f"{SEAL} to yourself: whoever has the first can sign in as everybody whom the administrator lets in.",
        hang=3,
    )
    terminal.line("2. Put into .env what they send back, and where the keys are:", hang=3)
    terminal.line(f"   SALESFORCE_PRIVATE_KEY_FILE={(folder / PRIVATE_KEY).resolve()}")
    terminal.line(f"   QUARTERDECK_KEY_FILE={(folder / SEAL).resolve()}")
    terminal.line("   SALESFORCE_CLIENT_ID=the app's consumer key")
    terminal.line("   SALESFORCE_USERNAME=the user name of Quarterdeck's user")
    terminal.line("   SALESFORCE_DOMAIN=your My Domain, like acme.my.salesforce.com")
    terminal.line(
        f"3. The certificate is good until {done.good_until:%Y-%m-%d}. Before that day: quarterdeck salesforce init --force, "
        "and the administrator uploads the new one.",
        hang=3,
    )
    return 0
