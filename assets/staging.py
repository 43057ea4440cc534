"""Deliveries between reading, check and store.

What belongs here: how several staged deliveries travel in one work table, and what sends a file to quarantine.
What does not: parsing (``indforecast.sources``), judging (``expectations``), appending
(``indforecast.vintages``).
"""

from typing import TYPE_CHECKING, Any

from assets.house import House
from assets.judged import refresh_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from indforecast.domain.errors import InputError
    from indforecast.sources.protocol import StagedDelivery
    from indforecast.vintages.stages import Stages
    from indforecast.vintages.store import AppendResult

TABLE = "staged_delivery"
#: Quarters that the files print beside their months.
CONTROLS = "staged_controls"


def stage_files(house: House, stages: "Stages", delivery_ids: "Sequence[str]") -> "tuple[pd.DataFrame, str]":
    """Read raw copies and put all their rows on one work table.

    Returns
    -------
    tuple of (DataFrame, str)
        Columns of a delivery plus ``row`` and ``delivery_id``, and the hash of the work table.

    Raises
    ------
    InputError
        If a file cannot be read; it is then in quarantine.
    """
    import pandas as pd

    from indforecast.domain.errors import InputError
    from indforecast.domain.observations import DELIVERY_COLUMNS
    from indforecast.reference.dataset import REFERENCE_PUBLISHER, reference_csv
    from indforecast.sources.file_drop import FileDrop
    from indforecast.vintages.raw import RawCopies

    ours = FileDrop(publisher=REFERENCE_PUBLISHER)
    read: list[StagedDelivery] = []
    for delivery_id in delivery_ids:
        name, content = house.store().read_raw(delivery_id)
        publisher = RawCopies(house.path).publisher(delivery_id)
        source = ours if content == reference_csv() else house.reader_of(content, publisher)
        try:
            read.append(source.read(content, name))
        except InputError as error:
            raise _kept(house, delivery_id, "readable", error) from None
    about = [{"delivery_id": one.delivery_id, "name": one.name, "publisher": one.publisher} for one in read]
    stages.write_json(TABLE, {"deliveries": about})
    controls = [one.controls.assign(delivery_id=one.delivery_id) for one in read if one.controls is not None]
    stages.write(
        CONTROLS, pd.concat(controls, ignore_index=True) if controls else pd.DataFrame(columns=["delivery_id"])
    )
    columns = [*DELIVERY_COLUMNS, "row", "delivery_id"]
    frames = [one.frame.assign(delivery_id=one.delivery_id)[columns] for one in read]
    together = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return together, stages.write(TABLE, together)


def deliveries_in(stages: "Stages") -> "list[StagedDelivery]":
    """The staged deliveries of a run, as their source read them."""
    from indforecast.sources.protocol import StagedDelivery

    together, controls = stages.read(TABLE), stages.read(CONTROLS)
    return [
        StagedDelivery(
            delivery_id=about["delivery_id"],
            name=about["name"],
            publisher=about["publisher"],
            frame=together[together["delivery_id"] == about["delivery_id"]]
            .drop(columns="delivery_id")
            .reset_index(drop=True),
            controls=controls[controls["delivery_id"] == about["delivery_id"]]
            .drop(columns="delivery_id")
            .reset_index(drop=True),
        )
        for about in stages.read_json(TABLE)["deliveries"]
    ]


def append_deliveries(house: House, staged: "Sequence[StagedDelivery]") -> "list[AppendResult]":
    """Append deliveries whose verdict lets them through.

    Raises
    ------
    ValidationRejected
        If a delivery was not judged, or failed: nothing is appended then.
    InputError
        If a delivery says another value for a row that is stored; it is then in quarantine.
    """
    from indforecast.domain.errors import InputError, ValidationRejected

    for one in staged:
        verdict = house.verdicts().find("delivery", one.delivery_id)
        if verdict is None or not verdict["success"]:
            why = "it was never checked" if verdict is None else verdict["summary"]
            raise ValidationRejected(
                f"{one.name} was not appended: {why}", hint="Run the check of staged_delivery."
            )
    results = []
    for one in staged:
        try:
            results.append(house.store().append(one))
        except InputError as error:
            raise _kept(house, one.delivery_id, "no_conflict", error) from None
    if results:
        refresh_index(house)
    return results


def known_with(known: "pd.DataFrame | None", staged: "StagedDelivery") -> "pd.DataFrame":
    """Latest values once a delivery has joined them: what the next file of a run is judged against."""
    import pandas as pd

    from indforecast.domain.observations import DELIVERY_COLUMNS

    columns = list(DELIVERY_COLUMNS)
    both = staged.frame[columns] if known is None else pd.concat([known[columns], staged.frame[columns]])
    latest = both.sort_values("available_from", kind="stable").drop_duplicates(
        ["series_id", "period"], keep="last"
    )
    return latest.sort_values(["series_id", "period"], ignore_index=True)


def reject(house: House, delivery_id: str, reasons: "list[dict[str, Any]]") -> "Path":
    """Put a raw copy into quarantine, whole, with the reasons beside it; answers with its folder there."""
    from indforecast.vintages.quarantine import quarantine

    name, content = house.store().read_raw(delivery_id)
    return quarantine(house.path, content, name, reasons)


def _kept(house: House, delivery_id: str, name: str, error: "InputError") -> "InputError":
    """The error once its file is in quarantine, with the words where that is."""
    from indforecast.domain.disclosure import without_figures
    from indforecast.domain.errors import InputError

    sentence = without_figures(error.message)
    reason: dict[str, Any] = {"name": name, "severity": "critical", "sentence": sentence}
    if error.hint:
        reason["hint"] = error.hint
    folder = reject(house, delivery_id, [reason])
    refresh_index(house)
    where = f"The file is kept, with the reason, in {folder}"
    return InputError(sentence, hint=f"{error.hint}\n{where}" if error.hint else where)
