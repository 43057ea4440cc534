"""The page: complete without network, safe with hostile text, whole or not there."""

from __future__ import annotations

import os
import re

import pandas as pd
import pytest

from expectations.runner import validate
from indforecast.domain.errors import StoreUnavailable

SHA = "0123456789abcdef" * 4


@pytest.fixture
def page(delivery, context, tmp_path):
    frame = delivery.copy()
    frame.loc[frame["row"] == 4, ["series_id", "observed"]] = ["<script>alert(1)</script>&amp;", 70_001]
    frame.loc[frame["row"] == 2, "observed"] = -70_003
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context, docs_dir=tmp_path)
    return verdict, verdict.docs.read_text(encoding="utf-8")


def test_it_stands_where_the_hash_says(page, tmp_path):
    verdict, _ = page
    assert verdict.docs == tmp_path / "0123456789ab" / "index.html"
    assert [path.name for path in verdict.docs.parent.iterdir()] == ["index.html"]


def test_it_needs_nothing_from_outside(page):
    _, html = page
    assert not re.findall(r"https?:|//[a-z]|<script|<link|<img|@import|url\(", html)


def test_it_says_what_is_wrong_and_where(page):
    verdict, html = page
    assert "Rejected: " in html
    assert verdict.subject_sha256 in html
    rows = re.findall(r'<tr><td class="(\w+)">\w+</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>', html)
    assert ("critical", "No count is negative", "1 row has a negative count", "2") in rows
    assert [severity for severity, *_ in rows] == sorted(
        (severity for severity, *_ in rows), key=["critical", "warning", "info"].index
    )


def test_it_shows_every_expectation_with_severity(page):
    verdict, html = page
    for result in verdict.results:
        assert f"{result.description} ({result.severity})" in html.replace("&#39;", "'")
    assert html.count("fa-check-circle") + html.count("fa-times") >= len(verdict.results)


def test_it_leaks_no_count(page):
    _, html = page
    assert "70001" not in html
    assert "70003" not in html
    assert "70,0" not in html


def test_text_from_the_file_stays_text(page):
    _, html = page
    assert "alert(1)" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_same_verdict_is_the_same_page(delivery, context, tmp_path):
    first, second = (
        validate("delivery", delivery, subject_sha256=SHA, context=context, docs_dir=tmp_path / name)
        for name in ("one", "two")
    )
    assert first.docs.read_bytes() == second.docs.read_bytes()
    assert first == second or first.to_dict() == second.to_dict()


def test_a_missing_column_has_a_page_too(delivery, context, tmp_path):
    frame = delivery.drop(columns="basis")
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context, docs_dir=tmp_path)
    assert "the column &#39;basis&#39; is missing" in verdict.docs.read_text(encoding="utf-8")


def test_bands_have_a_page(monthly, monthly_context, tmp_path):
    verdict = validate("bands", monthly, subject_sha256=SHA, context=monthly_context, docs_dir=tmp_path)
    html = verdict.docs.read_text(encoding="utf-8")
    assert "Validation of the monthly bands" in html
    assert "Accepted: " in html


def test_a_full_disk_leaves_the_old_page_and_one_sentence(delivery, context, tmp_path, monkeypatch):
    old = validate("delivery", delivery, subject_sha256=SHA, context=context, docs_dir=tmp_path).docs.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(StoreUnavailable, match=r"cannot be written: No space left on device\."):
        validate("delivery", delivery.head(1), subject_sha256=SHA, context=context, docs_dir=tmp_path)
    folder = tmp_path / SHA[:12]
    assert [path.name for path in folder.iterdir()] == ["index.html"]
    assert (folder / "index.html").read_bytes() == old


def test_a_folder_that_is_a_file_is_one_sentence(delivery, context, tmp_path):
    blocked = tmp_path / "docs"
    blocked.write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        validate("delivery", delivery, subject_sha256=SHA, context=context, docs_dir=blocked)


def test_a_remark_does_not_look_like_a_rejection(delivery, context, tmp_path):
    frame = pd.DataFrame(delivery[delivery["row"] != 4])
    verdict = validate("delivery", frame, subject_sha256=SHA, context=context, docs_dir=tmp_path)
    html = verdict.docs.read_text(encoding="utf-8")
    assert "Accepted, with a remark: not delivered: students." in html
    assert 'class="banner rejected"' not in html
