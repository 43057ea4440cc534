"""Stage 9: everything of a vintage, published at once and for good.

What belongs here: gathering the inputs of a release, and refusing work tables that were made from something else.
What does not: writing files, the report, hashes of files (``indforecast.publication``).
"""

from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from assets import exhibits
from assets.bed_plan import BED_TABLES, bed_plan
from assets.budget_plan import BUDGET_TABLES, budget_plan
from assets.history import history_of
from assets.house import House
from assets.joint_paths import FORECAST_TABLES, NATIONALITY_TABLES
from assets.partitions import VINTAGES
from assets.planned import proofs_of
from assets.scenario_bands import bands_of
from assets.staff_plan import STAFF_TABLES, staff_plan
from assets.stage_log import BUSY_STORE, STORE, StageListener, stage
from assets.tower_plan import TOWER_TABLES, tower_plan
from assets.uncertainty_plan import UNCERTAINTY_TABLES, uncertainty_plan
from assets.workload_plan import PLAN_TABLES, workload_plan

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from indforecast.publication.inputs import ReleaseInputs
    from indforecast.vintages.stages import Stages

#: Planning's stages and the tables that each gives to the release.
PLANNING_TABLES: Final = {
    workload_plan: PLAN_TABLES,
    staff_plan: STAFF_TABLES,
    budget_plan: BUDGET_TABLES,
    bed_plan: BED_TABLES,
    uncertainty_plan: UNCERTAINTY_TABLES,
    tower_plan: TOWER_TABLES,
}
PLANNING: Final = tuple(PLANNING_TABLES)


@dg.asset(
    deps=PLANNING,
    partitions_def=VINTAGES,
    retry_policy=BUSY_STORE,
    pool=STORE,
    group_name="release",
    kinds={"html", "parquet", "csv"},
    description="The immutable release: tables, manifest and report. The same inputs make the same bytes.",
)
def release(
    context: dg.AssetExecutionContext, house: House, listener: dg.ResourceParam[StageListener]
) -> dg.MaterializeResult[None]:
    """Publish the release of a vintage."""
    with stage(context, listener, "release") as work:
        from indforecast.publication.headline import headline
        from indforecast.publication.release import list_releases, publish

        stages = house.stages(context.partition_key)
        inputs = gather(house, stages)
        before = {one.release_id for one in list_releases(house.path)}
        published = publish(inputs, house.path)
        stages.write_json("release", {"release_id": published.release_id})
        new = published.release_id not in before
        work.says(f"{published.release_id} {'published' if new else 'was published before and is unchanged'}")
        figures = headline(published)
        wis = published.table("leaderboard")
    return dg.MaterializeResult(
        metadata={
            "release_id": published.release_id,
            "folder": dg.MetadataValue.path(str(published.path)),
            "report": dg.MetadataValue.path(str(published.report.absolute())),
            "headline": dg.MetadataValue.md("\n".join(f"- {figure.text['en']}" for figure in figures)),
            "scores": exhibits.table(wis[wis["model"] == "ensemble"], 60),
            "files": len(published.manifest["files"]),
            "previous": inputs.previous.release_id if inputs.previous else "none",
        },
        data_version=dg.DataVersion(published.release_id),
    )


def gather(house: House, stages: "Stages") -> "ReleaseInputs":
    """Everything that a release is made from, each part proved to belong to the others.

    Raises
    ------
    IntegrityError
        If a work table was made from another history, other paths or other settings, or was never checked.
    """
    from indforecast.domain.periods import parse_month
    from indforecast.publication.code import code_version
    from indforecast.publication.inputs import ReleaseInputs
    from indforecast.publication.release import previous_release

    settings = house.settings()
    known = history_of(stages)
    about = stages.read_json("forecast")
    _require_one_chain(stages, settings.sha256())
    proofs = _required_proofs(stages)
    bands = bands_of(stages)
    deliveries = deliveries_behind(house, known.vintage)
    verdicts = [_verdict(house, "delivery", delivery_id) for delivery_id in deliveries["delivery_id"]]
    verdicts += [_verdict(house, "bands", digest) for _, digest in bands.values()]
    return ReleaseInputs(
        vintage=known.vintage,
        forecast_origin=parse_month(about["forecast_origin"]),
        settings=settings,
        history=known,
        hierarchy=settings.hierarchy,
        paths=stages.read_paths("joint_paths"),
        tables={
            **{name: table for name, (table, _) in bands.items()},
            **{
                name: stages.read(f"forecast_{name}")
                for name in (*FORECAST_TABLES, *NATIONALITY_TABLES, "nowcast", "official_record")
            },
            **{name: stages.read(name) for names in PLANNING_TABLES.values() for name in names},
            "plan_proofs": proofs,
        },
        verdicts=verdicts,
        deliveries=deliveries,
        seeds=about["seeds"],
        code_version=code_version(),
        previous=previous_release(house.path, known.vintage, settings.sha256()),
    )


def deliveries_behind(house: House, vintage: "date") -> "pd.DataFrame":
    """Deliveries that a vintage knows something of its streams from."""
    import pandas as pd

    deliveries = house.streams().deliveries()
    return deliveries[deliveries["first_vintage"] <= pd.Timestamp(vintage)].reset_index(drop=True)


def _verdict(house: House, table: str, subject: str) -> "dict[str, Any]":
    from indforecast.domain.errors import IntegrityError

    verdict = house.verdicts().find(table, subject)
    if verdict is None or not verdict["success"]:
        why = "was never checked" if verdict is None else "failed its check"
        raise IntegrityError(
            f"Nothing is published: {table} {subject[:12]} {why}.",
            hint="Run the cycle again with 'indforecast run', so that every table is checked.",
        )
    return verdict


def _required_proofs(stages: "Stages") -> "pd.DataFrame":
    """All proofs; a plan that loses a case or a cent is not published, whoever runs the release alone."""
    import pandas as pd

    from indforecast.domain.errors import IntegrityError

    proofs = pd.concat([stages.read(proofs_of(asset.key.path[-1])) for asset in PLANNING], ignore_index=True)
    failed = proofs[~proofs["holds"].astype(bool)]
    if not failed.empty:
        told = "; ".join(f"{row.text_en} (off by {row.largest_error:g} {row.unit})" for row in failed.itertuples())
        raise IntegrityError(f"Nothing is published: the plan does not hold together: {told}.")
    return proofs


def _require_one_chain(stages: "Stages", settings_sha256: str) -> None:
    from indforecast.domain.errors import IntegrityError

    forecast = stages.read_json("forecast")
    wanted = {"history": stages.read_json("history")["sha256"], "settings": settings_sha256}
    made_from = {
        "the forecast": (forecast["made_from"], wanted),
        "the bands": (stages.read_json("scenario_bands")["made_from"], {"joint_paths": forecast["sha256"]}),
        **{
            f"the {asset.key.path[-1].replace('_', ' ')}": (
                stages.read_json(asset.key.path[-1])["made_from"],
                {"joint_paths": forecast["sha256"]},
            )
            for asset in PLANNING
        },
    }
    for what, (found, expected) in made_from.items():
        other = sorted(name for name in expected if found.get(name) != expected[name])
        if other:
            raise IntegrityError(
                f"Nothing is published: {what} in {stages.path} was made from other {', '.join(other)}.",
                hint="Run the whole cycle again with 'indforecast run'.",
            )
