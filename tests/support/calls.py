"""One call of each operation, for tests that hold the same of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
