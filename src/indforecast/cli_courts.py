"""Commands on what late decisions and refusals lead to: ``plan late`` and ``plan courts``.

What belongs here: their options and what is printed. What does not: the models (``planning.late``,
``planning.hearings``), the figures (``config/netherlands/planning_late.toml``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from indforecast.config.planning_late import LatePlanning
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.late_plan import LatePlan
    from indforecast.publication.release import Release

_LATE: Final = ("notices", "late_appeals", "penalty_cases", "penalties_eur", "late_cost_eur")
_COURTS: Final = (
    "refusal_appeals",
    "late_appeals",
    "court_procedures",
    "hearings",
    "hearings_unattended",
    "legal_hours",
)
_MONTHS_SHOWN: Final = 12
_MONTHS_LATE: Final = (6, 9, 12, 24)
_MILLION: Final = 1e6


@click.command(
    "late",
    epilog="""\b
Examples:
  indforecast plan late                       notices, penalties and their cost per year
  indforecast plan late --config ours.toml    with your own shares, caps and capacity
  indforecast plan late latest --json
""",
)
@release_argument
@settings_option
@json_option
@click.pass_obj
def late(home: Path, release_id: str, settings_file: Path | None, as_json: bool) -> None:
    """What deciding late costs: notices of default, appeals for not deciding, penalties.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    release, case, plan = _planned(home, release_id, settings_file)
    yearly = _yearly(plan, case, _LATE)
    facts = _facts(case, ("notices", "penalties_eur"))
    one = _one_case(case)
    if as_json:
        _say_json(release, yearly=yearly, one_case=one, published=facts)
        return
    click.echo(f"Release {release.release_id}: what deciding late leads to, minimum / medio / maximum\n")
    _print(yearly[yearly["series_id"] == "all"])
    first = yearly[(yearly["series_id"] == "all") & (yearly["measure"] == "penalties_eur")].iloc[0]
    whole = yearly[(yearly["series_id"] == "all") & (yearly["measure"] == "late_cost_eur")].iloc[0]
    click.echo(
        f"\nIn {first['year']} penalties are EUR {first['medio'] / _MILLION:.1f} m "
        f"({first['minimum'] / _MILLION:.1f} to {first['maximum'] / _MILLION:.1f}); with legal hours and lost "
        f"appeals deciding late costs EUR {whole['medio'] / _MILLION:.1f} m."
    )
    if one:
        told = ", ".join(f"{row['months_late']} months EUR {row['penalty_eur']:,.0f}" for row in one)
        click.echo(f"Penalties of one {one[0]['series_id']} case on average, by how late it is decided: {told}.")
    _say_published(facts)
    click.echo(
        "A penalty begins some seven to ten months after the term: this year's follow from who became late last "
        "year. Penalties stand in the month they run, published ones in the year they were paid. Shares were "
        "fitted on 2023 to 2025; the queue is at present capacity. See docs/methods/planning-late.md."
    )


