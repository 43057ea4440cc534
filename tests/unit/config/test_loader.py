"""Merging the user's TOML over the packaged settings, and errors that name file, line and field."""

import pytest

from indforecast.config import load_settings
from indforecast.config.loader import line_of
from indforecast.domain.errors import ConfigError


@pytest.fixture
def user_file(tmp_path):
    """Write a user's settings and give back the file."""

    def write(text):
        file = tmp_path / "mine.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def refused(file):
    """The message of the error that loading ``file`` raises."""
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    return str(caught.value)


def test_packaged_settings_load_and_every_parameter_has_one_origin():
    settings = load_settings()
    parameters = settings.parameters()
    assert len(parameters) > 90
    assert all((parameter.source is None) != (parameter.assumption is None) for _, parameter in parameters)
    assert len({path for path, _ in parameters}) == len(parameters)


def test_user_overrides_one_parameter_and_its_source_and_nothing_else(user_file):
    file = user_file(
        "[planning.streams.students]\n"
        'handling_hours = { value = 2.5, unit = "hours/case", source = "own time writing 2026" }\n'
    )
    packaged, mine = load_settings(), load_settings(file)
    hours = mine.planning.streams["students"].handling_hours
    assert (hours.value, hours.source, hours.assumption) == (2.5, "own time writing 2026", None)
    before, after = dict(packaged.parameters()), dict(mine.parameters())
    changed = [path for path in after if after[path] != before.get(path)]
    assert changed == ["planning.streams.students.handling_hours"]
    assert before.keys() == after.keys()


def test_value_without_unit_and_source_does_not_borrow_the_packaged_source(user_file):
    message = refused(user_file("[planning.streams.students]\nhandling_hours = { value = 2.5 }\n"))
    assert "line 2" in message
    assert "planning.streams.students.handling_hours" in message


def test_new_source_alone_does_not_keep_the_packaged_value(user_file):
    message = refused(user_file('[planning.streams.students]\nhandling_hours = { unit = "h", source = "mine" }\n'))
    assert "planning.streams.students.handling_hours.value" in message


def test_dated_table_gains_a_month_and_keeps_the_packaged_ones(user_file):
    file = user_file(
        '[planning.streams.asylum_first.decided_per_month]\n"2026-07" = { value = 2200, unit = "cases/month", '
        'assumption = "hiring plan" }\n'
    )
    packaged = load_settings().planning.streams["asylum_first"].decided_per_month
    dated = load_settings(file).planning.streams["asylum_first"].decided_per_month
    assert dated.keys() == packaged.keys() | {"2026-07"}


def test_list_of_tables_replaces_the_packaged_list(user_file):
    assert load_settings(user_file("events = []\n")).events == ()


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        (
            "[bands]\nminimum = 0.2\nmaximun = 0.8\n",
            3,
            "bands.maximun",
            "unknown field 'maximun'; did you mean 'maximum'?",
        ),
        ("# note\n[bands]\n\nminimum = 1.5\n", 4, "bands.minimum", "less than 1"),
        ('[forecast]\npaths = "many"\n', 2, "forecast.paths", "must be a whole number, not 'many'"),
        ("forecast.backtest.every_months = 0\n", 1, "forecast.backtest.every_months", "greater than or equal"),
        (
            "[planning.reception]\n"
            'occupancy_norm = { value = 1.2, unit = "residents/bed", source = "mine" }\n',
            2,
            "planning.reception.occupancy_norm",
            "between 0 and 1, got 1.2",
        ),
        (
            '[planning.streams.students]\nhandling_hours = { value = -1, unit = "hours/case", source = "mine" }\n',
            2,
            "planning.streams.students.handling_hours",
            "at least 0 hours/case, got -1",
        ),
        (
            '[planning.streams.students]\nlegal_term = { value = 2.5, unit = "months", source = "mine" }\n',
            2,
            "planning.streams.students.legal_term",
            "whole number of months",
        ),
        (
            '[planning.streams.students]\nlegal_term = { value = 0, unit = "months", source = "mine" }\n',
            2,
            "planning.streams.students.legal_term",
            "above 0 months",
        ),
        (
            '[planning.staffing]\nproductive_hours = { value = 0, unit = "hours/FTE/year", source = "mine" }\n',
            2,
            "planning.staffing.productive_hours",
            "at least 500 hours/FTE/year, got 0",
        ),
        (
            '[planning.staffing.productive_hours]\nvalue = 1300\nunit = "hours/FTE/year"\n',
            1,
            "planning.staffing.productive_hours",
            "exactly one of 'source' and 'assumption'",
        ),
        (
            '[planning.staffing.productive_hours]\nvalue = "1300"\nunit = "hours/FTE/year"\nsource = "mine"\n',
            2,
            "planning.staffing.productive_hours.value",
            "must be a number, not '1300'; leave out the quotes",
        ),
        (
            "[planning.streams.asylum_first]\n"
            'handling_hours = { value = 1800, unit = "minutes/case", source = "mine" }\n',
            2,
            "planning.streams.asylum_first.handling_hours",
            "unit must be 'hours/case', not 'minutes/case'",
        ),
        (
            "[planning.streams.asylum_first]\n"
            'handling_hours = { value = 1800, unit = "hours/case", source = "mine" }\n',
            2,
            "planning.streams.asylum_first.handling_hours",
            "at most 500 hours/case, got 1,800",
        ),
        (
            "[planning.streams.asylum_first]\nhandling_hours = 40\n",
            2,
            "planning.streams.asylum_first.handling_hours",
            'write it as { value = 40, unit = "hours/case", source = "…" }',
        ),
        (
            '[planning.streams.students]\nunit_price = "300"\n',
            2,
            "planning.streams.students.unit_price",
            'write it as { value = …, unit = "EUR/case", source = "…" }',
        ),
        (
            "[planning.streams.asylum_first]\ndecided_per_month = 2000\n",
            2,
            "planning.streams.asylum_first.decided_per_month",
            'per date; write it as { "2026-01" = { value = 2000, unit = "cases/month", source = "…" } }',
        ),
        (
            '[planning.streams.students]\nhandling_hours = { valeu = 2, unit = "hours/case", source = "mine" }\n',
            2,
            "planning.streams.students.handling_hours.valeu",
            "unknown field 'valeu'; did you mean 'value'?",
        ),
        (
            "[planning.streams.students]\nhandling_hours = { value = 2 }\n",
            2,
            "planning.streams.students.handling_hours.unit",
            "'unit' is missing; a figure has value, unit and one of source and assumption",
        ),
        (
            '[planning.streams.students]\nhandling_hours = { value = 2, unit = 3, source = "x" }\n',
            2,
            "planning.streams.students.handling_hours.unit",
            "must be text in quotes, not 3",
        ),
        (
            '[planning.streams.asylum]\nhandling_hours = { value = 3, unit = "hours/case", source = "x" }\n',
            1,
            "planning.streams.asylum",
            "unknown field 'asylum'; did you mean 'asylum_first'?",
        ),
        (
            '# x\n[planning.streams.student]\nhandling_hours = { value = 3, unit = "hours/case", source = "x" }\n',
            2,
            "planning.streams.student",
            "unknown field 'student'; did you mean 'students'?",
        ),
        ("[release]\nzzz = 1\n", 2, "release.zzz", "unknown field 'zzz'; known here: "),
        ("planning = 3\n", 1, "planning", "must be a table, not 3; its fields are streams, staffing"),
        ("streams = 3\n", 1, "streams", "must be a list in square brackets, not 3"),
        (
            "[planning.streams.asylum_first.open_cases]\n"
            '"2026-13" = { value = 1, unit = "cases", source = "x" }\n',
            1,
            "planning.streams.asylum_first.open_cases",
            "'2026-13' is not a month",
        ),
        (
            '[planning.budget.law_product]\n"26" = { value = 1, unit = "EUR/year", source = "x" }\n',
            1,
            "planning.budget.law_product",
            "'26' is not a year",
        ),
    ],
)  # fmt: skip
def test_wrong_value_is_refused_with_file_line_and_field(user_file, text, line, field, reason):
    file = user_file(text)
    message = refused(file)
    assert message.startswith(f"{file}, line {line}, field '{field}': ")
    assert reason in message
    assert "Traceback" not in message


