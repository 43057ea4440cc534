"""Commands that look at vintages: ``vintages list|diff|revisions|nowcast``.

What belongs here: their options, what is printed and how much of it. What does not: the comparison itself
(``vintages.comparison``, ``vintages.revision_report``), the nowcast (``forecasting.nowcast``).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from indforecast.cli_house import settings_option

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date, datetime

    import pandas as pd

    from indforecast.vintages.store import Store

_DAY: Final = click.DateTime(["%Y-%m-%d"])
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")
series_option = click.option(
    "--series",
    "series_ids",
    multiple=True,
    metavar="SERIES",
    help="Only this series; may be given more than once.",
)


def limit_option(rows: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How many rows are printed; JSON is never cut."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=rows,
        show_default=True,
        help="Most rows to print; 0 prints all. JSON holds all.",
    )


@click.group()
def vintages() -> None:
    """What was known when: vintages, what changed between two, how far first figures move."""


@vintages.command(
    "list",
    epilog="""\b
Examples:
  indforecast vintages list
  indforecast vintages list --series students --limit 0
""",
)
@series_option
@limit_option(24)
@json_option
@click.pass_obj
def list_(home: Path, series_ids: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Every day on which something became known, and what that was; the newest last."""
    from indforecast.vintages.comparison import vintage_table

    table = vintage_table(_store(home).revisions(series_ids=list(series_ids) or None))
    header = (
        f"{'vintage':<10}  {'rows':>7}  {'new':>7}  {'revised':>7}  {'restated':>8}  {'confirmed':>9}  "
        f"{'series':>6}  {'deliveries':>10}"
    )
    _show(table, table.tail(limit) if limit else table, as_json, header, _vintage, "earlier vintages")


