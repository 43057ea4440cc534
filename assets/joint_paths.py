"""Stage 6: one distribution out of many models, as joint draws of all streams.

What belongs here: building the forecast and laying its draws and tables on the table. What does not: weights,
calibration, dependence (``indforecast.forecasting``).
"""

from typing import TYPE_CHECKING, Final

import dagster as dg

from assets import exhibits
from assets.base_forecasts import base_forecasts, replay
from assets.history import history_of
from assets.house import House
from assets.partitions import VINTAGES
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.domain.observations import History
    from indforecast.evaluation.origins import Origins
    from indforecast.forecasting.forecast import Forecast

#: Tables of the forecast that a release carries, each a work table ``forecast_<name>``.
FORECAST_TABLES: Final = (
    "quantiles", "weights", "leaderboard", "hit_rates", "sums", "evaluation", "evaluation_origins", "pit", "skill",
    "failures",
)  # fmt: skip

#: Tables of nationalities, made from the same replay.
NATIONALITY_TABLES: Final = ("nationalities", "nationality_scores")


@dg.asset(
    deps=[base_forecasts],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="forecast",
    kinds={"parquet"},
    description="Calibrated joint sample paths of every stream, with weights, leaderboard and hit rates.",
)
def joint_paths(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Combine the base forecasts into joint paths."""
    with stage(context, listener, "joint paths") as work:
        from indforecast.forecasting.forecast import build_forecast
        from indforecast.forecasting.nowcast_table import nowcast_table

        stages = house.stages(context.partition_key)
        settings = house.settings()
        origins, backtest, _ = replay(house, stages)
        forecast = build_forecast(backtest, origins, settings)
        digest = stages.write_paths("joint_paths", forecast.paths)
        for name in FORECAST_TABLES:
            stages.write(f"forecast_{name}", getattr(forecast, name))
        nowcast = nowcast_table(
            house.store().revisions(forecast.vintage),
            forecast.vintage,
            settings.hierarchy.base_ids,
            origin=forecast.forecast_origin,
            settings=settings.forecast.nowcast,
        )
        stages.write("forecast_nowcast", nowcast)
        tables = nationalities_of(house, origins, forecast)
        for name in NATIONALITY_TABLES:
            stages.write(f"forecast_{name}", tables[name])
        record = official_record_of(house, history_of(stages))
        stages.write("forecast_official_record", record)
        stages.write_json(
            "forecast",
            {
                "forecast_origin": str(forecast.forecast_origin)[:7],
                "seeds": {str(key): str(value) for key, value in forecast.seeds.items()},
                "made_from": {"history": stages.read_json("history")["sha256"], "settings": settings.sha256()},
                "sha256": digest,
            },
        )
        series, draws, months = forecast.paths.shape
        origin = str(forecast.forecast_origin)[:7]
        work.says(f"{draws:,} joint paths of {series} series over {months} months from {origin}")
    return dg.MaterializeResult(
        metadata={
            "paths": draws,
            "series": series,
            "months": months,
            "forecast_origin": str(forecast.forecast_origin)[:7],
            "leaderboard": exhibits.table(forecast.leaderboard, 60),
            "hit_rates": exhibits.table(forecast.hit_rates, 30),
            "weights": exhibits.table(forecast.weights, 60),
            "nowcast": exhibits.table(nowcast, 60),
            "nationalities": exhibits.table(tables["nationalities"], 60),
            "official_record": exhibits.table(record, 20),
        },
        data_version=dg.DataVersion(digest),
    )


def nationalities_of(house: House, origins: "Origins", forecast: "Forecast") -> "dict[str, pd.DataFrame]":
    """Bands and record of the nationalities below the streams; empty tables where none is known."""
    import pandas as pd

    from indforecast.forecasting.nationalities import NATIONALITY_SCORE_COLUMNS, forecast_nationalities
    from indforecast.forecasting.nationality_parts import known_parts
    from indforecast.publication.nationality_tables import nationality_table

    settings = house.settings()
    known = house.streams().as_ofs([panel.vintage for panel in origins.panels])
    parts = known_parts(known, origins)
    if parts is None:
        scores = pd.DataFrame(columns=list(NATIONALITY_SCORE_COLUMNS))
        return {"nationalities": nationality_table(None, None, settings.bands), "nationality_scores": scores}
    found = forecast_nationalities(parts, forecast.replay, forecast.paths, settings)
    table = nationality_table(found.paths, parts.origins.newest, settings.bands)
    return {"nationalities": table, "nationality_scores": found.scores}


def official_record_of(house: House, known: "History") -> "pd.DataFrame":
    """The ministry's forecasts and ours beside the outcomes, each of ours from what was known before theirs."""
    from indforecast.forecasting.official_replay import official_days, official_record_table

    streams, settings = house.streams(), house.settings()
    vintages = [day for day in streams.vintages() if day <= known.vintage]
    days = official_days(settings, vintages)
    return official_record_table(dict(zip(days, streams.as_ofs(days), strict=True)), known, settings)