def test_error_in_the_second_item_of_a_list_names_its_own_line(user_file):
    item = (
        '[[events]]\nevent_id = "{}"\nlabel_en = "a"\nlabel_nl = "b"\nseries_ids = ["students"]\nstart = {}\n'
        'end = 2020-02-01\nknown_from = 2020-01-01\nshape = "pulse"\nsource = "s"\n\n'
    )
    message = refused(user_file(item.format("first", "2020-01-01") + item.format("second", '"soon"')))
    assert "line 17, field 'events.1.start'" in message


def test_several_errors_are_counted(user_file):
    assert "(1 more)" in refused(user_file("[bands]\nminimum = 2.0\nmaximum = 3.0\n"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[bands\n", "is not TOML"),
        ("[bands]\nminimum = 0.1\nminimum = 0.2\n", "is not TOML"),
    ],
)
def test_text_that_is_not_toml_is_refused_with_its_line(user_file, text, reason):
    message = refused(user_file(text))
    assert reason in message
    assert "line" in message


def test_missing_file_directory_and_wrong_encoding_are_one_sentence_each(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refused(tmp_path / "absent.toml")
    assert "cannot be read" in refused(tmp_path)
    assert "is not UTF-8" in refused(binary)


def test_huge_file_is_refused_before_it_is_parsed(user_file):
    assert "larger than" in refused(user_file("#" * 1_000_001))


@pytest.mark.parametrize(
    ("loc", "answer"),
    [
        (("a", "b"), (2, 2)),
        (("a", "quoted key", "c"), (4, 3)),
        (("list", 1, "name"), (10, 3)),
        (("list", 1, "sub", "deep"), (12, 4)),
        (("list", 0, "name"), (8, 3)),
        (("a", "absent"), (1, 1)),
        (("nowhere",), (0, 0)),
        (("text",), (0, 0)),
    ],
)
def test_line_of_walks_tables_lists_quoted_keys_and_long_strings(loc, answer):
    text = (
        "[a]\n"
        "b = 1\n"
        '[a."quoted key"]\n'
        "c = 2 # x = 3\n"
        'long = """\n'
        'text = 9"""\n'
        "[[list]]\n"
        "name = 1\n"
        "[[list]]\n"
        "name = 2\n"
        "[list.sub]\n"
        "deep = 3\n"
    )
    assert line_of(text, loc) == answer


def test_no_sentence_about_settings_is_pydantics_own(user_file):
    texts = (
        "[bands]\nmaximun = 0.8\n",
        "[forecast]\npaths = 2.5\n",
        '[forecast]\npaths = "many"\n',
        "[forecast]\nmodels = 3\n",
        "[bands]\nminimum = 2\n",
        "[planning.streams]\nstudents = 5\n",
        '[planning.streams.students]\ndiscipline = "lottery"\n',
        "[planning.budget]\nlaw_input = 5\n",
        "[planning.streams.new]\nopening_spread = 1\n",
    )
    for text in texts:
        message = refused(user_file(text))
        assert not any(
            word in message for word in ("Input should", "Extra inputs", "Field required", "instance of")
        )
