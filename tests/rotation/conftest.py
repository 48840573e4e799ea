"""What stands before every rotation: a token, a client, and a vault to save the new one in."""

from typing import Any

import attrs
import pytest

from sailpoint_pat import IssuedToken, PatClient, RetryPolicy, RotationError
from sailpoint_pat.errors import RotationStep
from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.interrupts import Asked, interrupt_at
from tests.support.tenants import exchange


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


@attrs.frozen
class Scene:
    """A rotation that fails at a step, and what has to hold whatever has failed."""

    tenant: FakeTenant
    old: StoredToken
    vault: Vault
    pats: PatClient

    def order(self, operation: Asked, *faults: faults.Fault) -> None:
        """Order faults, each once, and the last one for ever."""
        for fault in faults[:-1]:
            self.tenant.fail(operation, fault)
        self.tenant.fail(operation, faults[-1], times=None)

    def rotate(self, **options: Any) -> IssuedToken:
        return self.pats.rotate(self.old.id, **{"save": self.vault.save, **options})

    def stops(self, step: RotationStep, **options: Any) -> RotationError:
        """Rotate; return the error, which is to come from this step."""
        with pytest.raises(RotationError) as caught:
            self.rotate(**options)
        error = caught.value
        assert error.step == step
        assert str(error).startswith(f"The rotation stopped at the step {step!r}: ")
        if step != "find":
            assert error.old is not None
        if step not in {"find", "create"}:
            assert error.new is not None
        return error

    def interrupted(self, operation: Asked, *, done: bool, **options: Any) -> BaseException:
        """Rotate, and be interrupted at a request; return what was raised."""
        options = {"save": self.vault.save, **options}
        return interrupt_at(
            operation,
            self.tenant,
            self.pats,
            lambda pats: pats.rotate(self.old.id, **options),
            done=done,
        )

    def holds(self, error: RotationError) -> None:
        """Check the promise: a saved token works, and the error is right about what exists."""
        self.tenant.clear_faults()
        assert self.vault.works(self.vault.newest)
        there = self.tenant.tokens
        if error.old is not None:
            assert error.old.id == self.old.id
        is_lost = error.new is None and error.new_exists is None
        assert (error.lost_create is not None) is is_lost
        if error.old_exists is not None:
            assert error.old_exists is (self.old.id in there)
        if error.new_exists is False:
            assert not self.orphans()
            assert error.new is None or error.new.id not in there
        if error.new_exists is True:
            assert error.new is not None
            assert error.new.id in there

    def orphans(self) -> list[str]:
        """Tokens that nobody has the secret of."""
        known = {*self.vault.saved, self.tenant.client_id}
        return [token_id for token_id in self.tenant.tokens if token_id not in known]

    def finishes(self) -> None:
        """Call again, as the docs say; then only the new token is in use, and it works."""
        issued = self.rotate()
        assert self.vault.newest == issued.id
        assert self.vault.works(issued.id)
        assert self.old.id not in self.tenant.tokens
        assert issued.id in {token.id for token in self.pats.list("me")}


def _scene(connect: Connect, tenant: FakeTenant, old: StoredToken, vault: Vault) -> Scene:
    pats = connect(tenant, retry=RetryPolicy(tries=2))
    # It has its access token already: the next exchange is the new token's.
    pats.list("me")
    return Scene(tenant, old, vault, pats)


@pytest.fixture
def scene(
    connect: Connect, tenant: FakeTenant, old: StoredToken, vault: Vault, clock: MovedClock
) -> Scene:
    assert clock.pauses == []
    return _scene(connect, tenant, old, vault)


@pytest.fixture
def sync_scene(
    connect_sync: Connect, tenant: FakeTenant, old: StoredToken, vault: Vault, clock: MovedClock
) -> Scene:
    """With a sync client, for what does not depend on the flavour."""
    assert clock.pauses == []
    return _scene(connect_sync, tenant, old, vault)
