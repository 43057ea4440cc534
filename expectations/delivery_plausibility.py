"""Rules on whether a delivery's figures are believable: outliers, revisions, sums. As packaged they only warn.

What belongs here: pure functions that compare figures; each answers with a sentence per remarkable row (index of
the delivery), naming series and month and never a count of persons. What does not: rules whose breach makes a
delivery unusable (``delivery_rules``), sums over a quarter (``delivery_quarters``), the limits themselves, which
are settings (``indforecast.config.validation``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from expectations.checks import texts_at
from expectations.delivery_rules import Delivery, beside, say
from indforecast.domain.observations import Basis

if TYPE_CHECKING:
    from indforecast.config.validation import ValidationSettings

_MAD_TO_SIGMA: Final = 1.4826


def outliers(delivery: Delivery, limits: ValidationSettings) -> pd.Series[str]:
    """Delivered months far from the series' own history.

    A month is an outlier when the change of its log count against the month before *and* against the same month
    a year before lie beyond robust z limits. Centre and scale are the median and 1.4826 times the median absolute
    deviation of the changes in history (Rousseeuw & Croux 1993, doi:10.1080/01621459.1993.10476408). Counting
    noise, ``1/(n+1)`` of both months, is added to the squared scale, so that small nationalities do not shout. The
    first rule alone would flag the students' peak every year, the second alone every month after a lasting change
    of level.
    """
    fresh = delivery.known[delivery.known["at"] >= 0]
    stored = delivery.history.set_index(["series_id", "period"])["observed"]
    if fresh.empty:
        return texts_at({})
    wide = _wide(delivery.known["observed"].clip(lower=0))
    values = wide.to_numpy(dtype=np.float64)
    past = np.full_like(values, np.nan)
    if len(stored):
        past = _wide(stored.clip(lower=0)).reindex(index=wide.index, columns=wide.columns).to_numpy()
    enough = np.isfinite(past).sum(axis=1) >= limits.outlier_history_months
    past = np.where(enough[:, None], past, values)
    month, year = (_robust_z(values, past, lag) for lag in (1, 12))
    far = (np.abs(month) > limits.outlier_month_z) & ((np.abs(year) > limits.outlier_year_z) | np.isnan(year))
    far &= (np.isfinite(past).sum(axis=1) >= limits.outlier_history_months)[:, None]
    series, months = np.nonzero(far)
    hit = pd.MultiIndex.from_arrays([wide.index[series], wide.columns[months]], names=["series_id", "period"])
    keys = hit.intersection(fresh.index)
    changed = fresh.loc[keys]
    changed = changed[changed["observed"].to_numpy() != stored.reindex(keys).to_numpy()]
    return say(delivery.rows.loc[changed["at"]], "is far from what its own history suggests")


def large_revisions(delivery: Delivery, limits: ValidationSettings) -> pd.Series[str]:
    """Rows that move a known figure by much, estimates excepted: those are made to be replaced."""
    both = beside(delivery.history, delivery.usable)
    before = both.groupby(["series_id", "period"])[["observed", "available_from"]].shift()
    basis = both.groupby(["series_id", "period"])["basis"].shift()
    moved = (both["observed"] - before["observed"]).abs()
    large = (moved > limits.revision_persons) & (moved > limits.revision_share * before["observed"])
    newer = both["available_from"] > before["available_from"]
    revised = both[large & newer & (basis != str(Basis.ESTIMATED)) & (both["at"] >= 0)]
    return say(delivery.rows.loc[revised["at"]], "is restated by much")


def nationalities_above_national(delivery: Delivery, limits: ValidationSettings) -> pd.Series[str]:
    """Months in which a stream's nationalities add up to more than the stream.

    Told at the national row where the delivery has it, else at its rows of nationalities.
    """
    known = delivery.known.reset_index()
    parts = known[known["series_id"].str.contains(".", regex=False)] if len(known) else known
    if parts.empty:
        return texts_at({})
    parts = parts.assign(series_id=parts["series_id"].str.split(".", n=1).str[0])
    sums = parts.groupby(["series_id", "period"])["observed"].agg(["sum", "size"])
    national = firm(delivery.known)[["observed", "at"]].reindex(sums.index)
    above = sums["sum"] > national["observed"] + limits.rounding_persons / 2 * (sums["size"] + 2)
    wrong = national[above & (national["at"] >= 0)]
    rest = parts.merge(national[above & (national["at"] < 0)].reset_index()[["series_id", "period"]])
    at = pd.concat([wrong["at"], rest.set_index(["series_id", "period"])["at"]])
    return told_at(at, "is less than its nationalities together")


def total_off_parts(delivery: Delivery, limits: ValidationSettings) -> pd.Series[str]:
    """Published totals that are not the sum of their parts; told at the total where it was delivered."""
    found = [texts_at({})]
    for total, parts in delivery.totals.items():
        known = firm(delivery.known).reset_index()
        chosen = known[known["series_id"].isin([total, *parts])]
        wide = chosen.pivot(index="period", columns="series_id", values="observed")  # noqa: PD010 - keys are unique
        if not {total, *parts} <= set(wide.columns):
            continue
        off = (wide[total] - wide[list(parts)].sum(axis=1, skipna=False)).abs()
        wrong = wide.index[off > np.maximum(limits.total_persons, limits.total_share * wide[total])]
        at = delivery.known["at"].xs(total, level="series_id", drop_level=False)
        found.append(told_at(at[at.index.get_level_values("period").isin(wrong)], "is not the sum of its parts"))
    return pd.concat(found)


def firm(known: pd.DataFrame) -> pd.DataFrame:
    """Figures that somebody counted: an estimate that does not add up is no fault of a delivery."""
    return known[known["basis"] != str(Basis.ESTIMATED)]


def _robust_z(values: np.ndarray, past: np.ndarray, lag: int) -> np.ndarray:
    """Robust z of log changes over ``lag`` months; arrays ``[series, month]``, the first ``lag`` columns NaN."""
    z = np.full(values.shape, np.nan)
    if values.shape[1] <= lag:
        return z
    change = np.log1p(values[:, lag:]) - np.log1p(values[:, :-lag])
    usual = np.log1p(past[:, lag:]) - np.log1p(past[:, :-lag])
    noise = 1 / (values[:, lag:] + 1) + 1 / (values[:, :-lag] + 1)
    centre = pd.DataFrame(usual).median(axis=1).to_numpy()[:, None]
    spread = pd.DataFrame(np.abs(usual - centre)).median(axis=1).to_numpy()[:, None] * _MAD_TO_SIGMA
    z[:, lag:] = (change - centre) / np.sqrt(spread**2 + noise)
    return z


def _wide(values: pd.Series[float]) -> pd.DataFrame:
    """Values by (series_id, period) as ``[series, consecutive month]``."""
    wide = values.unstack("period")  # noqa: PD010 - keys are unique
    return wide.reindex(columns=pd.date_range(wide.columns.min(), wide.columns.max(), freq="MS", name="period"))


def told_at(at: pd.Series[int], what: str) -> pd.Series[str]:
    """A sentence per delivered row in ``at``, which is indexed by (series_id, period); -1 is not a row."""
    keys = zip(at.index.get_level_values(0), at.index.get_level_values(1), at, strict=True)
    return texts_at(
        {int(row): f"{series_id}: {period:%Y-%m} {what}" for series_id, period, row in keys if row >= 0}
    )
