"""What planning stages share: the case they ask about, and how they keep their tables.

What belongs here: reading a vintage's paths as a planning case; writing tables, proofs and what they were made
from. What does not: planning (``indforecast.planning``).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg

from assets.history import history_of
from assets.house import House

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.planning.case import PlanningCase
    from indforecast.vintages.stages import Stages


def case_of(house: House, stages: "Stages") -> "PlanningCase":
    """What planning is asked about in a vintage: its joint paths, history and figures."""
    from indforecast.planning.case import PlanningCase

    settings = house.settings()
    paths = stages.read_paths("joint_paths")
    return PlanningCase(
        inflow={
            series_id: paths.sel(series_id=series_id).to_numpy()
            for series_id in (str(name) for name in paths["series_id"].to_numpy())
            if series_id in settings.hierarchy.base_ids
        },
        periods=paths["period"].to_numpy().astype("datetime64[M]"),
        hierarchy=settings.hierarchy,
        settings=settings.planning,
        levels=settings.bands.levels,
        history=history_of(stages).panel(settings.hierarchy.base_ids),
    )


def keep(
    stages: "Stages", stage: str, tables: "Mapping[str, pd.DataFrame]", proofs: "pd.DataFrame"
) -> dg.DataVersion:
    """Write a stage's tables and proofs, and from which paths they were made.

    Parameters
    ----------
    stages : Stages
        Of the vintage.
    stage : str
        Name of the asset; its proofs are kept as ``<stage>_proofs``.
    tables : mapping of name to DataFrame
        What the release will carry.
    proofs : DataFrame
        ``indforecast.planning.proof.PROOF_COLUMNS``.
    """
    digests = {name: stages.write(name, table) for name, table in tables.items()}
    digests[proofs_of(stage)] = stages.write(proofs_of(stage), proofs)
    made_from = {"joint_paths": stages.read_json("forecast")["sha256"]}
    stages.write_json(stage, {"made_from": made_from, **digests})
    return dg.DataVersion("-".join(digest[:16] for digest in digests.values()))


def proofs_of(stage: str) -> str:
    """Under which name a stage's proofs are kept."""
    return f"{stage}_proofs"
