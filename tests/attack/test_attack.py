"""A small attack of each kind finds nothing; `make attack` makes large ones."""

import pytest

from tests.attack.tasks import attack_tasks
from tests.attack.threads import ATTACKED, Attacked, SoftTimeLimit, attack_threads

TIMES = 8


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SoftTimeLimit])
@pytest.mark.parametrize("operation", ATTACKED)
def test_an_interrupted_call_tells_the_truth_and_harms_no_other(
    operation: Attacked, exception: type[BaseException]
) -> None:
    figures = attack_threads(operation, exception, TIMES, "tests")
    assert figures.tries == TIMES
    assert figures.found() == []


def test_cancelled_calls_tell_the_truth_and_harm_no_other() -> None:
    figures = attack_tasks(10 * TIMES, "tests")
    assert figures.tries == 10 * TIMES
    assert figures.found() == []
