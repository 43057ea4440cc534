"""The reference data and the sample delivery before their suite, with their pages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from expectations.delivery import DeliveryContext
from expectations.runner import validate
from indforecast.config import load_settings
from indforecast.domain.files import sha256_hex
from indforecast.reference.dataset import reference_csv
from indforecast.sources.file_drop import FileDrop

pytestmark = pytest.mark.integration

SAMPLE = Path(__file__).parents[2] / "samples" / "2026-01.csv"


@pytest.fixture(scope="module")
def hierarchy():
    return load_settings().hierarchy


@pytest.fixture(scope="module")
def reference():
    return FileDrop().read(reference_csv(), "reference.csv")


@pytest.fixture(scope="module")
def history(reference):
    frame = reference.frame.sort_values("available_from")
    return frame.drop_duplicates(["series_id", "period"], keep="last").drop(columns="row")


def test_the_reference_data_are_accepted(reference, hierarchy, tmp_path):
    verdict = validate(
        "delivery", reference.frame, subject_sha256=reference.delivery_id,
        context=DeliveryContext.of(hierarchy), docs_dir=tmp_path,
    )  # fmt: skip
    assert verdict.success
    # Registration stopped in spring 2020: the one month that stands out, and it should.
    assert {result.name for result in verdict.failed("warning")} <= {"outlier"}
    months = {sample.split(": ")[1][:7] for result in verdict.failed("warning") for sample in result.samples}
    assert months <= {"2020-03", "2020-04", "2020-05"}
    assert sha256_hex(reference_csv())[:12] == verdict.docs.parent.name
    assert "Accepted" in verdict.docs.read_text(encoding="utf-8")


def test_the_sample_month_is_accepted_on_top_of_it(hierarchy, history):
    staged = FileDrop().read(SAMPLE.read_bytes(), SAMPLE.name)
    verdict = validate(
        "delivery", staged.frame, subject_sha256=staged.delivery_id, context=DeliveryContext.of(hierarchy, history)
    )
    assert verdict.failed() == ()


def test_a_skipped_month_is_named_for_every_series(hierarchy, history):
    text = SAMPLE.read_text(encoding="utf-8").replace(",2026-01,", ",2026-02,").replace("2026-02-20", "2026-03-20")
    staged = FileDrop().read(text.encode(), "2026-02.csv")
    verdict = validate(
        "delivery", staged.frame, subject_sha256=staged.delivery_id, context=DeliveryContext.of(hierarchy, history)
    )
    [gap] = verdict.failed("critical")
    assert gap.name == "no_missing_month"
    assert "asylum_first: 2026-01 is missing" in gap.samples
    assert len(gap.rows) == len(staged.frame)


def test_a_spoilt_file_is_rejected_with_its_lines_and_a_page(hierarchy, history, tmp_path):
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    series, month, _, *rest = lines[4].split(",")
    lines[4] = ",".join([series, month, "-98765", *rest])
    staged = FileDrop().read("\n".join(lines).encode(), "spoilt.csv")
    verdict = validate(
        "delivery", staged.frame, subject_sha256=staged.delivery_id,
        context=DeliveryContext.of(hierarchy, history), docs_dir=tmp_path,
    )  # fmt: skip
    assert verdict.summary() == "Rejected: 1 row has a negative count (line 5)."
    html = verdict.docs.read_text(encoding="utf-8")
    assert "1 row has a negative count" in html
    assert "98765" not in html


def test_twenty_thousand_rows_are_judged_as_a_few_are(hierarchy, history):
    delayed = [
        history.assign(available_from=history["available_from"] + pd.Timedelta(days=day))
        for day in range(20_000 // len(history) + 1)
    ]
    frame = pd.concat(delayed, ignore_index=True)
    frame["row"] = range(2, len(frame) + 2)
    verdict = validate("delivery", frame, subject_sha256="ab" * 32, context=DeliveryContext.of(hierarchy))
    assert len(frame) > 20_000
    assert verdict.success
