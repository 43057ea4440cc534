"""The report: one HTML file, both languages, nothing loaded from elsewhere, no script.

What belongs here: putting sections into the template. What does not: what a section says (``opening``,
``stream_sections``, ``plan_sections``, ``change_section``, ``record_section``, ``official_section``,
``counted_section``, ``method_section``) and how it looks (``templates/``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indforecast.publication.change_section import change_section
from indforecast.publication.context import Facts, ReportContext
from indforecast.publication.counted_section import counted_section
from indforecast.publication.language import LANGUAGES, Language
from indforecast.publication.method_section import assumptions_section, glossary, made_section
from indforecast.publication.official_section import official_sections
from indforecast.publication.opening import Opening, Summary, opening, summary
from indforecast.publication.plan_sections import plan_sections
from indforecast.publication.record_section import record_section
from indforecast.publication.stream_sections import streams_section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from indforecast.publication.inputs import ReleaseInputs
    from indforecast.publication.views import Section


@dataclass(frozen=True)
class Page:
    """The report in one language."""

    language: Language
    title: str
    opening: Opening
    summary: Summary
    sections: tuple[Section, ...]
    glossary: tuple[tuple[str, str], ...]
    made: Section


def render_report(inputs: ReleaseInputs, record: Mapping[str, Any], *, release_id: str, next_release: date) -> str:
    """Write the report.

    Parameters
    ----------
    inputs : ReleaseInputs
        What is published; its tables hold ``changes`` and ``changes_plan`` as well.
    record : mapping
        ``manifest.inputs_record`` of the inputs.
    release_id : str
        The release's name.
    next_release : date
        Day of the next release.

    Returns
    -------
    str
        HTML. Equal inputs give equal text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    facts = Facts(inputs, record, release_id, next_release, inputs.edition)
    pages = [_page(ReportContext(facts, Language(code))) for code in LANGUAGES]
    environment = Environment(
        loader=PackageLoader("indforecast.publication", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(pages=pages, release_id=release_id)


def _page(context: ReportContext) -> Page:
    language = context.language
    return Page(
        language=language,
        title=language.text("page.title", month=language.month(context.facts.inputs.vintage)),
        opening=opening(context),
        summary=summary(context),
        sections=(
            change_section(context),
            streams_section(context),
            *plan_sections(context),
            record_section(context),
            *official_sections(context),
            counted_section(context),
            assumptions_section(context),
        ),
        glossary=glossary(context),
        made=made_section(context),
    )
