"""Rules on what the rows of a delivery count, and their checks.

What belongs here: pure functions of a delivery beside its history and the registry of definitions, and their
words. What does not: the registry (``indforecast.domain.definitions``), other rules (``delivery_rules``).
A sentence names series, months and definitions and never a count of persons.

Models take a series for one thing that goes up and down. Where it counts two things, the step between them is
taken for inflow, so nothing may join them. Over a break that the registry declares comparable, months may be
joined, and that is said once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from expectations.checks import Check, flagged, quoted, texts_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expectations.delivery_rules import Delivery
    from indforecast.domain.definitions import Break, Registry

#: What a file says that says nothing.
_UNSPECIFIED = "unspecified"


def definition_checks(registry: Registry | None) -> tuple[Check, ...]:
    """The checks on definitions; without a registry only that a series has one."""
    one = flagged(
        "one_definition", "critical", "A series counts the same thing as its history does",
        "Applications and arrivals, or signed and reported ones, must not be mixed in one series.",
    )  # fmt: skip
    if registry is None:
        return (one,)
    return (
        flagged("definition_known", "critical", "Every definition is in the registry",
                "'indforecast definitions list' shows them; the settings may add one."),
        flagged("definition_fits_series", "critical", "Every series counts what the registry says that it counts",
                "Requests and arrivals of family members, for example, are two series."),
        one,
        flagged("definition_valid_then", "critical", "Every month lies where its definition holds"),
        flagged("definition_break", "critical",
                "No delivery joins months before and after a break that makes them incomparable",
                "A step in the way of counting would be taken for a step in inflow."),
        flagged("comparable_break", "info", "No delivery is the first to join months on both sides of a break",
                "The registry declares both sides comparable. Nothing is left to decide; a reader has to know."),
    )  # fmt: skip


def definition_texts(delivery: Delivery, registry: Registry | None) -> dict[str, pd.Series[str]]:
    """Sentences of every check of :func:`definition_checks`, by its name."""
    texts = {"one_definition": other_definition(delivery, registry)}
    if registry is not None:
        texts |= {
            "definition_known": unknown_definition(delivery, registry),
            "definition_fits_series": misplaced_definition(delivery, registry),
            "definition_valid_then": definition_out_of_time(delivery, registry),
            "definition_break": joined_breaks(delivery, registry, comparable=False),
            "comparable_break": joined_breaks(delivery, registry, comparable=True),
        }
    return texts


def other_definition(delivery: Delivery, registry: Registry | None = None) -> pd.Series[str]:
    """Rows that count another thing than the series' history, or without history than most of the delivery."""
    rows = delivery.usable[delivery.usable["definition"].notna()]
    stored = delivery.history.groupby("series_id")["definition"].agg(set).to_dict()
    found: dict[int, str] = {}
    for series_id, group in rows.groupby("series_id"):
        if series_id in stored:
            allowed = stored[series_id]
        else:
            counts = group["definition"].value_counts()
            allowed = {min(counts.index[counts == counts.max()])}
        usual = " or ".join(sorted(quoted(name) for name in allowed))
        for name, wrong in group[~group["definition"].isin(allowed)].groupby("definition"):
            why = registry.explain(str(name), min(allowed)) if registry else ""
            text = f"{series_id}: counts {quoted(name)}, but the series counts {usual}"
            found |= dict.fromkeys(wrong.index, f"{text} ({why})" if why else text)
    return texts_at(found)


def unknown_definition(delivery: Delivery, registry: Registry) -> pd.Series[str]:
    """Rows whose definition nobody registered."""
    found: dict[int, str] = {}
    for series_id, name, rows in _groups(delivery):
        if registry.find(name) is not None:
            continue
        near = registry.nearest(name)
        told = f"{quoted(name)} is no registered definition" + (f" (did you mean {near}?)" if near else "")
        if name == _UNSPECIFIED:
            told = "nothing says what is counted"
        found |= dict.fromkeys(rows.index, f"{series_id}: {told}")
    return texts_at(found)


