"""Release inputs from nothing: small, plausible, and the same on every call.

What belongs here: synthetic tables in the shape that stages hand over. What does not: real models or planning.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from indforecast.config import load_settings
from indforecast.config.settings import Settings
from indforecast.domain.observations import History
from indforecast.domain.quantiles import HUB_LEVELS
from indforecast.planning.measures import MEASURES
from indforecast.publication.inputs import ReleaseInputs
from indforecast.publication.release import Release
from indforecast.publication.tables import table_sha256

DELIVERY = "d" * 64
LEVEL = {
    "asylum_first": 2400, "asylum_repeat": 140, "asylum_nareis": 1200, "nareis_applications": 1900,
    "knowledge_migrants": 2100, "students": 1700, "naturalisation": 4300,
}  # fmt: skip
#: Hit rates on official figures, where they differ from what the band states.
OFFICIAL_RATE = {"asylum_repeat": 0.63, "asylum_first": 0.95}
SIMULATED = ("nareis_applications", "knowledge_migrants", "students", "naturalisation")


@cache
def settings() -> Settings:
    return load_settings()


def history_frame(last: str = "2025-12", available: date = date(2026, 1, 30)) -> pd.DataFrame:
    """Base streams from 2013 (nareis from 2015); a month's figure does not depend on how many months there are."""
    frames = []
    for number, (name, level) in enumerate(LEVEL.items()):
        periods = pd.date_range("2015-01" if "nareis" in name else "2013-01", last, freq="MS")
        months = np.arange(len(periods))
        noise = np.random.default_rng(number).normal(0, 0.12, 400)[: len(periods)]
        wave = 0.35 * np.sin(months / 17 + number) + 0.15 * np.sin(2 * np.pi * months / 12)
        basis = np.where(periods.year < 2015, "estimated", np.where(periods.year < 2018, "derived", "published"))
        if name in SIMULATED:
            basis = np.full(len(periods), "simulated")
        frames.append(
            pd.DataFrame(
                {
                    "series_id": name,
                    "period": periods,
                    "observed": np.round(level * np.exp(wave + noise)).astype("int64"),
                    "basis": basis,
                    "definition": "count",
                    "source": "synthetic",
                    "available_from": pd.Timestamp(available),
                    "delivery_id": DELIVERY,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def make_paths(origin: str, count: int = 80, months: int = 60, shift: float = 1.0) -> xr.DataArray:
    hierarchy = settings().hierarchy
    rng = np.random.default_rng(7)
    periods = pd.date_range(pd.Timestamp(origin) + pd.DateOffset(months=1), periods=months, freq="MS")
    spread = 0.12 + 0.35 * np.sqrt(np.arange(1, months + 1) / 60)
    base = {}
    for name in hierarchy.base_ids:
        season = 1 + 0.1 * np.sin(2 * np.pi * periods.month.to_numpy() / 12)
        noise = spread * (0.7 * rng.normal(size=(count, 1)) + 0.5 * rng.normal(size=(count, months)))
        base[name] = np.round(LEVEL[name] * shift * season * np.exp(noise))
    values = hierarchy.aggregate(base)
    return xr.DataArray(
        np.stack([values[name] for name in hierarchy.series_ids]),
        dims=("series_id", "path", "period"),
        coords={"series_id": list(hierarchy.series_ids), "path": np.arange(count), "period": periods.to_numpy()},
        name="inflow_persons",
    )


def make_tables(history: pd.DataFrame, paths: xr.DataArray) -> dict[str, pd.DataFrame]:
    chosen = settings()
    names = [str(name) for name in paths["series_id"].to_numpy()]
    periods = pd.DatetimeIndex(paths["period"].to_numpy())
    values = paths.to_numpy()
    quantiles, monthly, yearly = [], [], []
    for place, name in enumerate(names):
        at = np.rint(np.quantile(values[place], HUB_LEVELS, axis=0))
        for step, period in enumerate(periods):
            quantiles += [(name, step + 1, period, level, at[k, step]) for k, level in enumerate(HUB_LEVELS)]
        bands = np.rint(np.quantile(values[place], chosen.bands.levels, axis=0))
        monthly += [(name, periods[step], *bands[:, step]) for step in range(chosen.bands.monthly_months)]
        parts = chosen.hierarchy.stream(name).parts or (name,)
        past = history[history["series_id"].isin(parts)]
        for year in [
            year for year in sorted(set(periods.year)) if year < periods[-1].year or periods[-1].month == 12
        ]:
            seen = past[past["period"].dt.year == year]
            so_far = float(seen["observed"].sum())
            total = so_far + values[place][:, periods.year == year].sum(axis=1)
            known = seen["period"].nunique()
            yearly.append((name, year, *np.rint(np.quantile(total, chosen.bands.levels)), known, so_far))
    columns = ["minimum", "medio", "maximum"]
    return {
        "quantiles": pd.DataFrame(
            quantiles, columns=["series_id", "horizon", "period", "quantile_level", "value"]
        ),
        "monthly_bands": pd.DataFrame(monthly, columns=["series_id", "period", *columns]),
        "yearly_bands": pd.DataFrame(
            yearly, columns=["series_id", "year", *columns, "observed_months", "observed_persons"]
        ),
        **_record(names),
        **_plan(names, periods, values),
    }


def _record(names: list[str]) -> dict[str, pd.DataFrame]:
    board, weights, hits = [], [], []
    bands = ("1-3", "4-6", "7-12", "13-24", "25-60", "all")
    for name in names:
        simulated = name in SIMULATED
        for step, band in enumerate(bands):
            board.append(
                (
                    name,
                    "ensemble",
                    band,
                    0.78 + 0.03 * step,
                    0.83 - 0.01 * step,
                    0.95,
                    90,
                    12 - 2 * step,
                    simulated,
                )
            )
            note = "not validated: simulated history" if simulated else ""
            rate = np.nan if simulated else (26 - step) / 31
            official = np.nan if simulated else OFFICIAL_RATE.get(name, 0.8)
            targets = 310 if band == "all" else 31
            hits.append((name, "month", band, 0.8, rate, targets, 10 - step, 0.5, official, not simulated, note))
            if band == "all":
                continue
            for model, weight in zip(settings().forecast.models, (0.1, 0.2, 0.3, 0.4, 0.0, 0.0), strict=True):
                weights.append((name, band, model, weight))
        for lead in range(4):
            rate = np.nan if simulated else (7 - lead) / 8
            note = "not validated: simulated history" if simulated else ""
            hits.append(
                (name, "calendar_year", str(lead), 0.8, rate, 8, 4 - lead, 0.0, np.nan, not simulated, note)
            )
    failures = [(pd.Timestamp("2019-03-31"), "ets", "asylum_repeat", "did not converge")]
    return {
        "leaderboard": pd.DataFrame(
            board,
            columns=[
                "series_id", "model", "horizon_band", "wis_ratio", "coverage_80", "coverage_95", "targets",
                "independent_windows", "simulated",
            ],
        ),
        "weights": pd.DataFrame(weights, columns=["series_id", "horizon_band", "model", "weight"]),
        "hit_rates": pd.DataFrame(
            hits,
            columns=[
                "series_id", "kind", "horizon_band", "probability", "hit_rate", "targets", "independent_windows",
                "published_targets", "hit_rate_published", "validated", "note",
            ],
        ),
        "failures": pd.DataFrame(failures, columns=["vintage", "model", "series_id", "reason"]),
    }  # fmt: skip


def _plan(names: list[str], periods: pd.DatetimeIndex, values: np.ndarray) -> dict[str, pd.DataFrame]:
    factor = {
        "handling_hours": 20.0, "staffing_fte": 0.16, "staffing_fte_backlog": 0.05, "decisions": 0.95,
        "open_cases": 6.0, "open_past_term": 3.0, "budget_eur": 5200.0, "residents": 5.5, "beds": 6.0,
        "reception_cost_eur": 18_000.0,
    }  # fmt: skip
    levels = settings().bands.levels
    work = [name for name in names if not settings().hierarchy.stream(name).parts]
    monthly, yearly = [], []
    for measure, known in MEASURES.items():
        only_total = measure in (
            "residents",
            "beds",
            "reception_cost_eur",
            "staffing_fte_backlog",
        ) or (measure.startswith("budget_") and measure != "budget_eur")
        for name in ["all"] if only_total else [*work, "all"]:
            places = [names.index(item) for item in (work if name == "all" else [name])]
            total = values[places].sum(axis=0) * factor.get(measure, 1.0)
            if known.unit == "share":
                total = np.clip(1 - total / (total.max() * 1.6), 0, 1)
            months = np.quantile(total, levels, axis=0)
            if known.monthly:
                monthly += [
                    (measure, name, period, *months[:, step], known.unit) for step, period in enumerate(periods)
                ]
            for year in sorted(set(periods.year)):
                here = total[:, periods.year == year]
                figure = (
                    here.sum(axis=1)
                    if known.year.value == "sum"
                    else here[:, -1]
                    if known.year.value == "year_end"
                    else here.mean(axis=1)
                )
                if known.year.value == "sum":
                    figure = figure * 12 / here.shape[1]  # as if the year's observed months were in it
                whole = year < periods[-1].year or periods[-1].month == 12
                yearly.append(
                    (measure, name, year, *np.quantile(figure, levels), known.unit, 12 if whole else here.shape[1])
                )
    columns = ["minimum", "medio", "maximum", "unit"]
    return {
        "plan_monthly": pd.DataFrame(monthly, columns=["measure", "series_id", "period", *columns]),
        "plan_yearly": pd.DataFrame(yearly, columns=["measure", "series_id", "year", *columns, "months"]),
        "plan_start": pd.DataFrame(
            [
                (
                    "open_cases",
                    "asylum_first",
                    periods[0] - pd.offsets.MonthBegin(),
                    51_030.0,
                    "cases",
                    "2025-05",
                    7,
                ),
                ("residents", "all", periods[0] - pd.offsets.MonthBegin(), 69_851.9, "residents", "2024-12", 12),
            ],
            columns=["measure", "series_id", "period", "value", "unit", "counted_in", "rolled_months"],
        ),
        "plan_notes": pd.DataFrame(
            {"text_en": ["A remark on <stocks>."], "text_nl": ["Een opmerking over <voorraden>."]}
        ),
    }


def verdict(table: str, subject: str, **changes: Any) -> dict[str, Any]:
    result = {
        "name": "observed_not_negative", "severity": "critical", "success": True,
        "description": "no count is negative", "reason": "", "rows": [], "samples": [],
    }  # fmt: skip
    return {
        "table": table, "subject_sha256": subject, "success": True,
        "summary": "Accepted: all 1 expectations are met.", "row_word": "row", "results": [result], **changes,
    }  # fmt: skip


@cache
def _made(last: str, vintage: date, shift: float) -> tuple[pd.DataFrame, xr.DataArray, dict[str, pd.DataFrame]]:
    """Made once: tests that change a table change a copy."""
    history = history_frame(last, vintage)
    paths = make_paths(last, shift=shift)
    return history, paths, make_tables(history, paths)


def release_inputs(
    *,
    last: str = "2025-12",
    vintage: date = date(2026, 1, 30),
    shift: float = 1.0,
    previous: Release | None = None,
    **changes: Any,
) -> ReleaseInputs:
    """Inputs of one release; keyword arguments replace fields."""
    history, paths, tables = _made(last, vintage, shift)
    fields: dict[str, Any] = {
        "vintage": vintage,
        "forecast_origin": pd.Timestamp(last),
        "settings": settings(),
        "history": History(vintage, history),
        "hierarchy": settings().hierarchy,
        "paths": paths,
        "tables": dict(tables),
        "verdicts": [
            verdict("delivery", DELIVERY),
            *(verdict("bands", table_sha256(tables[name])) for name in ("monthly_bands", "yearly_bands")),
        ],
        "deliveries": pd.DataFrame(
            {
                "delivery_id": [DELIVERY], "name": ["observations.csv"], "publisher": ["reference"],
                "rows": [len(history)], "first_vintage": [pd.Timestamp("2013-02-20")],
                "last_vintage": [pd.Timestamp(vintage)],
            }
        ),
        "seeds": {"joint/asylum_first": 12345678901234567890},
        "code_version": "0.1.0+sha256." + "c" * 64,
        "previous": previous,
    }  # fmt: skip
    return ReleaseInputs(**{**fields, **changes})
