"""What was judged so far, gathered for the pages that lead to it.

What belongs here: putting verdicts, the register, quarantine and decisions together. What does not: the pages
(``expectations.docs_index``), judging (``assets.judging``).
"""

from typing import TYPE_CHECKING

from assets.house import House

if TYPE_CHECKING:
    from pathlib import Path

    from expectations.docs_index import Judged


def refresh_index(house: House) -> "Path":
    """Write the pages that lead to the Data Docs anew, with every decision as it stands.

    Returns
    -------
    Path
        The overall index.

    Raises
    ------
    StoreUnavailable
        If a page cannot be written.
    """
    from expectations.docs_index import write_index

    return write_index(judged_deliveries(house), house.checks)


def judged_deliveries(house: House) -> "list[Judged]":
    """Every delivery with a verdict, and every file that could not be read."""
    from expectations.docs_index import Judged
    from expectations.verdict import Verdict
    from indforecast.vintages.decisions import Decisions
    from indforecast.vintages.quarantine import list_quarantine

    register = house.store().deliveries().set_index("delivery_id")
    refused = {str(kept["delivery_id"]): str(kept["name"]) for kept in list_quarantine(house.path)}
    verdicts = {str(kept["subject_sha256"]): kept for kept in house.verdicts().all_of("delivery")}
    found = []
    for delivery_id in sorted({*verdicts, *refused}):
        kept = verdicts.get(delivery_id)
        stored = register.loc[delivery_id] if delivery_id in register.index else None
        page = house.checks / delivery_id[:12] / "index.html"
        name = (kept or {}).get("name") or refused.get(delivery_id)
        vintage = (kept or {}).get("vintage", "")
        if stored is not None:
            name, vintage = stored["name"], f"{stored['last_vintage']:%Y-%m-%d}"
        found.append(
            Judged(
                delivery_id=delivery_id,
                name=str(name or delivery_id[:12]),
                vintage=str(vintage),
                verdict=Verdict.from_dict(kept, page if page.is_file() else None) if kept else None,
                in_store=stored is not None,
                quarantined=delivery_id in refused,
                decisions=Decisions(house.path).of(delivery_id),
            )
        )
    return found
