"""A sync of a large org: from the pages of Bulk 2.0 to a mirror that reports can read, and then 10,000 changes.

The org's own time, to make and send its rows, is not ours and is told apart: first everything is fetched, then it is told,
merged, derived and published. A deal without a row of history is one row, one with a row of history is two. Each org is
synced in a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# So many deals, each with so many rows of history.
ORGS = ((100_000, 1), (1_000_000, 0), (1_000_000, 1))
CHANGED = 10_000
MEGABYTE = 1024


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    peaks = []
    for size, history in ORGS:
        with tempfile.TemporaryDirectory() as name:
            told, fetched, changed, peak = _measured(size, history, Path(name))
        peaks.append(peak)
        seconds, rows = told["seconds"], size * (1 + history)
        busy = told["processor"]
        deals = f"{size:,} deals with {size * history:,} rows of history"
        yield f"{deals}: fetch by Bulk 2.0, the org's time with it", f"{fetched:.1f} s"
        yield (
            f"{deals}: from pages to a published mirror (goal: 50,000 a second)",
            f"{seconds:.1f} s: {size / seconds:,.0f} deals, {rows / seconds:,.0f} rows a second, processor {busy:.1f} s",
        )
        yield (
            f"{CHANGED:,} changes among {deals}: the same (goal < 3 s)",
            f"{changed['seconds']:.1f} s, processor {changed['processor']:.1f} s",
        )
    yield "peak memory (goal: bounded)", " and ".join(f"{peak:,.0f} MB" for peak in peaks)


def _measured(
    size: int, history: int, folder: Path
) -> tuple[dict[str, float], float, dict[str, float], float]:
    """Serve an org of so many deals, each with so many rows of history, and sync it twice in another process."""
    from tests.fakes.salesforce.large import large
    from tests.fakes.salesforce.server import FakeSalesforce

    org = large(size, folder, changes=history)
    with FakeSalesforce(org) as server:
        token = server.tokens.issue(org.admin)
        command = [sys.executable, "-m", "tests.bench.sync", str(server.port), server.host, token]
        with subprocess.Popen(
            [*command, str(folder / "home")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            first = json.loads(child.stdout.readline())
            _change(org)
            child.stdin.write("go on\n")
            child.stdin.flush()
            second = json.loads(child.stdout.readline())
    return first["told"], first["fetched"], second["told"], second["peak"]


def _change(org: Any) -> None:
    """Let a day pass on which some deals changed: the org now has these alone to show of what changed."""
    org.clock.advance(hours=12)
    rows = []
    for row in org.tables["Opportunity"].values():
        if len(rows) == CHANGED:
            break
        values = {name: row[name] for name in org.tables["Opportunity"].places}
        now = org.clock() - timedelta(hours=1)
        rows.append(
            values | {"NextStep": "Send the contract", "SystemModstamp": now, "LastModifiedDate": now}
        )
    org.tables["Opportunity"] = {row["Id"]: row for row in rows}
    org.tables["OpportunityHistory"] = {}


def _sync(port: str, host: str, token: str, folder: str) -> None:
    """Sync an org twice and print what each time took; the second waits until it is asked for."""
    from connectors import demo
    from connectors.mirror import Mirror
    from connectors.salesforce.client import client
    from connectors.salesforce.crm import SalesforceCrm
    from connectors.salesforce.org import Org
    from connectors.salesforce.session import OrgSession
    from connectors.salesforce.tokens import Token, Tokens
    from tests.fakes.salesforce.client import point

    def opened() -> Org:
        signed = Token(access=token, instance_url=f"https://{host}", issued_at=datetime.now(UTC))
        session = OrgSession(Tokens(lambda _before: signed))
        point(session, int(port))
        return Org(client(session), pause=lambda _seconds: None)

    home = Path(folder)
    mirror = Mirror(home, "salesforce")
    cursor = None
    for _ in range(2):
        start = time.perf_counter()
        # The first page comes when everything was fetched; the load then goes on with what lies there.
        pages = SalesforceCrm(home, demo.company(), opened).changes(cursor)
        next(pages)
        pages.close()
        fetched = time.perf_counter() - start
        start, processor = time.perf_counter(), time.process_time()
        mirror.load(SalesforceCrm(home, demo.company(), opened))
        told = {"seconds": time.perf_counter() - start, "processor": time.process_time() - processor}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        sys.stdout.write(json.dumps({"told": told, "fetched": fetched, "peak": peak}) + "\n")
        sys.stdout.flush()
        sys.stdin.readline()
        cursor = _cursor(mirror)


def _cursor(mirror: Any) -> str:
    from connectors.mirror import open_generation

    with open_generation(mirror.current()) as con:
        [(cursor,)] = con.execute("SELECT value FROM meta WHERE key = 'cursor'").fetchall()
    return str(cursor)


if __name__ == "__main__":
    _sync(*sys.argv[1:])
