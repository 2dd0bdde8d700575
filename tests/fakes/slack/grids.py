"""What Slack asks of tables, data tables and data charts."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.elements import Say, check_fields, check_length, check_text
from tests.fakes.slack.shapes import Json

CELLS = {"raw_text", "raw_number", "rich_text"}
HEADER_CELLS = {"raw_text", "raw_number"}


def check_table(block: Json, path: str, say: Say) -> None:
    """Say what is wrong with a table: at most 100 rows of at most 20 cells."""
    _check_rows(block.get("rows"), path, say, rows=100)
    settings = block.get("column_settings", ())
    if len(settings) > 20:
        say("no more than 20 items allowed", f"{path}/column_settings")
    for place, setting in enumerate(settings):
        if setting is not None:
            check_fields(setting, f"{path}/column_settings/{place}", say, known="align is_wrapped")
            if setting.get("align", "left") not in {"left", "center", "right"}:
                say("must be one of: left, center, right", f"{path}/column_settings/{place}/align")


def check_data_table(block: Json, path: str, say: Say) -> None:
    """Say what is wrong with a data table: at most 101 rows, of which the first is the header."""
    check_length(block.get("caption"), f"{path}/caption", say, most=150, least=1)
    _check_rows(block.get("rows"), path, say, rows=101)
    rows = block.get("rows")
    for place, cell in enumerate(rows[0] if isinstance(rows, list) and rows else ()):
        if isinstance(cell, dict) and cell.get("type") not in HEADER_CELLS:
            say("the first row holds only raw_text and raw_number", f"{path}/rows/0/{place}/type")
    size = block.get("page_size", 5)
    if not isinstance(size, int) or not 1 <= size <= 100:
        say("must be a number from 1 to 100", f"{path}/page_size")


def check_chart(block: Json, path: str, say: Say) -> None:
    """Say what is wrong with a chart: up to 12 segments or series, up to 20 categories."""
    title = block.get("title")
    if isinstance(title, dict):
        check_text(title, f"{path}/title", say, most=50, plain=True)
    else:
        check_length(title, f"{path}/title", say, most=50, least=1)
    chart, where = block.get("chart"), f"{path}/chart"
    if not isinstance(chart, dict):
        say("must be an object", where)
        return
    match chart.get("type"):
        case "pie":
            check_fields(chart, where, say, known="type segments", required="segments")
            _check_points(chart.get("segments"), f"{where}/segments", say, most=12)
        case "bar" | "line" | "area":
            check_fields(chart, where, say, known="type series axis_config", required="series")
            _check_series(chart, where, say)
        case other:
            say(f"unsupported type: {other}", f"{where}/type")


def _check_series(chart: Json, path: str, say: Say) -> None:
    series = chart.get("series") or []
    if not 1 <= len(series) <= 12:
        say("must have from 1 to 12 items", f"{path}/series")
    for place, one in enumerate(series):
        check_length(one.get("name"), f"{path}/series/{place}/name", say, most=20, least=1)
        _check_points(one.get("data"), f"{path}/series/{place}/data", say, most=20)
    axis = chart.get("axis_config", {})
    check_fields(axis, f"{path}/axis_config", say, known="categories x_label y_label")
    categories = axis.get("categories", [])
    if len(categories) > 20:
        say("no more than 20 items allowed", f"{path}/axis_config/categories")
    for place, label in enumerate(categories):
        check_length(label, f"{path}/axis_config/categories/{place}", say, most=20, least=1)
    for name in ("x_label", "y_label"):
        if name in axis:
            check_length(axis[name], f"{path}/axis_config/{name}", say, most=50)


def _check_points(points: Any, path: str, say: Say, *, most: int) -> None:
    if not isinstance(points, list) or not 1 <= len(points) <= most:
        say(f"must have from 1 to {most} items", path)
        return
    for place, point in enumerate(points):
        check_fields(point, f"{path}/{place}", say, known="label value", required="label")
        check_length(point.get("label"), f"{path}/{place}/label", say, most=20, least=1)
        if isinstance(point.get("value"), bool) or not isinstance(point.get("value"), (int, float)):
            say("must be a number", f"{path}/{place}/value")


def _check_rows(found: Any, path: str, say: Say, *, rows: int) -> None:
    if not isinstance(found, list) or not 1 <= len(found) <= rows:
        say(f"must have from 1 to {rows} rows", f"{path}/rows")
        return
    width = len(found[0]) if isinstance(found[0], list) else 0
    for number, row in enumerate(found):
        where = f"{path}/rows/{number}"
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            say("must have from 1 to 20 cells", where)
            continue
        if len(row) != width:
            say(f"must have {width} cells like the first row", where)
        for place, cell in enumerate(row):
            _check_cell(cell, f"{where}/{place}", say)


def _check_cell(cell: Any, path: str, say: Say) -> None:
    if not isinstance(cell, dict) or cell.get("type") not in CELLS:
        say("must be one of: raw_text, raw_number, rich_text", f"{path}/type")
    elif cell["type"] == "raw_text":
        check_fields(cell, path, say, known="type text")
        check_length(cell.get("text"), f"{path}/text", say, most=10_000, least=1)
    elif cell["type"] == "raw_number":
        check_fields(cell, path, say, known="type value text")
        check_length(cell.get("text"), f"{path}/text", say, most=10_000, least=1)
        if isinstance(cell.get("value"), bool) or not isinstance(cell.get("value"), (int, float)):
            say("must be a number", f"{path}/value")
