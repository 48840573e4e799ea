"""List ten tokens with the vendor's SDK and exit."""

# mypy: disable-error-code="import-not-found"

from sailpoint import ApiClient, Configuration, PersonalAccessTokensApi

with ApiClient(Configuration()) as client:
    tokens = PersonalAccessTokensApi(client).list_personal_access_tokens_v1(owner_id="10")
assert len(tokens) == 10
