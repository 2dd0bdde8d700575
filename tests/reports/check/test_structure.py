"""The 24 planted defects: each is found, a good file has none, and a changed workbook is not taken for the chart."""

from __future__ import annotations

import io
import zipfile

import pytest

from reports.check import check, errors
from reports.check.package import opened
from reports.check.structure import structure_problems
from reports.render import render
from tests.fakes import decks
from tests.reports.check.defects import BOOK, CHART, DEFECTS, WATERFALL, edit, rewritten


@pytest.fixture(scope="module")
def good() -> bytes:
    return render(decks.every_block())


def rules(data: bytes) -> set[str]:
    return {problem.rule for problem in errors(check(data, decks.every_block()))}


def test_good_decks_have_no_defect(good):
    package = opened(good)

    assert not isinstance(package, str)
    assert structure_problems(package) == ()


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(good, name):
    problems = [
        problem
        for problem in check(DEFECTS[name](good), decks.every_block())
        if problem.rule.startswith(("structure", "chart"))
    ]

    assert problems, f"{name} passes"


def test_at_least_twenty_of_the_planted_defects_are_found(good, capsys):
    found = [name for name, defect in DEFECTS.items() if rules(defect(good)) & STRUCTURAL]

    with capsys.disabled():
        print(f"\n{len(found)} of {len(DEFECTS)} planted defects found")
    assert len(DEFECTS) == 24
    assert len(found) >= 20


STRUCTURAL = {
    *(
        "structure.duplicate-member",
        "structure.rel-target",
        "structure.rel-id",
        "structure.negative-size",
        "structure.xml",
    ),
    *(
        "structure.content-type",
        "structure.slide-id",
        "structure.shape-id",
        "structure.table-row",
        "structure.table-cell",
    ),
    *(
        "chart.cache-number",
        "chart.axis",
        "chart.series",
        "structure.section",
        "structure.child-order",
        "structure.child",
    ),
    *(
        "structure.theme-colour",
        "structure.emu",
        "structure.hex-colour",
        "structure.font-size",
        "chart.label-position",
    ),
    *("structure.notes", "chart.workbook"),
}


def test_a_file_that_is_no_zip_is_one_problem():
    (problem,) = check(b"PK no", decks.weekly())

    assert problem.rule == "structure.zip"


def test_a_zip_without_content_types_is_said_and_nothing_is_read_from_it(good):
    problems = check(rewritten(good, {}, without="[Content_Types].xml"), decks.every_block())

    assert [problem.rule for problem in problems] == ["structure.content-types"]


def test_a_chart_that_says_something_else_than_its_workbook_is_found(good):
    changed = edit(CHART, "<c:v>570000</c:v>", "<c:v>580000</c:v>")(good)

    assert "chart.workbook-differs" in rules(changed)


def test_a_workbook_that_lost_a_cell_is_found(good):
    assert "chart.workbook-differs" in rules(rewritten(good, {BOOK: _one_value_less}))


def test_labels_read_from_cells_are_compared_with_the_cells(good):
    changed = edit(WATERFALL, "<c:v>−$0.59M</c:v>", "<c:v>−$0.58M</c:v>")(good)

    assert "chart.workbook-differs" in rules(changed)


def _one_value_less(blob: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as book, zipfile.ZipFile(out, "w") as copy:
        for name in book.namelist():
            copy.writestr(name, book.read(name).replace(b"<v>570000</v>", b""))
    return out.getvalue()
