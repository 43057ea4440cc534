"""Pages that lead to the Data Docs: every delivery once, with who decided what, the same bytes every time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from expectations.docs_index import Judged, with_news, write_index
from expectations.runner import validate
from expectations.verdict import ExpectationResult, Verdict
from indforecast.domain.errors import StoreUnavailable
from indforecast.vintages.decisions import Decision

GOOD, GAP, BAD, LOST = ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32)
ACCEPT = Decision(GAP, "accept", "J. <Jansen>", "January comes later", date(2026, 3, 21), ("no_missing_month",), 2)
REJECT = replace(ACCEPT, outcome="reject", name="K. de Vries", reason="too late", overridden=(), number=1)


def verdict(delivery_id, *severities):
    failed = tuple(
        ExpectationResult(
            f"rule_{at}", severity, False, "what was expected", "students: 2026-01 is odd", (4,), 1,
        )
        for at, severity in enumerate(severities)
    )  # fmt: skip
    met = ExpectationResult("series_known", "critical", True, "Every series is known")
    return Verdict("delivery", delivery_id, (*failed, met), row_word="line")


@pytest.fixture
def judged():
    return [
        Judged(GOOD, "good.csv", "2026-02-20", verdict(GOOD), True, False),
        Judged(GAP, "gap.csv", "2026-03-20", verdict(GAP, "warning"), True, True, (REJECT, ACCEPT)),
        Judged(BAD, "bad.csv", "2026-03-20", verdict(BAD, "critical", "info"), False, True),
        Judged(LOST, "lost.csv", "", None, False, True),
    ]


def pages(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.html"))}


def test_there_is_a_page_for_all_and_one_per_vintage(judged, tmp_path):
    assert write_index(judged, tmp_path) == tmp_path / "index.html"
    assert set(pages(tmp_path)) == {
        "index.html", "vintages/2026-02-20.html", "vintages/2026-03-20.html", "vintages/no-day.html",
    }  # fmt: skip


def test_every_delivery_stands_there_with_outcome_and_place(judged, tmp_path):
    html = write_index(judged, tmp_path).read_text(encoding="utf-8")
    rows = re.findall(
        r'<tr><td class="day">(.*?)</td>\s*<td class="name">([^<]*).*?outcome (\w+)".*?</tr>', html, re.S
    )
    assert rows == [
        ("2026-03-20", "bad.csv", "rejected"),
        ("2026-03-20", "gap.csv", "overridden"),
        ("2026-02-20", "good.csv", "accepted"),
        ("not known", "lost.csv", "unreadable"),
    ]
    assert "4 deliveries: 1 accepted, 1 accepted by decision, 1 rejected, 1 not readable." in html
    for place in ("in the store", "in quarantine"):
        assert f"<td>{place}</td>" in html


def test_who_decided_when_and_why_stands_on_every_page_of_the_delivery(judged, tmp_path):
    write_index(judged, tmp_path)
    for name in ("index.html", "vintages/2026-03-20.html"):
        html = (tmp_path / name).read_text(encoding="utf-8")
        assert "<strong>Accepted by J. &lt;Jansen&gt;</strong>" in html
        assert '<time datetime="2026-03-21">2026-03-21</time>: “January comes later”.' in html
        assert "Set aside: no_missing_month." in html
        assert "<strong>Rejected by K. de Vries</strong>" in html
        assert html.count("A later decision stands in its place.") == 1


def test_a_page_of_a_vintage_names_what_its_deliveries_do_not_meet(judged, tmp_path):
    write_index(judged, tmp_path)
    html = (tmp_path / "vintages" / "2026-03-20.html").read_text(encoding="utf-8")
    found = re.findall(r'<tr><td class="(\w+)">\w+</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>', html)
    assert found == [
        (severity, "what was expected", "students: 2026-01 is odd", "4")
        for severity in ("critical", "info", "warning")
    ]
    assert "good.csv" not in html


def test_a_file_that_cannot_be_read_is_named_and_nothing_in_it_is_quoted(judged, tmp_path):
    write_index(judged, tmp_path)
    html = (tmp_path / "vintages" / "no-day.html").read_text(encoding="utf-8")
    assert "It cannot be read; &#39;indforecast quarantine show d4d4d4d4d4d4&#39; says which line." in html


def test_what_the_store_refused_is_rejected_although_its_suite_was_met(judged, tmp_path):
    late = replace(judged[0], in_store=False, quarantined=True)
    assert (late.outcome, late.place) == ("rejected", "in quarantine")
    assert "contradicts what is stored" in write_index([late], tmp_path).read_text(encoding="utf-8")


def test_the_pages_need_nothing_from_outside(judged, tmp_path):
    write_index(judged, tmp_path)
    for content in pages(tmp_path).values():
        assert not re.findall(rb"https?:|//[a-z]|<script|<link|<img|@import|url\(", content)
        assert content.startswith(b'<!DOCTYPE html>\n<html lang="en">')


def test_every_link_leads_somewhere(delivery, context, judged, tmp_path):
    made = validate("delivery", delivery, subject_sha256=GOOD, context=context, docs_dir=tmp_path)
    write_index([replace(judged[0], verdict=made), *judged[1:]], tmp_path)
    links = 0
    for name, content in pages(tmp_path).items():
        for target in re.findall(r'href="([^"]+)"', content.decode()):
            assert ((tmp_path / name).parent / target).resolve().is_file(), f"{name} links to {target}"
            links += 1
    assert links >= 8


def test_the_same_judgements_are_the_same_bytes_in_any_order_and_are_not_written_again(judged, tmp_path):
    write_index(judged, tmp_path / "one")
    write_index(judged[::-1], tmp_path / "two")
    assert pages(tmp_path / "one") == pages(tmp_path / "two")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.html")}
    write_index(judged, tmp_path / "one")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.html")} == before


def test_a_day_that_no_delivery_has_any_more_loses_its_page(judged, tmp_path):
    write_index(judged, tmp_path)
    write_index(judged[:1], tmp_path)
    assert set(pages(tmp_path)) == {"index.html", "vintages/2026-02-20.html"}


def test_a_deliverys_own_page_quotes_the_decision_as_it_stands(delivery, context, judged, tmp_path):
    made = validate("delivery", delivery, subject_sha256=GAP, context=context, docs_dir=tmp_path)
    one = replace(judged[1], verdict=made, decisions=(replace(REJECT, number=1),))
    write_index([one], tmp_path)
    first = made.docs.read_text(encoding="utf-8")
    assert "File: gap.csv." in first
    assert "Rejected by K. de Vries" in first
    write_index([replace(one, decisions=(*one.decisions, ACCEPT))], tmp_path)
    second = made.docs.read_text(encoding="utf-8")
    assert "Accepted by J. &lt;Jansen&gt;" in second
    assert second.count("Rejected by K. de Vries") == 1
    assert with_news(second, one) == first


def test_a_folder_that_is_a_file_is_one_sentence(judged, tmp_path):
    blocked = tmp_path / "docs"
    blocked.write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="cannot be"):
        write_index(judged, blocked)


def test_nothing_judged_is_a_page_that_says_so(tmp_path):
    assert "0 deliveries." in write_index([], tmp_path).read_text(encoding="utf-8")