@vintages.command(
    epilog="""\b
Examples:
  indforecast vintages diff 2025-12-31 2026-01-31
  indforecast vintages diff 2025-12-31 2026-01-31 --series asylum_first --json
"""
)
@click.argument("earlier", type=_DAY)
@click.argument("later", type=_DAY)
@series_option
@limit_option(40)
@json_option
@click.pass_obj
def diff(
    home: Path, earlier: datetime, later: datetime, series_ids: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """What changed between what was known on EARLIER and on LATER (YYYY-MM-DD).

    New months, months with another figure, months with the same figure of another basis or definition. A figure
    that was said again unchanged is no change.
    """
    from indforecast.domain.errors import InputError
    from indforecast.vintages.comparison import difference, summary

    if later < earlier:
        raise InputError(f"{later:%Y-%m-%d} lies before {earlier:%Y-%m-%d}.", hint="Name the earlier day first.")
    before, after = (
        _store(home).as_of(day.date(), series_ids=list(series_ids) or None) for day in (earlier, later)
    )
    found = difference(before, after)
    counts = summary(found)
    if as_json:
        changes = _records(found.assign(period=found["period"].dt.strftime("%Y-%m")))
        content = {
            "earlier": str(earlier.date()),
            "later": str(later.date()),
            "counts": counts,
            "changes": changes,
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    click.echo(", ".join(f"{count:,} {change}" for change, count in counts.items() if count) or "Nothing changed.")
    # A revision says more than a month that was simply due.
    first = found.assign(_due=found["change"] == "new").sort_values("_due", kind="stable")
    shown = first.head(limit) if limit else first
    for row in shown.to_dict("records"):
        click.echo(f"  {_change(row)}")
    _say_cut(len(found), len(shown), "changes")


@vintages.command(
    epilog="""\b
Examples:
  indforecast vintages revisions
  indforecast vintages revisions --series asylum_first --as-of 2024-12-31
"""
)
@series_option
@click.option("--as-of", "day", type=_DAY, help="Only what was known by then; everything by default.")
@limit_option(60)
@json_option
@click.pass_obj
def revisions(home: Path, series_ids: tuple[str, ...], day: datetime | None, limit: int, as_json: bool) -> None:
    """How far first figures move: from a month's first figure to what was known 1 to 12 months later, and now.

    Relative to the first figure: median, and the range that holds eight of ten months. Estimates are not counted
    as first figures.
    """
    from indforecast.vintages.revision_report import revision_report

    known = _store(home).revisions(_date(day), series_ids=list(series_ids) or None)
    report = revision_report(known)
    header = (
        f"{'series':<24}  {'months later':>12}  {'months':>6}  {'revised':>7}  {'p10':>7}  {'median':>7}  "
        f"{'p90':>7}  {'persons':>8}"
    )
    _show(report, report.head(limit) if limit else report, as_json, header, _revision, "lines")


@vintages.command(
    epilog="""\b
Examples:
  indforecast vintages nowcast
  indforecast vintages nowcast --series asylum_repeat --as-of 2024-12-31 --json
"""
)
@series_option
@click.option("--as-of", "day", type=_DAY, help="Only what was known by then; everything by default.")
@limit_option(60)
@settings_option
@json_option
@click.pass_obj
def nowcast(
    home: Path,
    series_ids: tuple[str, ...],
    day: datetime | None,
    limit: int,
    settings_file: Path | None,
    as_json: bool,
) -> None:
    """What the newest months will be when nobody revises them any more: an estimate, no published figure.

    From how past months of the same age moved, a publisher's figures and our own estimates apart. The final figure
    lies in the range with probability 0.8. Streams are shown unless series are named; invented months have none.
    """
    from indforecast.config import load_settings
    from indforecast.domain.errors import NotFound
    from indforecast.forecasting.nowcast_table import nowcast_table

    settings = load_settings(settings_file)
    streams = settings.hierarchy.base_ids
    known = _store(home).revisions(_date(day))
    # A series learns from all that report like it, whichever are asked for.
    below = sorted({name for name in known["series_id"] if name.partition(".")[0] in streams} - set(streams))
    if unknown := [name for name in series_ids if name not in {*streams, *below}]:
        raise NotFound(
            f"No stream and no nationality below one: {', '.join(unknown)}.",
            hint=f"Streams are {', '.join(streams)}.",
        )
    known = known[known["series_id"].isin([*streams, *below])]
    newest = known["available_from"].max().date()
    table = nowcast_table(known, _date(day) or newest, [*streams, *below], settings=settings.forecast.nowcast)
    table = table[table["series_id"].isin(series_ids or streams)].reset_index(drop=True)
    if table.empty and not as_json:
        click.echo("No month of these series can be revised: all of them are simulated.")
        return
    header = (
        f"{'series':<24}  {'month':<7}  {'age':>3}  {'figure of':<9}  {'first':>8}  {'now':>8}  {'complete':>8}  "
        f"{'nowcast':>8}  {'80% range':>19}  {'cases':>5}"
    )
    _show(table, table.head(limit) if limit else table, as_json, header, _nowcast, "months")


def _store(home: Path) -> Store:
    from indforecast.vintages.store import Store

    return Store(home, os.environ.get("INDFORECAST_STORE") or None)


def _date(day: datetime | None) -> date | None:
    return None if day is None else day.date()


def _percent(value: Any) -> str:
    # Rounded first, so that nothing is "-0.0%".
    return f"{'-':>7}" if value != value else f"{round(float(value), 3) + 0.0:>+7.1%}"


def _show(
    table: pd.DataFrame, shown: pd.DataFrame, as_json: bool, header: str, line: Callable[[Any], str], what: str
) -> None:
    """A table as JSON, or those rows of it that are to be shown, and how many more there are."""
    if as_json:
        _json(table)
        return
    click.echo(header)
    for row in shown.itertuples():
        click.echo(line(row))
    _say_cut(len(table), len(shown), what)


def _vintage(row: Any) -> str:
    return (
        f"{row.vintage:%Y-%m-%d}  {row.rows:>7,}  {row.months_new:>7,}  {row.months_revised:>7,}  "
        f"{row.months_restated:>8,}  {row.months_confirmed:>9,}  {row.series:>6,}  {row.deliveries:>10,}"
    )


def _revision(row: Any) -> str:
    return (
        f"{row.series_id:<24}  {row.age:>12}  {row.months:>6,}  {row.share_revised:>7.0%}  "
        f"{_percent(row.change_p10)}  {_percent(row.change_median)}  {_percent(row.change_p90)}  "
        f"{row.persons_median:>8,.0f}"
    )


def _nowcast(row: Any) -> str:
    # Where nothing is known of how such figures move, the figure is not certain: nothing is said.
    span = "-" if row.unchanged >= 1 else f"{row.lower:,} to {row.upper:,}"
    return (
        f"{row.series_id:<24}  {row.period:%Y-%m}  {row.age_months:>3}  {row.kind:<9}  {row.first_observed:>8,}  "
        f"{row.observed:>8,}  {row.completeness:>8.1%}  {row.median:>8,}  {span:>19}  {row.past_cases:>5,}"
    )


def _change(row: Mapping[Hashable, Any]) -> str:
    month = f"{row['series_id']:<24}  {row['period']:%Y-%m}  {row['change']:<8}"
    if row["change"] == "new":
        return f"{month}  {row['observed_after']:,} ({row['basis_after']})"
    if row["change"] == "gone":
        return f"{month}  {row['observed_before']:,}"
    text = f"{month}  {row['observed_before']:,} → {row['observed_after']:,}"
    for what in ("basis", "definition"):
        if row[f"{what}_before"] != row[f"{what}_after"]:
            text += f", {row[f'{what}_before']} → {row[f'{what}_after']}"
    return text


def _say_cut(total: int, shown: int, what: str) -> None:
    if total > shown:
        click.echo(f"… and {total - shown:,} {what} more; --limit 0 prints all.")


def _json(table: pd.DataFrame) -> None:
    click.echo(json.dumps(_records(table), ensure_ascii=False, indent=2))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: days as text, what is absent as null."""
    loaded: list[dict[str, Any]] = json.loads(
        table.to_json(orient="records", date_format="iso", double_precision=12)
    )
    for name in table.columns:
        if str(table[name].dtype).startswith("datetime"):
            for row in loaded:
                row[name] = row[name][:10] if row[name] else None
    return loaded
