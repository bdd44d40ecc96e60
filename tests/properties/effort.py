"""How many examples a property gets, and how long it may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import settings

# with the profile `long`, against what `make test` can wait for
LONGER = 50
_SECONDS = 600
_Test = TypeVar("_Test", bound=Callable[..., None])


def examples(short: int) -> Callable[[_Test], _Test]:
    """A property that is tried `short` times in `make test`, and 50 times as often with the profile `long`."""
    times = LONGER if settings.get_current_profile_name() == "long" else 1

    def decorate(test: _Test) -> _Test:
        return pytest.mark.timeout(_SECONDS * times)(settings(max_examples=short * times)(test))

    return decorate
