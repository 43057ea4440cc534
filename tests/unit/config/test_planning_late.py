"""What the settings of late costs and complexity refuse, with file, line and field."""

import pytest

from indforecast.config import load_settings
from indforecast.config.parameter import parameters_in
from indforecast.domain.errors import ConfigError


def load(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path).planning


def share(value):
    return f'{{ value = {value}, unit = "share", assumption = "ours" }}'


def test_every_figure_has_a_source_or_says_it_is_assumed():
    planning = load_settings().planning
    for part in (planning.late, planning.complexity):
        found = list(parameters_in(part))
        assert len(found) >= 9
        assert all((value.source is None) != (value.assumption is None) for _, value in found)


def test_own_figures_replace_the_packaged_ones(tmp_path):
    own = load(
        tmp_path,
        '[planning.late]\nlegal_fte = { value = 300, unit = "FTE", source = "HR, June 2026" }\n'
        "[[planning.late.caps]]\n"
        'eur = { value = 5000, unit = "EUR/case", source = "new act" }\n'
        f"share = {share(1)}\n"
        '[planning.complexity]\ndrift = { value = 0.05, unit = "per year", source = "our hours" }\n',
    )
    assert own.late.legal_fte.value == 300
    assert [cap.eur.value for cap in own.late.caps] == [5000]
    assert own.complexity.drift.source == "our hours"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (f"[planning.late]\nnotice_after = [{share(0.5)}, {share(0.4)}]\n", 2, "shares must add up to 1, got 0.9"),
        (f"[planning.late]\nruling_share = {share(1.2)}\n", 2, "must lie between 0 and 1"),
        (
            '[planning.late]\ndays_granted = { value = 16, unit = "weeks", assumption = "x" }\n',
            2,
            "unit must be 'days', not 'weeks'",
        ),
        (
            "[[planning.late.suspensions]]\nfirst = '2026-07'\nlast = '2026-01'\nstreams = []\nsource = 'x'\n",
            1,
            "lies before first",
        ),
        (
            "[[planning.late.suspensions]]\nfirst = '2026'\nlast = '2026-01'\nstreams = []\nsource = 'x'\n",
            1,
            "'2026' is not a month",
        ),
        (
            f"[planning.late.court_share]\nstudents = {share(0.1)}\n",
            1,
            "court_share names streams without notice_share",
        ),
        (
            f"[planning.late.appeal_share]\nstudents = {share(0.1)}\n",
            1,
            "appeal_share names streams without refusal_share",
        ),
        (
            '[planning.late]\njudge_training_high = { value = 12, unit = "months", assumption = "x" }\n',
            1,
            "judge_training_high must not lie below",
        ),
        ("[planning.late]\ncaps = []\n", 1, "caps needs at least one cap"),
        (
            '[planning.complexity]\ndrift = { value = 3, unit = "per year", assumption = "x" }\n',
            2,
            "must be at most 0.5 per year, got 3",
        ),
        ("[planning.complexity]\ndrifts = 1\n", 2, "drift"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(tmp_path, text, line, told):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    said = str(caught.value)
    assert told in said
    assert f"own.toml, line {line}" in said


def test_notices_follow_a_reading_that_a_stream_has(tmp_path):
    with pytest.raises(ConfigError, match=r"late\.notice_reading: .*six_month.*six_months"):
        load(tmp_path, '[planning.late]\nnotice_reading = "six_month"\n')
    assert load(tmp_path, '[planning.late]\nnotice_reading = "as_applied"\n').late.notice_reading == "as_applied"
