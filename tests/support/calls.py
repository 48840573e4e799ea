"""One call of each operation, for tests that hold the same of all of them."""

from collections.abc import Callable
from typing import Any

from sailpoint_pat import PatClient
from sailpoint_pat.testing import FakeTenant
from tests.support.interrupts import Asked

NAME = "Nightly export"


def call_of(operation: Asked, tenant: FakeTenant) -> Callable[[PatClient], object]:
    """Return what makes a call of an operation; `token` is what every first call begins with."""
    if operation == "create":
        return lambda pats: pats.create(NAME)
    if operation == "delete":
        doomed = tenant.add_token(tenant.add_person("Somebody else"), "Doomed")
        return lambda pats: pats.delete(doomed.id)
    return lambda pats: pats.list()


def giving(*given: str | Exception) -> Callable[[], str]:
    """Return a function that gives these one after the other; an exception it raises."""
    left = iter(given)

    def give() -> str:
        each = next(left)
        if isinstance(each, Exception):
            raise each
        return each

    return give


EACH_CALL: list[Callable[[Any], Any]] = [
    lambda pats: pats.list(),
    lambda pats: pats.get("0" * 32),
    lambda pats: pats.create(NAME),
    lambda pats: pats.create(NAME, if_unknown="replace"),
    lambda pats: pats.delete("0" * 32),
    lambda pats: pats.prove("an-id", "obviously-fake"),
]
