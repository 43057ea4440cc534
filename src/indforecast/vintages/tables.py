"""Delta Lake tables in a folder or an object store: open, read, append once, tidy up.

What belongs here: every call to ``deltalake``. What does not: what the columns mean (``store``, ``forecasts``).

An append names the version that it was decided upon. Where another writer committed since, the append fails with
:class:`WriteConflict` instead of adding rows that are there by now; the lock on the home keeps writers on one
machine apart, this keeps those on different machines apart. Never fork a process that has used ``deltalake``: its
threads do not survive it.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from filelock import FileLock, Timeout

from indforecast.domain.errors import ConfigError, StoreUnavailable
from indforecast.vintages.atomic import settle
from indforecast.vintages.failures import WriteConflict, explained

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from deltalake import DeltaTable
    from pyarrow.compute import Expression
    from pyarrow.fs import SubTreeFileSystem

#: The name under which every append of the house registers in a table's log, so that two at once conflict.
_WRITER = "indforecast"
_CONFLICT = re.compile(r"concurrent transaction|table already exists", re.IGNORECASE)
#: Fewer pieces than this are not worth rewriting; more than so many always are.
_PIECES, _MOST_PIECES = 16, 100
#: Pieces are rewritten once together they hold this share of the rows of the largest, so that all rewriting ever
#: done stays a fixed multiple of the table.
_SHARE = 0.25
_GROUP_ROWS = 1 << 16
_SCHEMES = ("s3", "s3a", "gs", "az", "adl", "azure", "abfs", "abfss", "https", "file")
_CONFIGURATION = {
    # Deleting or changing a row is refused by every Delta writer that honours the protocol.
    "delta.appendOnly": "true",
    # The log is part of the record: it is not thinned out after thirty days.
    "delta.enableExpiredLogCleanup": "false",
}


class Table:
    """One append-only table.

    Parameters
    ----------
    root : str
        Folder or object-store URL of all tables.
    name : str
        Name of this one.
    partition_by : sequence of str
        Columns that rows are kept apart by.

    Raises
    ------
    ConfigError
        If the URL is of a kind that Delta Lake does not know.
    StoreUnavailable
        If the folder's name is one that Delta Lake cannot handle.
    """

    def __init__(self, root: str, name: str, partition_by: Sequence[str] = ()) -> None:
        self._folder: Path | None
        if "://" in root:
            if root.split("://", 1)[0] not in _SCHEMES:
                raise ConfigError(
                    f"'{root}' is not an address that tables can be kept at.",
                    hint=f"INDFORECAST_STORE is a folder or begins with {', '.join(_SCHEMES)}, then '://'.",
                )
            self.uri = f"{root.rstrip('/')}/{name}"
            self._folder = Path(unquote(root[7:])) / name if root.startswith("file://") else None
        else:
            folder = Path(root).absolute()
            if "%" in str(folder):
                # Delta Lake decodes it twice and writes here what it then looks for there.
                raise StoreUnavailable(
                    f"The folder {folder} has a percent sign in its name, which Delta Lake cannot handle.",
                    hint="Name another folder with INDFORECAST_HOME.",
                )
            self._folder = folder / name
            self.uri = self._folder.as_uri()
        self._label = f"table '{name}' in {root}"
        self._partition_by = list(partition_by)
        self._open: DeltaTable | None = None

    @property
    def exists(self) -> bool:
        """Whether it was there at the last :meth:`refresh`."""
        return self._open is not None

    def refresh(self) -> int:
        """Look at the table as it is now.

        Returns
        -------
        int
            Its version, -1 when it does not exist yet.
        """
        from deltalake import DeltaTable

        with explained(self._label):
            if self._open is None:
                if not DeltaTable.is_deltatable(self.uri):
                    return -1
                self._open = DeltaTable(self.uri)
            else:
                self._open.update_incremental()
            return int(self._open.version())

    def read(
        self, columns: Sequence[str] | None = None, partitions: Sequence[tuple[str, str, str]] = ()
    ) -> pa.Table:
        """Rows as of the last :meth:`refresh`, in no particular order.

        Parameters
        ----------
        columns : sequence of str, optional
            Which columns; all when omitted.
        partitions : sequence of (column, operator, value)
            Only these partitions.
        """
        if self._open is None:
            raise ValueError("the table does not exist yet; refresh() says so with -1")
        with explained(self._label):
            return self._open.to_pyarrow_table(
                partitions=list(partitions) or None,
                columns=None if columns is None else list(columns),
                filesystem=self._local_files(),
            )

    def scan(self, columns: Sequence[str], where: Expression | None = None, plain: Sequence[str] = ()) -> pa.Table:
        """Rows as of the last :meth:`refresh` for which ``where`` holds, in no particular order, text coded.

        The condition is pushed down: pieces whose recorded range it cannot meet are not opened.

        Parameters
        ----------
        columns : sequence of str
            Which columns; those of text come dictionary-encoded.
        where : Expression, optional
            All rows when omitted.
        plain : sequence of str
            Columns of text that come as they are: a condition on a column of many values is twice as fast then.
        """
        if self._open is None:
            raise ValueError("the table does not exist yet; refresh() says so with -1")
        from pyarrow.dataset import ParquetReadOptions

        with explained(self._label):
            coded = self._text_columns() & set(columns) - set(plain)
            dataset = self._open.to_pyarrow_dataset(
                filesystem=self._local_files(), parquet_read_options=ParquetReadOptions(dictionary_columns=coded)
            )
            return dataset.to_table(columns=list(columns), filter=where)

    def _text_columns(self) -> set[str]:
        assert self._open is not None
        return {field.name for field in self._open.schema().fields if str(field.type.type) == "string"}

    def tidy(self, order_by: str) -> bool:
        """Rewrite many small pieces into few, ordered by one column; no row is added, lost or changed.

        One commit that Delta Lake marks as moving data only, so an append-only table allows it. Killed half-way it
        leaves a piece that nothing refers to. What it replaces stays in the folder.

        Left to itself, Delta Lake lets two rewritings of the same pieces both through, and every row stands twice
        from then on. So it is done in a folder only, under a lock of the table that all processes on the machine
        respect, on the newest version; a table in an object store, which other machines may write, is left alone.

        Returns
        -------
        bool
            Whether it was time, by the number and share of small pieces, and was done.
        """
        from deltalake import PostCommitHookProperties, WriterProperties

        if self._folder is None or self._open is None or not self._is_time():
            return False
        with explained(self._label), suppress(Timeout), FileLock(f"{self._folder}.tidy.lock", timeout=0):
            before = self.refresh()
            if not self._is_time():
                return False
            self._open.optimize.z_order(
                [order_by],
                writer_properties=WriterProperties(compression="ZSTD", max_row_group_size=_GROUP_ROWS),
                post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
            )
            self._settle(before + 1, self.refresh())
            self._open.create_checkpoint()
            return True
        return False

    def _is_time(self) -> bool:
        import pyarrow as pa

        assert self._open is not None
        with explained(self._label):
            pieces = sorted(pa.table(self._open.get_add_actions(flatten=True))["num_records"].to_pylist())
        if len(pieces) <= _PIECES:
            return False
        return len(pieces) > _MOST_PIECES or sum(pieces[:-1]) >= _SHARE * pieces[-1]

    def _local_files(self) -> SubTreeFileSystem | None:
        """Arrow's own file system for a folder.

        Through Delta Lake's, which is written in Python, a thread of Arrow aborts the process about once in ten
        times when the interpreter ends soon after reading: it asks for the GIL to let go of the file system.
        """
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

        return None if self._folder is None else SubTreeFileSystem(str(self._folder), LocalFileSystem())

    def append(self, rows: pa.Table) -> int:
        """Append ``rows`` in one transaction on top of the version last seen by :meth:`refresh`.

        Returns
        -------
        int
            The new version.

        Raises
        ------
        WriteConflict
            If another writer committed since; nothing was written.
        StoreUnavailable
            If the storage refuses; nothing was written.
        """
        from deltalake import CommitProperties, PostCommitHookProperties, Transaction, write_deltalake
        from deltalake.exceptions import DeltaError

        with explained(self._label):
            version = -1 if self._open is None else int(self._open.version())
            try:
                write_deltalake(
                    self.uri if self._open is None else self._open,
                    rows,
                    mode="error" if self._open is None else "append",
                    partition_by=self._partition_by or None,
                    configuration=_CONFIGURATION if self._open is None else None,
                    commit_properties=CommitProperties(app_transactions=[Transaction(_WRITER, version + 1)]),
                    post_commithook_properties=PostCommitHookProperties(cleanup_expired_logs=False),
                )
            except Exception as error:
                # What the handle has seen is uncertain now; the next refresh opens the table afresh.
                self._open = None
                if isinstance(error, DeltaError) and _CONFLICT.search(str(error)):
                    raise WriteConflict(self.uri) from error
                raise
            committed = self.refresh()
            self._settle(version + 1, committed)
        return committed

    def _settle(self, first: int, last: int) -> None:
        # Delta Lake leaves it to the system when bytes reach a local disk. Before an append is reported as done,
        # they are there: after a power cut it is then whole, or was never reported.
        if self._folder is None:
            return
        for version in range(first, last + 1):
            log = self._folder / "_delta_log" / f"{version:020d}.json"
            actions = [json.loads(line) for line in log.read_bytes().splitlines()]
            added = [self._folder / unquote(action["add"]["path"]) for action in actions if "add" in action]
            settle([*added, log])
