"""The command ``plan desks``: visits, biometrics, documents to hand out and calls, and who serves them.

What belongs here: its options and what is printed. What does not: what cases bring (``planning.desks``).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indforecast.cli_house import json_option, settings_option
from indforecast.cli_notes import made_otherwise
from indforecast.cli_planning import load_case, release_argument

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from indforecast.config.planning_desks import DesksPlanning, Surge
    from indforecast.planning.case import PlanningCase
    from indforecast.planning.desks import DeskPaths

_ROWS = (
    ("desk_visits", "Desk visits"),
    ("biometrics", "Biometrics"),
    ("documents_handed_out", "Documents handed out"),
    ("telephone_calls", "Telephone calls"),
    ("desk_fte", "Desk staff (FTE)"),
    ("telephone_fte", "Telephone staff (FTE)"),
)


@click.command(
    epilog="""\b
Examples:
  indforecast plan desks
  indforecast plan desks --months 24 --json
  indforecast plan desks --surge ukraine_2022 --surge-from 2026-03
  indforecast plan desks --surge my-surge.toml

\b
A surge of your own (TOML), every figure with a source or an assumption:
  first = "2026-04"
  months = { value = 6, unit = "months", assumption = "..." }
  persons = { value = 20000, unit = "persons", assumption = "..." }
  visits_per_person = { value = 1, unit = "per person", assumption = "..." }
  documents_per_person = { value = 1, unit = "per person", assumption = "..." }
  calls_per_person = { value = 0.5, unit = "per person", assumption = "..." }
