"""The engine's pass on a Dask cluster: groups of a panel are dealt to workers and put together again.

What belongs here: reaching the scheduler, handing out parts, waiting, and what to tell a user when that fails.
What does not: how a part is forecast (``panel_pass``); scheduling, retries and transport, which are Dask's.

An answer is a pure function of what is sent with its part, so a part whose worker dies is worked on again, and
all is as on one machine, to the bit, as long as workers run the same versions on processors alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indforecast.domain.errors import ClusterUnavailable, InputError
from indforecast.forecasting.panel_pass import PassedPart, by_groups, run_pass

if TYPE_CHECKING:
    from indforecast.forecasting.panel_pass import PanelPart

#: At most so many parts: enough to keep workers busy, few enough to be cheap to schedule.
_MOST_PARTS: Final = 256
#: Dask moves the work of a dead worker by itself; an error, such as of memory, is tried elsewhere so many times.
_RETRIES: Final = 2
_SECONDS_TO_CONNECT: Final = 20
_SECONDS_FOR_WORKERS: Final = 60
_SECONDS_BETWEEN_LOOKS: Final = 5


def run_on_cluster(whole: PanelPart, address: str) -> PassedPart:
    """Forecast and calibrate a panel on the workers of a cluster.

    Parameters
    ----------
    whole : PanelPart
        All series.
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    InputError
        If the address is no address.
    ClusterUnavailable
        If ``distributed`` is not installed, the scheduler cannot be reached, there are no workers, all of them are
        lost, or they run other versions than this process.
    """
    if not isinstance(address, str) or not address.strip():
        raise InputError(f"cluster is {address!r}.", hint="Name a scheduler, such as tcp://127.0.0.1:8786.")
    try:
        import dask
        import distributed
    except ImportError:
        raise ClusterUnavailable(
            "A cluster was named, and the package 'distributed' is not installed.",
            hint="Install it with: pip install 'indforecast[cluster]'.",
        ) from None
    # Each part is sent once, whatever its size; Dask's advice on large graphs does not apply.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "10GB"}):
        client = _connect(distributed, address)
        try:
            return _gather(distributed, client, by_groups(whole, _MOST_PARTS), address)
        finally:
            client.close()


def _work(part: PanelPart) -> tuple[PassedPart, dict[str, str]]:
    """What a worker does: one thread, because a worker takes as many parts at once as it has threads."""
    return run_pass(part), _versions()


def _versions() -> dict[str, str]:
    """What must be alike for answers to be alike."""
    import scipy

    import indforecast

    return {"indforecast": indforecast.__version__, "numpy": np.__version__, "scipy": scipy.__version__}


def _connect(distributed: Any, address: str) -> Any:
    try:
        client = distributed.Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except ValueError as error:
        raise InputError(
            f"'{address}' is not the address of a scheduler: {error}.", hint="For example tcp://127.0.0.1:8786."
        ) from None
    except (OSError, TimeoutError):
        raise ClusterUnavailable(
            f"The scheduler at {address} cannot be reached.",
            hint="Check that it runs and that its address and port are right, or leave cluster out.",
        ) from None
    try:
        client.wait_for_workers(1, timeout=_SECONDS_FOR_WORKERS)
    except (OSError, TimeoutError):
        client.close()
        raise _without_workers(address) from None
    return client


def _gather(distributed: Any, client: Any, parts: list[PanelPart], address: str) -> PassedPart:
    # Largest first, so that none of them is begun last; answers are put together in the order of parts.
    order = sorted(range(len(parts)), key=lambda number: -parts[number].counts.size)
    futures = {
        number: client.submit(_work, parts[number], key=_key(number), retries=_RETRIES, pure=False)
        for number in order
    }
    answers = [_answer(distributed, client, futures.pop(number), address) for number in range(len(parts))]
    return PassedPart(
        np.concatenate([passed.months for passed in answers]),
        np.concatenate([passed.rows for passed in answers]),
        np.concatenate([passed.values for passed in answers]),
    )


def _answer(distributed: Any, client: Any, future: Any, address: str) -> PassedPart:
    """Wait for one part, unless there has been nobody to work on it for a while."""
    lonely = 0
    while lonely * _SECONDS_BETWEEN_LOOKS < _SECONDS_FOR_WORKERS:
        try:
            passed, versions = future.result(timeout=_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            lonely = 0 if client.nthreads() else lonely + 1
            continue
        except distributed.CancelledError:
            raise ClusterUnavailable(
                f"The scheduler at {address} went away.", hint="Start it again and repeat the call."
            ) from None
        except distributed.KilledWorker as error:
            raise ClusterUnavailable(
                f"The cluster at {address} lost worker after worker: {error}.",
                hint="Look at their logs; a worker that runs out of memory is killed.",
            ) from None
        except ImportError as error:
            raise ClusterUnavailable(
                f"A worker of {address} cannot run the engine: {error}.",
                hint="Install the same version of indforecast on every worker.",
            ) from None
        if versions != _versions():
            raise ClusterUnavailable(
                f"A worker of {address} runs {_told(versions)}, and this process {_told(_versions())}.",
                hint="Install the same versions everywhere: only then are answers alike to the bit.",
            )
        answer: PassedPart = passed
        return answer
    raise _without_workers(address)


def _key(number: int) -> str:
    """A name of its own for every call: Dask takes equal keys for equal work."""
    from uuid import uuid4

    return f"indforecast-part-{number}-{uuid4().hex}"


def _without_workers(address: str) -> ClusterUnavailable:
    return ClusterUnavailable(
        f"The scheduler at {address} has no workers.", hint=f"Start one with: dask worker {address}."
    )


def _told(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
