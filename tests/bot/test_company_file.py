from __future__ import annotations

import pytest

from bot.company_file import replace_company
from connectors.errors import BadRequest

OLD = 'name = "Acme"\nversion = 3\nzone = "UTC"\ncurrency = "USD"\n'
NEW = OLD.replace("version = 3", "version = 4")


def test_the_former_file_is_kept_by_its_version(tmp_path):
    file = tmp_path / "company.toml"
    file.write_text(OLD, encoding="utf-8")

    former = replace_company(file, NEW)

    assert former == tmp_path / "company.v3.toml"
    assert (former.read_text(encoding="utf-8"), file.read_text(encoding="utf-8")) == (OLD, NEW)


def test_another_file_that_was_kept_is_not_written_over(tmp_path):
    file, kept = tmp_path / "company.toml", tmp_path / "company.v3.toml"
    file.write_text(OLD, encoding="utf-8")
    kept.write_text("an older one", encoding="utf-8")

    former = replace_company(file, NEW)

    assert former == tmp_path / "company.v3-2.toml"
    assert kept.read_text(encoding="utf-8") == "an older one"


def test_the_same_text_changes_nothing(tmp_path):
    file = tmp_path / "company.toml"
    file.write_text(OLD, encoding="utf-8")

    assert replace_company(file, OLD) is None
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_no_company_file_is_refused_and_the_old_one_stays(tmp_path):
    file = tmp_path / "company.toml"
    file.write_text(OLD, encoding="utf-8")

    with pytest.raises(BadRequest, match=r"zone = 'Mars'"):
        replace_company(file, OLD.replace("UTC", "Mars"))

    assert file.read_text(encoding="utf-8") == OLD