"""
)
@release_argument
@click.option("--months", type=click.IntRange(1, 60), default=12, show_default=True, help="Months to print.")
@click.option("--surge", help="An extra stream: a surge of the settings by name, or a TOML file.")
@click.option("--surge-from", metavar="YYYY-MM", help="Move the surge to begin in this month.")
@settings_option
@json_option
@click.pass_obj
def desks(
    home: Path,
    release_id: str,
    months: int,
    surge: str | None,
    surge_from: str | None,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """Desk visits, biometrics, documents to hand out, calls, and the staff for them, per forecast month.

    RELEASE_ID may be its beginning, or 'latest'.
    """
    import numpy as np

    from indforecast.domain.errors import ConfigError, InputError
    from indforecast.planning.desk_case import check_anchors, run_desk_case
    from indforecast.planning.desks import solve_rates

    if surge_from is not None and surge is None:
        raise InputError("--surge-from moves a surge, but none is given.", hint="Add --surge NAME.")
    release, case = load_case(home, release_id, settings_file)
    figures = case.settings.desks
    if figures.anchors is None:
        raise ConfigError(
            "The settings have no planning.desks.anchors.", hint="Take the packaged ones, or add your own."
        )
    extra = None if surge is None else _surge(surge, surge_from, figures, case)
    if extra is not None:
        _within(extra, case)
    every = [*figures.surges.values(), *([] if extra is None else [extra])]
    served = run_desk_case(case, surges=every)
    check, rates = check_anchors(figures), solve_rates(figures)
    shown = min(months, case.periods.size)
    bands = {name: np.quantile(values[:, :shown], case.levels, axis=0) for name, values in _totals(served).items()}
    stamps = [str(month) for month in case.periods[:shown]]
    if as_json:
        content = {
            "release_id": release.release_id,
            "made_by_other_code": made_otherwise(release, settings_file),
            "levels": case.levels,
            "rates": asdict(rates),
            "held_constant": _held_constant(served, shown),
            "anchor_check": {"year": figures.anchors.year, **asdict(check)},
            "surge": None if extra is None else extra.model_dump(mode="json"),
            "months": [
                {
                    "period": stamp,
                    **{
                        name: dict(
                            zip(("minimum", "medio", "maximum"), np.round(band[:, at], 1).tolist(), strict=True)
                        )
                        for name, band in bands.items()
                    },
                }
                for at, stamp in enumerate(stamps)
            ],
            "visits_by_stream": _by_stream(served.visits, shown),
            "calls_by_stream": _by_stream(served.calls, shown),
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    constant = _held_constant(served, shown)
    click.echo(
        f"Release {release.release_id}: desks and telephones, medio per month\n"
        f"{constant['visits']:.0%} of these visits and {constant['calls']:.0%} of these calls come from products "
        "without a series here and are held constant;\nbiometrics and documents are those of modelled streams "
        "only.\n"
    )
    heads = ("visits", "biometrics", "documents", "calls", "desk FTE", "counters", "agents", "phone FTE")
    click.echo(f"{'month':<8}" + "".join(f"{head:>11}" for head in heads))
    for at, stamp in enumerate(stamps):
        columns = [bands[name][1, at] for name in _SHOWN]
        click.echo(f"{stamp:<8}" + "".join(f"{value:>11,.0f}" for value in columns))
    low, middle, high = np.quantile(_totals(served)["desk_visits"][:, :shown].sum(axis=1), case.levels)
    peak = int(np.argmax(bands["documents_handed_out"][1]))
    click.echo(
        f"\nOver these {shown} months {middle:,.0f} desk visits (minimum {low:,.0f}, maximum {high:,.0f}); most "
        f"documents are handed out in {stamps[peak]}.\nCounters and agents are those of the busiest hours."
    )
    if extra is not None:
        seen = served.visits["surge"][0, :shown].sum()
        brought = f"{seen:,.0f}" if seen else "none"
        click.echo(f"The surge brings {brought} of these visits, {_when(extra, case, shown)}.")
    click.echo(
        f"{figures.anchors.year} comes out at {check.visits:,.0f} visits and {check.calls:,.0f} calls, as "
        f"published. What a case brings and how the year divides is assumed:\n"
        f"{rates.other_visits:,.0f} visits and "
        f"{rates.other_calls:,.0f} calls a year, of products without a series here, are held constant."
    )


_SHOWN = (
    "desk_visits",
    "biometrics",
    "documents_handed_out",
    "telephone_calls",
    "desk_fte",
    "counters",
    "agents_peak",
    "telephone_fte",
)


def _totals(served: DeskPaths) -> dict[str, NDArray[np.float64]]:
    import numpy as np

    return {
        "desk_visits": np.sum([*served.visits.values()], axis=0),
        "biometrics": np.sum([*served.biometrics.values()], axis=0),
        "documents_handed_out": np.sum([*served.documents.values()], axis=0),
        "documents_gathered": served.gathered,
        "telephone_calls": np.sum([*served.calls.values()], axis=0),
        "desk_fte": served.desk_fte,
        "counters": served.counters,
        "agents_peak": served.agents_peak,
        "agents_other": served.agents_other,
        "telephone_fte": served.phone_fte,
    }


def _held_constant(served: DeskPaths, shown: int) -> dict[str, float]:
    """Share of visits and of calls that no stream here moves, over the months shown and all paths."""
    shares = {}
    for name, parts in (("visits", served.visits), ("calls", served.calls)):
        sums = {key: float(part[:, :shown].sum()) for key, part in parts.items()}
        shares[name] = round(sums["other"] / max(sum(sums.values()), 1.0), 4)
    return shares


def _last(surge: Surge) -> np.datetime64:
    import numpy as np

    last: np.datetime64 = np.datetime64(surge.first, "M") + (round(surge.months.value) - 1)
    return last


def _within(surge: Surge, case: PlanningCase) -> None:
    """Refuse a surge of which no month is forecast: it would bring nothing."""
    import numpy as np

    from indforecast.domain.errors import InputError

    hint = f"This release forecasts {case.periods[0]} to {case.periods[-1]}; move it with --surge-from YYYY-MM."
    if np.datetime64(surge.first, "M") > case.periods[-1]:
        raise InputError(f"--surge: it begins in {surge.first}, after the last month that is forecast.", hint=hint)
    if _last(surge) < case.periods[0]:
        raise InputError(
            f"--surge: it ends in {_last(surge)}, before the first month that is forecast.", hint=hint
        )


def _when(surge: Surge, case: PlanningCase, shown: int) -> str:
    """When a surge comes, and which part of it lies outside the months shown."""
    import numpy as np

    first, last = np.datetime64(surge.first, "M"), _last(surge)
    if first > case.periods[shown - 1]:
        return f"for it begins in {surge.first}, after the months shown (--months)"
    text = f"from {surge.first} to {last}"
    if first < case.periods[0]:
        text += f"; its months before {case.periods[0]} are not forecast"
    if last > case.periods[shown - 1]:
        text += f"; its months after {case.periods[shown - 1]} are not shown"
    return text


def _by_stream(parts: dict[str, NDArray[np.float64]], shown: int) -> dict[str, float]:
    """Mean over paths of the whole span, per stream."""
    return {name: round(float(part[:, :shown].sum(axis=1).mean()), 1) for name, part in parts.items()}


def _surge(given: str, first: str | None, figures: DesksPlanning, case: PlanningCase) -> Surge:
    """A surge by name or from a file, moved to a month; a packaged one lies in the past and moves to the first."""
    from indforecast.config.kinds import is_month
    from indforecast.domain.errors import InputError, NotFound

    if first is not None and not is_month(first):
        raise InputError(f"--surge-from '{first}' is not a month.", hint="Write YYYY-MM.")
    if given in figures.surges:
        begins = first or str(case.periods[0])
        return figures.surges[given].model_copy(update={"first": begins})
    if not Path(given).exists():
        known = ", ".join(figures.surges) or "none"
        raise NotFound(f"There is no surge '{given}' and no such file.", hint=f"Known surges: {known}.")
    surge = _read_surge(Path(given))
    return surge if first is None else surge.model_copy(update={"first": first})


def _read_surge(path: Path) -> Surge:
    import tomllib

    from pydantic import ValidationError

    from indforecast.config.loader import line_of
    from indforecast.config.planning_desks import Surge
    from indforecast.config.wording import first_of, in_words
    from indforecast.domain.errors import ConfigError

    try:
        text = path.read_text(encoding="utf-8")
        table: dict[str, Any] = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check --surge.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Mend that line.") from None
    try:
        return Surge.model_validate(table)
    except ValidationError as error:
        first = first_of(error.errors(include_url=False))
        line, depth = line_of(text, first["loc"])
        where = f"{path}, line {line}" if depth else str(path)
        field = ".".join(str(part) for part in first["loc"]) or "surge"
        raise ConfigError(
            f"{where}, field '{field}': {in_words(first, Surge)}.",
            hint="See 'indforecast plan desks --help' for an example.",
        ) from None
