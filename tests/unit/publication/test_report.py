from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest

from indforecast.config.settings import Settings
from indforecast.publication.changes import change_tables
from indforecast.publication.inputs import ReleaseInputs
from indforecast.publication.language import Language
from indforecast.publication.manifest import inputs_record
from indforecast.publication.report import render_report
from tests.unit.publication.conftest import Published
from tests.unit.publication.factory import SIMULATED, release_inputs, settings

VOID = {"meta", "br", "wbr", "link", "img", "input", "hr"}
NL, EN = Language("nl"), Language("en")


class Page(HTMLParser):
    """One language of the report: tags in order, ids, texts of cells, and whether tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(html)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID and not (self.stack and self.stack[-1] == "svg-child"):
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] != "style":
            self.text.append(data)
        if any(tag in ("td", "th") for tag in self.stack):
            self.rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text).replace("\u00a0", " "))


def article(html: str, code: str) -> str:
    start = html.index(f'<article id="{code}"')
    return html[start : html.index("</article>", start) + len("</article>")]


def block(html: str, code: str, name: str) -> str:
    """A block's element, whole."""
    start = html.rindex("<div", 0, html.index(f'id="{code}-{name}"'))
    depth = 0
    for mark in re.finditer(r"<div\b|</div>", html[start:]):
        depth += 1 if mark[0] == "<div" else -1
        if depth == 0:
            return html[start : start + mark.end()]
    raise AssertionError(f"{name} is not closed")


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))


@pytest.fixture(scope="session")
def first(published: Published) -> str:
    return published.first.report.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def second(published: Published) -> str:
    return published.second.report.read_text(encoding="utf-8")


def render(inputs: ReleaseInputs) -> str:
    inputs = replace(inputs, tables={"history": inputs.history.observations, **inputs.tables})
    inputs = replace(inputs, tables={**inputs.tables, **change_tables(inputs)})
    return render_report(
        inputs, inputs_record(inputs), release_id="2026-01-30-aaaaaaaa", next_release=date(2026, 2, 28)
    )


def test_it_needs_nothing_but_itself(first: str, second: str) -> None:
    for html in (first, second):
        page = Page(html)
        assert page.all("script") == page.all("link") == page.all("img") == page.all("iframe") == []
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", html)
        assert all(str(item["href"]).startswith("#") for item in page.all("a"))
        assert len(html.encode()) < 3_000_000


