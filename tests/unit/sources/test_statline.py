"""CBS StatLine over real HTTP on loopback, in both versions of its protocol."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from indforecast.domain.errors import InputError, SourceUnavailable
from indforecast.domain.files import sha256_hex
from indforecast.sources.bundle import read_bundle
from indforecast.sources.http import HttpClient, HttpPolicy
from indforecast.sources.publisher import Seen
from indforecast.sources.quarters import CONTROL_COLUMNS
from indforecast.sources.statline import StatLine
from indforecast.sources.statline_table import load_table
from tests.publishers import server as days
from tests.publishers.server import LoopbackServer
from tests.publishers.statline_service import Code, Dimension, StatLineService, invented_table

APIS = ("v4", "v3")
FIGURES = {"v4": "/Observations", "v3": "/TypedDataSet"}
EDITION = {"v4": "/Properties", "v3": "/TableInfos"}
PAGE = {"v4": 80, "v3": 20}
SYRIA, ALL = "NAT9444", "T001059"


@pytest.fixture(params=APIS)
def api(request):
    return request.param


@pytest.fixture
def service():
    return StatLineService(invented_table())


@pytest.fixture
def paged(service, api):
    """Pages so small that the figures take three or more."""
    service.page = PAGE[api]


@pytest.fixture
def server(service):
    with LoopbackServer(service) as running:
        yield running


def publisher(server, api, **words):
    return StatLine(api=api, base_url=StatLineService.base_url(server, api), **words)


def client(**words):
    policy = {"attempts": 3, "backoff_seconds": 0.01, "longest_wait_seconds": 5.0, "proxies": False, **words}
    return HttpClient(HttpPolicy(**policy), sleep=lambda seconds: None)


def fetched(server, api, seen=Seen(), **words):  # noqa: B008 - frozen
    with client() as http:
        return publisher(server, api, **words).fetch(http, seen, lambda words: None)


def rows(server, api, **words):
    download = fetched(server, api, **words)
    return publisher(server, api, **words).read(download.content, download.name).frame


def targets(server, part):
    return [request.target for request in server.requests if part in request.target]


def test_a_download_is_named_after_the_publishers_own_day(server, api):
    download = fetched(server, api)
    assert (download.name, download.published) == ("cbs-83102NED-2026-01-30.zip", date(2026, 1, 30))
    assert download.seen.published == date(2026, 1, 30)
    assert download.seen.content_sha256 == sha256_hex(download.content)
    bundle = read_bundle(download.content, download.name)
    assert (bundle.source, bundle.table, bundle.published) == ("cbs", "83102NED", date(2026, 1, 30))
    assert "CC BY" in bundle.licence


def test_answers_are_kept_byte_for_byte(server, service, api):
    bundle = read_bundle(fetched(server, api).content, "b.zip")
    entity = f"{EDITION[api][1:]}-0001.json"
    request = next(one for one in server.requests if EDITION[api] in one.target)
    assert bundle.answers[entity] == service(request).body
    assert bundle.about[entity].url == server.address + request.target


def test_the_same_answers_are_the_same_bytes(server, api):
    assert fetched(server, api).content == fetched(server, api).content


def test_both_versions_give_the_same_rows(server):
    reads = [publisher(server, one).read(fetched(server, one).content, "b.zip") for one in APIS]
    pd.testing.assert_frame_equal(reads[0].frame, reads[1].frame)
    pd.testing.assert_frame_equal(reads[0].controls, reads[1].controls)


def test_rows_say_what_the_table_says(server, service, api):
    frame = rows(server, api)
    figures = service.table.figures
    assert set(frame["source"]) == {"CBS StatLine 83102NED"}
    assert set(frame["basis"]) == {"published"}
    assert set(frame["available_from"]) == {pd.Timestamp("2026-01-30")}
    assert (frame["observed"] % 5 == 0).all(), "figures of one sex or age were read"
    assert frame["row"].tolist() == list(range(1, len(frame) + 1))
    by_key = frame.set_index(["series_id", "period"])["observed"]
    for series, nationality, measure in (
        ("asylum", ALL, 0), ("asylum_first", ALL, 1), ("asylum_repeat", ALL, 2), ("asylum_nareis", ALL, 3),
        ("asylum_first.SYR", SYRIA, 1), ("asylum_nareis.SYR", SYRIA, 3),
    ):  # fmt: skip
        expected = {
            pd.Timestamp(int(period[:4]), int(period[6:]), 1): values[measure]
            for (sex, age, code, period), values in figures.items()
            if (sex, age, code) == ("T001038", "10000", nationality) and period[4:6] == "MM"
        }
        assert by_key[series].to_dict() == expected, series
    definitions = frame.groupby("series_id")["definition"].first()
    assert definitions["asylum_first.SYR"] == definitions["asylum_first"] == "first_application_signed"
    assert definitions["asylum_nareis"] == "nareis_arrival"


def test_only_named_nationalities_and_months_are_read(server, api):
    frame = rows(server, api)
    countries = {series.split(".")[1] for series in frame["series_id"] if "." in series}
    assert countries == {"AFG", "ERI", "IRQ", "IRN", "SOM", "SYR", "TUR", "YEM"}
    assert frame["period"].nunique() == 6
    assert not frame["series_id"].str.startswith(("asylum.", "asylum_repeat.")).any()


def test_quarters_are_no_rows_but_what_months_must_add_up_to(server, api):
    download = fetched(server, api)
    controls = publisher(server, api).read(download.content, "b.zip").controls
    assert list(controls.columns) == list(CONTROL_COLUMNS)
    by_key = controls.set_index(["series_id", "quarter"])["observed"]
    figures = server.application.table.figures
    assert by_key["asylum_first", "2025-07-01"] == figures["T001038", "10000", ALL, "2025KW03"][1]
    assert by_key["asylum_nareis.SYR", "2025-10-01"] == figures["T001038", "10000", SYRIA, "2025KW04"][3]
    assert set(controls["quarter"].dt.strftime("%Y-%m")) == {"2025-07", "2025-10"}
    assert set(controls["rounding"]) <= {5, 10}


def test_absent_figures_are_left_out_and_reported_never_zero(server, api):
    download = fetched(server, api)
    staged, understood = publisher(server, api).understand(download.content, download.name)
    keys = set(zip(staged.frame["series_id"], staged.frame["period"].dt.strftime("%Y-%m"), strict=True))
    assert ("asylum_first.ERI", "2025-11") in keys
    assert ("asylum_first.ERI", "2025-12") not in keys
    assert ("asylum_first.YEM", "2025-07") not in keys
    assert ("asylum_first.YEM", "2025-08") in keys
    left_out = {one.text: one.reason for one in understood.dropped}
    why = "figure marked 'Confidential'" if api == "v4" else "figure not given"
    assert left_out["asylum_first.ERI 2025-12"] == why
    assert "\n".join(understood.lines()).count("\n") > 5
    assert any("provisional" in remark for remark in understood.remarks)


def test_a_figure_with_a_flag_is_left_out_whatever_its_value(server, service):
    def flagged(body):
        answer = json.loads(body)
        for record in answer["value"]:
            if record["Nationaliteit"] == SYRIA:
                record.update(ValueAttribute="Impossible", Value=0.0)
        return json.dumps(answer).encode()

    server.bad(days.changed(flagged), on="/Observations?")
    assert not rows(server, "v4")["series_id"].str.endswith(".SYR").any()


def test_the_service_is_asked_for_little(server, service, api):
    download = fetched(server, api)
    assert len(targets(server, FIGURES[api] + "?")) == 1
    answer = json.loads(read_bundle(download.content, "b.zip").answers[f"{FIGURES[api][1:]}-0001.json"])
    assert {record["Geslacht"].strip() for record in answer["value"]} == {"T001038"}
    assert {record["Perioden"][4:6] for record in answer["value"]} == {"MM", "KW"}
    assert "NAT9440" not in {record["Nationaliteit"].strip() for record in answer["value"]}
    assert max(len(request.target) for request in server.requests) < 2_000


def test_a_question_that_would_be_too_long_leaves_nationalities_to_the_reader(server, api):
    words = load_table("83102NED")
    table = invented_table(months=2)
    many = {chr(65 + at // 26) + chr(65 + at % 26) + "Z": (f"Volk {at}",) for at in range(60)}
    table.dimensions[2].codes += [Code(f"NAT{at:04}", f"Volk {at}", 9) for at in range(60)]
    server.application = StatLineService(table)
    nationality = words.nationality.model_copy(update={"countries": {**words.nationality.countries, **many}})
    frame = rows(server, api, description=words.model_copy(update={"nationality": nationality}))
    assert max(len(request.target) for request in server.requests) < 2_000
    assert {"asylum_first.SYR", "asylum_first"} <= set(frame["series_id"])


def test_a_service_that_wants_simpler_questions_gets_them(server, service, api):
    good = rows(server, api)
    service.conditions = 6
    pd.testing.assert_frame_equal(good, rows(server, api))
    asked = targets(server, FIGURES[api] + "?")
    assert "NAT9444" in asked[-2]
    assert "NAT9444" not in asked[-1]
    service.conditions = 1
    with pytest.raises(InputError, match="400"):
        rows(server, api)


def test_pages_are_followed_to_the_end(server, service, api):
    whole = rows(server, api)
    periods = 6 + 2  # months and quarters
    records = {"v3": 9 * periods, "v4": 9 * periods * 4 - 4}[api]
    service.page = 13
    asked = len(server.requests)
    pd.testing.assert_frame_equal(whole, rows(server, api))
    assert sum(FIGURES[api] + "?" in one.target for one in server.requests[asked:]) == -(-records // 13)


# ---- the same edition


def test_the_same_edition_is_not_fetched_again(server, api):
    download = fetched(server, api)
    asked = len(server.requests)
    assert fetched(server, api, download.seen) is None
    assert len(server.requests) == asked + 1
    assert "if-none-match" in server.requests[-1].headers


def test_the_same_edition_is_known_by_its_date_alone(server, service, api):
    assert fetched(server, api, Seen(date(2026, 1, 30))) is None
    assert fetched(server, api, Seen(date(2026, 1, 29))) is not None
    assert fetched(server, api, Seen(date(2026, 2, 1))) is None, "an older edition is nothing newer"


def test_a_description_that_changed_asks_again(server, service, api):
    before = fetched(server, api)
    words = load_table("83102NED")
    countries = {**words.nationality.countries, "XXA": ("Staatloos",)}
    nationality = words.nationality.model_copy(update={"countries": countries})
    description = words.model_copy(update={"nationality": nationality})
    after = fetched(server, api, before.seen, description=description)
    frame = publisher(server, api, description=description).read(after.content, after.name).frame
    assert "asylum_first.XXA" in set(frame["series_id"])
    assert fetched(server, api, after.seen, description=description) is None


def test_a_correction_on_the_same_day_is_newer(server, service, api):
    download = fetched(server, api)
    service.table.modified = "2026-01-30T11:00:00+01:00"
    again = fetched(server, api, download.seen)
    assert again is not None
    assert again.published == download.published
    assert again.seen.content_sha256 != download.seen.content_sha256


def test_the_day_is_that_of_the_netherlands(server, service):
    service.table.modified = "2026-01-29T23:30:00Z"
    assert fetched(server, "v4").published == date(2026, 1, 30)
    service.table.modified = "2026-07-29T22:30:00.1234567Z"
    assert fetched(server, "v4").published == date(2026, 7, 30)


# ---- bad days


@pytest.mark.parametrize(
    "day",
    [days.too_many_requests(1), days.unavailable(), days.truncated(), days.reset(), days.hang_up()],
    ids=["429", "503", "truncated", "reset", "hang up"],
)
def test_a_bad_moment_passes(server, api, day):
    good = rows(server, api)
    server.bad(day, on=FIGURES[api])
    server.bad(day, on=EDITION[api])
    pd.testing.assert_frame_equal(good, rows(server, api))


@pytest.mark.parametrize(
    "day", [days.too_many_requests(), days.unavailable(), days.truncated()], ids=["429", "503", "truncated"]
)
def test_a_bad_day_is_one_sentence(server, api, day):
    server.always(day, on=FIGURES[api])
    with pytest.raises(SourceUnavailable) as caught:
        fetched(server, api)
    assert f"127.0.0.1:{server.port}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_slow_drip_ends(server, api):
    server.always(days.slow_drip(), on=FIGURES[api])
    with client(attempts=1, answer_seconds=0.5) as http, pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1"):
        publisher(server, api).fetch(http, Seen(), lambda words: None)


def test_a_web_page_is_no_table(server, api):
    for declared in ("text/html", "application/json"):
        server.bad(days.html_page(declared), on=EDITION[api])
        with pytest.raises(InputError, match="web page"):
            fetched(server, api)


def test_a_service_that_does_not_know_the_table(server, api):
    with client() as http, pytest.raises(InputError, match="404"):
        StatLine("99999NED", api, StatLineService.base_url(server, api), load_table("83102NED")).fetch(
            http, Seen(), lambda words: None
        )


def test_another_table_is_refused(server, service, api):
    server.bad(days.changed(lambda body: body.replace(b'"83102NED"', b'"70072ned"')), on=EDITION[api])
    with pytest.raises(InputError, match="'70072ned' where 83102NED"):
        fetched(server, api)


def test_nobody_listens():
    with client() as http, pytest.raises(SourceUnavailable):
        StatLine(base_url=f"http://127.0.0.1:{days.free_port()}").fetch(http, Seen(), lambda words: None)


# ---- the table changes


def test_a_table_that_is_replaced_midway_is_begun_anew(server, service, api, paged):
    newer = invented_table(months=7, modified="2026-02-27T02:00:00+01:00")

    def replace(request):
        if FIGURES[api] + "?" in request.target and "skip" in request.target:
            service.table = newer

    service.before = replace
    download = fetched(server, api)
    assert download.published == date(2026, 2, 27)
    assert publisher(server, api).read(download.content, "b.zip").frame["period"].nunique() == 7


def test_a_table_that_is_always_replaced_is_not_there_now(server, service, api):
    def replace(request):
        if FIGURES[api] in request.target:
            number = len(server.requests)
            service.table.modified = f"2026-02-27T02:{number // 60 % 60:02}:{number % 60:02}+01:00"

    service.before = replace
    with pytest.raises(SourceUnavailable, match="replaced table 83102NED 2 times"):
        fetched(server, api)


def test_what_failed_because_the_table_was_replaced_is_begun_anew(server, service, api):
    good = rows(server, api)

    def replace(body):
        service.table.modified = "2026-01-30T09:00:00+01:00"
        return body.replace(b"NAT9444", b"NAT0000")

    server.bad(days.changed(replace), on=FIGURES[api])
    pd.testing.assert_frame_equal(good, rows(server, api))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: setattr(t.measures[1], "title", "Verzoeken, eerste") or _anew(t),
            "no measure for asylum_first",
        ),
        (lambda t: setattr(t.dimensions[2], "title", "Herkomst"), "no dimension 'Nationaliteit'"),
        (lambda t: setattr(t.dimensions[3], "title", "Tijd"), "no dimension of time 'Perioden'"),
        (lambda t: setattr(t.dimensions[2].codes[8], "title", "Levantijns"), "no nationality SYR"),
        (lambda t: setattr(t.dimensions[2].codes[9], "title", "Syrisch"), "more than one nationality SYR"),
        (lambda t: setattr(t.dimensions[0].codes[0], "title", "Mannen, alle"), "no code in 'Geslacht' for all"),
        (
            lambda t: setattr(t.measures[3], "title", "Eerste asielverzoeken"),
            "more than one measure for asylum_first",
        ),
    ],
    ids=["measure", "dimension", "time", "nationality gone", "nationality double", "total", "measure double"],
)
def test_changed_words_name_what_was_found_and_what_to_do(server, service, api, change, message):
    change(service.table)
    with pytest.raises(InputError) as caught:
        fetched(server, api)
    assert message in str(caught.value)
    assert "found:" in str(caught.value)
    assert "83102NED.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def _anew(table):
    """Neither its title nor its identifier is known any more."""
    table.measures[1].key = "Verzoeken_9"


def test_a_new_dimension_is_refused_until_it_is_described(server, service, api):
    service.table.dimensions.insert(
        1, Dimension("Procedure", "Procedure", [Code("A1", "Totaal"), Code("A2", "Spoor 4")])
    )
    service.table.figures = {
        (key[0], code, *key[1:]): value if code == "A1" else [7] * 4
        for key, value in service.table.figures.items()
        for code in ("A1", "A2")
    }
    with pytest.raises(InputError, match="dimension 'Procedure'"):
        fetched(server, api)
    words = load_table("83102NED")
    total = words.totals[0].model_copy(update={"titles": ("Procedure",), "total_titles": ("Totaal",)})
    frame = rows(server, api, description=words.model_copy(update={"totals": (*words.totals, total)}))
    assert (frame["observed"] % 5 == 0).all()


def test_other_identifiers_and_another_order_are_no_matter(server, service, api):
    good = rows(server, api)
    table = service.table
    table.measures[1].identifier, table.measures[1].key = "M9", "EersteVerzoeken_7"
    table.dimensions[2].codes[8].identifier = "NAT1"
    table.figures = {
        (sex, age, "NAT1" if code == SYRIA else code, period): values[::-1]
        for (sex, age, code, period), values in reversed(table.figures.items())
    }
    table.measures.reverse()
    pd.testing.assert_frame_equal(good, rows(server, api))


def test_optional_measures_and_nationalities_may_be_absent(server, service, api):
    table = service.table
    table.measures = [table.measures[1], table.measures[3]]
    table.figures = {key: [values[1], values[3]] for key, values in table.figures.items()}
    frame = rows(server, api)
    assert {series.split(".")[0] for series in frame["series_id"]} == {"asylum_first", "asylum_nareis"}


def test_a_total_that_is_not_its_parts_is_not_the_inflow(server, service, api):
    for values in service.table.figures.values():
        if isinstance(values[0], int):
            values[0] = values[1] + values[2]
    service.table.measures[0].title = "Totaal asielverzoeken"
    download = fetched(server, api)
    staged, understood = publisher(server, api).understand(download.content, download.name)
    assert "asylum" not in set(staged.frame["series_id"])
    assert "asylum_first" in set(staged.frame["series_id"])
    assert any("'Totaal asielverzoeken' left out: it is not the sum" in remark for remark in understood.remarks)


def test_roundings_of_a_total_are_allowed(server, service, api):
    key = ("T001038", "10000", ALL, "2025MM12")
    service.table.figures[key][0] += 10
    assert "asylum" in set(rows(server, api)["series_id"])


# ---- pages


def _link(change):
    def day(body):
        answer = json.loads(body)
        field = next(name for name in answer if name.endswith("nextLink"))
        answer[field] = change(answer[field])
        return json.dumps(answer).encode()

    return days.changed(day)


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link.replace("127.0.0.1", "127.0.0.2"),
        lambda link: "https://example.org/Observations?$skip=70",
        lambda link: link.replace("83102NED/", "83102NED/secret/").replace("?", "x?"),
        lambda link: link.replace("//", "//user@"),
        lambda link: "http://[",
        lambda link: "file:///etc/TypedDataSet",
    ],
    ids=["other host", "elsewhere", "other entity", "user", "broken", "file"],
)
def test_a_next_page_elsewhere_is_not_followed(server, api, change, paged):
    server.bad(_link(change), on=FIGURES[api])
    with pytest.raises(InputError, match="elsewhere"):
        fetched(server, api)


@pytest.mark.parametrize("change", [lambda link: "", lambda link: 7, lambda link: ["a"]])
def test_a_next_page_that_is_no_address(server, api, change, paged):
    server.bad(_link(change), on=FIGURES[api])
    with pytest.raises(InputError, match="no address"):
        fetched(server, api)


def test_a_relative_next_page_is_followed(server, api, paged):
    good = rows(server, api)
    server.bad(_link(lambda link: link.split("/83102NED/")[1]), on=FIGURES[api])
    pd.testing.assert_frame_equal(good, rows(server, api))


def test_pages_in_a_circle_end(server, api, paged):
    first, second = f"skip={PAGE[api]}", f"skip={2 * PAGE[api]}"
    server.always(_link(lambda link: link.replace(second, first)), on=first)
    with pytest.raises(InputError, match="read already"):
        fetched(server, api)


def test_pages_without_end_end(server, service, api):
    service.page = 1
    with pytest.raises(InputError, match="more than 9 pages"):
        fetched(server, api, most_pages=9)


def test_a_page_that_is_gone(server, api, paged):
    server.always(days.status(404), on=f"skip={PAGE[api]}")
    with pytest.raises(InputError, match="404"):
        fetched(server, api)


def test_a_page_that_is_skipped_is_noticed_by_the_count(server, api, paged):
    server.bad(_link(lambda link: link.replace(f"skip={PAGE[api]}", f"skip={PAGE[api] + 1}")), on=FIGURES[api])
    with pytest.raises(InputError, match="a page is missing"):
        fetched(server, api)


def test_a_page_that_comes_twice_is_noticed(server, service, api, paged):
    service.counts = False
    server.bad(_link(lambda link: link.replace(f"skip={PAGE[api]}", f"skip={PAGE[api] - 1}")), on=FIGURES[api])
    with pytest.raises(InputError, match="stands twice"):
        fetched(server, api)


def test_a_service_that_does_not_count_is_believed(server, service, api):
    good = rows(server, api)
    service.counts = False
    pd.testing.assert_frame_equal(good, rows(server, api))


def test_a_count_of_the_whole_table_is_none_of_the_question(server, service):
    cells = sum(value is not None for values in service.table.figures.values() for value in values)
    server.bad(days.changed(lambda body: str(cells).encode()), on="$count")
    assert len(rows(server, "v4"))


def test_the_other_address_of_v3_is_refused_when_it_is_too_much(server, service):
    service.api_limit = 10
    words = StatLine(api="v3", base_url=server.address + "/ODataApi/odata")
    with client() as http, pytest.raises(SourceUnavailable):
        words.fetch(http, Seen(), lambda words: None)
    service.api_limit = 10_000
    with client() as http:
        assert words.fetch(http, Seen(), lambda words: None) is not None


def test_the_publishers_own_address_is_asked_by_default():
    asked = []

    class Recorder:
        def get(self, url, **words):
            asked.append(url)
            raise SourceUnavailable("no network")

    for api in APIS:
        with pytest.raises(SourceUnavailable):
            StatLine(api=api).fetch(Recorder(), Seen(), lambda words: None)
    assert asked == [
        "https://datasets.cbs.nl/odata/v1/CBS/83102NED/Properties",
        "https://opendata.cbs.nl/ODataFeed/odata/83102NED/TableInfos?$format=json",
    ]


def test_counts_are_integers_and_days_are_days(server, api):
    frame = rows(server, api)
    assert frame["observed"].dtype == np.int64
    assert frame["period"].dtype == frame["available_from"].dtype == "datetime64[ns]"
