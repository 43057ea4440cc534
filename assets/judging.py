"""Tables before their suites: what is judged against what, and what a verdict sets in motion.

What belongs here: gathering a suite's context, keeping the verdict, quarantine. What does not: the expectations
(``expectations``), telling Dagster (``pipelines.checks``).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from assets.history import history_of
from assets.house import House
from assets.judged import refresh_index
from assets.scenario_bands import bands_of
from assets.staging import deliveries_in, known_with, reject

if TYPE_CHECKING:
    from datetime import date

    from expectations.override import Acceptance
    from expectations.verdict import Verdict
    from indforecast.vintages.stages import Stages


def judge_deliveries(house: House, stages: "Stages", today: "date") -> "list[tuple[str, Verdict]]":
    """Judge the staged deliveries of a run, each against what the store and the files before it say.

    A delivery that the store holds was judged when it came and is not judged again. A rejected one is put into
    quarantine. Where somebody accepted a delivery, the expectations that the decision names do not reject it.

    Parameters
    ----------
    house : House
        Where.
    stages : Stages
        Work tables of the run.
    today : date
        Nothing delivered may have become available after this day.

    Returns
    -------
    list of (str, Verdict)
        File name and verdict of every delivery that is new.
    """
    from expectations.delivery import DeliveryContext
    from expectations.runner import validate
    from indforecast.reference.quarters import published_quarters

    store = house.store()
    appended = set(store.deliveries()["delivery_id"])
    new = [one for one in deliveries_in(stages) if one.delivery_id not in appended]
    if not new:
        return []
    settings = house.settings()
    indicators = tuple(indicator.series_id for indicator in settings.indicators)
    known = store.as_of().observations if appended else None
    verdicts = []
    for one in new:
        against = DeliveryContext.of(
            settings.hierarchy, known, today, registry=settings.registry, indicators=indicators
        )
        verdict = validate(
            "delivery",
            one.frame,
            subject_sha256=one.delivery_id,
            context=replace(
                against,
                limits=settings.validation,
                published_quarters=published_quarters(),
                own_quarters=one.controls,
            ),
            docs_dir=house.checks,
            acceptance=_acceptance(house, one.delivery_id),
        )
        newest = one.frame["available_from"].max()
        house.verdicts().keep({**verdict.to_dict(), "name": one.name, "vintage": f"{newest:%Y-%m-%d}"})
        if verdict.success:
            known = known_with(known, one)
        else:
            reject(house, one.delivery_id, verdict.reasons())
        verdicts.append((one.name, verdict))
    refresh_index(house)
    return verdicts


def _acceptance(house: House, delivery_id: str) -> "Acceptance | None":
    from expectations.override import Acceptance
    from indforecast.vintages.decisions import Decisions

    decision = Decisions(house.path).standing(delivery_id)
    if decision is None or decision.outcome != "accept":
        return None
    by = f"accepted by {decision.name} on {decision.decided_on}: {decision.reason}"
    return Acceptance(decision.overridden, by)


def judge_bands(house: House, stages: "Stages") -> "list[tuple[str, Verdict]]":
    """Judge monthly and yearly bands.

    Returns
    -------
    list of (str, Verdict)
        Table name and verdict.
    """
    from expectations.bands import BandsContext
    from expectations.runner import validate
    from indforecast.domain.periods import parse_month

    settings = house.settings()
    observed = history_of(stages).observations
    origin = parse_month(stages.read_json("forecast")["forecast_origin"])
    bands = settings.bands
    hierarchy, reach = settings.hierarchy, settings.forecast.horizon_months
    contexts = {
        "monthly_bands": BandsContext.monthly(hierarchy, origin, bands.monthly_months, observed, horizon=reach),
        "yearly_bands": BandsContext.yearly(hierarchy, origin, bands.yearly_years, observed, horizon=reach),
    }
    verdicts = []
    for name, (table, digest) in bands_of(stages).items():
        verdict = validate("bands", table, subject_sha256=digest, context=contexts[name], docs_dir=house.checks)
        house.verdicts().keep(verdict.to_dict())
        verdicts.append((name, verdict))
    return verdicts