def test_ids_are_unique_and_every_reference_leads_somewhere(second: str) -> None:
    page = Page(second)
    ids = Counter(attrs["id"] for _, attrs in page.tags if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []
    assert [item["href"] for item in page.all("a") if str(item["href"])[1:] not in ids] == []
    named = [attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs]
    assert named
    assert [name for name in named if name not in ids] == []


def test_both_languages_have_the_same_structure(first: str, second: str) -> None:
    for html in (first, second):
        dutch, english = Page(article(html, "nl")), Page(article(html, "en"))
        assert [tag for tag, _ in dutch.tags if tag not in ("span", "g", "path", "text", "tspan", "line")] == [
            tag for tag, _ in english.tags if tag not in ("span", "g", "path", "text", "tspan", "line")
        ]
        assert len(dutch.rows) == len(english.rows)


def test_nothing_unfinished_stands_in_the_words(first: str, second: str) -> None:
    for html in (first, second):
        words = Page(html).words
        assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|[{}]|\binf\b", words)


def test_headings_go_down_one_step_at_a_time(second: str) -> None:
    for code in ("nl", "en"):
        levels = [int(tag[1]) for tag, _ in Page(article(second, code)).tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_and_charts_can_be_read_aloud(second: str) -> None:
    page = Page(second)
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    charts = [attrs for attrs in page.all("div") if attrs.get("role") == "img"]
    assert len(charts) == len(page.all("svg"))
    assert all(len(str(attrs["aria-label"])) > 60 for attrs in charts)


def test_it_opens_with_cut_off_shares_change_and_next_release(first: str, second: str) -> None:
    for html, code, cutoff, following in (
        (first, "nl", "30 januari 2026", "28 februari 2026"),
        (second, "en", "28 February 2026", "28 March 2026"),
    ):
        page = article(html, code)
        opening = words_of(page[page.index('class="opening"') : page.index('class="summary"')])
        assert cutoff in opening
        assert following in opening
        shares = [int(number) for number in re.findall(r"(\d+)%", opening)]
        assert [sum(shares[:4]), sum(shares[4:])] == pytest.approx([100, 100], abs=2)
        assert (len(shares), shares[3], shares[7] > 0) == (8, 0, True)  # asylum streams; all streams
    assert "Eerste uitgave" in words_of(article(first, "nl"))
    assert "Cause: new or revised data." in words_of(article(second, "en"))


def test_the_first_page_says_what_the_tables_say(first: str, published: Published) -> None:
    bands = published.first.table("yearly_bands")
    row = bands[(bands["series_id"] == "asylum") & (bands["year"] == 2026)].iloc[0]
    summary = words_of(
        first[first.index('id="en-summary"') : first.index('class="contents" aria-label="Contents"')]
    )
    for column in ("minimum", "medio", "maximum"):
        assert f"{row[column]:,.0f}" in summary
    assert "8 in 10" in summary
    law = settings().planning.budget
    granted = (law.law_product["2026"].value + law.law_input["2026"].value) / 1e6
    assert f"€{granted:,.1f} million" in summary


def test_every_stream_has_its_charts_its_years_and_its_history(first: str, published: Published) -> None:
    bands = published.first.table("yearly_bands")
    for code, language in (("nl", NL), ("en", EN)):
        for stream in settings().hierarchy.streams:
            html = block(first, code, stream.series_id)
            assert html.count('role="img"') == 2
            cells = [tuple(row) for row in Page(html).rows]
            for row in bands[bands["series_id"] == stream.series_id].itertuples():
                figures = tuple(language.number(value) for value in (row.minimum, row.medio, row.maximum))
                assert any(line[0] == str(row.year) and line[2:5] == figures for line in cells)
            months = [line for line in cells if len(line) == 5 and line[1:] and re.search(r"20(26|27)$", line[0])]
            assert len(months) == settings().bands.monthly_months


def test_history_is_shown_month_by_month_with_its_basis(first: str, published: Published) -> None:
    history = published.first.table("history")
    chosen = history[(history["series_id"] == "students") & (history["period"] == "2024-05-01")]
    html = block(first, "en", "students")
    rows = Page(html).rows
    line = next(row for row in rows if row[0] == "2024" and len(row) == 14)
    assert line[5] == f"{chosen['observed'].iloc[0]:,}s"
    year = history[(history["series_id"] == "students") & (history["period"].dt.year == 2024)]["observed"].sum()
    assert line[13] == f"{year:,}"


def test_a_simulated_stream_is_flagged_and_has_no_hit_rate(first: str) -> None:
    for stream in settings().hierarchy.streams:
        words = words_of(block(first, "en", stream.series_id))
        simulated = stream.series_id in SIMULATED
        assert ("simulated history" in words) is simulated
        assert ("not validated: simulated history" in words) is simulated
        assert bool(re.search(r"\d of \d+ \(\d+ independent\)", words)) is not simulated
        assert ("times (" in words) is not simulated


def test_a_year_without_an_official_month_says_so(first: str, published: Published) -> None:
    rows = Page(article(first, "en")).rows
    simulated = [row for row in rows if row[0] == "2024" and row[1].endswith("(simulated)")]
    assert len(simulated) == len(SIMULATED)
    assert not [row for row in rows if row[0] == "2026" and "simulated)" in row[1]]


def test_a_hit_rate_stands_with_its_independent_windows(first: str) -> None:
    html = block(first, "en", "asylum")
    row = next(row for row in Page(html).rows if row[0] == "2026")
    assert row[-1] == "6 of 8 (3 independent)"  # calendar year, one year after the origin's own
    assert "6 of 8 times (3 independent years)" in words_of(html)


def test_every_assumption_and_every_source_is_listed(first: str) -> None:
    for code in ("nl", "en"):
        words = words_of(article(first, code))
        for _path, parameter in settings().parameters():
            told = re.sub(r"\s+", " ", parameter.assumption or parameter.source or "")
            assert told.replace("'", "&#39;").replace('"', "&#34;").replace("<", "&lt;").replace("&", "&") in words
        paths = re.sub(r"<wbr>", "", article(first, code))
        assert [path for path, _ in settings().parameters() if path not in paths] == []


def test_every_parameter_has_a_name_for_readers(first: str) -> None:
    unnamed = re.findall(r"<th scope=\"row\">(planning\.[^<]*)<br>", first.replace("<wbr>", ""))
    assert unnamed == []


def test_the_budget_stands_beside_the_law_and_the_difference_is_theirs(first: str, published: Published) -> None:
    html = block(first, "en", "budget-figures")
    rows = {row[0]: row for row in Page(html).rows if len(row) == 8}
    for year in range(2026, 2031):
        numbers = [
            float(cell.replace(",", "").replace("\u2212", "-").replace("+", "")) for cell in rows[str(year)][1:]
        ]
        _low, medio, _high, law, product, fixed, gap = numbers
        assert law == pytest.approx(product + fixed, abs=0.11)
        assert gap == pytest.approx(medio - law, abs=0.11)


def test_stocks_at_the_start_are_shown_with_their_count_and_remarks_are_escaped(first: str) -> None:
    english, dutch = Page(article(first, "en")), Page(article(first, "nl"))
    assert [row for row in english.rows if row[-1] == "51,030" and "May 2025" in row]
    assert [row for row in dutch.rows if row[-1] == "51.030" and "mei 2025" in row]
    assert [row for row in english.rows if row[-1] == "69,852"]
    assert "A remark on &lt;stocks&gt;." in first
    assert "Een opmerking over &lt;voorraden&gt;." in first


def test_published_facts_younger_than_the_vintage_are_not_quoted() -> None:
    older = release_inputs(last="2023-05", vintage=date(2023, 6, 30))
    words = words_of(render(older))
    facts = settings().planning.facts
    assert [fact.text_en for fact in facts if fact.when > "2023-06-30" and fact.text_en in words] == []
    assert any(fact.text_en in words for fact in facts if fact.when <= "2022")


def test_the_second_report_shows_how_the_medio_moved(second: str, published: Published) -> None:
    changes = published.second.table("changes")
    row = changes[(changes["series_id"] == "asylum") & (changes["year"] == 2026)].iloc[0]
    html = block(second, "en", "changes-figures")
    line = next(row for row in Page(html).rows if row[0] == "Total asylum inflow")
    steps = ("new_months", "revised_history", "forecast_moved")
    assert line[1:5] == [EN.number(row["previous_medio"]), *(EN.number(row[name], signed=True) for name in steps)]
    assert line[5] == EN.number(row["medio"])
    assert published.first.release_id in words_of(article(second, "nl"))


def test_changed_settings_are_listed(published: Published) -> None:
    values = settings().model_dump()
    values["bands"]["maximum"] = 0.95
    inputs = replace(release_inputs(previous=published.first), settings=Settings.model_validate(values))
    html = render(inputs)
    assert ["bands.maximum", "0.9", "0.95"] in Page(article(html, "en")).rows
    assert "Cause: changed settings." in words_of(article(html, "en"))
    assert "85 op 100" in words_of(article(html, "nl"))
    assert "Made with own settings. Different from those supplied (1): bands.maximum." in words_of(html)
    assert "That is an earlier edition on the same vintage" in words_of(article(html, "en"))


def test_without_own_settings_nothing_is_said_of_them(first: str) -> None:
    assert "own settings" not in words_of(article(first, "en"))


def test_an_invented_last_month_is_called_so(published: Published) -> None:
    inputs = release_inputs(last="2026-01", vintage=date(2026, 2, 28))
    history = inputs.history.observations.copy()
    newest = history["period"] == "2026-01-01"
    history.loc[newest, "basis"] = "simulated"
    html = render(replace(inputs, history=replace(inputs.history, observations=history)))
    page = words_of(article(html, "en"))
    assert "last month in the series: January 2026 (simulated)" in page
    assert "last observed month" not in page
    streams = "first asylum applications, repeat asylum applications and nareis arrivals (family members)"
    assert f"From January 2026 on, monthly figures of {streams} are simulated too" in page
    row = inputs.tables["yearly_bands"]
    row = row[(row["series_id"] == "asylum") & (row["year"] == 2026)].iloc[0]
    told = f"{EN.number(row['observed_persons'])} (simulated)"
    assert f"Of these, {told} have come in already (1 of 12 months)." in words_of(block(html, "en", "asylum"))
    assert [line for line in Page(block(html, "en", "asylum")).rows if line[1] == f"{told} (1 of 12 mo.)"]
    official = words_of(block(html, "en", "asylum_first"))
    assert "Latest official monthly figure of this stream: December 2025." in official
    assert "Since then (1 mo.): simulated." in official


def test_official_months_are_named_only_where_softer_ones_follow(first: str) -> None:
    assert "Latest official" not in words_of(block(first, "en", "asylum_first"))


def test_each_band_is_judged_by_the_replay(first: str) -> None:
    rows = {row[0]: row for row in Page(block(first, "en", "record-scores")).rows if len(row) == 10}
    assert rows["Stream"][-2:] == ["Verdict, months", "Verdict, 2026"]
    assert rows["Repeat asylum applications"][-2:] == ["too narrow", "about right"]
    assert rows["First asylum applications"][-2:] == ["too wide", "about right"]
    assert rows["Students"][-2:] == ["–", "–"]
    repeat = words_of(block(first, "en", "asylum_repeat"))
    assert "Verdict on the monthly band so far: too narrow. It held 68% of the outcomes (63% of" in repeat
    assert "Verdict" not in words_of(block(first, "en", "students"))
    assert "too narrow for repeat asylum applications; too wide for first asylum" in words_of(article(first, "en"))


def test_the_streams_that_moved_staff_are_named(second: str, published: Published) -> None:
    changes = published.second.table("changes_plan")
    staff = changes[(changes["measure"] == "staffing_fte") & (changes["year"] == 2026)]
    parts = staff[staff["series_id"] != "all"]
    most = parts.loc[parts["change"].abs().idxmax()]
    label = settings().hierarchy.stream(most["series_id"]).label_en.lower()
    mark = ", simulated history" if most["series_id"] in SIMULATED else ""
    told = f"mostly through {label} ({EN.number(most['change'], signed=True)}{mark})"
    page = article(second, "en")
    assert told in words_of(page[page.index('class="opening"') : page.index('class="summary"')])
    assert told in words_of(block(second, "en", "changes-figures"))


def test_the_fan_is_drawn_from_the_levels_of_the_settings() -> None:
    inputs = release_inputs()
    values = settings().model_dump()
    values["bands"] |= {"minimum": 0.05, "maximum": 0.95}
    html = block(render(replace(inputs, settings=Settings.model_validate(values))), "en", "asylum")
    assert "minimum – maximum (9 in 10)" in words_of(html)
    assert "8 in 10" not in words_of(html)
    assert html.count('class="key band w95"') == 1
    values["bands"] |= {"minimum": 0.3, "maximum": 0.99}
    html = block(render(replace(inputs, settings=Settings.model_validate(values))), "en", "asylum")
    assert "key band w95" not in html
    assert "key band w50" not in html


def test_labels_from_settings_cannot_break_the_page() -> None:
    values = settings().model_dump()
    values["streams"][1]["label_en"] = values["streams"][1]["label_nl"] = "<script>alert(1)</script> & {0}"
    html = render(
        replace(release_inputs(), settings=(broken := Settings.model_validate(values)), hierarchy=broken.hierarchy)
    )
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    Page(html)


def test_no_failures_and_no_verdict_warnings_are_said_in_words() -> None:
    inputs = release_inputs()
    html = render(replace(inputs, tables={**inputs.tables, "failures": inputs.tables["failures"].head(0)}))
    assert "Not a single fit failed." in words_of(article(html, "en"))


def test_where_the_combination_loses_the_naive_counts_alone() -> None:
    inputs = release_inputs()
    weights = inputs.tables["weights"].assign(published="ensemble")
    weights.loc[weights["series_id"] == "students", "published"] = "seasonal_naive"
    html = render(replace(inputs, tables={**inputs.tables, "weights": weights}))
    rows = [
        row
        for row in Page(block(html, "en", "record-models")).rows
        if row[0] in ("Students", "First asylum applications")
    ]
    assert rows == [
        ["First asylum applications", "10%", "20%", "30%", "40%", "0%"],
        ["Students", "0%", "100%", "0%", "0%", "0%"],
    ]


def test_unscored_streams_say_so() -> None:
    inputs = release_inputs()
    hits = inputs.tables["hit_rates"].assign(hit_rate=np.nan, validated=False)
    words = words_of(render(replace(inputs, tables={**inputs.tables, "hit_rates": hits})))
    assert "cannot be tested yet" in words
    assert "independent years" not in words


def test_the_same_inputs_make_the_same_report(first: str) -> None:
    again = render(release_inputs())
    assert article(again, "en").replace("2026-01-30-aaaaaaaa", "X") == re.sub(
        r"2026-01-30-[0-9a-f]{8}", "X", article(first, "en")
    )
