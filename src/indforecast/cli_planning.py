"""What planning commands work on: a release's joint paths and history, with the settings of today.

What belongs here: options they share and turning a release into a planning case. What does not: what a command
says (``cli_plan``, ``cli_beds``, ``cli_what_if`` and others beside them), planning itself (``planning``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from indforecast.planning.case import PlanningCase
    from indforecast.publication.release import Release

#: The release that a planning command works on.
release_argument = click.argument("release_id", default="latest")


def load_case(
    home: Path, release_id: str = "latest", settings_file: Path | None = None, *, remark: bool = True
) -> tuple[Release, PlanningCase]:
    """A release and the planning case that its paths and history make.

    Figures of planning come from the packaged settings and the user's file of today, not from those the release
    was made with: this is the place to try others. So when the release was made by other code or settings, a line
    on standard error says that figures may differ from its report.

    Parameters
    ----------
    home : Path
        Home folder.
    release_id : str
        Its identifier, the beginning of one, or ``latest``.
    settings_file : Path, optional
        TOML on top of the packaged settings.
    remark : bool
        Whether to say that; not of a release that is only compared with.

    Raises
    ------
    NotFound
        If there is no such release.
    IntegrityError
        If its files are not those published.
    ConfigError
        If the settings file is wrong.
    """
    from indforecast.cli_notes import OTHER_CODE, made_by_other_code
    from indforecast.config import load_settings
    from indforecast.domain.observations import History
    from indforecast.planning.case import PlanningCase
    from indforecast.publication.release import open_release

    release = open_release(home, release_id)
    settings = load_settings(settings_file)
    if remark and made_by_other_code(release, settings, own_file=settings_file is not None):
        click.echo(OTHER_CODE, err=True)
    inflow, periods = release.paths()
    base = set(settings.hierarchy.base_ids)
    observations = release.table("history")
    history = History(release.vintage, observations[observations["series_id"].isin(base)].reset_index(drop=True))
    return release, PlanningCase(
        inflow={name: values for name, values in inflow.items() if name in base},
        periods=periods,
        hierarchy=settings.hierarchy,
        settings=settings.planning,
        levels=settings.bands.levels,
        history=history.panel(settings.hierarchy.base_ids),
    )