@click.command(
    "courts",
    epilog="""\b
Examples:
  indforecast plan courts                     hearings per month, judges and legal staff per year
  indforecast plan courts --months 36
  indforecast plan courts --json
""",
)
@release_argument
@click.option(
    "--months",
    "shown",
    type=click.IntRange(min=0),
    default=_MONTHS_SHOWN,
    show_default=True,
    help="How many months to print; JSON holds all.",
)
@settings_option
@json_option
@click.pass_obj
def courts(home: Path, release_id: str, shown: int, settings_file: Path | None, as_json: bool) -> None:
    """Court procedures and hearings to expect, for courts to plan judges and the service to attend.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    from indforecast.planning.judges import judges_needed
    from indforecast.planning.tables import monthly_table

    release, case, plan = _planned(home, release_id, settings_file)
    yearly = _yearly(plan, case, _COURTS)
    wanted = [item for item in plan.measured if item.measure == "hearings"]
    monthly = monthly_table(wanted, plan.months, min(case.periods.size, plan.months.size), case.levels)
    monthly["period"] = monthly["period"].dt.strftime("%Y-%m")
    settings = case.settings
    judges = judges_needed(
        plan.courts, plan.months, case.origin, settings.late, settings.staffing.productive_hours.value, case.levels
    )
    facts = _facts(case, ("court_procedures", "hearings", "hearings_unattended"))
    if as_json:
        _say_json(release, yearly=yearly, hearings=monthly, judges=judges, published=facts)
        return
    click.echo(f"Release {release.release_id}: courts, minimum / medio / maximum\n")
    _print(yearly[yearly["series_id"] == "all"])
    click.echo("\nHearings per month; a single month swings around what is expected, so its band is wide")
    for row in monthly.head(shown).to_dict("records"):
        click.echo(f"  {row['period']}  {_band(row, 0)}")
    low, high = settings.late.judge_training_low.value, settings.late.judge_training_high.value
    click.echo(f"\nJudges needed (recruiting and training takes {low:g} to {high:g} months)")
    for row in judges.to_dict("records"):
        band = " / ".join(f"{row[f'judges_{name}']:,.0f}" for name in ("minimum", "medio", "maximum"))
        when = f"recruit from {row['recruit_from']}, by {row['recruit_by']}"
        when = "too late to recruit" if row["too_late"] else when
        gap = "" if row["judges_gap"] is None else f"   {_gap(row['judges_gap'])}"
        click.echo(f"  {row['year']}  {band:>20}   {when}{gap}")
    click.echo(_present_judges(settings.late))
    given = "assumed" if settings.late.legal_fte.source is None else "given"
    click.echo(
        f"\nLegal staff needed, beside {settings.late.legal_fte.value:,.0f} FTE who write and plead ({given})"
    )
    for row in judges.to_dict("records"):
        band = " / ".join(f"{row[f'legal_fte_{name}']:,.0f}" for name in ("minimum", "medio", "maximum"))
        missed = f"{row['unattended_share']:.0%} of hearings"
        click.echo(f"  {row['year']}  {band:>20} FTE; the {given} staff cannot attend {missed}")
    click.echo(_attendance(settings.late, facts))
    click.echo(_reading(judges))
    _say_published(facts)
    click.echo(
        "Hearings per judge, hours per case and present legal staff are assumptions; hearings outside the "
        "modelled streams are held constant."
    )


def _gap(missing: float) -> str:
    if round(missing) == 0:
        return "as many as at present"
    return f"{abs(missing):,.0f} {'more' if missing > 0 else 'fewer'} than at present (medio)"


def _present_judges(settings: LatePlanning) -> str:
    if settings.judges_now is None:
        return "  The present number is not known here: give planning.late.judges_now to see the gap."
    return f"  At present {settings.judges_now.value:,.0f} ({settings.judges_now.source or 'assumption'})."


def _attendance(settings: LatePlanning, facts: list[dict[str, Any]]) -> str:
    """How to read the share unattended, and the newest published one."""
    staff = "assumed" if settings.legal_fte.source is None else "given"
    told = (
        f"  These shares are need against {staff} legal staff (planning.late.legal_fte, "
        f"{settings.legal_fte.value:,.0f} FTE), not a forecast of\n"
        "  empty chairs: waiting at the courts and staff hired since are not in them."
    )
    missed, all_of_it = (
        {fact["year"]: fact["value"] for fact in facts if fact["measure"] == measure}
        for measure in ("hearings_unattended", "hearings")
    )
    both = sorted(missed.keys() & all_of_it.keys())
    if not both:
        return told
    return f"{told} Published for {both[-1]}: {missed[both[-1]] / all_of_it[both[-1]]:.0%} not attended."


def _reading(judges: pd.DataFrame) -> str:
    open_years = judges[~judges["too_late"]]
    if open_years.empty:
        return "\nFor every year here it is too late to recruit: only moving judges between courts helps."
    row = open_years.iloc[0]
    return (
        f"\nThe first year that recruiting still reaches is {row['year']}: {row['judges_minimum']:,.0f} to "
        f"{row['judges_maximum']:,.0f} judges, decided by {row['recruit_by']}."
    )


def _planned(home: Path, release_id: str, settings_file: Path | None) -> tuple[Release, PlanningCase, LatePlan]:
    from indforecast.planning.late_plan import late_plan

    release, case = load_case(home, release_id, settings_file)
    return release, case, late_plan(case)


def _yearly(plan: LatePlan, case: PlanningCase, measures: tuple[str, ...]) -> pd.DataFrame:
    from indforecast.planning.tables import yearly_table

    wanted = [item for item in plan.measured if item.measure in measures]
    return yearly_table(wanted, plan.months, case.levels)


def _one_case(case: PlanningCase) -> list[dict[str, Any]]:
    """What one case of the first stream with notices costs on average when it is decided late."""
    from indforecast.planning.late_chain import figures_of, penalty_of_one

    for series_id in case.work:
        figures = figures_of(series_id, case.settings.late)
        if figures is not None:
            eur = penalty_of_one(figures, case.periods[0], max(_MONTHS_LATE))
            return [
                {"series_id": series_id, "months_late": late, "penalty_eur": round(float(eur[late]), 2)}
                for late in _MONTHS_LATE
            ]
    return []


def _facts(case: PlanningCase, measures: tuple[str, ...]) -> list[dict[str, Any]]:
    return [fact.model_dump() for fact in case.settings.late.published if fact.measure in measures]


def _say_published(facts: list[dict[str, Any]]) -> None:
    from indforecast.planning.measures import MEASURES

    for measure in dict.fromkeys(fact["measure"] for fact in facts):
        years = [fact for fact in facts if fact["measure"] == measure]
        told = ", ".join(f"{fact['year']} {fact['value']:,.0f}" for fact in years)
        others = ", and others" if len(years) > 1 else ""
        click.echo(f"Published, {MEASURES[measure].label_en.lower()}: {told} ({years[-1]['source']}{others})")


def _print(rows: pd.DataFrame) -> None:
    from indforecast.planning.measures import MEASURES

    for measure, years in rows.groupby("measure", sort=False):
        known = MEASURES[str(measure)]
        click.echo(f"{known.label_en} ({known.unit})")
        for row in years.to_dict("records"):
            part = "" if row["months"] == 12 else f"   ({row['months']} months)"
            click.echo(f"  {row['year']}  {_band(row, 0)}{part}")


def _band(row: dict[Any, Any], digits: int) -> str:
    return " / ".join(f"{row[name]:>13,.{digits}f}" for name in ("minimum", "medio", "maximum"))


def _say_json(release: Release, **content: Any) -> None:
    tables = {
        name: value if isinstance(value, list) else json.loads(value.to_json(orient="records"))
        for name, value in content.items()
    }
    click.echo(json.dumps({"release_id": release.release_id, **tables}, ensure_ascii=False, indent=2))
