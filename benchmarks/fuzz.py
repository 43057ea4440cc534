"""Mutated files through reading, checking and storing: crashes, hangs and half-ingested files are counted.

What belongs here: the mutator and the three stages a file goes through. What does not: the files it begins with
(``delivery_files``).

Every file is made from a number: the same number is the same file. The check is the house's own rules and ranges
for a delivery, without Great Expectations around them, which would take most of the time.
"""

from __future__ import annotations

import io
import random
import signal
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from benchmarks import delivery_files as make
from expectations.delivery import (
    FIRST_MONTH,
    LAST_MONTH,
    MAX_OBSERVED,
    DeliveryContext,
    delivery_checks,
    prepare_delivery,
)
from indforecast.config import load_settings
from indforecast.domain.errors import InputError
from indforecast.domain.observations import OBSERVATION_KEY
from indforecast.sources.bundle import Bundle, is_bundle, read_bundle
from indforecast.sources.file_drop import FileDrop
from indforecast.sources.limits import TableLimits
from indforecast.sources.mapping import load_publishers
from indforecast.sources.publishers import make_publishers, reader_of
from indforecast.vintages.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indforecast.sources.protocol import StagedDelivery

SEED: Final = 20260130
#: A file that takes more time of the processor than this is counted as a hang, and so is one that takes
#: :data:`_WAITED` times as long by the clock: a busy machine is none.
HANG_SECONDS: Final = 10
_WAITED: Final = 12
_STORE_FILES: Final = 250
_TOKENS: Final = (
    b";", b",", b"\t", b"\n", b"\r", b'"', b"'", b"-", b"0", b".", b"x", b"9" * 20, b"\x00", b"\xef\xbb\xbf",
    b"\xff\xfe", b"=1+1", b"@", b"1.234", b"1,5", b"2026-13", b"jan-24", b"Totaal", b"<", b">", b"&", b"&x;",
    b"<!DOCTYPE a>",
    b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"PK\x03\x04", b"\xe2\x80\xae", b"1e999", b"NaN", b"-1",
)  # fmt: skip


class Hang(BaseException):
    """A file took too long."""


