"""Whether a person may accept a refused delivery, and the pages that quote what was decided, for the command line.

What belongs here: the doors from the command line to both. What does not: the list of what may be set aside
(``expectations.override``), the decision's record (``indforecast.vintages.decisions``), the pages
(``expectations.docs_index``).
"""

from collections.abc import Sequence
from pathlib import Path


def require_acceptable(name: str, failed: Sequence[str]) -> None:
    """Refuse when a critical expectation failed that nobody may set aside.

    Parameters
    ----------
    name : str
        The file, for the message.
    failed : sequence of str
        Critical expectations that it failed.

    Raises
    ------
    ValidationRejected
        Naming those that stand in the way.
    """
    from expectations.override import beyond_override
    from indforecast.domain.errors import ValidationRejected

    never = beyond_override(failed)
    if never:
        raise ValidationRejected(
            f"{name} cannot be accepted: {', '.join(never)} may not be set aside.",
            hint="Mend the file at its source and ingest it.",
        )


def in_the_way(failed: Sequence[str]) -> list[str]:
    """Of the critical expectations that a file failed, those that nobody may set aside."""
    from expectations.override import beyond_override

    return beyond_override(failed)


def refresh_pages(home: Path, tables: str | None) -> None:
    """Write the pages that list what was judged anew, so that they quote a decision taken since.

    Parameters
    ----------
    home : Path
        The home folder.
    tables : str, optional
        Object-store URL of the tables.

    Raises
    ------
    StoreUnavailable
        If a page cannot be written.
    """
    from assets.house import House
    from assets.judged import refresh_index

    refresh_index(House(home=str(home), tables=tables))
