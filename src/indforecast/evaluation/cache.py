"""Forecasts already made: what names them, and rows in and out of the store's ``forecasts`` table.

A base forecast is a function of panel, known events, model, horizon and code. Its hash names it, so that a
second month computes only its new origin and a restated figure renews exactly the origins that knew it.

What belongs here: hashing inputs and code, arrays to rows and back. What does not: the store (``vintages``),
running models (``evaluation.backtest``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from indforecast.domain.files import canonical_json, sha256_hex
from indforecast.domain.quantiles import HUB_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

    from indforecast.domain.events import Event
    from indforecast.domain.observations import Panel

#: Columns of the ``forecasts`` table; a failed fit is one row with horizon 0 and a reason.
FORECAST_COLUMNS: tuple[str, ...] = (
    "vintage", "forecast_origin", "model", "series_id", "horizon", "quantiles", "input_hash", "failure",
)  # fmt: skip

_PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "prophet")
_ROOMS = ("indforecast.models", "indforecast.domain")


@cache
def models_code() -> str:
    """Sixteen digits that change with the models' source or the version of a library they rest on."""
    lines = [f"{package}=={metadata.version(package)}" for package in _PACKAGES]
    for room in _ROOMS:
        for name, content in sorted(_sources(resources.files(room), room)):
            # Line ends differ between checkouts, the code does not.
            text = content.replace(b"\r\n", b"\n")
            lines.append(f"{name} {sha256_hex(text)}")
    return sha256_hex("\n".join(lines).encode())[:16]


def _sources(folder: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry, f"{name}.{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes()


def input_hash(panel: Panel, events: Sequence[Event], model: str, *, horizon: int, code: str) -> str:
    """Name of one model's forecast at one origin.

    Parameters
    ----------
    panel : Panel
        Everything the model saw; its vintage counts, because seeds derive from it.
    events : sequence of Event
        Events known at the panel's vintage.
    model : str
        Name of the forecaster.
    horizon : int
        Months ahead.
    code : str
        :func:`models_code`.
    """
    # One bit pattern for NaN: others would make equal panels differ.
    observed = np.where(np.isnan(panel.observed), np.nan, panel.observed).astype("<f8")
    described = {
        "vintage": panel.vintage.isoformat(),
        "series_ids": panel.series_ids,
        "periods": [str(panel.periods[0]), str(panel.periods[-1])],
        "observed": sha256_hex(np.ascontiguousarray(observed).tobytes()),
        "events": [asdict(event) for event in events],
        "model": model,
        "horizon": horizon,
        "levels": HUB_LEVELS,
        "code": code,
    }
    return sha256_hex(canonical_json(described).encode())


@dataclass(frozen=True)
class StoredForecast:
    """One model at one origin, as kept.

    Parameters
    ----------
    quantiles : ndarray
        Persons, shape ``[S, H, L]``; NaN for a failed series.
    failures : tuple of (series_id, reason)
        One for each NaN series.
    """

    quantiles: NDArray[np.float64]
    failures: tuple[tuple[str, str], ...]


def to_rows(stored: StoredForecast, panel: Panel, model: str, name: str) -> pd.DataFrame:
    """Rows for ``Store.write_forecasts``: one per series and horizon, and one with horizon 0 per failure.

    Parameters
    ----------
    stored : StoredForecast
        The forecast.
    panel : Panel
        What it was made from.
    model, name : str
        Forecaster, and :func:`input_hash`.
    """
    failed = dict(stored.failures)
    good = [row for row, series_id in enumerate(panel.series_ids) if series_id not in failed]
    months = stored.quantiles.shape[1]
    rows = pd.DataFrame(
        {
            "series_id": [panel.series_ids[row] for row in good for _ in range(months)] + list(failed),
            "horizon": np.array(list(range(1, months + 1)) * len(good) + [0] * len(failed), dtype=np.int32),
            "quantiles": [list(values) for row in good for values in stored.quantiles[row].tolist()]
            + [[float("nan")] * len(HUB_LEVELS)] * len(failed),
            "failure": [None] * (len(good) * months) + list(failed.values()),
        }
    )
    rows["vintage"] = panel.vintage
    rows["forecast_origin"] = pd.Timestamp(panel.forecast_origin).date()
    rows["model"] = model
    rows["input_hash"] = name
    return rows.loc[:, list(FORECAST_COLUMNS)]


def from_rows(
    rows: pd.DataFrame, wanted: Iterable[str], series_ids: Sequence[str], horizon: int
) -> dict[str, StoredForecast]:
    """Stored forecasts by hash; one that is not whole is left out, so that it is made again.

    Parameters
    ----------
    rows : DataFrame
        ``FORECAST_COLUMNS``, any order.
    wanted : iterable of str
        Hashes to look for.
    series_ids : sequence of str
        Shape ``[S]``, the panel's order.
    horizon : int
        Months ahead.
    """
    index = {series_id: row for row, series_id in enumerate(series_ids)}
    rows = rows[rows["input_hash"].isin(set(wanted)) & rows["series_id"].isin(list(index))]
    found: dict[str, StoredForecast] = {}
    for name, group in rows.groupby("input_hash", sort=True):
        failed = group[group["horizon"] == 0]
        good = group[group["horizon"].between(1, horizon)]
        failures = tuple(zip(failed["series_id"], failed["failure"].astype(str), strict=True))
        order = sorted(failures, key=lambda failure: index[failure[0]])
        if len(good) + len(failed) * horizon != len(series_ids) * horizon:
            continue
        quantiles = np.full((len(series_ids), horizon, len(HUB_LEVELS)), np.nan)
        if len(good):
            at = good["series_id"].map(index).to_numpy()
            quantiles[at, good["horizon"].to_numpy() - 1] = np.stack(list(good["quantiles"]))
        found[str(name)] = StoredForecast(quantiles, tuple(order))
    return found
