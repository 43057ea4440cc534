"""``python -m benchmarks.fuzz_downloads``: mutated downloads through reading; crashes and hangs are counted.

What belongs here: downloads as the bases of mutations. What does not: the mutator (``fuzz``), files that are
dropped.

Half of the files are damaged as files; the other half are whole downloads of damaged answers, with the right
hashes, which is what a publisher on a bad day gives.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import signal
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.fuzz import HANG_SECONDS, SEED, Hang, Outcome, mutated
from indforecast.domain.errors import InputError
from indforecast.sources.bundle import Bundle, read_bundle
from indforecast.sources.eurostat import Eurostat
from indforecast.sources.statline import StatLine
from tests.publishers import eurostat_service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indforecast.sources.publisher import Publisher

_ROOT: Final = Path(__file__).resolve().parents[1]


def bases() -> dict[str, tuple[Publisher, bytes]]:
    """The good downloads that mutations begin with, each with its reader."""
    figures = eurostat_service.Eurostat(months=eurostat_service.MONTHS[-6:]).figures()
    eurostat = Bundle("eurostat", "migr_asyappctzm", date(2026, 11, 18), {"figures.csv": figures}).to_bytes()
    golden = _ROOT / "tests" / "golden" / "statline"
    statline = {
        f"StatLine, OData {api}": (StatLine(), (golden / f"{api}.zip").read_bytes()) for api in ("v3", "v4")
    }
    return {"Eurostat, SDMX-CSV": (Eurostat(), eurostat), **statline}


def download(content: bytes, number: int) -> bytes:
    """The download of a number: the same number is the same file."""
    if number % 2:
        # Without its first letter it is no archive to the mutator, which would look for sheets.
        return content[:1] + mutated(content[1:], number)
    whole = read_bundle(content, "base.zip")
    chance = random.Random(SEED * 1_000_003 - number)
    name = chance.choice(sorted(whole.answers))
    return dataclasses.replace(
        whole, answers={**whole.answers, name: mutated(whole.answers[name], number)}
    ).to_bytes()


def fuzz(numbers: Iterable[int]) -> Outcome:
    """Read mutated downloads.

    Parameters
    ----------
    numbers : iterable of int
        Which files.
    """
    outcome, good = Outcome(), bases()
    forms = list(good)
    began = time.perf_counter()
    previous = signal.signal(signal.SIGALRM, _ring)
    try:
        for number in numbers:
            form = forms[number // 2 % len(forms)]
            publisher, content = good[form]
            made = download(content, number)
            start = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
            try:
                publisher.read(made, "f.zip")
                what = "accepted"
            except InputError as error:
                what = "crash" if "\n" in str(error) else "refused"
            except Hang:
                what = "hang"
            except Exception as error:
                what = "crash"
                outcome.first_of.setdefault(what, f"download {number} ({form}): {error!r}")
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if what == "hang":
                outcome.first_of.setdefault(what, f"download {number} ({form})")
            outcome.counts.setdefault(form, Counter())[what] += 1
            outcome.slowest = max(outcome.slowest, time.perf_counter() - start)
    finally:
        signal.signal(signal.SIGALRM, previous)
    outcome.seconds = time.perf_counter() - began
    return outcome


def main() -> None:
    """Read that many mutated downloads and say what became of them."""
    parser = argparse.ArgumentParser(prog="benchmarks.fuzz_downloads", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="number of the first download")
    parser.add_argument("--count", type=int, default=6_000, help="how many")
    chosen = parser.parse_args()
    outcome = fuzz(range(chosen.first, chosen.first + chosen.count))
    verdicts = ("accepted", "refused", "crash", "hang")
    print(f"{'download before mutation':<28}" + "".join(f"{verdict:>11}" for verdict in verdicts))
    for form, counts in outcome.counts.items():
        print(f"{form:<28}" + "".join(f"{counts[verdict]:>11,}" for verdict in verdicts))
    print(f"{'all':<28}" + "".join(f"{outcome.total(verdict):>11,}" for verdict in verdicts))
    print(f"{outcome.seconds:.0f} s, slowest {outcome.slowest:.2f} s")
    for what, file in outcome.first_of.items():
        print(f"{what}: {file}")


def _ring(*_: object) -> None:
    raise Hang


if __name__ == "__main__":
    main()
