"""The page on planning: its example runs, its measures, levers and proofs are those of the code."""

import re
from pathlib import Path

from indforecast.planning.levers import KINDS
from indforecast.planning.measures import MEASURES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "methods" / "planning.md").read_text(encoding="utf-8")


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title):
    rows = re.findall(r"^\| (.+?) \|", section(title), re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_example_runs_and_says_something():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    names = {}
    exec(example, names)
    beds = names["beds"]
    assert len(beds) == 1
    assert beds["difference_medio"].iloc[0] < 0  # more people who decide, fewer who wait


def test_every_measure_stands_in_the_table_and_no_other():
    assert first_cells("Measures") == set(MEASURES)


def test_every_lever_is_explained():
    assert first_cells("Levers and what-if") == set(KINDS)


def test_every_proof_is_named():
    import indforecast.planning as room

    keys = set()
    for module in Path(room.__file__).parent.glob("*.py"):
        keys |= set(re.findall(r"Proof\(\s*\"(\w+)\"", module.read_text(encoding="utf-8")))
    assert first_cells("Stages and proofs") == keys
