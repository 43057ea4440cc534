"""Eurostat against a service on loopback that speaks its documented protocol. Waits are recorded, not waited."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indforecast.domain.errors import ConfigError, IndforecastError, InputError, SourceUnavailable
from indforecast.sources.bundle import AnswerSource, Bundle, read_bundle
from indforecast.sources.eurostat import Eurostat
from indforecast.sources.eurostat_words import load_words
from indforecast.sources.http import HttpClient, HttpPolicy
from indforecast.sources.publisher import Seen
from indforecast.sources.sdmx_xml import dimension_order, service_message
from tests.publishers import eurostat_service as service
from tests.publishers import server as days
from tests.publishers.server import LoopbackServer

TABLE = "migr_asyappctzm"
NOT_NL = ("EU27_2020", "EXT_EU27_2020", "STLS", "UNK")


@pytest.fixture
def eurostat():
    return service.Eurostat()


@pytest.fixture
def server(eurostat):
    with LoopbackServer(eurostat) as running:
        yield running


@pytest.fixture
def publisher(server, eurostat):
    return Eurostat(base_url=server.address + eurostat.base_path)


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(waits):
    with HttpClient(HttpPolicy(proxies=False, attempts=3), sleep=waits.append) as made:
        yield made


def quiet(_text):
    pass


def bundle_of(figures, published=date(2026, 11, 18), **changes):
    made = Bundle("eurostat", TABLE, published, {"figures.csv": figures}, {"figures.csv": AnswerSource("", "")})
    return dataclasses.replace(made, **changes).to_bytes()


def read(**changes):
    return Eurostat().read(bundle_of(service.Eurostat(**changes).figures()), "e.zip").frame


def refusal(figures):
    with pytest.raises(InputError) as caught:
        Eurostat().read(bundle_of(figures), "e.zip")
    assert "\n" not in str(caught.value)
    assert "e.zip" in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


def refused(**changes):
    return refusal(service.Eurostat(**changes).figures())


def value(frame, series_id, month):
    (one,) = frame[(frame["series_id"] == series_id) & (frame["period"] == pd.Timestamp(month))]["observed"]
    return one


def test_an_edition_is_fetched_kept_whole_and_read(publisher, client, server, eurostat):
    told = []
    download = publisher.fetch(client, Seen(), told.append)
    assert download.name == "eurostat-migr_asyappctzm-2026-11-18.zip"
    assert download.published == download.seen.published == date(2026, 11, 18)
    bundle = read_bundle(download.content, download.name)
    assert bundle.answers == {"figures.csv": eurostat.figures("NL")}
    assert bundle.licence.startswith("CC BY 4.0")
    assert [request.path.rpartition("sdmx/2.1")[2] for request in server.requests] == [
        "/datastructure/ESTAT/MIGR_ASYAPPCTZM",
        "/data/migr_asyappctzm/M.PER..T..TOTAL.NL",
    ]
    assert server.requests[1].query == {"format": "SDMX-CSV", "compressed": "false"}
    assert bundle.about["figures.csv"].url == server.address + server.requests[1].target
    assert told == ["Eurostat: structure of migr_asyappctzm", "Eurostat: figures of migr_asyappctzm, NL"]

    staged, how = publisher.understand(download.content, download.name)
    assert len(staged.frame) == 3 * 6 * len(service.MONTHS)
    assert len(how.dropped) == 3 * len(NOT_NL) * len(service.MONTHS)
    assert {one.reason for one in how.dropped} == {"group of citizenships"}
    assert "flagged and delivered: 18 provisional" in how.remarks


def test_rows_carry_series_definition_source_and_day():
    frame = read()
    assert set(frame["series_id"]) == {
        series + suffix
        for series in (
            "eurostat_asylum_applicants", "eurostat_first_time_applicants", "eurostat_subsequent_applicants"
        )
        for suffix in ("", ".GRC", ".ERI", ".SYR", ".TUR", ".XKX")
    }  # fmt: skip
    assert dict(zip(frame["series_id"].str.split(".").str[0], frame["definition"], strict=True)) == {
        "eurostat_asylum_applicants": "eurostat_applicant",
        "eurostat_first_time_applicants": "eurostat_first_time_applicant",
        "eurostat_subsequent_applicants": "eurostat_subsequent_applicant",
    }
    assert set(frame["source"]) == {"Eurostat migr_asyappctzm"}
    assert set(frame["basis"]) == {"published"}
    assert set(frame["available_from"]) == {pd.Timestamp("2026-11-18")}
    assert (frame["period"].min(), frame["period"].max()) == (
        pd.Timestamp("2025-01-01"),
        pd.Timestamp("2026-09-01"),
    )
    assert value(frame, "eurostat_first_time_applicants", "2025-03-01") == 5 * (7 + 2 + 500)
    assert value(frame, "eurostat_subsequent_applicants.SYR", "2025-02-01") == 5 * (14 + 3 * 6 + 1)
    assert frame["row"].iloc[0] == 2


def test_the_order_of_dimensions_and_columns_does_not_matter(publisher, client, eurostat):
    before = publisher.fetch(client, Seen(), quiet)
    eurostat.dimensions = ("geo", "applicant", "citizen", "age", "sex", "unit", "freq")
    after = publisher.fetch(client, Seen(), quiet)
    pd.testing.assert_frame_equal(
        publisher.read(before.content, "x").frame, publisher.read(after.content, "x").frame
    )


def test_codes_and_names_of_before_mean_the_same():
    old = read(
        dimensions=("freq", "unit", "citizen", "sex", "age", "asyl_app", "geo"),
        applicants=("ASY_APP", "NASY_APP", "SASY_APP"),
        attributes=("OBS_FLAG",),
    )
    pd.testing.assert_frame_equal(old, read())


def test_the_same_edition_is_not_brought_home_twice(publisher, client, server, eurostat):
    first = publisher.fetch(client, Seen(), quiet)
    assert publisher.fetch(client, first.seen, quiet) is None
    assert "if-none-match" in server.requests[-1].headers
    without = dataclasses.replace(first.seen, validators={})
    assert publisher.fetch(client, without, quiet) is None
    later = dataclasses.replace(without, published=date(2026, 12, 24))
    assert publisher.fetch(client, later, quiet) is None
    eurostat.updated = "19/12/26 11:00:00"
    second = publisher.fetch(client, first.seen, quiet)
    assert second.published == date(2026, 12, 19)
    assert second.name != first.name
    eurostat.special = {("FRST", "SY", "2026-01"): ("5", "", "")}
    corrected = publisher.fetch(client, second.seen, quiet)
    assert (corrected.published, corrected.name) == (second.published, second.name)
    assert corrected.content != second.content


@pytest.mark.parametrize(
    "day",
    [days.too_many_requests(3), days.unavailable(), days.truncated(), days.truncated_gzip(), days.reset()],
)
@pytest.mark.parametrize("on", ["/datastructure/", "/data/"])
def test_a_bad_day_that_passes_changes_nothing(publisher, client, server, waits, day, on):
    good = publisher.fetch(client, Seen(), quiet)
    server.bad(day, on=on)
    assert publisher.fetch(client, Seen(), quiet) == good
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("day", "kind", "said"),
    [
        (days.unavailable(), SourceUnavailable, "is not available now"),
        (days.html_page(), InputError, "a web page"),
        (days.html_page("text/csv"), InputError, "a web page"),
        (days.status(404, b"gone"), InputError, "does not know the address"),
        (
            days.changed(lambda body: body.replace(b"OBS_VALUE", b"VALUE")),
            InputError,
            "column 'VALUE' is not known",
        ),
        (days.changed(lambda body: body.replace(b",geo,", b",land,")), InputError, "column 'land' is not known"),
        (days.changed(lambda body: body[:200]), InputError, "cells where the header has"),
        (days.changed(lambda body: body.splitlines(keepends=True)[0]), InputError, "no records"),
        (days.changed(lambda body: b"\xff\xfe" + body), InputError, "UTF-16"),
        (days.changed(lambda body: body.replace(b",2505,", b",-2505,")), InputError, "not a whole number"),
    ],
)
def test_a_bad_day_that_stays_leaves_nothing_behind(publisher, client, server, day, kind, said):
    server.always(day, on="/data/")
    with pytest.raises(kind, match=re.escape(said)) as caught:
        publisher.fetch(client, Seen(), quiet)
    assert "\n" not in str(caught.value)


def test_figures_that_take_longer_are_waited_for(publisher, client, server, eurostat, waits):
    at_once = publisher.fetch(client, Seen(), quiet)
    eurostat.slow = ["SUBMITTED", "PROCESSING", "PROCESSING", "AVAILABLE"]
    told = []
    slow = publisher.fetch(client, Seen(), told.append)
    assert slow.content == at_once.content
    assert waits == [10.0, 10.0, 10.0]
    assert told.count("Eurostat: is preparing the figures") == 3
    assert server.requests[-1].path == f"{service.ROOT}/1.0/async/data/{service.REQUEST_ID}"
    assert slow.seen.validators == {}


def test_figures_that_never_come_are_not_waited_for_long(publisher, client, eurostat, waits):
    eurostat.slow = ["PROCESSING"]
    with pytest.raises(SourceUnavailable, match="within 300 seconds"):
        publisher.fetch(client, Seen(), quiet)
    assert sum(waits) == 300


@pytest.mark.parametrize("state", ["EXPIRED", "UNKNOWN_REQUEST", "ERROR", "<b/>"])
def test_an_extraction_that_was_given_up_is_said(publisher, client, eurostat, state):
    eurostat.slow = ["SUBMITTED", state]
    with pytest.raises(SourceUnavailable, match="gave up preparing"):
        publisher.fetch(client, Seen(), quiet)


@pytest.mark.parametrize(
    "body",
    [
        b"<x/>", b"<x><id>../../evil</id><status>AVAILABLE</status></x>", b"<x", b"",
        b'<!DOCTYPE x [<!ENTITY e "boom">]><x><id>&e;</id></x>',
    ],
)  # fmt: skip
def test_xml_that_is_neither_figures_nor_a_promise_is_refused(publisher, client, server, body):
    server.always(days.status(200, body or b" ", "application/xml"), on="/data/")
    with pytest.raises(InputError):
        publisher.fetch(client, Seen(), quiet)
    assert len(server.requests) == 2


def test_what_is_too_large_says_what_to_do(publisher, client, eurostat):
    eurostat.too_large = True
    with pytest.raises(InputError, match=r"EXTRACTION_TOO_BIG.*Ask for one country"):
        publisher.fetch(client, Seen(), quiet)


def test_a_country_that_is_not_in_the_table_is_named(publisher, client):
    with pytest.raises(InputError, match=r"GEO=QQ[.] Mend it: geo in the settings"):
        dataclasses.replace(publisher, geo="QQ").fetch(client, Seen(), quiet)


@pytest.mark.parametrize(
    "dimensions",
    [
        ("freq", "unit", "citizen", "sex", "type", "age", "geo"),
        ("freq", "unit", "citizen", "sex", "applicant", "geo"),
        ("freq", "unit", "citizen", "sex", "applicant", "age", "geo", "decision"),
    ],
)
def test_a_changed_dimension_is_said_before_figures_are_asked_for(publisher, client, server, eurostat, dimensions):
    eurostat.dimensions = dimensions
    with pytest.raises(InputError) as caught:
        publisher.fetch(client, Seen(), quiet)
    assert ", ".join(dimensions) in str(caught.value)
    assert "[dimensions] in publishers/tables/migr_asyappctzm.toml" in str(caught.value)
    assert len(server.requests) == 1


def test_a_new_code_is_named_with_the_place_where_it_belongs():
    said = refused(citizens=("TOTAL", "QQ"))
    assert "line 23: code 'QQ' of citizen is not known" in said
    assert "[citizens.countries] or [citizens.left_out] in publishers/tables/migr_asyappctzm.toml" in said
    assert "code 'WITHDR' of applicant is not known" in refused(applicants=("TOTAL", "WITHDR"))
    special = {("TOTAL", "TOTAL", "2025-01"): ("5", "w", "")}
    assert "code 'w' of OBS_FLAG is not known" in refused(special=special)


def test_a_new_code_can_be_described_by_the_user(tmp_path):
    (tmp_path / f"{TABLE}.toml").write_text('[citizens.countries]\nQQ = "QQQ"\nSTLS = "XXA"\n')
    figures = service.Eurostat(citizens=("TOTAL", "QQ", "STLS")).figures()
    frame = Eurostat(folder=tmp_path).read(bundle_of(figures), "e.zip").frame
    assert {"eurostat_asylum_applicants.QQQ", "eurostat_asylum_applicants.XXA"} <= set(frame["series_id"])


@pytest.mark.parametrize(
    ("special", "reason"),
    [
        (("", "", ""), "no figure"),
        ((":", "", ""), "no figure"),
        (("", "c", ""), "confidential"),
        (("5", "c", ""), "confidential"),
        (("5", "", "C"), "confidential"),
        (("0", "bn", ""), "not significant"),
        (("0", "z", ""), "not applicable"),
    ],
)
def test_what_is_not_given_is_left_out_and_never_zero(special, reason):
    changed = service.Eurostat(special={("FRST", "SY", "2025-06"): special}).figures()
    staged, how = Eurostat().understand(bundle_of(changed), "e.zip")
    frame = staged.frame
    left = frame[frame["series_id"] == "eurostat_first_time_applicants.SYR"]
    assert pd.Timestamp("2025-06-01") not in set(left["period"])
    assert len(left) == len(service.MONTHS) - 1
    assert [one.reason for one in how.dropped].count(reason) == 1


@pytest.mark.parametrize("text", ["10", "10.0", "010"])
def test_figures_are_whole_however_they_are_written(text):
    frame = read(special={("FRST", "SY", "2025-06"): (text, "bep", "F")})
    assert value(frame, "eurostat_first_time_applicants.SYR", "2025-06-01") == 10
    assert frame["observed"].dtype == np.int64


@pytest.mark.parametrize("text", ["-5", "5.5", "1e3", "1,000", "five", "9" * 13, "\u0665"])
def test_figures_that_are_not_whole_persons_are_refused(text):
    said = refused(special={("FRST", "SY", "2025-06"): (text, "", "")})
    assert "is not a whole number of persons" in said
    assert re.search(r"line \d+", said)


def test_longer_periods_are_left_out_and_other_texts_refused():
    figures = service.Eurostat(months=("2025", "2025-Q1", "2025-S2", "2025-01")).figures()
    staged, how = Eurostat().understand(bundle_of(figures), "e.zip")
    assert set(staged.frame["period"]) == {pd.Timestamp("2025-01-01")}
    assert {one.text for one in how.dropped if one.reason == "no month"} == {"2025", "2025-Q1", "2025-S2"}
    assert "'2025-13' is no month" in refused(months=("2025-13",))
    assert read(months=("2025-M01",))["period"].iloc[0] == pd.Timestamp("2025-01-01")
    assert "holds no figures" in refused(months=("2025-Q1",))


def test_two_figures_of_one_month_are_refused():
    assert "lines 2 and 3: eurostat_asylum_applicants has two figures" in refused(months=("2025-01", "2025-01"))
    assert "has two figures" in refused(applicants=("TOTAL", "ASY_APP"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("18/11/26 23:00:00", date(2026, 11, 18)),
        ("18/11/26", date(2026, 11, 18)),
        ("18/11/2026 11:00", date(2026, 11, 18)),
        ("2026-11-18", date(2026, 11, 18)),
        ("2026-11-18T23:30:00+01:00", date(2026, 11, 18)),
        ("2026-11-18T23:30:00Z", date(2026, 11, 19)),
    ],
)
def test_the_day_of_an_edition_is_dutch(text, day):
    figures = service.Eurostat(updated=text).figures()
    frame = Eurostat().read(bundle_of(figures, day), "e.zip").frame
    assert set(frame["available_from"]) == {pd.Timestamp(day)}


@pytest.mark.parametrize("text", ["", "soon", "31/02/26", "11-18-2026", "2026-13-01", "2026-11-18T99:00"])
def test_an_edition_without_a_day_is_refused(text):
    assert "is no day of an edition" in refused(updated=text)


def test_a_file_that_is_about_something_else_is_refused():
    assert "of table 'ESTAT:MIGR_ASYAPPCTZA(1.0)'" in refused(table="MIGR_ASYAPPCTZA")
    assert "geo is 'BE' where only 'NL' was asked for" in refusal(service.Eurostat().figures("BE"))
    mixed = service.Eurostat().figures().replace(b",M,PER,", b",A,PER,", 1)
    assert "freq is 'A' where only 'M'" in refusal(mixed)


def test_two_editions_in_one_file_are_refused():
    figures = service.Eurostat().figures()
    other = service.Eurostat(updated="19/11/26 11:00:00").figures().splitlines(keepends=True)[1:]
    assert "it holds two editions" in refusal(figures + b"".join(other))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (lambda text: text.replace("TIME_PERIOD", "TIME"), "column 'TIME' is not known"),
        (lambda text: text.replace("sex,", "sex,sex,", 1), "column 'sex' stands twice"),
        (lambda text: text.replace("CONF_STATUS", "UNIT_MULT"), "column 'UNIT_MULT' is not known"),
        (lambda text: text.replace("LAST UPDATE,", ""), "column 'LAST UPDATE' is missing"),
        (lambda text: text.replace("applicant,", ""), "column 'applicant' or 'asyl_app' is missing"),
    ],
)
def test_a_changed_column_is_said_with_what_was_found(header, said):
    first, rest = service.Eurostat().figures().decode().split("\n", 1)
    message = refusal(f"{header(first)}\n{rest}".encode())
    assert said in message
    assert "it has " in message
    assert "in publishers/tables/migr_asyappctzm.toml" in message


def test_a_download_of_something_else_is_refused():
    figures = service.Eurostat().figures()
    for changes in ({"source": "cbs"}, {"table": "other"}, {"answers": {"x.csv": figures}}):
        with pytest.raises(InputError, match="is no download of Eurostat's table"):
            Eurostat().read(bundle_of(figures, **changes), "e.zip")
    with pytest.raises(InputError, match="says it is the edition of 2026-11-17"):
        Eurostat().read(bundle_of(figures, date(2026, 11, 17)), "e.zip")


def test_a_table_that_nobody_described_is_said():
    with pytest.raises(ConfigError, match=r"Nothing describes table migr_other.*migr_asyappctzm\.toml"):
        _ = Eurostat(table="migr_other").words
    with pytest.raises(ConfigError, match="is no table"):
        _ = Eurostat(table="../x").words


def test_the_packaged_codes_are_those_of_the_standard():
    aliases = pytest.importorskip("babel.core").get_global("territory_aliases")
    own = {"EL": "GRC", "UK": "GBR", "XK": "XKX"}
    countries = load_words(TABLE).citizens.countries
    assert len(countries) > 240
    for code, country in countries.items():
        assert own.get(code) == country or code in aliases[country]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[citizens.countries]\nQQ = "Q"\n', "alpha-3"),
        ('[citizens.countries]\nQQ = "SYR"\n', "country 'SYR' means both"),
        ('[citizens.countries]\nTOTAL = "TTL"\n', "citizen 'TOTAL' means both"),
        ('[dimensions.sex]\ncode = "T "\n', "dimensions.sex.code"),
        ('[dimensions.extra]\nnames = ["extra"]\n', "needs the code"),
        ('[dimensions.geo]\ncode = "NL"\n', "without a code"),
        ('[series.x]\ncodes = ["FRST"]\nlabel = "x"\ndefinition = "x"\n', "applicant 'FRST' means both"),
        ('[flags.left_out]\np = "provisional"\n', "flag 'p' means both"),
        ("[columns]\nignore = ['sex']\n", "column 'sex' means both"),
        ("x = 1\n", "field 'x'"),
        ("[", "is not TOML"),
    ],
)
def test_a_description_that_cannot_be_is_one_sentence(tmp_path, text, said):
    (tmp_path / f"{TABLE}.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_words(TABLE, tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_positions_order_dimensions_and_their_place_does_where_there_are_none():
    head, tail = b"<a xmlns:s='s'>", b"<s:TimeDimension id='TIME_PERIOD' position='9'/></a>"
    turned = b"<s:Dimension id='geo' position='10'/><s:Dimension id='freq' position='2'/>"
    assert dimension_order(head + turned + tail, "x") == ("freq", "geo")
    plain = b"<s:Dimension id='geo'/><s:Dimension id='freq'/>"
    assert dimension_order(head + plain + tail, "x") == ("geo", "freq")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<a/>", b"<a", b"x", b"\x00", b"<Dimension id='a b'/>", b"<a><Dimension/><Dimension id='x'/></a>",
        b"<a><Dimension id='x'/><Dimension id='x'/></a>", b"<!DOCTYPE a><a><Dimension id='x'/></a>",
        b"<a><Dimension id='../x'/></a>", b"<?xml version='1.0' encoding='utf-16'?><a/>",
    ],
)  # fmt: skip
def test_a_structure_that_is_none_is_refused(content):
    with pytest.raises(InputError):
        dimension_order(content, "x")


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_xml_is_read_or_one_sentence(data):
    content = bytearray(
        data.draw(st.sampled_from([service.Eurostat().structure(), service._envelope("x", "<id>a</id>")]))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6))
    for reader in (dimension_order, service_message):
        try:
            reader(bytes(content), "x")
        except IndforecastError as error:
            assert "\n" not in str(error)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_figures_give_a_delivery_or_one_sentence(data):
    """Damage below the hashes: a service that answers nonsense in a whole answer."""
    figures = bytearray(service.Eurostat(months=("2025-01", "2025-02"), citizens=("TOTAL", "SY", "UNK")).figures())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(figures)))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=4), st.sampled_from([b",", b"\n", b'"', b"-", b"9" * 20, b"p", b":", b"NL"])
            )
        )
        figures[place : place + data.draw(st.integers(0, 12))] = piece
    try:
        frame = Eurostat().read(bundle_of(bytes(figures)), "e.zip").frame
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert (frame["observed"] >= 0).all()
        assert not frame.duplicated(["series_id", "period"]).any()
