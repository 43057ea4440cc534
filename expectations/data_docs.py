"""The Data Docs page of one run.

What belongs here: Great Expectations' own rendering of results inside a page of ours that needs no network, and
its place on disk. What does not: reaching the verdict (``runner``).

Great Expectations' page loads styles and scripts from seven servers and a logo that tells one of the visit. Its
renderer supports pages of one's own (``custom_views_directory``); ours keeps its sections and drops all that.
"""

from __future__ import annotations

import copy
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from expectations.verdict import SEVERITIES, Verdict
from indforecast.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

#: The only parts of a result that a page may show: numbers of rows, no value and no position.
_SHOWN: Final = ("element_count", "unexpected_count", "unexpected_percent", "missing_count")
_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(verdict: Verdict, outcome: ExpectationSuiteValidationResult) -> str:
    """The page as HTML: the same verdict gives the same text.

    Parameters
    ----------
    verdict : Verdict
        Shown on top, failures first.
    outcome : ExpectationSuiteValidationResult
        Results of Great Expectations; not changed.
    """
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    shown = copy.deepcopy(outcome)
    shown.meta = {}
    for result in shown.results:
        result.result = {key: result.result[key] for key in _SHOWN if key in result.result}
        result.exception_info = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    document = ValidationResultsPageRenderer().render(shown)
    failed = sorted(verdict.failed(), key=lambda result: SEVERITIES.index(result.severity))
    context: dict[str, Any] = {
        "title": f"Validation of the {shown.suite_name}",
        "verdict": verdict,
        "failed": failed,
    }
    view = DefaultJinjaPageView(custom_views_directory=str(_TEMPLATES))
    return str(view.render(document, template="validation_page.html", **context))


def write(verdict: Verdict, outcome: ExpectationSuiteValidationResult, docs_dir: Path) -> Verdict:
    """Write the page and answer with the verdict that knows where it stands.

    Raises
    ------
    StoreUnavailable
        If the page cannot be written.
    """
    page = docs_dir / verdict.subject_sha256[:12] / "index.html"
    write_page(page, render(verdict, outcome))
    return replace(verdict, docs=page)


def write_page(page: Path, content: str) -> None:
    """Write a page whole or not at all.

    Raises
    ------
    StoreUnavailable
        If it cannot be written.
    """
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=page.parent, prefix=".index-", suffix=".html")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(page)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreUnavailable(
            f"The validation page {page} cannot be written: {error.strerror}.",
            hint="Make room or give permission, and run again: nothing was changed.",
        ) from None
