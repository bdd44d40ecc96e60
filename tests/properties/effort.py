"""How many examples a property gets."""

from __future__ import annotations

from hypothesis import settings

# with the profile `long`, against what `make test` can wait for
LONGER = 50


def examples(short: int) -> settings:
    """The settings of a property that is tried `short` times in `make test`, and 50 times as often with the profile `long`."""
    return settings(max_examples=short * (LONGER if settings.get_current_profile_name() == "long" else 1))
