"""What somebody does at a tenant by plain HTTP, without a client of ours."""

import httpx

from sailpoint_pat.testing import FakeTenant

TOKEN_PATH = "/oauth/token"


def exchange(tenant: FakeTenant, client_id: str, client_secret: str) -> httpx.Response:
    """Exchange a pair for an access token; return the answer, good or bad."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    # To load the certificates of every authority takes longer than the whole test.
    return httpx.post(f"{tenant.base_url}{TOKEN_PATH}", data=form, verify=False)  # noqa: S501


def access_token_of(tenant: FakeTenant) -> str:
    """Return an access token of the tenant's first person, and forget that it was asked for."""
    answer = exchange(tenant, tenant.client_id, tenant.client_secret)
    tenant.clear_log()
    access_token: str = answer.json()["access_token"]
    return access_token


def answered(tenant: FakeTenant) -> list[tuple[str, int | None]]:
    """Return what the tenant was asked for and the statuses it answered, in order."""
    return [(request.operation, request.status) for request in tenant.requests]
