"""What a process does first: take up what processes that died have left, and give up what they died of.

The engine has no rescue of its own for the runs of another process. The lock of the home says that there is no other, so
whatever runs by the ledger is left behind.
"""

from __future__ import annotations

import logging

from dbos import DBOS, WorkflowStatus

from bot.runs.ledger import DO, Ledger
from bot.runs.ports import Failure, Work

LOG = logging.getLogger(__name__)


def give_up(ledger: Ledger, *, attempts: int) -> None:
    """End what processes died of so many times, and what another version left; each work is then a failure to tell of.

    The failure is in the ledger before its work is ended, so a process that dies in between tells of it all the same.
    """
    for row in ledger.of_other_versions():
        reason = f"it was asked of version {row.app_version!r} of the works, and this is {ledger.version!r}"
        _end(ledger, row, reason, died=False)
    for row in ledger.begun():
        if (row.recovery_attempts or 0) >= attempts:
            _end(ledger, row, f"the process died of it {attempts} times", died=True)


def _end(ledger: Ledger, row: WorkflowStatus, reason: str, *, died: bool) -> None:
    LOG.error("gave up %r: %s", row.workflow_id, reason)
    if row.name == DO and row.input is not None:
        work = Work.model_validate(row.input["args"][0])
        ledger.add_failure(Failure.of(work, reason, died=died))
    ledger.cancel([row.workflow_id])


def take_up(ledger: Ledger, *, executor: str) -> None:
    """Put back into their lanes the works that other executors have begun.

    The engine's public way to resume forgets the attempts, and so would begin a work that kills the process for ever.
    """
    dead = {row.executor_id for row in ledger.begun() if row.executor_id} - {executor}
    if taken := DBOS._recover_pending_workflows(sorted(dead)):  # noqa: SLF001
        LOG.warning("took up %d works that an earlier process had begun", len(taken))
