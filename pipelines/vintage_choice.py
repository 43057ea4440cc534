"""Which vintage a run is for, and whether its release exists already.

What belongs here: looking at the store, the drop folder and the releases before a run starts. What does not:
running.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from assets.house import House
from assets.partitions import FIRST_VINTAGE, as_of_day
from assets.release import deliveries_behind

if TYPE_CHECKING:
    from indforecast.publication.release import Release

_ZONE: Final = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class VintageChoice:
    """What a run will look at.

    Parameters
    ----------
    partition_key : str
        Month of the vintage, ``YYYY-MM``.
    waiting : tuple of Path
        Files in the drop folder that this run takes in.
    empty_store : bool
        Whether the run begins with the packaged reference data.
    """

    partition_key: str
    waiting: tuple[Path, ...]
    empty_store: bool


def choose_vintage(
    house: House, month: str | None = None, files: tuple[Path, ...] = (), publisher: str | None = None
) -> VintageChoice:
    """The month asked for, or else the month of the newest thing known or waiting.

    Parameters
    ----------
    house : House
        Where to look.
    month : str, optional
        ``YYYY-MM``.
    files : tuple of Path
        Files named by the operator instead of what waits.
    publisher : str, optional
        The mapping that the operator chose for them.

    Raises
    ------
    InputError
        If the month is none, or no partition; if everything known is later than today.
    NotFound
        If nothing was delivered in or after that month.
    """
    from indforecast.domain.errors import InputError, NotFound
    from indforecast.domain.periods import parse_month

    newest = house.streams().newest_vintage()
    empty = house.store().newest_vintage() is None
    waiting = files or tuple(house.waiting())
    days = [
        day
        for day in (
            newest,
            _reference_vintage() if empty else None,
            *(_newest_in(house, path, publisher, streams_only=True) for path in waiting),
        )
        if day
    ]
    # A delivery from the future moves nothing: the check of the run will reject it.
    past = [day for day in days if day <= today()]
    if not past:
        raise InputError(
            f"All that is known became available after {today()}, the day that this machine's clock shows.",
            hint="Set the clock, or take the delivery in once its day has come.",
        )
    latest = max(past)
    if month is not None:
        parse_month(month)
        if month < FIRST_VINTAGE:
            raise InputError(
                f"Vintage {month} lies before {FIRST_VINTAGE}, the first one that is kept.",
                hint=f"Choose a month from {FIRST_VINTAGE} to {latest:%Y-%m}.",
            )
        if month > f"{latest:%Y-%m}":
            raise NotFound(
                f"Nothing was delivered in {month}: the newest vintage is {latest}.",
                hint=f"Take the month in with 'indforecast ingest FILE', or choose a month up to {latest:%Y-%m}.",
            )
    return VintageChoice(month or f"{latest:%Y-%m}", tuple(waiting), empty)


def unchanged_release(house: House, choice: VintageChoice) -> "Release | None":
    """The release that a run would make again byte for byte, or None when the run has something to do."""
    from indforecast.publication.code import code_version, library_versions, split_code_version
    from indforecast.publication.release import list_releases

    if choice.waiting or choice.empty_store:
        return None
    vintages = house.streams().vintages()
    day = as_of_day(choice.partition_key, max(vintages, default=None))
    vintage = max(known for known in vintages if known <= day)
    version, source = split_code_version(code_version())
    code = {"version": version, "source_sha256": source, "libraries": library_versions()}
    settings = house.settings().sha256()
    ids = [str(delivery_id) for delivery_id in deliveries_behind(house, vintage)["delivery_id"]]
    for published in reversed(list_releases(house.path)):
        inputs = published.manifest["inputs"]
        same = (
            inputs["vintage"] == vintage.isoformat()
            and inputs["code"] == code
            and inputs["settings_sha256"] == settings
            and [entry["delivery_id"] for entry in inputs["deliveries"]] == ids
        )
        if same:
            return published
    return None


def partition_of_file(house: House, path: Path) -> str:
    """The partition that a file belongs to; the current month for one that cannot be read."""
    newest = _newest_in(house, path)
    return min(f"{newest:%Y-%m}", this_month()) if newest else this_month()


def this_month() -> str:
    """The running month in the Netherlands."""
    return f"{today():%Y-%m}"


def today() -> date:
    """The day in the Netherlands."""
    return datetime.now(_ZONE).date()


def _newest_in(
    house: House, path: Path, publisher: str | None = None, *, streams_only: bool = False
) -> "date | None":
    """The newest day in a file, if it can be read; of its streams alone, where an indicator moves nothing."""
    from indforecast.domain.errors import IndforecastError

    try:
        incoming = house.incoming(path, publisher)
        staged = house.reader_of(incoming.content, incoming.publisher).read(incoming.content, incoming.name)
    except IndforecastError:
        return None  # The run itself will say what is wrong with it.
    if streams_only:
        return house.streams().newest_in(staged.frame)
    newest: date = staged.frame["available_from"].max().date()
    return newest


def _reference_vintage() -> "date":
    from indforecast.reference.dataset import reference_frame

    newest: date = reference_frame()["available_from"].max().date()
    return newest
