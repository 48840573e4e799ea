"""Validators for the values that users configure a client with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import attrs


def above_zero(instance: object, attribute: attrs.Attribute[timedelta], value: timedelta) -> None:
    """Refuse what is not a timedelta above zero."""
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise ValueError(
            f"{type(instance).__name__}.{attribute.name} is a timedelta above zero, not {value!r}"
        )


def at_least_one(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    """Refuse what is not a whole number from 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"{type(instance).__name__}.{attribute.name} is a whole number from 1, not {value!r}"
        )
