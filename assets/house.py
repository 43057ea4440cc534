"""The house: where everything lives, and the few doors that every stage goes through.

What belongs here: the resource that stages receive, made of the library's own objects. What does not: the
environment (``pipelines`` reads it), knowledge of what is inside a store.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from indforecast.config import Settings
    from indforecast.sources.file_drop import FileDrop
    from indforecast.vintages.stages import Stages
    from indforecast.vintages.store import Store
    from indforecast.vintages.verdicts import Verdicts


@lru_cache(maxsize=8)
def _open_store(home: Path, tables: str | None) -> "Store":
    # One object per place and process, so that its lock is re-entrant from stage to stage.
    from indforecast.vintages.store import Store

    return Store(home, tables)


class House(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Home folder, table store and settings file of one installation.

    Parameters
    ----------
    home : str
        Folder of raw copies, work tables, quarantine, checks and releases.
    tables : str, optional
        Object-store URL of the Delta tables; below ``home`` when omitted.
    settings_file : str, optional
        TOML on top of the packaged settings.
    """

    home: str
    tables: str | None = None
    settings_file: str | None = None

    @property
    def path(self) -> Path:
        """The home folder."""
        return Path(self.home)

    @property
    def drop(self) -> Path:
        """The folder that operators put deliveries in; nothing is ever moved out of it."""
        return self.path / "drop"

    @property
    def publishers(self) -> Path:
        """The operator's own mappings of publishers' words; it need not exist."""
        return self.path / "publishers"

    @property
    def checks(self) -> Path:
        """Data Docs of every check."""
        return self.path / "checks"

    def settings(self) -> "Settings":
        """Packaged settings with the user's file on top."""
        from indforecast.config import load_settings

        return load_settings(Path(self.settings_file) if self.settings_file else None)

    def release_day(self) -> int:
        """Day of the month on which releases are due."""
        return self.settings().release.day_of_month

    def file_drop(self) -> "FileDrop":
        """The reader of dropped files, with the operator's mappings on top of the packaged ones."""
        from indforecast.sources.file_drop import FileDrop
        from indforecast.sources.mapping import load_publishers

        return FileDrop(publishers=load_publishers(self.publishers))

    def store(self) -> "Store":
        """The bitemporal store."""
        return _open_store(self.path, self.tables)

    def verdicts(self) -> "Verdicts":
        """What checks said, by the hash of what they judged."""
        from indforecast.vintages.verdicts import Verdicts

        return Verdicts(self.path)

    def stages(self, partition_key: str) -> "Stages":
        """Work tables of one vintage partition."""
        from assets.partitions import last_day
        from indforecast.vintages.stages import Stages

        return Stages(self.path, last_day(partition_key))

    def waiting(self) -> list[Path]:
        """Files in the drop folder that are neither in the store nor in quarantine, by name."""
        from indforecast.sources.drop_folder import waiting_files
        from indforecast.vintages.quarantine import list_quarantine

        appended = set(self.store().deliveries()["delivery_id"])
        return waiting_files(self.drop, appended | {kept["delivery_id"] for kept in list_quarantine(self.path)})
