"""Which codes of a StatLine table mean which series: its own metadata against its description.

What belongs here: choosing dimensions, codes and measures by title or identifier; one sentence for what is gone,
new or double. What does not: the words (``statline_table``), figures (``statline_figures``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

from indforecast.domain.errors import InputError
from indforecast.sources.grid import normal, shown
from indforecast.sources.statline_odata import Code, Dimension, Measure, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indforecast.sources.statline_table import TableDescription, TotalWords

_QUARTER: Final = re.compile(r"((?:19|20)[0-9]{2})KW0([1-4])", re.ASCII)
_MONTH: Final = re.compile(r"((?:19|20)[0-9]{2})MM(0[1-9]|1[0-2])", re.ASCII)
_MOST_SHOWN: Final = 12
_Item = TypeVar("_Item", Dimension, Measure, Code)


@dataclass(frozen=True)
class Selection:
    """What is read of a table.

    Parameters
    ----------
    dimensions : tuple of str
        Identifiers of all dimensions.
    time, nationality : str
        Identifiers of these two.
    months : dict of str to date
        First day by code of a month that is read.
    quarters : dict of str to date
        First day by code of a quarter, which controls months and is no row.
    totals : dict of str to str
        Code of the total by dimension, of the others.
    nationalities : dict of str to str
        ISO 3166 alpha-3 code by code; empty for the total of all.
    measures : dict of str to str
        ``series_id`` by measure.
    known : dict of str to frozenset of str
        All codes by dimension.
    written : dict of str to tuple of str
        The codes to ask for as the service writes them, by dimension.
    labels : dict of str to str
        Title of measure by ``series_id``, and of dimension by identifier.
    remarks : tuple of str
        What else a reader should know.
    """

    dimensions: tuple[str, ...]
    time: str
    nationality: str
    months: dict[str, date]
    quarters: dict[str, date]
    totals: dict[str, str]
    nationalities: dict[str, str]
    measures: dict[str, str]
    known: dict[str, frozenset[str]]
    written: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    remarks: tuple[str, ...]

    def wanted(self) -> Wanted:
        """What to ask the service for."""
        return Wanted(self.time, tuple(self.written.items()), tuple(self.measures))


class Chooser:
    """Finds the items of a table that a description names.

    Parameters
    ----------
    description : TableDescription
        The words.
    where : str
        The table, for messages.
    """

    def __init__(self, description: TableDescription, where: str) -> None:
        self._words = description
        self._where = where
        self._remarks: list[str] = []

    def select(self, dimensions: Sequence[Dimension], measures: Sequence[Measure]) -> Selection:
        """Choose.

        Raises
        ------
        InputError
            If a dimension, code or measure is gone, new or double; the message names what was expected, what was
            found, and what to do.
        """
        words = self._words
        time = self._one("dimension of time", dimensions, words.period.titles)
        nationality = self._one("dimension", dimensions, words.nationality.titles)
        totals = {self._one("dimension", dimensions, one.titles).identifier: one for one in words.totals}
        self._all_known(dimensions, {time.identifier, nationality.identifier, *totals})
        by_identifier = {one.identifier: one for one in dimensions}
        chosen = {key: self._total(by_identifier[key], one) for key, one in totals.items()}
        countries = self._nationalities(nationality)
        months = self._months(time)
        series = self._measures(measures)
        title = {one.identifier: one.title for one in measures}
        return Selection(
            dimensions=tuple(by_identifier),
            time=time.identifier,
            nationality=nationality.identifier,
            months=months,
            quarters={
                code.key: date(int(match[1]), 3 * int(match[2]) - 2, 1)
                for code in time.codes
                if (match := _QUARTER.fullmatch(code.key))
            },
            totals={key: code.key for key, code in chosen.items()},
            nationalities={code.key: country for code, country in countries},
            measures=series,
            known={one.identifier: frozenset(code.key for code in one.codes) for one in dimensions},
            written={key: (code.identifier,) for key, code in chosen.items()}
            | {nationality.identifier: tuple(code.identifier for code, _ in countries)},
            labels={key: title[measure].strip() for measure, key in series.items()}
            | {one.identifier: one.title.strip() for one in dimensions},
            remarks=tuple(self._remarks),
        )

    def _one(
        self, what: str, items: Iterable[_Item], titles: Sequence[str], identifiers: Sequence[str] = ()
    ) -> _Item:
        found = _matching(items, titles, identifiers)
        if len(found) == 1:
            return found[0]
        raise self._not_one(what, titles, identifiers, found or list(items), double=bool(found))

    def _not_one(
        self, what: str, titles: Sequence[str], identifiers: Sequence[str], items: Sequence[_Item], *, double: bool
    ) -> InputError:
        expected = f"'{titles[0]}'" if titles else f"with the identifier {identifiers[0]}"
        seen = ", ".join(
            f"'{shown(one.title.strip())}' ({shown(one.identifier.strip())})" for one in items[:_MOST_SHOWN]
        )
        more = f" and {len(items) - _MOST_SHOWN} more" if len(items) > _MOST_SHOWN else ""
        state = f"has more than one {what} {expected}" if double else f"has no {what} {expected}"
        return InputError(
            f"{self._where} {state}; found: {seen or 'none'}{more}.",
            hint=f"If the publisher changed the table, enter the new title in {self._words.table}.toml.",
        )

    def _all_known(self, dimensions: Sequence[Dimension], known: set[str]) -> None:
        new = [one for one in dimensions if one.identifier not in known]
        if new:
            raise InputError(
                f"{self._where} has a dimension '{shown(new[0].title.strip())}' ({new[0].identifier}) that its"
                " description does not name.",
                hint=f"Enter it with its total under [[totals]] in {self._words.table}.toml.",
            )

    def _total(self, dimension: Dimension, words: TotalWords) -> Code:
        what = f"code in '{shown(dimension.title.strip())}' for all together,"
        # A title such as 'Totaal' may also be that of a group, so an identifier goes first; but only while its
        # title agrees, because a publisher may use an identifier anew.
        titles = _normal(words.total_titles)
        exact = [
            code
            for code in _matching(dimension.codes, (), words.total_identifiers)
            if normal(code.title) in titles or normal(code.title).startswith("tota")
        ]
        return exact[0] if len(exact) == 1 else self._one(what, dimension.codes, words.total_titles)

    def _nationalities(self, dimension: Dimension) -> list[tuple[Code, str]]:
        words = self._words.nationality
        found = [(self._total(dimension, words), "")]
        absent = []
        for country, titles in words.countries.items():
            matching = _matching(dimension.codes, titles, ())
            if len(matching) > 1 or (not matching and country in words.required):
                what = f"nationality {country},"
                raise self._not_one(what, titles, (), matching or dimension.codes, double=bool(matching))
            found += [(code, country) for code in matching]
            absent += [country] if not matching else []
        if absent:
            self._remarks.append(f"no nationality {', '.join(absent)} in the table")
        return found

    def _months(self, time: Dimension) -> dict[str, date]:
        words = self._words.period
        out, provisional = (_normal(words.leave_out_states), _normal(words.provisional_states))
        months: dict[str, date] = {}
        skipped: set[str] = set()
        early: list[str] = []
        for code in time.codes:
            if match := _MONTH.fullmatch(code.key):
                if normal(code.state) in out:
                    skipped.add(code.key)
                    continue
                months[code.key] = date(int(match[1]), int(match[2]), 1)
                early += [code.key] if normal(code.state) in provisional else []
        if not months:
            raise InputError(
                f"{self._where} has no month in '{shown(time.title.strip())}', written like 2024MM01; found:"
                f" {', '.join(shown(code.key) for code in time.codes[:_MOST_SHOWN]) or 'none'}.",
                hint="Check that the table is one that is published by month.",
            )
        if skipped:
            self._remarks.append(f"{len(skipped)} months are left out for their state, from {min(skipped)}")
        if early:
            self._remarks.append(f"{len(early)} months are provisional, from {min(early)} to {max(early)}")
        return months

    def _measures(self, measures: Sequence[Measure]) -> dict[str, str]:
        found: dict[str, str] = {}
        for series_id, words in self._words.measures.items():
            matching = _matching(measures, words.titles, words.identifiers)
            if len(matching) == 1:
                other = found.setdefault(matching[0].identifier, series_id)
                if other != series_id:
                    title = shown(matching[0].title.strip())
                    raise InputError(
                        f"{self._where}: measure '{title}' means both {other} and {series_id}.",
                        hint=f"Mend the description {self._words.table}.toml.",
                    )
            elif matching or words.required:
                what = f"measure for {series_id},"
                raise self._not_one(
                    what, words.titles, words.identifiers, matching or measures, double=bool(matching)
                )
            else:
                self._remarks.append(f"no measure for {series_id} in the table")
        return found


def _matching(items: Iterable[_Item], titles: Sequence[str], identifiers: Sequence[str]) -> list[_Item]:
    """Items of one of these titles; only where none has one, those of these identifiers."""
    every = list(items)
    wanted = _normal(titles)
    by_title = [one for one in every if normal(one.title) in wanted]
    return by_title or [one for one in every if one.identifier.strip() in identifiers]


def _normal(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normal(word) for word in words)
