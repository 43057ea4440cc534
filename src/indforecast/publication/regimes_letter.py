"""Ways of funding compared, as a letter has it: tables and sentences of ``plan regimes``, in two languages.

What belongs here: plain text from a comparison. What does not: the comparison (``planning.funding``), its tables
(``planning.funding_tables``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indforecast.planning.funding_tables import INFLOWS, REGIME_MEASURES, difference_table, regime_table
from indforecast.publication.budget_letter import words
from indforecast.publication.text_table import fitted

if TYPE_CHECKING:
    import pandas as pd

    from indforecast.config.planning import PlanningSettings
    from indforecast.planning.funding import Comparison
    from indforecast.publication.language import Language

#: What is shown without being asked for more.
MAIN: Final = (
    "regime_granted_eur", "regime_net_cost_eur", "regime_net_cost_with_reception_eur", "regime_penalties_eur",
    "regime_open_cases_end", "regime_late_cases_end", "regime_share_in_term", "regime_dismissed_fte",
)  # fmt: skip
#: What the table of thirds shows.
_THIRDS: Final = (
    "regime_net_cost_eur", "regime_open_cases_end", "regime_dismissed_fte", "regime_net_cost_with_reception_eur",
)  # fmt: skip
#: Too small to call a difference, in standard errors.
_NOTHING: Final = 2.0

#: measure, regime, inflow: mean and standard error
_Cells = dict[tuple[str, str, str], tuple[float, float]]


def regimes_letter(
    language: Language,
    found: Comparison,
    settings: PlanningSettings,
    labels: dict[str, str],
    span: tuple[str, str],
    streams: tuple[str, ...],
    *,
    every: bool = False,
) -> str:
    """The whole text.

    Parameters
    ----------
    language : Language
        Of the text.
    found : Comparison
        Regimes on the same paths.
    settings : PlanningSettings
        Names of the regimes and figures that the notes quote.
    labels : dict of series_id to str
        Names of the streams.
    span : tuple of str
        First and last month.
    streams : tuple of str
        Streams that take part.
    every : bool
        Every measure, thirds by inflow and a sentence on each regime; otherwise :data:`MAIN` and the conclusion.
    """
    planned = settings.funding.regimes
    names = {name: language.pick(one.label_nl, one.label_en) for name, one in planned.items()}
    reference = found.reference
    values, differences = _cells(regime_table(found)), _cells(difference_table(found))
    others = [name for name in names if name != reference]
    head = words(language, "regimes.column_measure")
    shown = tuple(REGIME_MEASURES) if every else MAIN
    parts = [
        words(language, "regimes.title", first=span[0], last=span[1], paths=language.number(found.judging_paths)),
        "",
        words(language, "regimes.values"),
        "",
        fitted(
            [head, *names.values()],
            [
                [
                    _label(language, measure),
                    *(_mean(language, measure, values[measure, name, "all"]) for name in names),
                ]
                for measure in shown
            ],
        ),
    ]
    if others:
        parts += [
            "",
            words(language, "regimes.differences", reference=names[reference]),
            "",
            fitted(
                [head, *(names[name] for name in others)],
                [
                    [
                        _label(language, measure),
                        *(_difference(language, measure, differences[measure, name, "all"]) for name in others),
                    ]
                    for measure in shown
                ],
            ),
            "",
        ]
    if others and every:
        parts += [
            words(language, "regimes.thirds", reference=names[reference]),
            "",
            fitted(
                [head, words(language, "regimes.column_regime")]
                + [words(language, f"regimes.inflow_{third}") for third in INFLOWS[1:]],
                [
                    [_label(language, measure), names[name]]
                    + [_difference(language, measure, differences[measure, name, third]) for third in INFLOWS[1:]]
                    for measure in _THIRDS
                    for name in others
                ],
            ),
            "",
            *(
                words(
                    language,
                    "regimes.reading",
                    regime=names[name],
                    reference=names[reference],
                    **_told(language, differences, name),
                )
                for name in others
            ),
            "",
        ]
    if others:
        parts += [_conclusion(language, found, names, values, differences), ""]
    if not every:
        parts += [words(language, "regimes.rest", count=len(REGIME_MEASURES) - len(MAIN)), ""]
    funding = settings.funding
    notes = (
        *(
            words(
                language,
                "regimes.note_same",
                regime=names[name],
                reference=names[reference],
                paths=language.number(found.setting_paths),
                own=language.amount(alike.setting_eur, "EUR"),
                other=language.amount(alike.setting_reference_eur, "EUR"),
                apart=language.amount(alike.judging_difference_eur, "EUR", signed=True),
                error=language.quantity(alike.standard_error_eur, "EUR"),
            )
            for name, alike in found.same_money.items()
        ),
        words(language, "regimes.note_queue"),
        words(language, "regimes.note_regimes", calibration=settings.budget.calibration_year),
        words(language, "regimes.note_net"),
        words(
            language,
            "regimes.note_assumed",
            streams=language.listing(labels.get(name, name) for name in streams),
            damping=language.number(funding.damping.value, 1),
            dismissals=language.percent(funding.dismissals_a_month.value),
        ),
    )
    return "\n".join([*parts, *(f"- {note}" for note in notes)])


def _cells(table: pd.DataFrame) -> _Cells:
    return {
        (str(row["measure"]), str(row["regime"]), str(row["inflow"])): (row["mean"], row["standard_error"])
        for row in table.to_dict("records")
    }


def _label(language: Language, measure: str) -> str:
    known = REGIME_MEASURES[measure]
    return language.pick(known.label_nl, known.label_en)


def _mean(language: Language, measure: str, cell: tuple[float, float]) -> str:
    if REGIME_MEASURES[measure].unit == "share":
        return language.percent(cell[0], 1)
    return language.quantity(cell[0], REGIME_MEASURES[measure].unit)


def _difference(language: Language, measure: str, cell: tuple[float, float]) -> str:
    """Mean and standard error; shares in percentage points."""
    unit = REGIME_MEASURES[measure].unit
    if unit == "share":
        return f"{language.number(100 * cell[0], 1, signed=True)} ± {language.number(100 * cell[1], 1)}"
    return f"{language.quantity(cell[0], unit, signed=True)} ± {language.quantity(cell[1], unit)}"


def _conclusion(
    language: Language, found: Comparison, names: dict[str, str], values: _Cells, differences: _Cells
) -> str:
    """One plain sentence: which way costs least, and what stability alone does."""
    best, least = (
        names[min(names, key=lambda name: values[measure, name, "all"][0])]
        for measure in ("regime_net_cost_with_reception_eur", "regime_net_cost_eur")
    )
    alike = next(iter(found.same_money), None)
    if alike is None:
        return words(language, "regimes.short_alone", best=best, least=least)
    return words(
        language,
        "regimes.short",
        best=best,
        least=least,
        regime=names[alike],
        reference=names[found.reference],
        **_told(language, differences, alike),
    )


def _told(language: Language, differences: _Cells, name: str) -> dict[str, str]:
    """How a regime differs from the reference, in words that a sentence can take."""
    told = {}
    for key, measure in (
        ("cost", _THIRDS[0]),
        ("stock", _THIRDS[1]),
        ("dismissed", _THIRDS[2]),
        ("reception", _THIRDS[3]),
    ):
        mean, error = differences[measure, name, "all"]
        unit = REGIME_MEASURES[measure].unit
        amount = language.amount(abs(mean), unit) if unit == "EUR" else language.number(abs(mean))
        how = (
            "same"
            if abs(mean) <= _NOTHING * error
            else "more"
            if mean > 0
            else "less"
            if unit == "EUR"
            else "fewer"
        )
        told[key] = words(language, f"regimes.{how}", amount=amount)
    return told
