"""A process that syncs in children which may be killed: `python -m tests.connectors.salesforce.forked PORT HOST TOKEN`.

For each home that it reads from standard input it forks, says `pid N`, and when the child has ended `ended STATUS`. The
child says `step …` for what it does. Everything is imported before, so that a sync costs little more than itself.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from connectors import demo
from connectors.mirror import Mirror
from connectors.salesforce import org as org_module
from connectors.salesforce import spool, telling
from connectors.salesforce.client import client
from connectors.salesforce.crm import SalesforceCrm
from connectors.salesforce.org import Org
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from tests.fakes.salesforce.client import point

COMPANY = demo.company()


def sync(home: Path, port: int, host: str, token: str) -> None:
    """Sync as the product does, but in small pages."""
    spool.REST_ROWS, org_module.BULK_PAGE, telling.TOGETHER = 12, 25, 1

    def opened() -> Org:
        signed = Token(access=token, instance_url=f"https://{host}", issued_at=datetime.now(UTC))
        session = OrgSession(Tokens(lambda _before: signed))
        point(session, port)
        return Org(client(session), pause=lambda _seconds: time.sleep(0))

    crm = SalesforceCrm(home, COMPANY, opened)
    Mirror(home, "salesforce").load(crm, progress=lambda step: print(f"step {step}", flush=True))


def main(port: str, host: str, token: str) -> None:
    """Fork for each home that comes."""
    for line in sys.stdin:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            sync(Path(line.strip()), int(port), host, token)
            os._exit(0)
        print(f"pid {child}", flush=True)
        print(f"ended {os.waitpid(child, 0)[1]}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
