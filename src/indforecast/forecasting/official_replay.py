"""Our own band beside each official forecast, from data no newer than it.

What belongs here: which days are looked at, and the walk over them that ends in a calendar year's total. What does
not: official figures (``reference.official_vintages``), scores (``evaluation.official_record``).

The walk is the one behind a release (``forecasting.replay``): weights, gate and dependence at a day come from
errors known on that day. Two things differ. Models are those that answer in one pass, so that a run stays quick:
the filter bank and the two naives. And no minimum history applies: the oldest vintages have two years of months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from indforecast.domain.errors import InputError
from indforecast.evaluation.backtest import run_backtest
from indforecast.evaluation.official_record import OWN_LEVELS, OwnBand, record_table
from indforecast.evaluation.origins import origin_vintages, prepare_origins
from indforecast.forecasting.paths import draw_paths
from indforecast.forecasting.replay import replay_ensemble
from indforecast.forecasting.weights import NAIVE_MODELS
from indforecast.reference.official_vintages import TOTAL, official_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from indforecast.config.settings import Settings
    from indforecast.domain.observations import History
    from indforecast.evaluation.origins import Origins
    from indforecast.forecasting.replay import Replay
    from indforecast.reference.official_vintages import OfficialForecast

#: Models that answer every origin in one pass.
RECORD_MODELS: Final = (*NAIVE_MODELS, "filter_bank")

#: Stratified draws: each quantile of a sum to within a tenth of a percent of probability.
_PATHS: Final = 1000

#: The walk looks half as often as a release's own replay: a run must stay quick.
_EVERY_MONTHS: Final = 6

_YEAR: Final = 12

_NO_COMMON_MONTH: Final = "no band: the parts of the total had no newest month in common on that day"


def official_days(settings: Settings, vintages: Sequence[date]) -> list[date]:
    """Days whose knowledge the record needs, rising: those of official forecasts, and those the walk learns from.

    Parameters
    ----------
    settings : Settings
        Its backtest says from when the walk looks.
    vintages : sequence of date
        Days on which something became known of the streams; the last is the release's own.
    """
    wanted = [row.known_until for row in official_record() if row.known_until <= max(vintages)]
    if not wanted:
        return []
    backtest = settings.forecast.backtest.model_copy(update={"every_months": _EVERY_MONTHS})
    walked = origin_vintages(backtest, max(wanted))
    return sorted(day for day in {*wanted, *walked} if day >= min(vintages))


def official_record_table(histories: Mapping[date, History], known: History, settings: Settings) -> pd.DataFrame:
    """The official record as a release carries it.

    Parameters
    ----------
    histories : mapping of date to History
        ``as_of`` of each of :func:`official_days`.
    known : History
        What the release itself knows; official forecasts and outcomes of later days are left out.
    settings : Settings
        Streams, events, ensemble.

    Returns
    -------
    DataFrame
        See :func:`indforecast.evaluation.official_record.record_table`.
    """
    official = [row for row in official_record() if row.known_until <= known.vintage]
    parts = _parts(settings)
    return record_table(
        official,
        own_bands(official, histories, settings),
        vintage=known.vintage,
        own_counted=_counted(known.observations, parts),
    )


def own_bands(
    official: Sequence[OfficialForecast], histories: Mapping[date, History], settings: Settings
) -> list[OwnBand]:
    """Our own band for each official forecast; where there can be none, the reason.

    Parameters
    ----------
    official : sequence of OfficialForecast
        Shape ``[N]``.
    histories : mapping of date to History
        By day asked; a history holds nothing newer than its day.
    settings : Settings
        Streams, events, ensemble.
    """
    parts = _parts(settings)
    reasons = {row.known_until: _unknown(histories.get(row.known_until), parts) for row in official}
    origins = _origins(histories, parts)
    places: dict[date, int] = {}
    if origins is not None:
        at = {panel.vintage: place for place, panel in enumerate(origins.panels)}
        places = {day: at[found.vintage] for day, found in histories.items() if found.vintage in at}
    replay = _walk(official, places, origins, settings) if origins is not None else None
    return [
        OwnBand.none(reasons[row.known_until] or _NO_COMMON_MONTH)
        if replay is None or reasons[row.known_until] or row.known_until not in places
        else _band(row.target_year, replay, places[row.known_until])
        for row in official
    ]


def _parts(settings: Settings) -> tuple[str, ...]:
    """Base streams of the total; none where the settings have no such total."""
    for stream in settings.hierarchy.streams:
        if stream.series_id == TOTAL:
            return tuple(stream.parts)
    return ()


def _unknown(history: History | None, parts: Sequence[str]) -> str:
    """Why a day allows no band, as far as that can be seen before the walk; empty where it may."""
    if not parts:
        return f"no band: the settings have no stream {TOTAL} with parts"
    if history is None:
        return "no band: nothing was known on that day"
    present = set(history.observations["series_id"])
    missing = [name for name in parts if name not in present]
    return f"no band: no month was known of {', '.join(missing)}" if missing else ""


def _origins(histories: Mapping[date, History], parts: Sequence[str]) -> Origins | None:
    """Panels of the days on which all parts were known; None where there is no such day."""
    found = [histories[day] for day in sorted(histories) if not _unknown(histories[day], parts)]
    while found:
        try:
            return prepare_origins(found, list(parts))
        except InputError:
            # The newest day must have a common month; without one it has no band, the others may.
            found.pop()
    return None


def _walk(
    official: Sequence[OfficialForecast], places: Mapping[date, int], origins: Origins, settings: Settings
) -> Replay | None:
    ahead = [
        _months_ahead(row.target_year, origins.months[places[row.known_until]])
        for row in official
        if row.known_until in places
    ]
    if not ahead:
        return None
    backtest, _ = run_backtest(
        origins.panels, RECORD_MODELS, settings.known_events, horizon=max(*ahead, _YEAR), workers=1
    )
    return replay_ensemble(backtest, origins, origins.series_ids, settings.forecast.ensemble)


def _band(year: int, replay: Replay, place: int) -> OwnBand:
    """The year's total: observed months of it plus joint paths of the rest."""
    panel = replay.origins.panels[place]
    months = _months_ahead(year, panel.forecast_origin)
    logs = replay.published_logs[place][:, : max(months, 0)]
    failed = [name for row, name in enumerate(panel.series_ids) if np.isnan(logs[row]).any()]
    if failed:
        return OwnBand.none(f"no band: no model could forecast {', '.join(failed)}")
    within = panel.periods.astype("datetime64[Y]").astype(np.int64) + 1970 == year
    seen = panel.observed[:, within]
    if months < 1 or seen.shape[1] + min(months, _YEAR) < _YEAR or np.isnan(seen).any():
        return OwnBand.none(f"no band: months of {year} were missing")
    paths = draw_paths(
        logs,
        replay.levels,
        replay.steps[place].dependence,
        vintage=panel.vintage,
        series_ids=panel.series_ids,
        count=_PATHS,
    )
    observed = float(seen.sum())
    totals = observed + paths[..., max(0, months - _YEAR) :].sum(axis=(0, 2))
    return OwnBand(
        values=tuple(float(value) for value in np.rint(np.quantile(totals, OWN_LEVELS))),
        forecast_origin=panel.forecast_origin,
        observed_months=int(within.sum()),
        observed_persons=observed,
    )


def _months_ahead(year: int, origin: np.datetime64) -> int:
    """Months from the origin to the year's December."""
    december = np.datetime64(f"{year}-12", "M")
    return int((december - origin.astype("datetime64[M]")).astype(np.int64))


def _counted(observations: pd.DataFrame, parts: Sequence[str]) -> dict[int, float]:
    """Years of which every part has twelve months, summed."""
    rows = observations[observations["series_id"].isin(parts)]
    grouped = rows.groupby(rows["period"].dt.year)["observed"].agg(["sum", "size"])
    whole = grouped[grouped["size"] == _YEAR * len(parts)]
    return {int(str(year)): float(persons) for year, persons in whole["sum"].items()}
