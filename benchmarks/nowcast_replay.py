"""What the nowcast does to the published distribution, replayed on the embedded reference data.

What belongs here: the same replay with the newest months as a number and as a distribution, and their scores. What
does not: the nowcast's own error (``benchmarks.nowcast``).
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import pandas as pd

from indforecast.config import load_settings
from indforecast.config.settings import NowcastSettings
from indforecast.evaluation.origins import origin_vintages, prepare_origins
from indforecast.forecasting.forecast import ENSEMBLE, build_forecast
from indforecast.forecasting.nowcast_panels import run_nowcast_backtest
from indforecast.reference.dataset import reference_frame
from indforecast.vintages.triangle import Triangle

_STREAMS = ("asylum", "asylum_first", "asylum_repeat", "asylum_nareis")
_VARIANTS = {
    "off": NowcastSettings(enabled=False),
    "publisher's figures only": NowcastSettings(),
    "and our estimates of repeat (as built)": NowcastSettings(estimated_streams=("asylum_repeat",)),
    "and all our estimates": NowcastSettings(estimated_streams=_STREAMS[1:]),
}


def report() -> Iterator[str]:
    """Lines to print: per variant, stream and band the scores of what is published."""
    settings = load_settings()
    triangle = Triangle(reference_frame().assign(delivery_id="", publisher=""))
    days = origin_vintages(settings.forecast.backtest, triangle.vintages[-1])
    origins = prepare_origins(
        [triangle.as_of(day) for day in days],
        settings.hierarchy.base_ids,
        minimum_history_months=settings.forecast.backtest.minimum_history_months,
    )
    known, cached, before = triangle.revisions(), pd.DataFrame(), None
    for name, variant in _VARIANTS.items():
        start = perf_counter()
        backtest, rows = run_nowcast_backtest(
            origins.panels,
            known,
            variant,
            settings.forecast.models,
            settings.known_events,
            horizon=settings.forecast.horizon_months,
            workers=settings.forecast.workers,
            cached=cached,
        )
        took = perf_counter() - start
        cached = pd.concat([cached, rows], ignore_index=True)
        board = build_forecast(backtest, origins, settings).leaderboard
        scores = board[board["model"] == ENSEMBLE].set_index(["series_id", "horizon_band"])
        before = scores if before is None else before
        yield f"{name}: {rows['input_hash'].nunique()} fits more, {took:.0f} s"
        heads = ("log WIS", "to off", "ratio", "official", "80%", "95%")
        yield f"  {'stream':<15} {'months':<6} " + " ".join(f"{head:>8}" for head in heads)
        for stream in _STREAMS:
            for key, row in scores.loc[[stream]].iterrows():
                yield (
                    f"  {stream:<15} {key[1]:<6} {row['log_wis']:>8.4f} "
                    f"{row['log_wis'] / before.loc[key, 'log_wis']:>8.4f} {row['wis_ratio']:>8.3f} "
                    f"{row['wis_ratio_published']:>8.3f} {row['coverage_80']:>8.3f} {row['coverage_95']:>8.3f}"
                )
