"""Peers' forecasts kept in a file, so that ours can be measured again without fitting the peers again.

What belongs here: the file and the check that it holds the forecasts of these very inputs. What does not: fits.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.engine_peers import ALL, ARIMA, ETS, MEAN, THETA, Peer, mean_of_three, run_peers
from benchmarks.engine_protocol import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.engine_protocol import Pairs


def key_of(pairs: Pairs) -> str:
    """SHA-256 of everything a peer sees, of the outcomes, and of the peers' version."""
    digest = hashlib.sha256(f"statsforecast {version('statsforecast')} {LEVELS}".encode())
    for pair in range(len(pairs)):
        digest.update(pairs.peer_input(pair).tobytes())
    digest.update(np.ascontiguousarray(pairs.truth).tobytes())
    return digest.hexdigest()


def read(path: Path, pairs: Pairs) -> dict[str, Peer]:
    """Peers of these pairs in the file; nothing when there is no file or it is about other inputs."""
    if not path.exists():
        return {}
    with np.load(path) as stored:
        if str(stored["key"]) != key_of(pairs):
            return {}
        names = [str(name) for name in stored["models"]]
        return {
            name: Peer(quantiles, float(seconds))
            for name, quantiles, seconds in zip(names, stored["quantiles"], stored["seconds"], strict=True)
        }


def write(path: Path, pairs: Pairs, peers: dict[str, Peer]) -> None:
    """Write the file whole or not at all: arrays models, quantiles, seconds, truth, series_id, origin, group."""
    part = path.with_name(path.name + ".part.npz")
    np.savez_compressed(
        part,
        key=np.array(key_of(pairs)),
        models=np.array(list(peers)),
        quantiles=np.stack([peer.quantiles for peer in peers.values()]),
        seconds=np.array([peer.seconds for peer in peers.values()]),
        truth=pairs.truth,
        series_id=np.array(pairs.series_ids)[pairs.series],
        origin=pairs.origins.astype(str),
        group=np.array(pairs.groups)[pairs.series],
        levels=np.array(LEVELS),
    )
    part.replace(path)


def peers_of(
    pairs: Pairs, names: Sequence[str], path: Path | None, progress: Callable[[str], None], *, repeats: int = 1
) -> tuple[dict[str, Peer], bool]:
    """Forecasts of the named peers, fitted where the file does not hold them, and whether all were fitted now.

    Parameters
    ----------
    path : Path or None
        The file, read and then renewed; none at all when None.
    repeats : int
        Runs of a peer that takes less than a minute; its seconds are their median.
    """
    stored = read(path, pairs) if path else {}
    needed = [*names, THETA, ETS, ARIMA] if MEAN in names else list(names)
    made = run_peers(
        [pairs.peer_input(pair) for pair in range(len(pairs))],
        [name for name in needed if name not in stored],
        repeats=repeats,
        progress=progress,
    )
    together = {**stored, **made}
    if MEAN in names:
        together[MEAN] = mean_of_three(together)
    if path and made:
        write(path, pairs, together)
    return {name: together[name] for name in ALL if name in names}, not stored
