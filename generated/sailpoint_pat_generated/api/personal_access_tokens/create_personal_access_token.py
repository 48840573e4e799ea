from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_personal_access_token_request import (
    CreatePersonalAccessTokenRequest,
)
from ...models.create_personal_access_token_response import (
    CreatePersonalAccessTokenResponse,
)
from ...models.error_response_dto import ErrorResponseDto
from ...models.rate_limited_response import RateLimitedResponse
from ...models.unauthorized_response import UnauthorizedResponse
from ...types import Response


def _get_kwargs(
    *,
    body: CreatePersonalAccessTokenRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/personal-access-tokens",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | None
):
    if response.status_code == 200:
        response_200 = CreatePersonalAccessTokenResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorResponseDto.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = UnauthorizedResponse.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorResponseDto.from_dict(response.json())

        return response_403

    if response.status_code == 429:
        response_429 = RateLimitedResponse.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = ErrorResponseDto.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: CreatePersonalAccessTokenRequest,
) -> Response[
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
]:
    """Create a personal access token

     Makes a token for the caller; nobody can make one for somebody else. Its secret is in this one
    answer and can never be read again. A person may have ten tokens.

    Args:
        body (CreatePersonalAccessTokenRequest): What a new personal access token is asked to be.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatePersonalAccessTokenResponse | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: CreatePersonalAccessTokenRequest,
) -> (
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | None
):
    """Create a personal access token

     Makes a token for the caller; nobody can make one for somebody else. Its secret is in this one
    answer and can never be read again. A person may have ten tokens.

    Args:
        body (CreatePersonalAccessTokenRequest): What a new personal access token is asked to be.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatePersonalAccessTokenResponse | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CreatePersonalAccessTokenRequest,
) -> Response[
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
]:
    """Create a personal access token

     Makes a token for the caller; nobody can make one for somebody else. Its secret is in this one
    answer and can never be read again. A person may have ten tokens.

    Args:
        body (CreatePersonalAccessTokenRequest): What a new personal access token is asked to be.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatePersonalAccessTokenResponse | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CreatePersonalAccessTokenRequest,
) -> (
    CreatePersonalAccessTokenResponse
    | ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | None
):
    """Create a personal access token

     Makes a token for the caller; nobody can make one for somebody else. Its secret is in this one
    answer and can never be read again. A person may have ten tokens.

    Args:
        body (CreatePersonalAccessTokenRequest): What a new personal access token is asked to be.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatePersonalAccessTokenResponse | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
