"""Reading downloads of StatLine: figures, pages, and whatever answers may hold. No network."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast.domain.errors import InputError
from indforecast.sources.bundle import read_bundle
from indforecast.sources.statline import StatLine
from indforecast.sources.statline_table import load_table

FOLDER = Path(__file__).parents[2] / "golden" / "statline"
GOOD = {api: read_bundle((FOLDER / f"{api}.zip").read_bytes(), api) for api in ("v4", "v3")}
FIGURES = {"v4": "Observations", "v3": "TypedDataSet"}
EDITION = {"v4": "Properties-0001.json", "v3": "TableInfos-0001.json"}
SOURCE = StatLine()


@pytest.fixture(params=["v4", "v3"])
def api(request):
    return request.param


def with_answer(api, name, change):
    answer = json.loads(GOOD[api].answers[name])
    change(answer)
    return replace(GOOD[api], answers={**GOOD[api].answers, name: json.dumps(answer).encode()}).to_bytes()


def refused(content, message):
    with pytest.raises(InputError, match=message) as caught:
        SOURCE.read(content, "b.zip")
    assert "'b.zip'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_both_versions_are_read_by_either_setting():
    for api in GOOD:
        for setting in GOOD:
            assert len(StatLine(api=setting).read((FOLDER / f"{api}.zip").read_bytes(), "b.zip").frame) == 56


@pytest.mark.parametrize("value", [-5, 12.5, True, "12", 10**13, 1e300, [1], {"a": 1}])
def test_a_figure_that_is_none_is_refused(api, value):
    column = "Value" if api == "v4" else "EersteAsielverzoekenPersonen_2"
    content = with_answer(
        api, f"{FIGURES[api]}-0001.json", lambda answer: answer["value"][0].update({column: value})
    )
    refused(content, r"record 1: asylum.* not a whole number")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"9" * 5_000])
def test_a_number_that_is_none_of_json_is_refused(api, number):
    name = f"{FIGURES[api]}-0001.json"
    column = b'"Value": ' if api == "v4" else b'"EersteAsielverzoekenPersonen_2": '
    before, found, after = GOOD[api].answers[name].partition(column)
    assert found
    content = replace(
        GOOD[api], answers={**GOOD[api].answers, name: before + found + number + after[after.index(b",") :]}
    )
    refused(content.to_bytes(), "not the JSON object")


@pytest.mark.parametrize("column", ["Nationaliteit", "Perioden", "Geslacht"])
def test_a_column_that_is_gone_is_named(api, column):
    def rename(answer):
        for record in answer["value"]:
            record["Other"] = record.pop(column)

    refused(with_answer(api, f"{FIGURES[api]}-0001.json", rename), f"column '{column}' is not there; found 'I")


def test_a_measure_that_is_gone_from_the_figures_is_named():
    def rename(answer):
        for record in answer["value"]:
            record["X"] = record.pop("NareizigersPersonen_4")

    refused(with_answer("v3", "TypedDataSet-0001.json", rename), "column 'NareizigersPersonen_4' is not there")


def test_a_code_that_the_table_does_not_list_is_named(api):
    content = with_answer(
        api, f"{FIGURES[api]}-0002.json", lambda answer: answer["value"][0].update(Nationaliteit="NAT0000")
    )
    refused(content, "'NAT0000' is none of the 11 codes of Nationaliteit")


@pytest.mark.parametrize(
    ("column", "code"),
    [("Geslacht", "3000"), ("Leeftijd", "70100"), ("Nationaliteit", "NAT9440"), ("Perioden", "2025JJ00")],
)
def test_what_is_not_wanted_is_not_read_though_it_is_there(api, column, code):
    def more(answer):
        answer["value"] += [{**record, column: code, "Value": 3.0} for record in answer["value"][:1]]

    content = with_answer(api, f"{FIGURES[api]}-0001.json", more)
    bundle = read_bundle(content, "b.zip")
    answers = {name: one for name, one in bundle.answers.items() if not name.endswith("count.txt")}
    frame = SOURCE.read(replace(bundle, answers=answers).to_bytes(), "b.zip").frame
    assert frame.equals(SOURCE.read((FOLDER / f"{api}.zip").read_bytes(), "b.zip").frame)


def test_a_page_may_not_be_missing(api):
    names = [name for name in GOOD[api].answers if name.startswith(FIGURES[api]) and name.endswith("json")]
    assert len(names) > 2
    for name in names:
        refused(
            replace(
                GOOD[api], answers={key: one for key, one in GOOD[api].answers.items() if key != name}
            ).to_bytes(),
            f"lacks page [0-9] of {FIGURES[api]}",
        )


def test_a_page_may_not_follow_the_last_one(api):
    answers = GOOD[api].answers
    last = max(name for name in answers if name.startswith(FIGURES[api]) and name.endswith("json"))
    extra = f"{last[:-6]}{int(last[-6]) + 1}.json"
    refused(replace(GOOD[api], answers={**answers, extra: answers[last]}).to_bytes(), "a page after the last one")


def test_codes_may_not_be_missing(api):
    name = "NationaliteitCodes-0001.json" if api == "v4" else "Nationaliteit-0001.json"
    answers = {key: one for key, one in GOOD[api].answers.items() if key != name}
    refused(replace(GOOD[api], answers=answers).to_bytes(), "lacks page 1 of Nationaliteit")


def test_a_code_may_not_stand_twice(api):
    name = "PeriodenCodes-0001.json" if api == "v4" else "Perioden-0001.json"
    refused(with_answer(api, name, lambda answer: answer["value"].append(answer["value"][0])), "twice")


@pytest.mark.parametrize("count", [b"1", "\ufeff9999".encode()])
def test_the_count_must_agree(api, count):
    name = f"{FIGURES[api]}-count.txt"
    refused(replace(GOOD[api], answers={**GOOD[api].answers, name: count}).to_bytes(), "a page is missing")


@pytest.mark.parametrize("count", [b"many", b"", b"\xff\xfe", b"-1"])
def test_a_count_that_is_none_counts_nothing(api, count):
    name = f"{FIGURES[api]}-count.txt"
    content = replace(GOOD[api], answers={**GOOD[api].answers, name: count}).to_bytes()
    assert len(SOURCE.read(content, "b.zip").frame) == 56


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-13-01T00:00:00", "2026-01-30", "0001-01-01T00:00:00+14:00", " "]
)
def test_an_edition_has_a_moment(api, moment):
    def change(answer):
        (answer["value"][0] if api == "v3" else answer)["Modified"] = moment

    refused(with_answer(api, EDITION[api], change), "Modified")


def test_the_header_and_the_answers_name_one_day(api):
    def change(answer):
        (answer["value"][0] if api == "v3" else answer)["Modified"] = "2026-02-01T02:00:00"

    refused(with_answer(api, EDITION[api], change), "published on 2026-01-30, its answers say 2026-02-01")


def test_another_publisher_or_table_is_not_read(api):
    refused(replace(GOOD[api], source="eurostat").to_bytes(), "eurostat 83102NED where cbs 83102NED")
    refused(replace(GOOD[api], table="80059ned").to_bytes(), "cbs 80059ned where cbs 83102NED")
    refused(replace(GOOD[api], answers={"a.json": b"{}"}).to_bytes(), "no description")


def test_an_identifier_that_means_something_else_now_is_not_the_total(api):
    name = "LeeftijdCodes-0001.json" if api == "v4" else "Leeftijd-0001.json"

    def swap(answer):
        answer["value"][0]["Title"], answer["value"][1]["Title"] = "0 tot 5 jaar", "Jongeren"

    refused(with_answer(api, name, swap), "no code in 'Leeftijd' for all together")


def test_months_of_a_state_can_be_left_out(api):
    words = load_table("83102NED")
    name = "PeriodenCodes-0001.json" if api == "v4" else "Perioden-0001.json"

    def provisional(answer):
        for record in answer["value"]:
            record["Status"] = (
                "Voorlopig" if record.get("Key", record.get("Identifier")) == "2025MM12" else "Definitief"
            )

    period = words.period.model_copy(update={"leave_out_states": ("Voorlopig",)})
    source = StatLine(description=words.model_copy(update={"period": period}))
    staged, understood = source.understand(with_answer(api, name, provisional), "b.zip")
    assert staged.frame["period"].max().strftime("%Y-%m") == "2025-11"
    assert any("left out for their state" in remark for remark in understood.remarks)


def test_a_column_must_have_a_plain_name(api):
    name = "Dimensions-0001.json" if api == "v4" else "DataProperties-0001.json"
    field = "Identifier" if api == "v4" else "Key"
    for bad in ("../Geslacht", "Geslacht?x=1", "", None, 7, "é"):
        content = with_answer(api, name, lambda answer, bad=bad: answer["value"][0].update({field: bad}))
        with pytest.raises(InputError):
            SOURCE.read(content, "b.zip")


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_answers_give_a_delivery_or_an_input_error(data):
    api = data.draw(st.sampled_from(["v4", "v3"]))
    answers = dict(GOOD[api].answers)
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(answers)))
        content = bytearray(answers[name])
        place = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"null",
                    b"{}",
                    b"[]",
                    b'"',
                    b"}",
                    b"]",
                    b",",
                    b"-1",
                    b"1e400",
                    b"[" * 3_000,
                    b"true",
                    b"\xff",
                    b'"x"',
                ]
            )
        )
        content[place : place + data.draw(st.integers(0, 40))] = piece
        answers[name] = bytes(content)
    check(replace(GOOD[api], answers=answers).to_bytes())


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_answers_of_other_kinds_give_a_delivery_or_an_input_error(data):
    api = data.draw(st.sampled_from(["v4", "v3"]))
    name = data.draw(st.sampled_from(sorted(one for one in GOOD[api].answers if one.endswith("json"))))
    answer = json.loads(GOOD[api].answers[name])
    records = answer.get("value")
    target = answer if not records or data.draw(st.booleans()) else data.draw(st.sampled_from(records))
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(_VALUES)
    content = json.dumps(answer).encode()
    check(replace(GOOD[api], answers={**GOOD[api].answers, name: content}).to_bytes())


def check(content):
    try:
        frame = SOURCE.read(content, "b.zip").frame
    except InputError as error:
        assert "b.zip" in str(error)
        assert "\n" not in str(error)
    else:
        assert not frame.isna().any(axis=None)
        assert (frame["observed"] >= 0).all()
