"""Assumptions, sources, words used, and how the release was made.

What belongs here: the sections that let a reader check. What does not: figures of the forecast.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from indforecast.publication.answer_blocks import proofs_table
from indforecast.publication.code import split_code_version
from indforecast.publication.language import texts
from indforecast.publication.observed import BASES
from indforecast.publication.views import Block, Section, Table

if TYPE_CHECKING:
    from indforecast.config import Parameter
    from indforecast.publication.context import ReportContext

#: Words of the glossary, in the order in which a reader meets them.
WORDS: Final = (
    "minimum", "path", "vintage", "hit_rate", "basis", "asylum", "nareis", "fte", "pxq", "term", "wis", "release",
)  # fmt: skip

_SHORT: Final = 16
_MONTH: Final = re.compile(r"^\d{4}-\d{2}$")

#: Parameters that were counted at a month's end; other dated ones hold from a month on.
_COUNTED: Final = ("open_cases", "residents", "status_holders")


def assumptions_section(context: ReportContext) -> Section:
    """Every parameter: assumed ones in sight, sourced ones folded."""
    language = context.language
    parameters = context.facts.inputs.settings.parameters()
    assumed = [(path, item) for path, item in parameters if item.assumption is not None]
    sourced = [(path, item) for path, item in parameters if item.source is not None]
    lede = language.text("assumptions.lede", assumed=len(assumed), count=len(parameters))
    tables = []
    if assumed:
        tables.append(_parameters(context, assumed, "assumed", "why"))
    if sourced:
        tables.append(_parameters(context, sourced, "sourced", "source"))
    return Section(
        "assumptions",
        language.text("assumptions.heading"),
        (lede,),
        (Block("assumptions-list", tables=tuple(tables)),),
    )


def _parameters(context: ReportContext, rows: list[tuple[str, Parameter]], kind: str, column: str) -> Table:
    language = context.language
    return Table(
        caption=language.text(f"assumptions.{kind}", count=len(rows)),
        head=tuple(language.text(f"column.{name}") for name in ("parameter", "value", column)),
        rows=tuple(
            (
                _named(context, path),
                f"{_value(context, item.value)} {language.maybe(f'parameter_unit.{item.unit}', item.unit)}",
                _english(context, item.assumption or item.source or ""),
            )
            for path, item in rows
        ),
        text_columns=3,
        summary=language.text("assumptions.show_sourced", count=len(rows)) if kind == "sourced" else "",
    )


def _english(context: ReportContext, text: str) -> str:
    """Origins are written in English only: say so to a screen reader on another page."""
    return text if context.language.code == "en" else Markup('<span lang="en">{}</span>').format(text)


def parameter_name(context: ReportContext, path: str) -> str:
    """A parameter's name for readers from its dotted path; the path itself where a word is unknown."""
    language = context.language
    field, *rest = [part for part in path.split(".") if part not in ("planning", "streams")]
    group = (
        context.stream_label(field)
        if f"parameter_group.{field}" not in texts()
        else language.text(f"parameter_group.{field}")
    )
    if not rest:
        return path
    name = _word(context, rest[0])
    for place, part in enumerate(rest[1:], 1):
        if not name:
            return path
        if _MONTH.match(part):
            kind = "counted" if rest[place - 1] in _COUNTED else "dated"
            name = language.text(f"parameter.{kind}", name=name, when=language.month(part))
            continue
        known = _word(context, part)
        # What is no word of ours is a key that the settings chose: a year, a name.
        when = known or (context.stream_label(part).lower() if part in _streams(context) else part)
        name = language.text("parameter.counted", name=name, when=when)
    return language.text("parameter.path", group=group, name=name) if name else path


def _word(context: ReportContext, part: str) -> str:
    """The word of one part of a path, its place in a list counted in; nothing where there is none."""
    base, _, index = part.partition("[")
    key = f"parameter.{base}"
    return context.language.text(key, when=index.rstrip("]")) if key in texts() else ""


def _streams(context: ReportContext) -> tuple[str, ...]:
    return tuple(context.facts.inputs.hierarchy.series_ids)


