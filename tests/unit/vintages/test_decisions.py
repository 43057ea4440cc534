import json
from dataclasses import replace
from datetime import date

import pytest

from indforecast.domain.errors import InputError
from indforecast.vintages import decisions as module
from indforecast.vintages.decisions import Decision, Decisions

ID = "ab" * 32
ACCEPT = Decision(ID, "accept", "J. Jansen", "May was never published", date(2026, 3, 1), ("no_missing_month",))


def test_nobody_decided(tmp_path):
    assert Decisions(tmp_path).standing(ID) is None
    assert not list(tmp_path.iterdir())


def test_decisions_follow_each_other_and_the_last_one_stands(tmp_path):
    kept = Decisions(tmp_path)
    assert kept.record(ACCEPT) == replace(ACCEPT, number=1)
    reject = replace(ACCEPT, outcome="reject", overridden=(), reason="a mistake")
    assert kept.record(reject).number == 2
    assert kept.record(ACCEPT).number == 3
    assert Decisions(tmp_path).standing(ID) == replace(ACCEPT, number=3)
    assert [one.outcome for one in kept.of(ID)] == ["accept", "reject", "accept"]
    assert sorted(path.name for path in (tmp_path / "decisions" / ID).iterdir()) == [
        "0001.json",
        "0002.json",
        "0003.json",
    ]


def test_the_same_decision_again_adds_nothing(tmp_path):
    kept = Decisions(tmp_path)
    kept.record(ACCEPT)
    assert kept.record(ACCEPT).number == 1
    assert len(kept.of(ID)) == 1


def test_a_decision_taken_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    other = replace(ACCEPT, outcome="reject", overridden=(), name="K. de Vries")
    once = module.os.link
    calls = []

    def late(draft, path):
        if not calls:
            calls.append(1)
            path.write_text(json.dumps({**other.to_dict(), "number": 1}))
        once(draft, path)

    monkeypatch.setattr(module.os, "link", late)
    assert Decisions(tmp_path).record(ACCEPT).number == 2
    assert [one.name for one in Decisions(tmp_path).of(ID)] == ["K. de Vries", "J. Jansen"]
    assert not list((tmp_path / "decisions" / ID).glob(".*"))


@pytest.mark.parametrize("words", [{"name": " "}, {"reason": ""}, {"reason": "two\nlines"}, {"name": "x" * 101}])
def test_who_and_why_are_one_line_each(words):
    with pytest.raises(InputError, match=f"needs a {next(iter(words))}"):
        replace(ACCEPT, **words)


@pytest.mark.parametrize("words", [{"delivery_id": "../x"}, {"outcome": "perhaps"}])
def test_what_no_caller_may_say(words):
    with pytest.raises(ValueError, match="no "):
        replace(ACCEPT, **words)
