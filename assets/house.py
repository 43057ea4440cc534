"""The house: where everything lives, and the few doors that every stage goes through.

What belongs here: the resource that stages receive, made of the library's own objects. What does not: the
environment (``pipelines`` reads it), knowledge of what is inside a store.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import dagster as dg

if TYPE_CHECKING:
    from datetime import date

    from indforecast.config import Settings
    from indforecast.sources.drop_folder import Incoming
    from indforecast.sources.file_drop import FileDrop
    from indforecast.sources.freshness import Freshness
    from indforecast.sources.protocol import Source
    from indforecast.sources.publishers import NetworkPublisher
    from indforecast.vintages.downloads import Downloads
    from indforecast.vintages.stages import Stages
    from indforecast.vintages.store import Store
    from indforecast.vintages.stream_history import StreamHistory
    from indforecast.vintages.verdicts import Verdicts


#: Below the operator's mappings: what the tables of publishers on the network mean.
TABLES: Final = "tables"
#: The source of files that people drop or name.
FILE_DROP: Final = "file_drop"


@lru_cache(maxsize=8)
def _open_store(home: Path, tables: str | None) -> "Store":
    # One object per place and process, so that its lock is re-entrant from stage to stage.
    from indforecast.vintages.store import Store

    return Store(home, tables)


@lru_cache(maxsize=8)
def _open_downloads(home: Path) -> "Downloads":
    # As for the store: whoever holds a source holds it for every call of this process.
    from indforecast.vintages.downloads import Downloads

    return Downloads(home)


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

    def file_drop(self, publisher: str | None = None) -> "FileDrop":
        """The reader of dropped files, with the operator's mappings on top of the packaged ones.

        ``publisher`` is the mapping that an operator chose; all are tried without one.
        """
        from indforecast.sources.file_drop import FileDrop
        from indforecast.sources.mapping import load_publishers

        return FileDrop(publishers=load_publishers(self.publishers), chosen=publisher)

    def network(self) -> "tuple[NetworkPublisher, ...]":
        """The publishers on the network; making them asks nobody anything."""
        from indforecast.sources.publishers import make_publishers

        return make_publishers(self.settings(), self.publishers / TABLES)

    def reader_of(self, content: bytes, publisher: str | None = None) -> "Source":
        """Who reads a file: its publisher when it is a download, else the reader of dropped files."""
        from indforecast.sources.publishers import reader_of

        return reader_of(content, self.network, self.file_drop(publisher))

    def incoming(self, path: Path, publisher: str | None = None) -> "Incoming":
        """A file with its publisher: the named one, else the one that its folder below the drop folder names."""
        from indforecast.sources.drop_folder import publisher_of, read_incoming

        return replace(read_incoming(path), publisher=publisher or publisher_of(path.absolute(), self.drop))

    def downloads(self) -> "Downloads":
        """Editions that came over the network."""
        return _open_downloads(self.path)

    def store(self) -> "Store":
        """The bitemporal store."""
        return _open_store(self.path, self.tables)

    def streams(self) -> "StreamHistory":
        """The store as a forecast sees it: without indicators."""
        from indforecast.vintages.stream_history import StreamHistory

        return StreamHistory(self.store(), self.settings().hierarchy.series_ids)

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
        """Files in the drop folder, then downloads, that are neither in the store nor in quarantine, by name."""
        from indforecast.sources.drop_folder import dropped_files

        kept = [path for source in self.network_names() for path in self.downloads().kept(source)]
        return self._undealt([*dropped_files(self.drop), *kept])

    def waiting_of(self, source: str) -> list[Path]:
        """Files of one source that are neither in the store nor in quarantine, by name."""
        from indforecast.sources.drop_folder import dropped_files

        return self._undealt(dropped_files(self.drop) if source == FILE_DROP else self.downloads().kept(source))

    def refused(self, source: str) -> str | None:
        """File name of the edition of a source that was fetched last, when it lies in quarantine."""
        from indforecast.vintages.quarantine import list_quarantine

        newest = self.downloads().seen(source).get("content_sha256")
        kept = {str(one["delivery_id"]): str(one["name"]) for one in list_quarantine(self.path)}
        taken = set(self.store().deliveries()["delivery_id"])
        return kept.get(str(newest)) if newest not in taken else None

    def dealt_with(self) -> set[str]:
        """Delivery ids that were appended or refused."""
        from indforecast.vintages.quarantine import list_quarantine

        appended = {str(delivery_id) for delivery_id in self.store().deliveries()["delivery_id"]}
        return appended | {str(kept["delivery_id"]) for kept in list_quarantine(self.path)}

    def network_names(self) -> tuple[str, ...]:
        """The sources on the network, in the order in which they are asked."""
        return tuple(self.settings().sources.by_name())

    def freshness(self, source: str, today: "date") -> "Freshness":
        """What is stored of a source, and what ought to be; ``file_drop`` answers for all configured streams."""
        from indforecast.sources.freshness import freshness
        from indforecast.vintages.newest import newest_of_all

        settings = self.settings()
        if source == FILE_DROP:
            known = newest_of_all(self.store(), settings.hierarchy.base_ids)
            return freshness(known, settings.sources.file_drop.due_days, today)
        chosen = settings.sources.by_name()[source]
        return freshness(self.store().newest_from(chosen.title), chosen.due_days, today)

    def _undealt(self, paths: list[Path]) -> list[Path]:
        from indforecast.sources.drop_folder import without_known

        return without_known(paths, self.dealt_with()) if paths else []
