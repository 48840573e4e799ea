"""Rotating the token that the client runs on, while another call of it is under way."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import anyio

from sailpoint_pat import IssuedToken
from sailpoint_pat.testing import FakeTenant, faults
from tests.rotation.conftest import Vault
from tests.support.clients import Connect, Portalled
from tests.support.clock import MovedClock
from tests.support.interrupts import PATIENCE, within


def test_an_exchange_that_the_rotation_overtakes(
    connect: Connect, tenant: FakeTenant, vault: Vault, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=None)
    pats.list("me")
    gate = faults.Gate()
    listing: list[Future[Any]] = []
    with ThreadPoolExecutor(2) as pool:

        def save(new: IssuedToken) -> None:
            # The client's access token ends just now, and another call asks for a new one, with
            # the pair that is about to be revoked.
            vault.save(new)
            clock.advance(timedelta(hours=1))
            tenant.fail("token", gate)
            listing.append(pool.submit(pats.list, "me"))
            assert gate.reached.wait(PATIENCE)

        async def save_async(new: IssuedToken) -> None:
            await anyio.to_thread.run_sync(save, new)

        store = save_async if isinstance(pats, Portalled) else save
        rotation = pool.submit(pats.rotate, tenant.client_id, save=store)
        assert within(lambda: len(vault.saved) == 2 and vault.newest in repr(pats)), (
            "the client was never switched"
        )
        # Somebody revokes the old one before that exchange is looked at.
        tenant.remove_token(tenant.client_id)
        gate.open()
        rotated = rotation.result(PATIENCE)
        listed = listing[0].result(PATIENCE)
    assert [token.id for token in listed] == [rotated.id] == list(tenant.tokens)
    assert vault.works(rotated.id)
