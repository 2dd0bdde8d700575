"""Drafts, revisions, actions, threads and files: kept once, found again, never half."""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import NoSuchDraft
from bot.store import Draft, Revision, Store, Thread, open_store
from bot.store.files import keep, write_atomically
from reports.context import Action
from reports.kinds import weekly
from reports.spec import spec_hash
from tests.fakes import decks

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


def draft(head: int = 1, workspace: str = "one") -> Draft:
    return Draft(id="d", workspace=workspace, kind="weekly", owner="Dana", created_at=NOW, head=head)


def revision(number: int = 1, workspace: str = "one") -> Revision:
    spec = weekly.spec()
    return Revision(
        draft_id="d",
        workspace=workspace,
        number=number,
        parent=number - 1 or None,
        author="Dana",
        created_at=NOW,
        spec=spec,
        deck=decks.weekly(),
        changes=("one thing",),
        spec_hash=spec_hash(spec),
        deck_hash="d",
        template_hash="t",
        renderer="1",
        file_sha256=hashlib.sha256(b"deck").hexdigest(),
        card_sha256=hashlib.sha256(b"card").hexdigest(),
    )


def save(store: Store, number: int = 1, *, key: str = "k", workspace: str = "one") -> Revision:
    return store.save(
        draft(number, workspace), revision(number, workspace), key=key, deck=b"deck", card=b"card"
    )


def test_a_revision_comes_back_as_it_was_with_its_files(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    kept = save(store)
    store.close()

    again = open_store(tmp_path)

    assert again.revision("one", "d", 1) == kept
    assert again.draft("one", "d").head == 1
    assert (again.files / f"{kept.file_sha256}.pptx").read_bytes() == b"deck"
    assert (again.files / f"{kept.card_sha256}.png").read_bytes() == b"card"
    again.close()


def test_the_same_key_gives_the_first_revision_and_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = save(store, 1, key="same")

    second = save(store, 2, key="same")

    assert second == first
    assert store.draft("one", "d").head == 1
    assert store.by_key("one", "same") == first
    assert store.by_key("one", "other") is None
    store.close()


def test_workspaces_do_not_see_each_other(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, key="same", workspace="one")
    save(store, 1, key="same", workspace="two")

    assert store.revision("two", "d", 1).workspace == "two"
    with pytest.raises(NoSuchDraft, match="no draft 'd'"):
        store.draft("three", "d")
    with pytest.raises(NoSuchDraft, match="no revision 2"):
        store.revision("one", "d", 2)
    store.close()


def test_actions_are_replaced_by_id_and_ordered_by_due_date(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    late = Action(id="a", text="late", owner="Jonas", due=date(2026, 11, 27))
    early = Action(id="b", text="early", owner="Priya", due=date(2026, 11, 25))
    store.keep_actions("one", (late, early))

    store.keep_actions("one", (late.model_copy(update={"state": "done"}),))

    assert [(action.id, action.state) for action in store.actions("one")] == [("b", "open"), ("a", "done")]
    assert store.actions("two") == ()
    store.close()


def test_a_thread_remembers_what_it_was_given(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    assert store.thread("one", "t") == Thread(workspace="one", id="t")

    store.keep_thread(Thread(workspace="one", id="t", draft_id="d", turns=3))

    assert store.thread("one", "t").turns == 3
    store.close()


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)

    def write(writer: int) -> None:
        for number in range(20):
            action = Action(id=f"{writer}-{number}", text="x", owner="o", due=date(2026, 11, 25))
            store.keep_actions("one", (action,))

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(store.actions("one")) == 120
    store.close()


def test_a_file_is_kept_once_by_its_content(tmp_path: Path) -> None:
    digest = keep(tmp_path, b"content", ".pptx")
    modified = (tmp_path / f"{digest}.pptx").stat().st_mtime_ns

    assert keep(tmp_path, b"content", ".pptx") == digest
    assert (tmp_path / f"{digest}.pptx").stat().st_mtime_ns == modified
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "deck.pptx"
    write_atomically(target, b"old")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from bot.store.files import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_atomically(Path(sys.argv[1]), b'x' * 5000)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(target)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "OSError" in done.stderr
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["deck.pptx"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000
