"""Settings of the sources on the network: where a publisher answers, when it is asked, how long it may take.

What belongs here: one frozen model per publisher. What does not: its words and codes (``sources/mappings``), doing
requests (``sources.http``). Nothing here changes a figure, so none of it is part of what a release is made from.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from indforecast.config.parameter import Frozen

__all__ = [
    "EurostatSettings",
    "FileDropSettings",
    "NetworkSource",
    "PatienceSettings",
    "SourcesSettings",
    "StatLineSettings",
]

_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
#: Least and largest value of minute, hour, day of the month, month, day of the week.
_CRON: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_CRON_NAMES: Final = ("minute", "hour", "day of the month", "month", "day of the week")
_CRON_PART: Final = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/\d{1,2})?")


def _address(text: str) -> str:
    parts = urlsplit(text)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"'{text}' is no address; it begins with https:// and a host")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError(f"'{text}' must begin with https://; http:// is for services on this machine")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"'{text}' is more than host and path; leave out names, '?' and '#'")
    return text.rstrip("/")


def _cron(text: str) -> str:
    fields = text.split()
    if len(fields) != len(_CRON):
        raise ValueError(f"'{text}' is no schedule; it is minute, hour, day, month and day of the week")
    for field, (low, high), name in zip(fields, _CRON, _CRON_NAMES, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            if match is None or any(not low <= int(number) <= high for number in match.groups() if number):
                raise ValueError(f"'{field}' is no {name} in '{text}'; it lies from {low} to {high}, or is *")
    if not fields[0].isdigit():
        raise ValueError(f"'{text}' asks more than once an hour; give one minute")
    return text


Address = Annotated[str, AfterValidator(_address)]
Cron = Annotated[str, AfterValidator(_cron)]


class PatienceSettings(Frozen):
    """How long a publisher may take, how often it is asked again, how much it may say.

    Parameters
    ----------
    connect_seconds : float
        Time to connect, each attempt.
    read_seconds : float
        Longest silence while an answer comes in.
    answer_seconds : float
        Time for one whole answer, however steadily it drips.
    total_seconds : float
        Time for one request with all its attempts and waits.
    attempts : int
        How often an address is asked at most.
    backoff_seconds : float
        The first wait is at most this long, each next one at most twice the one before.
    longest_wait_seconds : float
        No wait is longer, whatever the publisher asks for.
    most_megabytes : float
        Largest answer, also once decompressed.
    """

    connect_seconds: float = Field(gt=0, le=120)
    read_seconds: float = Field(gt=0, le=600)
    answer_seconds: float = Field(gt=0, le=1800)
    total_seconds: float = Field(gt=0, le=1800)
    attempts: int = Field(ge=1, le=10)
    backoff_seconds: float = Field(ge=0, le=60)
    longest_wait_seconds: float = Field(ge=0, le=600)
    most_megabytes: float = Field(gt=0, le=500)


class NetworkSource(Frozen):
    """What all publishers on the network have in common.

    Parameters
    ----------
    enabled : bool
        Whether ``indforecast fetch`` and its schedule ask this publisher.
    table : str
        The publisher's own identifier of the table.
    schedule : str
        When Dagster asks it, in Dutch time: minute, hour, day of the month, month, day of the week.
    due_days : int
        Days after a month's end by which the publisher has published that month.
    """

    enabled: bool
    table: str = Field(pattern=r"^[A-Za-z0-9_]{3,40}$")
    schedule: Cron
    due_days: int = Field(ge=1, le=400)
    patience: PatienceSettings


class StatLineSettings(NetworkSource):
    """CBS StatLine.

    Parameters
    ----------
    api : str
        ``v4``, or ``v3`` while that lives.
    base_url_v4, base_url_v3 : str
        Addresses below which tables stand.
    """

    api: Literal["v4", "v3"]
    base_url_v4: Address
    base_url_v3: Address

    @property
    def title(self) -> str:
        """What rows of this source name as their source."""
        return f"CBS StatLine {self.table}"

    @property
    def base_url(self) -> str:
        """The address that the chosen version answers at."""
        return self.base_url_v4 if self.api == "v4" else self.base_url_v3


class EurostatSettings(NetworkSource):
    """Eurostat's dissemination service.

    Parameters
    ----------
    base_url : str
        Address of the SDMX 2.1 service.
    geo : str
        Code of the reporting country.
    """

    base_url: Address
    geo: str = Field(pattern=r"^[A-Z]{2}$")

    @property
    def title(self) -> str:
        """What rows of this source name as their source."""
        return f"Eurostat {self.table}"


class FileDropSettings(Frozen):
    """Files that people drop: nobody is asked for them, but they are due as well.

    Parameters
    ----------
    due_days : int
        Days after a month's end by which every stream of that month is delivered.
    """

    due_days: int = Field(ge=1, le=400)


class SourcesSettings(Frozen):
    """Every source; those on the network answer to their names."""

    file_drop: FileDropSettings
    cbs: StatLineSettings
    eurostat: EurostatSettings

    def by_name(self) -> dict[str, StatLineSettings | EurostatSettings]:
        """Those on the network by the name that ``indforecast fetch`` knows them by."""
        return {"cbs": self.cbs, "eurostat": self.eurostat}
