"""Whether a person may accept a refused delivery: the suites' answer, for the command line.

What belongs here: the door from the command line to that answer. What does not: the list
(``expectations.override``), the decision's record (``indforecast.vintages.decisions``).
"""

from collections.abc import Sequence


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
    from expectations.override import MAY_BE_SET_ASIDE, beyond_override
    from indforecast.domain.errors import ValidationRejected

    never = beyond_override(failed)
    if never:
        raise ValidationRejected(
            f"{name} cannot be accepted: {', '.join(never)} may not be set aside.",
            hint=f"Mend the file at its source and ingest it. Only {', '.join(MAY_BE_SET_ASIDE)} may be.",
        )
