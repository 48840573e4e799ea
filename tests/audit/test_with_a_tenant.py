"""The audit of what a client has listed."""

from datetime import timedelta

import pytest

from sailpoint_pat import UnexpectedResponseError
from sailpoint_pat.audit import audit
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.clock import MovedClock


def test_what_a_client_lists_is_audited(tenant: FakeTenant, connect: Connect) -> None:
    soon = tenant.add_token(
        tenant.person,
        "Export",
        scopes=["idn:accounts:read"],
        expires_at=tenant.now + timedelta(days=3),
    )
    report = audit(connect(tenant).list(), base_url=tenant.base_url)
    first = report.findings[0]
    assert (first.kind, first.severity, first.token_id) == ("expiring", "high", soon.id)
    assert first.owner_name == "Support"
    assert report.tenants[0].base_url == tenant.base_url


def test_a_broken_record_does_not_end_the_audit(tenant: FakeTenant, connect: Connect) -> None:
    tenant.fail("list", faults.Body([{"id": "86f1dc6fe8f54414950454cbb11278fa"}]))
    with pytest.raises(UnexpectedResponseError) as caught:
        connect(tenant).list()
    report = audit(caught.value.tokens, unreadable=caught.value.invalid)
    assert {finding.kind for finding in report.findings} == {"unreadable"}
    assert report.findings[0].token_id == "86f1dc6fe8f54414950454cbb11278fa"


def test_now_is_the_present_unless_told(clock: MovedClock) -> None:
    clock.advance(timedelta(days=1000))
    assert audit([]).taken_at == pytest.approx(clock.now(), abs=timedelta(minutes=1))
