"""What changed since the previous release, and by what.

What belongs here: the waterfall of every yearly medio, which sums exactly, and the causes that can be proved by
comparing manifests. What does not: wording (``texts.toml``).

For stream *s* and calendar year *y* (whole persons)::

    previous medio + new months + revised history + forecast moved = medio

``new months``: months that the previous release forecast and that have been observed since: observed minus the
monthly medio published for them. ``revised history``: months observed in both: new minus old figure. ``forecast
moved``: all the rest, that is how the outlook of the months still to come changed; since a medio of a sum is no
sum of medios, the small difference between the two stands here too. Its causes are named, never split: splitting
them would take a forecast that nobody made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from indforecast.domain.series import Hierarchy, Stream
from indforecast.planning.measures import ALL
from indforecast.publication.code import library_versions, split_code_version
from indforecast.publication.manifest import leaves, settings_values
from indforecast.publication.observed import observed_months
from indforecast.publication.tables import records, table_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indforecast.publication.inputs import ReleaseInputs
    from indforecast.publication.release import Release

CHANGE_COLUMNS: Final = (
    "series_id", "year", "previous_medio", "new_months", "revised_history", "forecast_moved", "medio", "causes",
)  # fmt: skip
PLAN_CHANGE_COLUMNS: Final = ("measure", "series_id", "year", "unit", "previous_medio", "change", "medio")

#: The parts of the budget that do not follow inflow.
CONSTANT_BUDGET: Final = ("budget_other_products_eur", "budget_input_eur")

#: Causes in the order in which they are named.
CAUSES: Final = ("data", "settings", "code")


@dataclass(frozen=True)
class SettingChange:
    """One setting that differs from the previous release; None on the side that does not have it."""

    path: str
    before: object
    after: object


def change_tables(inputs: ReleaseInputs) -> dict[str, pd.DataFrame]:
    """Tables ``changes`` and ``changes_plan``; without rows for a first release.

    Raises
    ------
    IntegrityError
        If the previous release's files are not those that were published.
    """
    previous = inputs.previous
    if previous is None:
        return {
            "changes": pd.DataFrame(columns=list(CHANGE_COLUMNS)),
            "changes_plan": pd.DataFrame(columns=list(PLAN_CHANGE_COLUMNS)),
        }
    return {
        "changes": _inflow_changes(inputs, previous),
        "changes_plan": _plan_changes(inputs.tables["plan_yearly"], previous.table("plan_yearly")),
    }


def drivers(inputs: ReleaseInputs, measure: str, year: int, count: int = 3) -> list[tuple[str, float]]:
    """Streams that moved a measure's medio of a year most, with what they moved it by; at most ``count``.

    The parts of the budget that do not follow inflow stand among them, under their measure's name.
    """
    changes = inputs.tables["changes_plan"]
    if measure == "budget_eur":
        constant = changes[changes["measure"].isin(CONSTANT_BUDGET) & (changes["series_id"] == ALL)]
        extra = constant.assign(series_id=constant["measure"], measure=measure)
        changes = pd.concat([changes, extra], ignore_index=True)
    rows = changes[
        (changes["measure"] == measure)
        & (changes["year"].astype(int) == year)
        & changes["series_id"].isin([*inputs.hierarchy.base_ids, *CONSTANT_BUDGET])
        & (changes["change"] != 0)
    ]
    ranked = rows.assign(size=rows["change"].astype(float).abs()).sort_values(
        ["size", "series_id"], ascending=[False, True]
    )
    return [(str(row["series_id"]), float(row["change"])) for row in records(ranked.head(count))]


def causes(inputs: ReleaseInputs) -> tuple[str, ...]:
    """What differs between the inputs of this release and of the previous one, of :data:`CAUSES`."""
    if inputs.previous is None:
        return ()
    before = inputs.previous.manifest["inputs"]
    version, source = split_code_version(inputs.code_version)
    code = {"version": version, "source_sha256": source, "libraries": library_versions()}
    differs = {
        "data": table_sha256(inputs.tables["history"]) != before["tables"]["history"]
        or inputs.vintage.isoformat() != before["vintage"],
        "settings": inputs.settings.sha256() != before["settings_sha256"],
        "code": code != before["code"],
    }
    return tuple(cause for cause in CAUSES if differs[cause])


def setting_changes(inputs: ReleaseInputs) -> tuple[SettingChange, ...]:
    """Every single setting that differs from the previous release, by its dotted path."""
    if inputs.previous is None:
        return ()
    before = dict(leaves(inputs.previous.manifest["inputs"]["settings"]))
    after = dict(leaves(settings_values(inputs.settings)))
    return tuple(
        SettingChange(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )


def _inflow_changes(inputs: ReleaseInputs, previous: Release) -> pd.DataFrame:
    cause = "+".join(causes(inputs))
    old_streams = previous.manifest["inputs"]["settings"]["streams"]
    old_hierarchy = Hierarchy(tuple(Stream(**{**item, "parts": tuple(item["parts"])}) for item in old_streams))
    old_observed = _by_month(observed_months(previous.table("history"), old_hierarchy), "observed")
    new_observed = _by_month(observed_months(inputs.tables["history"], inputs.hierarchy), "observed")
    quantiles = previous.table("quantiles")
    old_medio = _by_month(quantiles[np.isclose(quantiles["quantile_level"], 0.5)], "value")
    old_years = previous.table("yearly_bands").set_index(["series_id", "year"])["medio"]
    rows = []
    for row in records(inputs.tables["yearly_bands"]):
        key = (row["series_id"], row["year"])
        if key not in old_years.index:
            continue
        months = [(row["series_id"], month) for month in pd.date_range(f"{row['year']}-01", periods=12, freq="MS")]
        known = [month for month in months if month in new_observed]
        revised = sum(new_observed[month] - old_observed[month] for month in known if month in old_observed)
        arrived = sum(
            new_observed[month] - old_medio[month]
            for month in known
            if month not in old_observed and month in old_medio
        )
        start, end = round(float(old_years[key])), round(float(row["medio"]))
        new_months, revised_history = round(arrived), round(revised)
        moved = end - start - new_months - revised_history
        rows.append((row["series_id"], int(row["year"]), start, new_months, revised_history, moved, end, cause))
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def _plan_changes(new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    keys = ["measure", "series_id", "year", "unit"]
    both = new[[*keys, "medio"]].merge(
        old[[*keys, "medio"]].rename(columns={"medio": "previous_medio"}), on=keys, how="inner"
    )
    both["change"] = both["medio"] - both["previous_medio"]
    return both[list(PLAN_CHANGE_COLUMNS)]


def _by_month(frame: pd.DataFrame, column: str) -> Mapping[tuple[str, pd.Timestamp], float]:
    keys = zip(frame["series_id"], pd.to_datetime(frame["period"]), strict=True)
    return dict(zip(keys, frame[column].astype(float), strict=True))
