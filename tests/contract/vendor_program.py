"""The vendor's Python SDK, unchanged, against the tenant that the variables `SAIL_*` name.

Run with a Python that has the vendor's SDK: `make contract-vendor` does that.
"""

# mypy: disable-error-code="import-not-found"
# ruff: noqa: T201  it prints

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sailpoint import ApiClient, Configuration, PersonalAccessTokensApi
from sailpoint.exceptions import ApiException
from sailpoint.personal_access_tokens.models import CreatePersonalAccessTokenRequest

with ApiClient(Configuration()) as client:
    api = PersonalAccessTokensApi(client)

    def status_of(call: Callable[[object], object], argument: object) -> int:
        try:
            call(argument)
        except ApiException as error:
            status: int = error.status
            return status
        raise AssertionError("the call was not refused")

    tokens = api.list_personal_access_tokens_v1(owner_id="me")
    assert [token.name for token in tokens] == ["FakeTenant"]
    print(f"list: {len(tokens)} token, of {tokens[0].owner.name}")

    day = datetime.now(UTC) + timedelta(days=400)
    wanted = CreatePersonalAccessTokenRequest(name="With a date", expiration_date=day)
    dated = api.create_personal_access_token_v1(wanted)
    assert abs(dated.expiration_date - day) < timedelta(milliseconds=1)
    print(f"create with a date: until {dated.expiration_date:%Y-%m-%d}")

    wanted = CreatePersonalAccessTokenRequest(name="For ever", user_aware_token_never_expires=True)
    # The SDK's model of this answer cannot hold a token without a date, so its raw answer is read.
    answer = api.create_personal_access_token_v1_without_preload_content(wanted)
    lasting = json.loads(answer.read())
    assert (answer.status, lasting["expirationDate"]) == (200, None)
    assert len(lasting["secret"]) == len(dated.secret) == 64
    print("create with the acknowledgement: without an end")

    neither = CreatePersonalAccessTokenRequest(name="Neither")
    status = status_of(api.create_personal_access_token_v1, neither)
    assert status == 400
    print(f"create with neither: {status}")

    for token_id in (dated.id, lasting["id"]):
        api.delete_personal_access_token_v1(token_id)
    print("delete: done")
    status = status_of(api.delete_personal_access_token_v1, dated.id)
    assert status == 404
    print(f"delete again: {status}")
