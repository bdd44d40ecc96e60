"""Fail at step N, for every N: whatever call on a file fails or is the last, nothing is half done, and the next run ends alike."""

from __future__ import annotations

import re

import pytest

from tests.faults import county
from tests.faults.conftest import Progress, Size, Survived
from tests.faults.faults import KINDS, Fault
from tests.faults.stage import Played, Stage
from yibao import publishing
from yibao.problem import Problem

# what is kept as "before" and played; `short` is the share of each kind of fault
_SHORT = {"first run": 2, "next run": 4, "rollback": 2}
# where the key, a warehouse, a check or a generation comes into being, and where a generation is written
_DECISIVE = {
    "kill": re.compile(r"^(link|rename)\S* .*/(\.?key|warehouse|quality/|published/)"),
    "full disk": re.compile(r"/\.incoming-.*\.wal$"),
}


def set_up(stage: Stage, scenario: str) -> tuple[str, ...]:
    """Brings the stage to where the scenario begins; the command to play (none: the run)."""
    command: tuple[str, ...] = ()
    if scenario != "first run":
        assert stage.play().code == 0
        county.export(stage.inbox, 2)
    if scenario == "rollback":
        first = publishing.current_id(stage.paths)
        assert stage.play().code == 0
        command = ("rollback", "--to", str(first))
    stage.keep("before")
    return command


@pytest.mark.parametrize("scenario", _SHORT)
def test_fail_at_step_n(
    stage: Stage, size: Size, scenario: str, survived: Survived, progress: Progress
) -> None:
    command = set_up(stage, scenario)
    old = stage.current()
    undisturbed = stage.play(*command, watch=True)
    assert undisturbed.code == 0, undisturbed.said
    wanted = stage.picture()
    assert wanted[2] != old

    wrong = []
    for name, kind in KINDS.items():
        struck = [number for number, step in enumerate(undisturbed.steps, 1) if kind.strikes(step)]
        points = size.of(struck, _SHORT[scenario])
        if name in _DECISIVE:
            # tried in the short version too
            points = sorted({*points, *decisive(undisturbed, _DECISIVE[name]).intersection(struck)})
        for number in progress(f"{scenario}, {name}", points):
            stage.put_back("before")
            played = stage.play(*command, fault=Fault(name, number))
            found = judge(stage, name, played, old, wanted[2])
            again = stage.play(*command)
            if again.code:
                found.append(f"the next run ends with {again.code}: {again.said}")
            elif (after := stage.picture()) != wanted:
                found.append(f"the next run ends otherwise: {differences(after, wanted)}")
            if found:
                step = played.steps[number - 1] if number <= len(played.steps) else "not reached"
                wrong.append(f"{name} at step {number} {step}: " + "; ".join(found))
        survived(f"{scenario} of {len(undisturbed.steps)} steps: {name}", len(points))
    assert not wrong, "\n".join(wrong)


def decisive(undisturbed: Played, pattern: re.Pattern[str]) -> set[int]:
    """The steps of that kind, by call and path."""
    steps = enumerate(undisturbed.steps, 1)
    return {number for number, step in steps if pattern.search(f"{step.call} {step.path}")}


def judge(stage: Stage, kind: str, played: Played, old: str | None, new: str | None) -> list[str]:
    """What is wrong right after the fault, before anything is run again."""
    found = []
    try:
        current = stage.current()
    except Problem as problem:
        return [f"what is published cannot be read: {problem}"]
    if current not in (old, new):
        found.append(f"published is {current}, neither {old} nor {new}")
    if kind == "kill":
        return found if played.code == -9 else [*found, f"not killed but ended with {played.code}"]
    if played.code == 0:
        # the fault struck where nothing depends on it
        return found if current == new else [*found, "tells success and published nothing"]
    if played.code not in (1, 2):
        found.append(f"exit code {played.code}")
    words = ("什么：", "哪里：", "怎么办：")
    if not all(word in played.said for word in words) or "Traceback" in played.said:
        found.append(f"no plain message: {played.said}")
    if not any(word in played.said for word in KINDS[kind].tells):
        found.append(f"does not say what it is: {played.said}")
    return found


def differences(after: tuple[object, ...], wanted: tuple[object, ...]) -> list[object]:
    """What of the two pictures differs, short."""
    return [
        (sorted(a - b), sorted(b - a)) if isinstance(a, set) and isinstance(b, set) else (a, b)
        for a, b in zip(after, wanted, strict=True)
        if a != b
    ]
