"""Patches of a report: what they may do, what they refuse, and what they say they changed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.edits import (
    SLIDE_KEYS,
    AddNote,
    AddSlide,
    ClearFilter,
    MoveSlide,
    Patch,
    RemoveNote,
    RemoveSlide,
    SetAsOf,
    SetBreakdown,
    SetCurrency,
    SetFilter,
    SetMark,
    SetPeriod,
    SetTitle,
    apply,
)
from reports.errors import BadInput, StalePatch
from reports.facts import Filter
from reports.kinds import KINDS, weekly
from reports.spec import Note, PersonText, Question, ReportSpec, SlideSpec, spec_hash

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
KEYS = tuple(weekly.SLIDES)
SPEC = weekly.spec()
EMEA = Filter(dim="region", values=("EMEA",))
ENT = Filter(dim="segment", values=("ENT",))
WIN_RATE = Question(measure="win_rate", by=("segment",))
TITLE = PersonText(text="EMEA needs 1.2M more by Xmas", by="Dana Whitcombe", at=NOW)
NOTE = Note(deal_id="D1", deal="Ostrander Paper", words=PersonText(text="legal call Tue", by="Jonas", at=NOW))


def edited(*ops, spec: ReportSpec = SPEC) -> ReportSpec:
    return apply(spec, Patch(base_rev=spec_hash(spec), ops=ops))


def ids(spec: ReportSpec) -> tuple[str, ...]:
    return tuple(slide.id for slide in spec.slides)


def test_a_patch_for_another_revision_is_refused():
    newer = edited(SetCurrency(currency="EUR"))

    with pytest.raises(StalePatch):
        apply(newer, Patch(base_rev=spec_hash(SPEC), ops=()))


def test_an_empty_patch_changes_nothing():
    assert edited() == SPEC


def test_a_filter_replaces_the_one_on_its_dimension_in_its_scope():
    spec = edited(
        SetFilter(filter=EMEA),
        SetFilter(filter=ENT),
        SetFilter(filter=Filter(dim="region", values=("APAC",), negate=True)),
        SetFilter(target="coverage", filter=EMEA),
    )

    assert spec.filters == (Filter(dim="region", values=("APAC",), negate=True), ENT)
    assert spec.filters_for(spec.slide("coverage")) == (ENT, EMEA)
    assert spec.filters_for(spec.slide("summary")) == spec.filters


def test_slides_that_are_not_named_stay_as_they_are():
    spec = edited(SetFilter(target="coverage", filter=EMEA), SetCurrency(target="coverage", currency="EUR"))

    assert [slide for slide in spec.slides if slide.id != "coverage"] == [
        slide for slide in SPEC.slides if slide.id != "coverage"
    ]
    assert spec.model_copy(update={"slides": ()}) == SPEC.model_copy(update={"slides": ()})


def test_all_regions_on_one_slide_lifts_the_reports_filter_there_and_nowhere_else():
    narrow = edited(SetFilter(filter=EMEA), SetFilter(filter=ENT))

    wide = edited(ClearFilter(target="coverage", dim="region"), spec=narrow)
    back = edited(SetFilter(target="coverage", filter=EMEA), spec=wide)
    other = edited(SetFilter(filter=Filter(dim="region", values=("APAC",))), spec=wide)
    whole = edited(ClearFilter(dim="region"), spec=wide)

    assert wide.filters_for(wide.slide("coverage")) == (ENT,)
    assert wide.filters_for(wide.slide("summary")) == (EMEA, ENT)
    assert back.filters_for(back.slide("coverage")) == (ENT, EMEA)
    assert back.slide("coverage").lifted == ()
    assert other.filters_for(other.slide("coverage")) == (ENT,)
    assert whole.slide("coverage").lifted == ()


def test_no_filter_on_a_slide_gives_its_own_up_first_and_then_the_reports():
    spec = edited(SetFilter(filter=EMEA), SetFilter(target="coverage", filter=ENT))

    own = edited(ClearFilter(target="coverage"), spec=spec)
    none = edited(ClearFilter(target="coverage"), spec=own)

    assert own.filters_for(own.slide("coverage")) == (EMEA,)
    assert none.filters_for(none.slide("coverage")) == ()


def test_all_regions_takes_the_slides_own_filters_off_too():
    spec = edited(
        SetFilter(filter=EMEA), SetFilter(target="left", filter=EMEA), SetFilter(target="left", filter=ENT)
    )

    cleared = edited(ClearFilter(dim="region"), spec=spec)

    assert cleared.filters == ()
    assert cleared.slide("left").filters == (ENT,)
    assert edited(ClearFilter(target="left"), spec=spec).filters == (EMEA,)
    assert edited(ClearFilter(), spec=spec).slide("left").filters == ()


def test_an_added_slide_stands_before_the_appendix_and_has_an_id_of_its_own():
    spec = edited(
        AddSlide(key="measure", question=WIN_RATE), AddSlide(key="measure", question=WIN_RATE, mark="bar")
    )

    assert ids(spec) == (*KEYS[:-1], "win_rate-segment", "win_rate-segment-2", "appendix")
    assert spec.slide("win_rate-segment-2").mark == "bar"


def test_an_added_slide_goes_where_it_is_told():
    after = edited(AddSlide(key="measure", question=WIN_RATE, after="coverage"))
    before = edited(AddSlide(key="measure", question=WIN_RATE, before="summary"))

    assert ids(after).index("win_rate-segment") == ids(after).index("coverage") + 1
    assert ids(before)[0] == "win_rate-segment"


def test_a_slide_of_the_kind_can_come_back():
    spec = edited(RemoveSlide(slide="coverage"))

    back = edited(AddSlide(key="coverage", after="movement"), spec=spec)

    assert ids(back) == KEYS


def test_a_slide_can_be_replaced_in_its_place():
    spec = edited(AddSlide(key="measure", question=WIN_RATE, after="commit"), RemoveSlide(slide="commit"))

    assert ids(spec)[3] == "win_rate-segment"


def test_slides_move_before_another_or_to_the_end():
    assert ids(edited(MoveSlide(slide="left", before="movement")))[:3] == ("summary", "left", "movement")
    assert ids(edited(MoveSlide(slide="summary")))[-1] == "summary"
    assert ids(edited(MoveSlide(slide="left", before="left"))) == KEYS


def test_a_title_is_a_persons_and_can_be_taken_back():
    spec = edited(SetTitle(slide="movement", title=TITLE))

    assert spec.slide("movement").title == TITLE
    assert edited(SetTitle(slide="movement", title=None), spec=spec) == SPEC


def test_a_note_is_kept_once_and_survives_other_edits():
    spec = edited(AddNote(note=NOTE), AddNote(note=NOTE), SetPeriod(period="last-quarter"))

    assert spec.notes == (NOTE,)
    assert edited(RemoveNote(deal_id="D1"), spec=spec).notes == ()


def test_a_day_is_seen_at_its_end():
    at = datetime(2026, 10, 4, 3, 59, 59, 999_999, tzinfo=UTC)

    assert edited(SetAsOf(day=date(2026, 10, 3), at=at)).as_of == at
    assert edited(SetAsOf(day=date(2026, 10, 3))).as_of == datetime(
        2026, 10, 3, 23, 59, 59, 999_999, tzinfo=UTC
    )


def test_only_a_measures_slide_can_be_broken_down_or_drawn_another_way():
    spec = edited(AddSlide(key="measure", question=WIN_RATE))

    changed = edited(
        SetBreakdown(slide="win_rate-segment", by=("region",)),
        SetMark(slide="win_rate-segment", mark="table"),
        spec=spec,
    )

    assert changed.slide("win_rate-segment").question.by == ("region",)
    assert changed.slide("win_rate-segment").mark == "table"
    for op in (SetBreakdown(slide="coverage", by=("region",)), SetMark(slide="coverage", mark="table")):
        with pytest.raises(BadInput, match="fixed form"):
            edited(op)


@pytest.mark.parametrize(
    "op, message",
    [
        (RemoveSlide(slide="coverages"), "unknown slide 'coverages'; try: coverage"),
        (SetFilter(target="nope", filter=EMEA), "unknown slide 'nope'"),
        (MoveSlide(slide="left", before="nope"), "unknown slide 'nope'"),
        (AddSlide(key="measure", question=WIN_RATE, after="nope"), "unknown slide 'nope'"),
        (AddSlide(key="covrage"), "unknown slide 'covrage'; try: coverage"),
        (AddSlide(key="measure"), "needs a question"),
        (AddSlide(key="coverage", question=WIN_RATE), "takes no question"),
        (SetPeriod(period="last-quater"), "unknown period 'last-quater'; try: last-quarter"),
        (SetCurrency(currency="euro"), "'euro' is not a currency"),
        (SetFilter(filter=Filter(dim="region", values=())), "needs a value"),
        (SetFilter(filter=Filter(dim="region", values=("",))), "needs a value"),
        (SetTitle(slide="left", title=TITLE.model_copy(update={"text": "  "})), "needs words"),
        (
            AddNote(note=NOTE.model_copy(update={"words": TITLE.model_copy(update={"text": ""})})),
            "needs words",
        ),
        (RemoveNote(deal_id="D9"), "unknown deal with a note 'D9'"),
        (
            AddSlide(key="measure", question=Question(measure="win_rate", by=("segment", "segment"))),
            "a dimension comes twice",
        ),
        (AddSlide(key="measure", question=Question(measure="win_rate", limit=0)), "at least one row"),
        (
            AddSlide(key="measure", question=Question(measure="win_rate", period="soon")),
            "unknown period 'soon'",
        ),
    ],
    ids=lambda value: getattr(value, "op", None),
)
def test_a_bad_edit_names_the_value_and_what_would_have_worked(op, message: str):
    with pytest.raises(BadInput) as refused:
        edited(op)

    assert message in str(refused.value)


def test_a_report_keeps_at_least_one_slide():
    with pytest.raises(BadInput, match="at least one slide"):
        edited(*(RemoveSlide(slide=key) for key in KEYS))


def test_two_slides_of_one_id_are_refused():
    twice = SPEC.model_copy(update={"slides": (*SPEC.slides, SlideSpec(id="left", key="left"))})

    with pytest.raises(BadInput, match="two slides have the id 'left'"):
        edited(spec=twice)


def test_an_edit_of_a_slide_that_the_same_patch_dropped_is_refused():
    with pytest.raises(BadInput, match="unknown slide 'left'"):
        edited(RemoveSlide(slide="left"), SetFilter(target="left", filter=EMEA))


def test_the_known_slides_are_those_of_the_kinds():
    assert {name: tuple(kind.SLIDES) for name, kind in KINDS.items()} == {
        name: keys for name, keys in SLIDE_KEYS.items() if name in KINDS
    }


OPS = st.one_of(
    st.builds(SetFilter, target=st.sampled_from(("report", *KEYS)), filter=st.sampled_from((EMEA, ENT))),
    st.builds(
        ClearFilter,
        target=st.sampled_from(("report", *KEYS)),
        dim=st.sampled_from((None, "region", "segment")),
    ),
    st.builds(
        SetPeriod,
        target=st.sampled_from(("report", *KEYS)),
        period=st.sampled_from(("last-quarter", "FY26-Q3")),
    ),
    st.builds(
        SetCurrency, target=st.sampled_from(("report", *KEYS)), currency=st.sampled_from(("EUR", "USD"))
    ),
    st.builds(RemoveSlide, slide=st.sampled_from(KEYS)),
    st.builds(MoveSlide, slide=st.sampled_from(KEYS), before=st.sampled_from((None, *KEYS))),
    st.builds(
        AddSlide, key=st.just("measure"), question=st.just(WIN_RATE), after=st.sampled_from((None, *KEYS))
    ),
    st.builds(SetTitle, slide=st.sampled_from(KEYS), title=st.sampled_from((None, TITLE))),
    st.builds(AddNote, note=st.just(NOTE)),
)


@given(ops=st.lists(OPS, max_size=8))
def test_any_patch_gives_a_whole_spec_or_is_refused_and_leaves_the_old_one_alone(ops: list):
    before = spec_hash(SPEC)
    try:
        spec = edited(*ops)
    except BadInput:
        spec = SPEC

    assert spec_hash(SPEC) == before
    assert len(set(ids(spec))) == len(spec.slides) >= 1
    assert ReportSpec.model_validate_json(spec.model_dump_json()) == spec
    named = {getattr(op, "target", None) for op in ops} | {getattr(op, "slide", None) for op in ops}
    for slide in SPEC.slides:
        kept = spec.slide(slide.id)
        if slide.id not in named and "report" not in named and kept is not None:
            assert kept == slide


@given(ops=st.lists(OPS, max_size=4))
def test_a_patch_goes_through_storage_unchanged(ops: list):
    patch = Patch(base_rev="x", ops=tuple(ops))

    assert Patch.model_validate_json(patch.model_dump_json()) == patch
