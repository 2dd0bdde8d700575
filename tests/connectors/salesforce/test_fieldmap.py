"""The field map: defaults that fit most orgs, the org's own file over them, and errors that name what would fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import BadRequest
from connectors.salesforce import fieldmap
from connectors.salesforce.shapes import Field, Shape


def _shape(name: str, *fields: Field) -> Shape:
    return Shape(name=name, fields=(Field(name="Id", type="id"), *fields))


SHAPES = {
    "Opportunity": _shape(
        "Opportunity",
        Field(name="Amount", type="currency"),
        Field(name="CloseDate", type="date"),
        Field(name="ARR__c", type="currency"),
        Field(name="Plan__c", type="string"),
        Field(name="Region__c", type="picklist"),
        Field(name="AccountId", type="reference", relationship="Account", targets=("Account",)),
    ),
    "Account": _shape("Account", Field(name="Region__c", type="string")),
    "User": _shape("User", Field(name="Title", type="string")),
    "Task": _shape(
        "Task",
        Field(name="WhatId", type="reference", relationship="What", targets=("Account", "Opportunity")),
    ),
}


def resolved(home: Path) -> fieldmap.Fields:
    return fieldmap.load(home).resolve(SHAPES.__getitem__)


def own(home: Path, text: str) -> Path:
    (home / "salesforce.toml").write_text(text, encoding="utf-8")
    return home


def test_defaults_keep_what_the_org_has_in_the_order_of_the_chain(tmp_path: Path) -> None:
    fields = resolved(tmp_path)

    assert [source.path for source in fields["deal"]["region"]] == ["Region__c", "Account.Region__c"]
    assert [source.path for source in fields["deal"]["amount"]] == ["Amount"]
    assert "segment" not in fields["deal"]
    assert "buyer" not in fields["activity"]


def test_the_orgs_own_field_replaces_the_default_and_is_spelt_as_the_org_does(tmp_path: Path) -> None:
    fields = resolved(own(tmp_path, '[deal]\namount = "arr__C"\nregion = "account.REGION__c"\n'))

    assert [source.path for source in fields["deal"]["amount"]] == ["ARR__c"]
    assert [source.path for source in fields["deal"]["region"]] == ["Account.Region__c"]


@pytest.mark.parametrize(
    "text, said",
    [
        ('[deal]\namount = "ARRR__c"\n', r"amount of \[deal\] is 'ARRR__c'.*near it are ARR__c"),
        ('[deal]\nregion = "Territory.Name"\n', r"region of \[deal\] is 'Territory.Name'"),
        ('[deal]\namount = "Plan__c"\n', r"amount.*'Plan__c'.*string.*number"),
        ('[deal]\nclose = "Amount"\n', r"close.*'Amount'.*currency.*date"),
        ('[deal]\nprice = "Amount"\n', r"gives a field for 'price'.*amount, close"),
        ('[deals]\namount = "Amount"\n', r"has a part \[deals\].*\[deal\]"),
        ('amount = "Amount"\n', r"outside of any part"),
        ("[deal]\namount = 5\n", r"amount = 5 in \[deal\] is no field"),
        ('[deal]\namount = "Amount; DROP"\n', r"is no field"),
        ("[deal]\namount = []\n", r"is no field"),
        ("[deal\n", r"not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        resolved(own(tmp_path, text))
