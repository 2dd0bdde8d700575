from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from connectors.company_edit import amended
from connectors.errors import BadRequest

OLD = """\
# Ours. Ask Ana before you change anything.
name = "Larkmoor"   # since 2019
version = 3
zone = "Europe/Berlin"
holidays = [
  2026-12-25, # nobody works
]

# Decided in March.
[scope]
types = ["New business"]

[[stages]]
name = "Discovery"

[[stages]]
name = "Won"
status = "won"

# What was to be won.
[[targets]]
period = "FY26-Q4"
amount = "5800000"

[synonyms]
quota = "target" # people say so
"""


def test_what_is_not_meant_stays_as_a_person_wrote_it():
    made = amended(
        OLD,
        {
            "zone": ("# Zone: of this machine.", 'zone = "Europe/Paris"'),
            "scope": (
                "# Deal types in scope ← Type: left out: Renewal (2).",
                "[scope]",
                'types = ["New", "More"]',
            ),
            "stages": ("[[stages]]", 'name = "First"'),
            "fiscal": ("# Fiscal year: from periods.", "[fiscal]", "start_month = 2"),
        },
    )

    assert made == snapshot("""\
# Ours. Ask Ana before you change anything.
name = "Larkmoor"   # since 2019
version = 4
# Zone: of this machine.
zone = "Europe/Paris"
holidays = [
  2026-12-25, # nobody works
]

# Decided in March.
# Deal types in scope ← Type: left out: Renewal (2).
[scope]
types = ["New", "More"]

[[stages]]
name = "First"

# What was to be won.
[[targets]]
period = "FY26-Q4"
amount = "5800000"

[synonyms]
quota = "target" # people say so

# Fiscal year: from periods.
[fiscal]
start_month = 2
""")


def test_nothing_new_changes_nothing_not_even_the_version():
    assert (
        amended(OLD, {"zone": ('zone = "Europe/Berlin"',), "scope": ("[scope]", 'types = ["New business"]')})
        == OLD
    )


def test_a_version_of_its_own_changes_nothing_else():
    assert amended(OLD, {}, again=True) == OLD.replace("version = 3", "version = 4")


def test_the_comment_of_an_earlier_proposal_is_replaced_and_a_persons_stays():
    first = amended(
        OLD, {"scope": ("# Deal types in scope ← Type:", "# two rows.", "[scope]", 'types = ["A"]')}
    )

    second = amended(first, {"scope": ("# Deal types in scope ← Kind: other.", "[scope]", 'types = ["B"]')})

    assert "# Decided in March.\n# Deal types in scope ← Kind: other.\n[scope]" in second
    assert "two rows" not in second
    assert tomllib.loads(second)["version"] == 5


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('name = """a\nzone = "b"\n"""\nzone = "c"\n', id="a key inside a text"),
        pytest.param("stages = [\n  {name = 'a'},\n]\n", id="a list over several lines"),
        pytest.param('scope.types = ["a"]\n', id="a dotted key"),
    ],
)
def test_what_cannot_be_changed_line_by_line_is_refused(text):
    parts = {
        "zone": ('zone = "Europe/Paris"',),
        "stages": ("[[stages]]", 'name = "b"'),
        "scope": ("[scope]", 'types = ["b"]'),
    }

    with pytest.raises(BadRequest, match="cannot be changed line by line"):
        amended(text, parts)


def test_a_file_that_is_no_toml_is_refused():
    with pytest.raises(BadRequest, match=r"company\.toml: not valid TOML"):
        amended("name = ", {})


SCALARS = st.sampled_from(["name", "zone", "currency"])
TABLES = st.sampled_from(["fiscal", "scope", "rates", "labels", "targets", "synonyms"])


@given(
    keys=st.dictionaries(SCALARS, st.integers(0, 2)),
    tables=st.dictionaries(TABLES, st.integers(0, 2)),
    new_keys=st.dictionaries(SCALARS, st.integers(0, 2)),
    new_tables=st.dictionaries(TABLES, st.integers(0, 2)),
)
def test_a_changed_file_says_what_is_new_and_all_that_is_old(keys, tables, new_keys, new_tables):
    text = "".join(f"# about {name}\n{name} = {value}\n" for name, value in keys.items())
    text += "".join(f"\n# about {name}\n[{name}]\nx = {value} # {name}\n" for name, value in tables.items())
    parts = {name: (f"# {name}: new.", f"{name} = {value}") for name, value in new_keys.items()}
    parts |= {name: (f"# {name}: new.", f"[{name}]", f"x = {value}") for name, value in new_tables.items()}

    made = tomllib.loads(amended(text, parts))

    version = made.pop("version", None)
    wanted = {**keys, **{name: {"x": value} for name, value in tables.items()}}
    new = {**wanted, **new_keys, **{name: {"x": value} for name, value in new_tables.items()}}
    assert made == new
    assert version == (2 if new != wanted else None)