def misplaced_definition(delivery: Delivery, registry: Registry) -> pd.Series[str]:
    """Rows of a series that never counts what they count."""
    found: dict[int, str] = {}
    for series_id, name, rows in _groups(delivery):
        definition = registry.find(name)
        if definition is not None and not definition.fits(series_id):
            allowed = " or ".join(quoted(one.key) for one in registry.of_series(series_id)) or "nothing registered"
            text = f"{series_id}: counts {allowed}, never {quoted(name)}; {registry.advice(name)}"
            found |= dict.fromkeys(rows.index, text)
    return texts_at(found)


def definition_out_of_time(delivery: Delivery, registry: Registry) -> pd.Series[str]:
    """Months in which nobody counted what the row says."""
    found: dict[int, str] = {}
    for series_id, name, rows in _groups(delivery):
        definition = registry.find(name)
        if definition is None:
            continue
        wrong = rows[[not definition.holds_in(month) for month in rows["period"]]]
        if wrong.empty:
            continue
        why = "; ".join(f"since {item.span()}: {item.changed_en}" for item in registry.bounds_of(name))
        text = f"{series_id}: {_months(wrong['period'])} cannot be {quoted(name)}, which holds {definition.span()}"
        found |= dict.fromkeys(wrong.index, f"{text} ({why})" if why else text)
    return texts_at(found)


def joined_breaks(delivery: Delivery, registry: Registry, *, comparable: bool) -> pd.Series[str]:
    """The first row in each series that brings months from the other side of a break, or both sides at once.

    What the store holds on both sides already is no fault of this delivery.

    Parameters
    ----------
    delivery : Delivery
        The delivery beside its history.
    registry : Registry
        With the breaks.
    comparable : bool
        Judge the breaks whose sides may stand in one series, or the others.
    """
    stored = delivery.history.groupby("series_id")["period"].agg(["min", "max"])
    joins: dict[str, list[tuple[str, pd.DataFrame]]] = {}
    for series_id, name, rows in _groups(delivery):
        for item in registry.breaks_within(name):
            span = stored.loc[series_id] if series_id in stored.index else None
            joining = _joining(rows, span, item) if item.comparable == comparable else rows.iloc[:0]
            if len(joining):
                first = joining[joining["period"] == joining["period"].min()]
                joins.setdefault(item.key, []).append((series_id, first))
    found: dict[int, str] = {}
    for item in registry.breaks:
        touched = joins.get(item.key, [])
        # One sentence for all series, by stream: nationalities follow theirs.
        streams = ", ".join(dict.fromkeys(series_id.partition(".")[0] for series_id, _ in touched))
        text = f"{streams}: months before and after {item.span()} are joined ({item.changed_en})"
        for at in (at for _, rows in touched for at in rows.index):
            found[at] = f"{found[at]}; {text}" if at in found else text
    return texts_at(found)


def _joining(rows: pd.DataFrame, stored: pd.Series[Any] | None, item: Break) -> pd.DataFrame:
    """Delivered rows on the side of a break that the series did not have, where it has both sides with them."""
    start = pd.Timestamp(item.month).to_period("M").to_timestamp()
    after = rows["period"] >= start
    had_before = stored is not None and bool(stored["min"] < start)
    had_after = stored is not None and bool(stored["max"] >= start)
    if had_before and had_after:
        return rows.iloc[:0]
    if had_after:
        return rows[~after]
    return rows[after] if had_before or not after.all() else rows.iloc[:0]


def _groups(delivery: Delivery) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Usable rows by series and definition."""
    rows = delivery.usable[delivery.usable["definition"].notna()]
    for (series_id, name), group in rows.groupby(["series_id", "definition"]):
        yield str(series_id), str(name), group


def _months(periods: pd.Series[pd.Timestamp]) -> str:
    first, last = periods.min(), periods.max()
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"
