"""What stands before every rotation: a token, and a vault that it is saved in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import IssuedToken, RetryPolicy
from tests.support.interrupts import Interrupter
from tests.support.tenants import exchange

if TYPE_CHECKING:
    from sailpoint_pat.testing import FakeTenant, StoredToken
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock


class Vault:
    """Where the programs look for the pair that they use: the last one saved."""

    def __init__(self, tenant: FakeTenant, first: StoredToken) -> None:
        self._tenant = tenant
        self.saved: dict[str, str] = {first.id: first.secret}

    def save(self, new: IssuedToken) -> None:
        self.saved[new.id] = new.secret.reveal()

    @property
    def newest(self) -> str:
        return list(self.saved)[-1]

    def works(self, token_id: str) -> bool:
        """Whether a saved pair is exchanged for an access token, by plain HTTP."""
        return exchange(self._tenant, token_id, self.saved[token_id]).status_code == 200


@pytest.fixture
def old(request: pytest.FixtureRequest, tenant: FakeTenant) -> StoredToken:
    """The token to replace: the one that the client runs on, or `another` of the same person."""
    if getattr(request, "param", "own") == "own":
        return tenant.tokens[tenant.client_id]
    return tenant.add_token(tenant.person, "Nightly export")


@pytest.fixture
def vault(tenant: FakeTenant, old: StoredToken) -> Vault:
    return Vault(tenant, old)


def _rotator(connect: Connect, tenant: FakeTenant) -> Interrupter:
    rotator = Interrupter(connect, tenant, retry=RetryPolicy(tries=2))
    # It has its access token already: the next exchange is the new token's.
    rotator.pats.list("me")
    return rotator


@pytest.fixture
def rotator(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> Interrupter:
    """A client of each flavour whose calls can be interrupted."""
    assert clock.pauses == []
    return _rotator(connect, tenant)


@pytest.fixture
def sync_rotator(connect_sync: Connect, tenant: FakeTenant, clock: MovedClock) -> Interrupter:
    """The same, once, for what does not depend on the flavour."""
    assert clock.pauses == []
    return _rotator(connect_sync, tenant)
