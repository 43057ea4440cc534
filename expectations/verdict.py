"""The verdict on one table: what was expected, what failed, in which rows.

What belongs here: the outcome as plain data, that a check, a manifest and a command line can show. What does not:
how it was reached (``runner``), values of the table (a small count must not leak through a verdict).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Severity = Literal["critical", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

#: How many row numbers and examples a sentence names before it says "and n more".
NAMED: Final = 8

#: How many row numbers a verdict keeps.
MAX_ROWS: Final = 1_000


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation and what became of it.

    Parameters
    ----------
    name : str
        Stable key, for example ``observed_not_negative``.
    severity : {"critical", "warning", "info"}
        Critical stops the cycle; a warning and a remark never do.
    success : bool
        Whether it was met.
    description : str
        What was expected, in words.
    reason : str
        What is wrong, in words, without any count of persons; empty on success.
    rows : tuple of int
        The first ``MAX_ROWS`` failing rows, rising: lines of the source file where the table knows them, else
        positions from 1.
    row_count : int
        How many failing rows there are.
    samples : tuple of str
        Which series and months are concerned (``asylum_first: 2026-01``); never a count of persons.
    """

    name: str
    severity: Severity
    success: bool
    description: str
    reason: str = ""
    rows: tuple[int, ...] = ()
    row_count: int = 0
    samples: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types."""
        return {
            "name": self.name,
            "severity": self.severity,
            "success": self.success,
            "description": self.description,
            "reason": self.reason,
            "rows": list(self.rows),
            "row_count": self.row_count,
            "samples": list(self.samples),
        }

    def named_rows(self) -> str:
        """The first few rows as text: ``14, 15 and 3 more``."""
        return listed(self.rows, total=self.row_count)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> ExpectationResult:
        """The inverse of :meth:`to_dict`."""
        return cls(**{**content, "rows": tuple(content["rows"]), "samples": tuple(content["samples"])})


@dataclass(frozen=True)
class Verdict:
    """The outcome of one suite on one table; it holds no clock time and no run id.

    Parameters
    ----------
    table : str
        ``delivery`` or ``bands``.
    subject_sha256 : str
        Hash of what was judged: a release accepts a verdict only on exactly its own inputs.
    results : tuple of ExpectationResult
        In the suite's order.
    docs : Path, optional
        The page to open; not part of :meth:`to_dict`, because a path names a machine.
    row_word : {"line", "row"}
        What ``rows`` count: lines of a file or rows of a table.
    """

    table: str
    subject_sha256: str
    results: tuple[ExpectationResult, ...]
    docs: Path | None = None
    row_word: Literal["line", "row"] = "row"

    @property
    def success(self) -> bool:
        """Whether no critical expectation failed."""
        return not self.failed("critical")

    def failed(self, severity: Severity | None = None) -> tuple[ExpectationResult, ...]:
        """What failed, of one severity or of all."""
        return tuple(
            result for result in self.results if not result.success and severity in (None, result.severity)
        )

    def summary(self) -> str:
        """One sentence for a reader, such as ``Rejected: 2 rows have a negative count (lines 14, 15).``."""
        critical = self.failed("critical")
        if critical:
            more = len(critical) - 1
            rest = f"; and {more} more {'reason' if more == 1 else 'reasons'}" if more else ""
            return f"Rejected: {self._clause(critical[0])}{rest}."
        noted = self.failed("warning")
        if noted:
            more = len(noted) - 1
            rest = f"; and {more} more {'warning' if more == 1 else 'warnings'}" if more else ""
            number = "1 warning" if not more else f"{len(noted)} warnings"
            return f"Accepted with {number}: {self._clause(noted[0])}{rest}."
        remarked = self.failed("info")
        if remarked:
            return f"Accepted, with a remark: {self._clause(remarked[0])}."
        return f"Accepted: all {len(self.results)} expectations are met."

    def reasons(self) -> list[dict[str, Any]]:
        """Every failed expectation as plain JSON types, worst first: what quarantine keeps."""
        from expectations.remedies import remedy

        failed = sorted(self.failed(), key=lambda result: SEVERITIES.index(result.severity))
        reasons: list[dict[str, Any]] = [
            {**result.to_dict(), "sentence": f"{self._clause(result)}."} for result in failed
        ]
        for reason, result in zip(reasons, failed, strict=True):
            if result.severity == "critical":
                reason["hint"] = remedy(result)
        return reasons

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, deterministic; without ``docs``."""
        return {
            "table": self.table,
            "subject_sha256": self.subject_sha256,
            "success": self.success,
            "summary": self.summary(),
            "row_word": self.row_word,
            "results": [result.to_dict() for result in self.results],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], docs: Path | None = None) -> Verdict:
        """The inverse of :meth:`to_dict`."""
        return cls(
            table=content["table"],
            subject_sha256=content["subject_sha256"],
            results=tuple(ExpectationResult.from_dict(item) for item in content["results"]),
            docs=docs,
            row_word=content["row_word"],
        )

    def _clause(self, result: ExpectationResult) -> str:
        if not result.rows:
            return result.reason
        word = self.row_word if result.row_count == 1 else f"{self.row_word}s"
        return f"{result.reason} ({word} {result.named_rows()})"


def listed(items: Sequence[object], *, separator: str = ", ", total: int | None = None, named: int = NAMED) -> str:
    """``1, 2, 3`` or, when there are many, the first few ``and n more``; ``total``: how many there are in all."""
    more = (len(items) if total is None else total) - min(named, len(items))
    text = separator.join(str(item) for item in items[:named])
    return f"{text} and {more:,} more" if more > 0 else text
