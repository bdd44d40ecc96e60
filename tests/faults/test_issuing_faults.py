"""Killed while a report is frozen and entered: it was issued as a whole, or not at all, and the next command goes on."""

from __future__ import annotations

from tests.faults.conftest import Progress, Size, Survived
from tests.faults.faults import Fault
from tests.faults.stage import Played, Stage
from tests.unit.issuing_kit import PERIOD, key_of, make, sign_all
from yibao import issuing
from yibao.problem import Problem

_COMMAND = ("issue", "--period", PERIOD, "--status", "provisional")


def test_killed_at_step_n_of_an_issue(
    stage: Stage, size: Size, survived: Survived, progress: Progress
) -> None:
    assert stage.play().code == 0
    sign_all(stage.paths, make(stage.paths))
    stage.keep("signed")
    undisturbed = stage.play(*_COMMAND, watch=True)
    assert undisturbed.code == 0, undisturbed.said
    wanted = copies(stage)
    assert len(wanted) == 7

    steps = range(1, len(undisturbed.steps) + 1)
    points = sorted({*size.of(list(steps), 3), *decisive(undisturbed)})
    wrong, finished = [], set()
    for number in progress("issue, kill", points):
        stage.put_back("signed")
        killed = stage.play(*_COMMAND, fault=Fault("kill", number))
        assert killed.code == -9, killed.said
        try:
            status = issuing.state_of(stage.paths, key_of()).status
            again = stage.play(*_COMMAND)
            if again.code != (0 if status == "draft" else 2):
                wrong.append(
                    f"step {number}: {status}, and the next call ends with {again.code}: {again.said}"
                )
            issuing.verify_copies(stage.paths, issuing.history(stage.paths))
        except Problem as problem:
            wrong.append(f"step {number}: {problem}")
            continue
        finished.add(status)
        if copies(stage) != wanted:
            wrong.append(f"step {number}: {sorted(copies(stage) ^ wanted)}")
    assert not wrong, "\n".join(wrong)
    assert finished == {"draft", "provisional"}, "both sides of the decisive step were tried"
    survived(f"issue of {len(undisturbed.steps)} steps: kill", len(points))


def decisive(undisturbed: Played) -> list[int]:
    """The rename that puts the copy in place, and the step before it: the line is in the ledger."""
    return [
        near
        for number, step in enumerate(undisturbed.steps, 1)
        if step.call.startswith("rename") and "/issued/2026" in step.path
        for near in (number - 1, number)
    ]


def copies(stage: Stage) -> set[str]:
    """What lies in the frozen copies, and that nothing lies beside them."""
    found = {
        path.relative_to(stage.paths.issued).as_posix()
        for path in stage.paths.issued.glob("2*/**/*")
        if path.is_file()
    }
    assert not (stage.paths.issued / ".incoming").exists() or not list(
        (stage.paths.issued / ".incoming").rglob("*.parquet")
    )
    return found