def _named(context: ReportContext, path: str) -> Markup:
    breakable = Markup("<wbr>").join(re.split(r"(?<=[._])", path))
    return Markup("{}<br><code>{}</code>").format(parameter_name(context, path), breakable)


def _value(context: ReportContext, value: float) -> str:
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    decimals = len(text.partition(".")[2])
    return context.language.number(value, min(decimals, 4))


def glossary(context: ReportContext) -> tuple[tuple[str, str], ...]:
    """Words and their meaning."""
    language, facts = context.language, context.facts
    bands = facts.inputs.settings.bands
    values = {
        "minimum": language.percent(bands.minimum),
        "medio": language.percent(bands.medio),
        "maximum": language.percent(bands.maximum),
        "odds": context.odds(),
        "paths": language.number(int(facts.inputs.paths.sizes["path"])),
        **{
            basis.value: Markup("<b>{}</b> = {}").format(
                language.text(f"basis.{basis.value}"), language.text(f"basis_meaning.{basis.value}")
            )
            for basis in BASES
        },
    }
    return tuple(
        (language.text(f"word.{word}.name"), language.markup(f"word.{word}.text", **values)) for word in WORDS
    )


def made_section(context: ReportContext) -> Section:
    """Versions, hashes, deliveries and checks."""
    language = context.language
    proofs = proofs_table(context)
    tables = (_provenance(context), _deliveries(context), _checks(context), *((proofs,) if proofs else ()))
    block = Block("made-list", tables=tables)
    return Section("made", language.text("made.heading"), (language.text("made.lede"),), (block,))


def _provenance(context: ReportContext) -> Table:
    language, facts = context.language, context.facts
    inputs = facts.inputs
    version, source = split_code_version(inputs.code_version)
    paths = inputs.paths.sizes
    libraries = ", ".join(f"{name} {number}" for name, number in facts.record["code"]["libraries"].items())
    rows = (
        ("release_id", facts.release_id),
        ("edition", str(facts.edition)),
        ("vintage", inputs.vintage.isoformat()),
        ("origin", facts.record["forecast_origin"]),
        ("previous", inputs.previous.release_id if inputs.previous else language.text("none")),
        ("code", language.text("made.code_value", version=version, hash=(source or "–")[:_SHORT])),
        ("settings", language.text("made.hash_value", hash=facts.record["settings_sha256"][:_SHORT])),
        (
            "paths",
            language.text(
                "made.paths_value", paths=language.number(paths["path"]), months=language.number(paths["period"])
            ),
        ),
        ("models", ", ".join(inputs.settings.forecast.models)),
        ("seeds", ", ".join(f"{key} {value}" for key, value in facts.record["seeds"].items())),
        ("libraries", libraries),
    )
    return Table(
        caption=language.text("made.heading"),
        head=(language.text("column.measure"), language.text("column.value")),
        rows=tuple((language.text(f"made.{key}"), value) for key, value in rows),
        text_columns=2,
    )


def _deliveries(context: ReportContext) -> Table:
    language = context.language
    return Table(
        caption=language.text("made.deliveries"),
        head=tuple(language.text(f"column.{name}") for name in ("file", "publisher", "hash", "rows")),
        rows=tuple(
            (
                str(item["name"]),
                str(item["publisher"]),
                str(item["delivery_id"])[:_SHORT],
                language.number(item["rows"]),
            )
            for item in context.facts.record["deliveries"]
        ),
        text_columns=3,
    )


def _checks(context: ReportContext) -> Table:
    language = context.language
    rows = []
    for verdict in context.facts.record["verdicts"]:
        results = verdict["results"]
        passed = sum(1 for item in results if item["success"])
        warned = "; ".join(str(item["reason"]) for item in results if not item["success"])
        rows.append(
            (
                language.maybe(f"made.check_{verdict['table']}", str(verdict["table"])),
                str(verdict["subject_sha256"])[:_SHORT],
                language.text("made.check_passed", passed=passed, count=len(results)),
                _english(context, warned) if warned else language.text("none"),
            )
        )
    return Table(
        caption=language.text("made.checks"),
        head=(
            *(language.text(f"column.{name}") for name in ("check", "hash", "outcome")),
            language.text("made.warnings"),
        ),
        rows=tuple(rows),
        text_columns=4,
    )
