"""The example on plain arrays in the method page runs and says what the page says."""

import re
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "planning-queue.md"


def test_the_example_on_plain_arrays_runs():
    [example] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    known: dict[str, object] = {}
    exec(compile(example, str(PAGE), "exec"), known)
    queue, wait = known["queue"], known["wait"]
    assert queue.open_cases.shape == (2, 24)
    assert np.all(queue.open_cases[1] <= queue.open_cases[0])
    assert wait.decided.shape == (44, 24)
