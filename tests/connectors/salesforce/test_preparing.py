"""What is prepared for the administrator and for us: keys that let us in, and permission sets that give no more than is read."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cryptography.fernet import Fernet

from connectors.errors import BadRequest
from connectors.salesforce import preparing
from connectors.salesforce.fieldmap import load
from connectors.salesforce.permissions import PARTS, deployment, read_fields
from connectors.salesforce.preparing import CERTIFICATE, PAGE, PRIVATE_KEY, SEAL, prepare
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.orgs import NOW
from tests.connectors.salesforce.signing import SYNC, app, changed, salesforce
from tests.fakes.salesforce.schema import RECORDINGS

WORDS = load(Path("no-home")).words
SPACE = "{http://soap.sforce.com/2006/04/metadata}"


def contents(folder: Path) -> dict[str, bytes]:
    """Return name to content of the keys in a folder."""
    return {name: (folder / name).read_bytes() for name in (PRIVATE_KEY, CERTIFICATE, SEAL)}


def test_the_pair_that_was_made_lets_us_in(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)

    with salesforce(of=app(certificate=(tmp_path / CERTIFICATE).read_bytes())) as (desk, oauth):
        token = changed(desk, private_key=(tmp_path / PRIVATE_KEY).read_text()).jwt_bearer(SYNC)

    assert oauth.issued == {token.access: SYNC}


def test_the_secret_that_was_made_opens_a_vault(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)
    secret = (tmp_path / SEAL).read_text()

    assert Vault(tmp_path / "home", secret).link("T1", "U1") is None
    assert Fernet(secret)


def test_only_the_owner_may_read_the_keys(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)

    modes = {
        name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (PRIVATE_KEY, SEAL, CERTIFICATE)
    }
    assert modes == {PRIVATE_KEY: 0o600, SEAL: 0o600, CERTIFICATE: 0o644}


def test_keys_that_are_there_stay(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)
    before = contents(tmp_path)

    done = prepare(tmp_path, WORDS, now=NOW + timedelta(days=1))

    assert contents(tmp_path) == before
    assert {path.name for path in done.kept} == set(before)
    assert done.good_until == NOW + timedelta(days=730)


def test_force_makes_another_pair_and_leaves_what_encrypts(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)
    before = contents(tmp_path)

    done = prepare(tmp_path, WORDS, now=NOW + timedelta(days=1), force=True)

    after = contents(tmp_path)
    assert after[PRIVATE_KEY] != before[PRIVATE_KEY]
    assert after[CERTIFICATE] != before[CERTIFICATE]
    assert after[SEAL] == before[SEAL]
    assert [path.name for path in done.kept] == [SEAL]
    assert "2028-11-23" in (tmp_path / PAGE).read_text()


def test_a_certificate_of_another_key_is_made_anew_for_the_key_that_stays(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)
    key = (tmp_path / PRIVATE_KEY).read_bytes()
    prepare(tmp_path / "other", WORDS, now=NOW)
    (tmp_path / CERTIFICATE).write_bytes((tmp_path / "other" / CERTIFICATE).read_bytes())

    prepare(tmp_path, WORDS, now=NOW)

    assert (tmp_path / PRIVATE_KEY).read_bytes() == key
    assert preparing.keys.belongs((tmp_path / CERTIFICATE).read_bytes(), key)


@pytest.mark.parametrize(
    "name, words", [(PRIVATE_KEY, "no RSA private key"), (CERTIFICATE, "no certificate")]
)
def test_what_is_no_key_is_neither_used_nor_written_over(tmp_path: Path, name, words):
    prepare(tmp_path, WORDS, now=NOW)
    (tmp_path / name).write_text("something else")

    with pytest.raises(BadRequest, match=words):
        prepare(tmp_path, WORDS, now=NOW)

    assert (tmp_path / name).read_text() == "something else"


def sets(fields=("Opportunity.Amount",)) -> dict[str, ET.Element]:
    """Return name to the permission set of that name, as whoever deploys it reads it."""
    return {
        Path(path).stem: ET.fromstring(text)
        for path, text in deployment(fields).items()
        if path.endswith(".permissionset")
    }


def texts(element: ET.Element, *names: str) -> list[tuple[str | None, ...]]:
    """Return the named texts of each element with that tag, in order."""
    return [
        tuple(each.findtext(f"{SPACE}{name}") for name in names[1:])
        for each in element.iter(f"{SPACE}{names[0]}")
    ]


def test_nothing_that_is_deployed_lets_anybody_change_anything():
    for name, element in sets().items():
        forbidden = ("allowCreate", "allowDelete", "allowEdit", "modifyAllRecords", "editable")
        assert {each.text for tag in forbidden for each in element.iter(f"{SPACE}{tag}")} <= {"false"}, name


def test_what_lets_a_person_in_gives_no_record_away():
    person = sets()["Quarterdeck"]

    assert texts(person, "userPermissions", "name", "enabled") == [("ApiEnabled", "true")]
    assert not [*person.iter(f"{SPACE}objectPermissions"), *person.iter(f"{SPACE}fieldPermissions")]


def test_the_user_that_reads_gets_the_objects_and_fields_and_no_more():
    sync = sets(("Account.Industry", "Opportunity.Amount"))["Quarterdeck_Sync"]

    assert texts(sync, "fieldPermissions", "field", "readable") == [
        ("Account.Industry", "true"),
        ("Opportunity.Amount", "true"),
    ]
    assert texts(sync, "objectPermissions", "object", "viewAllRecords") == [
        ("Account", "true"),
        ("Contact", "true"),
        ("Opportunity", "true"),
        ("Product2", "false"),
    ]


def test_the_package_names_what_lies_beside_it():
    files = deployment(())
    package = ET.fromstring(files["package.xml"])

    members = {each.text for each in package.iter(f"{SPACE}members")}
    assert {Path(path).stem for path in files if "/" in path} == members
    assert package.findtext(f"{SPACE}version") == "67.0"


def test_fields_of_the_map_are_granted_where_they_can_be():
    words = {
        "deal": {
            "amount": ("ARR__c", "Amount"),
            "close": ("CloseDate",),
            "region": ("Region__c", "Account.Region__c"),
            "product": ("Product__c",),
        },
        "person": {
            "role": ("Title",),
            "team": ("Department", "UserRole.Name"),
            "started_on": ("Started_On__c",),
        },
        "activity": {"buyer": ("WhoId",)},
    }

    sure, maybe = read_fields(words, own={("deal", "region")})

    assert {"Opportunity.Amount", "Opportunity.Region__c", "Account.Region__c", "Task.WhoId"} <= set(sure)
    assert maybe == ("Opportunity.ARR__c", "Opportunity.Product__c", "User.Started_On__c")
    assert not {"Opportunity.CloseDate", "User.Title", "UserRole.Name"} & {*sure, *maybe}


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="there are no recordings of orgs here")
@pytest.mark.parametrize("name", ["Account", "Contact", "Opportunity", "Event"])
def test_what_is_granted_is_what_recorded_orgs_let_a_permission_set_grant(name):
    fields = json.loads((RECORDINGS / f"{name}.json").read_text())["fields"]
    part = next(part for part, names in PARTS.items() if name in names) if name != "Contact" else None
    own = [field for field in fields if not field["custom"]]
    named = {part: {"any": tuple(field["name"] for field in own)}} if part else {}
    granted = {each.partition(".")[2] for each in read_fields(named)[0] if each.startswith(f"{name}.")}

    known = {field["name"] for field in own if field["permissionable"]}
    assert granted
    assert granted <= known


def test_the_page_is_one_page_and_says_what_matters(tmp_path: Path):
    prepare(tmp_path, WORDS, now=NOW)
    page = (tmp_path / PAGE).read_text()

    assert len(page.splitlines()) <= 66
    assert max(map(len, page.splitlines())) <= 120
    assert "$" not in page
    for words in (
        "External Client App",
        "JWT Bearer Flow",
        "Admin approved users are pre-authorized",
        "IP restrictions",
        "Taking it back",
        "sign in as any user",
        "2028-11-22",
        "\n       Account: Region__c, Sales_Region__c, Segment__c\n",
    ):
        assert words in page, words