@dataclass
class Outcome:
    """What became of files, per form.

    Parameters
    ----------
    counts : mapping of str to Counter
        Per form: accepted, quarantined, refused, crash, hang, half-ingested.
    slowest : float
        Seconds of the processor for the slowest file.
    seconds : float
        All together.
    first_of : mapping of str to str
        The first file of each thing that must not be, with what was raised.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    slowest: float = 0.0
    seconds: float = 0.0
    first_of: dict[str, str] = field(default_factory=dict)

    def total(self, what: str) -> int:
        """One count over all forms."""
        return sum(counts[what] for counts in self.counts.values())


def bases() -> dict[str, tuple[str, bytes]]:
    """The good files that mutations begin with: form, file name and bytes."""
    wide, dated = make.streams_across(thousands="."), make.typed(make.streams_across(months=make.MONTHS))
    root = Path(__file__).resolve().parents[1]
    canonical = root / "samples" / "2026-01.csv"
    years, below, once = (
        make.typed(rows)
        for rows in (make.years_over_months(), make.nationalities_below_streams(), make.year_once())
    )
    return {
        "canonical CSV": ("f.csv", canonical.read_bytes()),
        "CSV, streams across, cp1252": ("f.csv", make.csv_file([["Cijfers Syrië"], *wide], ";", "cp1252")),
        "CSV, streams across, UTF-8 mark": ("f.csv", make.csv_file(wide, ";", "utf-8-sig")),
        "CSV, months across, tab": ("f.txt", make.csv_file(make.months_across(), "\t")),
        "CSV, long, comma": ("f.csv", make.csv_file(make.long(), ",")),
        "XLSX, streams across": (
            "f.xlsx",
            make.xlsx_file({"Data": dated, "Uitleg": [["=A1"]]}, hidden=["Uitleg"]),
        ),
        "XLSX, long": ("f.xlsx", make.xlsx_file({"Data": make.typed(make.long())})),
        "ODS, streams across": ("f.ods", make.ods_file({"Data": dated})),
        "ODS, months across": ("f.ods", make.ods_file({"Data": make.typed(make.months_across())})),
        "CSV, years over months": ("f.csv", make.csv_file(make.years_over_months())),
        "CSV, nationalities below streams": ("f.csv", make.csv_file(make.nationalities_below_streams())),
        "CSV, a year once for its lines": ("f.csv", make.csv_file(make.year_once())),
        "XLSX, merged years": ("f.xlsx", make.xlsx_file({"Data": years}, merged=["A1:A2", "B1:C1"])),
        "XLSX, merged streams": ("f.xlsx", make.xlsx_file({"Data": below}, merged=["A1:A2", "B1:D1", "E1:F1"])),
        "ODS, merged streams": ("f.ods", make.ods_file({"Data": below}, merged=["A1:A2", "B1:D1", "E1:F1"])),
        "ODS, merged lines": ("f.ods", make.ods_file({"Data": once}, merged=["A2:A3", "A4:A5"])),
        "StatLine, CSV": ("f.csv", make.statline()),
        "StatLine, CSV as shown": ("f.csv", make.statline_as_shown()),
        "Eurostat, TSV": ("f.tsv", make.eurostat_tsv()),
        "Eurostat, CSV": ("f.csv", make.eurostat_csv()),
        "Eurostat, spreadsheet": ("f.xlsx", make.xlsx_file(make.eurostat_sheets(), merged=["B9:C9", "D9:E9"])),
        "download of StatLine": ("cbs.zip", (root / "tests" / "golden" / "statline" / "v4.zip").read_bytes()),
        "download of Eurostat": ("eurostat.zip", _eurostat_download(make.eurostat_csv()).to_bytes()),
    }


def _eurostat_download(figures: bytes) -> Bundle:
    return Bundle("eurostat", "migr_asyappctzm", date(2026, 4, 15), {"figures.csv": figures})


def mutated(content: bytes, number: int) -> bytes:
    """The file of a number: bytes changed, cut, doubled or joined; in an archive mostly within its members."""
    chance = random.Random(SEED * 1_000_003 + number)
    if is_bundle(content) and chance.random() < 0.85:
        # With its hashes made anew: what a publisher might answer, not what its hash finds out at once.
        bundle = read_bundle(content, "bundle.zip")
        answers = dict(bundle.answers)
        name = chance.choice(sorted(answers))
        answers[name] = _bytes(answers[name], chance)
        return replace(bundle, answers=answers).to_bytes()
    if content.startswith(b"PK") and chance.random() < 0.85:
        return _within_archive(content, chance)
    return _bytes(content, chance)


def _within_archive(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    tables = [name for name in members if "sheet" in name or name == "content.xml"] or list(members)
    name = chance.choice(tables if chance.random() < 0.7 else list(members))
    what = chance.random()
    if what < 0.05:
        del members[name]
    elif what < 0.1:
        members[name] += b" " * chance.choice((10, 100_000, 5_000_000))
    elif what < 0.45:
        members[name] = _figures(members[name], chance)
    else:
        members[name] = _bytes(members[name], chance)
    made = make.zipped(members)
    return _bytes(made, chance) if chance.random() < 0.05 else made


def _bytes(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return _figures(content, chance)
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        place, length = chance.randrange(len(made) + 1), chance.choice((0, 0, 1, 4, 40))
        piece = chance.choice(
            (
                chance.choice(_TOKENS),
                chance.choice(_TOKENS) * chance.choice((2, 50)),
                chance.randbytes(chance.randrange(1, 9)),
                bytes(made[place : place + 60]),
                b"",
            )
        )
        made[place : place + length] = piece
    if chance.random() < 0.08:
        del made[chance.randrange(len(made) + 1) :]
    return bytes(made)


def _figures(content: bytes, chance: random.Random) -> bytes:
    """Digits for digits, so that the form stays whole and the values do not."""
    made = bytearray(content)
    digits = [place for place, byte in enumerate(made) if 48 <= byte <= 57]
    for place in chance.sample(digits, min(len(digits), chance.choice((1, 1, 2, 6)))):
        made[place] = chance.choice(b"0123456789")
    return bytes(made)


def fuzz(numbers: Iterable[int], *, store: bool = True) -> Outcome:
    """Send mutated files through the house.

    Parameters
    ----------
    numbers : iterable of int
        Which files.
    store : bool
        Whether accepted files are appended to a store, which is then compared row by row.
    """
    outcome, good = Outcome(), bases()
    forms = list(good)
    began = time.perf_counter()
    source = _Reader(FileDrop(publishers=load_publishers(), export_limits=TableLimits(seconds=HANG_SECONDS / 2)))
    timers = {signal.ITIMER_PROF: HANG_SECONDS, signal.ITIMER_REAL: HANG_SECONDS * _WAITED}
    previous = {number: signal.signal(number, _ring) for number in (signal.SIGALRM, signal.SIGPROF)}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for at, number in enumerate(numbers):
                form = forms[number % len(forms)]
                name, content = good[form]
                home = Path(folder) / str(at // _STORE_FILES)
                start = time.process_time()
                for timer, seconds in timers.items():
                    signal.setitimer(timer, seconds)
                try:
                    what = _one(source, mutated(content, number), name, home if store else None)
                except Hang:
                    what = "hang"
                except Exception as error:
                    what = "crash"
                    outcome.first_of.setdefault(what, f"file {number} ({form}): {error!r}")
                finally:
                    for timer in timers:
                        signal.setitimer(timer, 0)
                if what in ("hang", "half-ingested"):
                    outcome.first_of.setdefault(what, f"file {number} ({form})")
                outcome.counts.setdefault(form, Counter())[what] += 1
                outcome.slowest = max(outcome.slowest, time.process_time() - start)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    outcome.seconds = time.perf_counter() - began
    return outcome


class _Reader:
    """Reads a download through its publisher, and every other file as one that was dropped."""

    def __init__(self, files: FileDrop) -> None:
        self._files = files
        self._publishers = make_publishers(load_settings())

    def read(self, content: bytes, name: str) -> StagedDelivery:
        """Read a file, whatever it is."""
        return reader_of(content, lambda: self._publishers, self._files).read(content, name)


def _one(source: _Reader, content: bytes, name: str, home: Path | None) -> str:
    try:
        staged = source.read(content, name)
    except InputError:
        return "refused"
    if not passes(staged):
        return "quarantined"
    return "accepted" if home is None else _stored(staged, home)


def passes(staged: StagedDelivery) -> bool:
    """Whether a delivery passes every critical check, on an empty store."""
    context = replace(_context(), own_quarters=staged.controls)
    prepared = prepare_delivery(staged.frame, context)
    critical = {check.name for check in delivery_checks(context) if check.severity == "critical"}
    if any(len(texts) for name, texts in prepared.texts.items() if name in critical):
        return False
    frame = prepared.frame
    return bool(
        frame["observed"].between(0, MAX_OBSERVED).all()
        and (frame["available_from"] >= frame["period_end"]).all()
        and frame["period"].between(pd.Timestamp(FIRST_MONTH), pd.Timestamp(LAST_MONTH)).all()
    )


@lru_cache(maxsize=1)
def _context() -> DeliveryContext:
    settings = load_settings()
    indicators = tuple(indicator.series_id for indicator in settings.indicators)
    return DeliveryContext.of(settings.hierarchy, registry=settings.registry, indicators=indicators)


def _stored(staged: StagedDelivery, home: Path) -> str:
    """Append, then compare the store with what it held: all of the file's rows came in, or none."""
    store = Store(home)
    before = _keys(store)
    try:
        result = store.append(staged)
    except InputError:
        return "quarantined" if _keys(store) == before else "half-ingested"
    after = _keys(store)
    mine = set(map(tuple, staged.frame[list(OBSERVATION_KEY)].itertuples(index=False)))
    whole = after == before | mine and result.rows_added == len(mine - before)
    return "accepted" if whole else "half-ingested"


def _keys(store: Store) -> set[tuple[object, ...]]:
    if store.newest_vintage() is None:
        return set()
    return set(map(tuple, store.revisions()[list(OBSERVATION_KEY)].itertuples(index=False)))


def _ring(*_: object) -> None:
    raise Hang


def report(first: int = 0, count: int = 10_000) -> Iterable[str]:
    """Send that many files through the house and say what became of them.

    Parameters
    ----------
    first, count : int
        Numbers of the files.
    """
    outcome = fuzz(range(first, first + count))
    verdicts = ("accepted", "quarantined", "refused", "crash", "hang", "half-ingested")
    yield f"{'form of the file before mutation':<34}" + "".join(f"{verdict:>14}" for verdict in verdicts)
    for form, counts in outcome.counts.items():
        yield f"{form:<34}" + "".join(f"{counts[verdict]:>14,}" for verdict in verdicts)
    yield f"{'all ' + format(count, ','):<34}" + "".join(f"{outcome.total(verdict):>14,}" for verdict in verdicts)
    yield f"{outcome.seconds:.0f} s, slowest file {outcome.slowest:.2f} s"
    yield from (f"{what}: {file}" for what, file in outcome.first_of.items())
