"""What a worker process does before it loads any library for arrays.

What belongs here: only that. Nothing in this module may import NumPy, directly or through another of our
modules: a BLAS reads its number of threads once, while it loads.
"""

from __future__ import annotations

import os


def compute_with_one_thread() -> None:
    """Tell the BLAS that this process is about to load to use one thread.

    Processes share the cores already, and sums must not depend on how many there are.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.putenv(name, "1")
