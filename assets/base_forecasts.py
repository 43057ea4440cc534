"""Stage 5: every model at every replayed vintage, through the same ``as_of`` door as today's forecast.

What belongs here: handing histories to the backtest and its new rows to the store. What does not: fitting,
scoring, weighing.
"""

from typing import TYPE_CHECKING

import dagster as dg

from assets import exhibits
from assets.history import history, vintage_of
from assets.house import House
from assets.partitions import VINTAGES
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from indforecast.evaluation.backtest import Backtest
    from indforecast.evaluation.origins import Origins
    from indforecast.vintages.stages import Stages


@dg.asset(
    deps=[history],
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="forecast",
    kinds={"deltalake"},
    description="Quantiles of every model at every replayed vintage; what is stored is not fitted again.",
)
def base_forecasts(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Replay the past vintages and forecast from the newest."""
    with stage(context, listener, "base forecasts") as work:
        from indforecast.evaluation.cache import models_code

        _, backtest, new_rows = replay(house, house.stages(context.partition_key), work.progressed)
        house.store().write_forecasts(new_rows, code=models_code())
        fits = len(backtest.models) * len(backtest.panels)
        made = new_rows[["model", "vintage"]].drop_duplicates()
        work.says(
            f"{len(backtest.models)} models at {len(backtest.panels)} forecast origins: {len(made)} of {fits} "
            f"fits were new, {len(backtest.failures)} failed series recorded"
        )
    return dg.MaterializeResult(
        metadata={
            "models": dg.MetadataValue.json(list(backtest.models)),
            "forecast_origins": len(backtest.panels),
            "fits": fits,
            "new_fits": len(made),
            "dagster/row_count": len(new_rows),
            "failed_series": len(backtest.failures),
            "failures": exhibits.table(backtest.failures, 10),
        },
        data_version=dg.DataVersion(models_code()),
    )


def replay(
    house: House, stages: "Stages", progressed: "Callable[[str, int, int], None] | None" = None
) -> "tuple[Origins, Backtest, pd.DataFrame]":
    """The backtest behind a vintage: from the store where it knows the answer, else from the models.

    Returns
    -------
    tuple of (Origins, Backtest, DataFrame)
        What was known at each origin, all base forecasts, and the rows that the store does not have yet.
    """
    from indforecast.evaluation.cache import models_code
    from indforecast.evaluation.origins import origin_vintages, prepare_origins
    from indforecast.forecasting.nowcast_panels import run_nowcast_backtest

    settings = house.settings()
    store = house.store()
    chosen = settings.forecast
    days = origin_vintages(chosen.backtest, vintage_of(stages))
    origins = prepare_origins(
        house.streams().as_ofs(days),
        settings.hierarchy.base_ids,
        minimum_history_months=chosen.backtest.minimum_history_months,
    )

    def report(done: int, total: int) -> None:
        if progressed is not None:
            progressed("fits", done, total)

    backtest, new_rows = run_nowcast_backtest(
        origins.panels,
        store.revisions(vintage_of(stages)),
        chosen.nowcast,
        chosen.models,
        settings.known_events,
        horizon=chosen.horizon_months,
        workers=chosen.workers,
        cached=store.read_forecasts(code=models_code()),
        on_progress=report,
    )
    return origins, backtest, new_rows
