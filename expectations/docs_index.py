"""Pages that lead to the Data Docs: every delivery that was judged, overall and by vintage.

What belongs here: what a page says of a delivery, the pages, their place on disk, the decisions on a delivery's
own page. What does not: gathering what was judged (``assets.judged``), the page of one check (``data_docs``).

The pages are made from verdicts and decisions alone, without clock: the same ones are the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from expectations.data_docs import write_page
from expectations.verdict import SEVERITIES, Verdict
from indforecast.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from expectations.verdict import ExpectationResult
    from indforecast.vintages.decisions import Decision

Outcome = Literal["accepted", "warned", "overridden", "rejected", "unreadable"]
_LABELS: Final[dict[str, str]] = {
    "accepted": "accepted",
    "warned": "accepted with warnings",
    "overridden": "accepted by decision",
    "rejected": "rejected",
    "unreadable": "not readable",
}
_TEMPLATES: Final = Path(__file__).parent / "templates"
_SINCE: Final = re.compile(r"<!-- since -->.*?<!-- /since -->", re.DOTALL)
_SHORT: Final = 12
_NO_DAY: Final = "no-day"


@dataclass(frozen=True)
class Judged:
    """One delivery that was judged, or could not be read.

    Parameters
    ----------
    delivery_id, name : str
        The file.
    vintage : str
        Newest day of availability in it, ``YYYY-MM-DD``; empty where it is not known.
    verdict : Verdict, optional
        As kept; None for a file that could not be read.
    in_store : bool
        Whether its rows are in the store.
    quarantined : bool
        Whether it is kept in quarantine.
    decisions : tuple of Decision
        What people decided, in that order.
    """

    delivery_id: str
    name: str
    vintage: str
    verdict: Verdict | None
    in_store: bool
    quarantined: bool
    decisions: tuple[Decision, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        if self.verdict is None:
            return "unreadable"
        accepted = bool(self.decisions) and self.decisions[-1].outcome == "accept"
        if not self.verdict.success or self.contradicts_store:
            return "rejected"
        if accepted and self.quarantined:
            return "overridden"
        return "warned" if self.verdict.failed("warning") else "accepted"

    @property
    def contradicts_store(self) -> bool:
        """Whether it passed its suite and was refused by the store."""
        return (
            self.verdict is not None
            and self.verdict.success
            and self.quarantined
            and not self.in_store
            and not self.decisions
        )

    @property
    def outcome_label(self) -> str:
        """The outcome in words."""
        return _LABELS[self.outcome]

    @property
    def summary(self) -> str:
        """What was found, without a count of persons: an unreadable cell is never quoted."""
        if self.contradicts_store:
            return f"Rejected: it contradicts what is stored; see 'indforecast quarantine show {self.short_id}'."
        if self.verdict is None:
            return f"It cannot be read; 'indforecast quarantine show {self.short_id}' says which line."
        return self.verdict.summary()

    @property
    def place(self) -> str:
        """Where it is."""
        if self.in_store:
            return "in the store"
        if self.quarantined:
            return "in quarantine"
        return "kept as it came; not in the store"

    @property
    def failed(self) -> list[ExpectationResult]:
        """What it does not meet, worst first."""
        failed = self.verdict.failed() if self.verdict else ()
        return sorted(failed, key=lambda result: SEVERITIES.index(result.severity))

    @property
    def row_word(self) -> str:
        """What numbers of rows count."""
        return self.verdict.row_word if self.verdict else "line"

    @property
    def short_id(self) -> str:
        """The first digits of its id, which its page is named after."""
        return self.delivery_id[:_SHORT]

    @property
    def page(self) -> str:
        """Its own page, relative to the folder of Data Docs; empty where none was made."""
        return f"{self.short_id}/index.html" if self.verdict and self.verdict.docs else ""

    @property
    def day_label(self) -> str:
        """The vintage, in words where there is none."""
        return self.vintage or "not known"


def write_index(judged: Sequence[Judged], docs_dir: Path) -> Path:
    """Write the overall index, a page per vintage, and the decisions on the deliveries' own pages.

    Parameters
    ----------
    judged : sequence of Judged
        Every delivery, in any order.
    docs_dir : Path
        Folder of Data Docs. Pages that already say the same are left alone; pages of days that no delivery has any
        more go.

    Returns
    -------
    Path
        The overall index.

    Raises
    ------
    StoreUnavailable
        If a page cannot be written.
    """
    ordered = sorted(judged, key=lambda one: (one.name, one.delivery_id))
    ordered.sort(key=lambda one: one.vintage, reverse=True)
    by_day: dict[str, list[Judged]] = {}
    for one in ordered:
        by_day.setdefault(one.vintage, []).append(one)
    pages = {docs_dir / "index.html": _overall(ordered, by_day)}
    for day, entries in by_day.items():
        pages[docs_dir / "vintages" / _file_of(day)] = _of_day(day, entries)
    for one in ordered:
        if one.page:
            page = docs_dir / one.page
            pages[page] = with_news(_read(page), one)
    for page, content in pages.items():
        if _read(page) != content:
            write_page(page, content)
    for page in sorted((docs_dir / "vintages").glob("*.html")):
        if page not in pages:
            page.unlink()
    return docs_dir / "index.html"


def with_news(html: str, one: Judged) -> str:
    """A delivery's own page with what came after the check: where it is, and what people decided."""
    told = _environment().get_template("known_since.html").render(one=one, file=_file_of(one.vintage))
    return _SINCE.sub(lambda _: f"<!-- since -->\n{told}<!-- /since -->", html)


def _overall(entries: list[Judged], by_day: dict[str, list[Judged]]) -> str:
    days = [
        {
            "file": _file_of(day),
            "label": day or "not known",
            "deliveries": len(found),
            "outcomes": _counted(found),
        }
        for day, found in by_day.items()
    ]
    return _page("Deliveries that were judged", entries, up="", days=days)


def _of_day(day: str, entries: list[Judged]) -> str:
    title = f"Deliveries of vintage {day}" if day else "Deliveries without a day"
    return _page(title, entries, up="../", days=[])


def _page(title: str, entries: list[Judged], *, up: str, days: list[dict[str, Any]]) -> str:
    template = _environment().get_template("docs_index.html")
    return template.render(title=title, entries=entries, outcomes=_counted(entries), up=up, days=days)


def _counted(entries: Sequence[Judged]) -> str:
    """Numbers of deliveries by outcome, in the order of the labels."""
    counts: Counter[str] = Counter(one.outcome for one in entries)
    return ", ".join(f"{counts[outcome]} {label}" for outcome, label in _LABELS.items() if counts[outcome])


def _file_of(day: str) -> str:
    return f"{day or _NO_DAY}.html"


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreUnavailable(
            f"The page {page} cannot be read: {error.strerror}.", hint="Give permission, and run again."
        ) from None


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
