from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response_dto import ErrorResponseDto
from ...models.get_personal_access_token_response import GetPersonalAccessTokenResponse
from ...models.rate_limited_response import RateLimitedResponse
from ...models.unauthorized_response import UnauthorizedResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    owner_id: str | Unset = UNSET,
    filters: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["owner-id"] = owner_id

    params["filters"] = filters

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/personal-access-tokens",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
    | None
):
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = GetPersonalAccessTokenResponse.from_dict(response_200_item_data)

            response_200.append(response_200_item)

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
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
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
    owner_id: str | Unset = UNSET,
    filters: str | Unset = UNSET,
) -> Response[
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
]:
    """List personal access tokens

     Answers with every token that matches, in one piece: there are no pages. Secrets are never part of
    it. Without `owner-id` it covers the whole tenant. The access token has one of the scopes below, and
    the person has a right: `idn:my-personal-access-tokens:read` for `me`, `idn:all-personal-access-
    tokens:read` for everybody else's tokens, and `idn:managed-personal-access-tokens:read` to see those
    that the platform made, too.

    Args:
        owner_id (str | Unset):
        filters (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | list[GetPersonalAccessTokenResponse]]
    """

    kwargs = _get_kwargs(
        owner_id=owner_id,
        filters=filters,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    owner_id: str | Unset = UNSET,
    filters: str | Unset = UNSET,
) -> (
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
    | None
):
    """List personal access tokens

     Answers with every token that matches, in one piece: there are no pages. Secrets are never part of
    it. Without `owner-id` it covers the whole tenant. The access token has one of the scopes below, and
    the person has a right: `idn:my-personal-access-tokens:read` for `me`, `idn:all-personal-access-
    tokens:read` for everybody else's tokens, and `idn:managed-personal-access-tokens:read` to see those
    that the platform made, too.

    Args:
        owner_id (str | Unset):
        filters (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | list[GetPersonalAccessTokenResponse]
    """

    return sync_detailed(
        client=client,
        owner_id=owner_id,
        filters=filters,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    owner_id: str | Unset = UNSET,
    filters: str | Unset = UNSET,
) -> Response[
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
]:
    """List personal access tokens

     Answers with every token that matches, in one piece: there are no pages. Secrets are never part of
    it. Without `owner-id` it covers the whole tenant. The access token has one of the scopes below, and
    the person has a right: `idn:my-personal-access-tokens:read` for `me`, `idn:all-personal-access-
    tokens:read` for everybody else's tokens, and `idn:managed-personal-access-tokens:read` to see those
    that the platform made, too.

    Args:
        owner_id (str | Unset):
        filters (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | list[GetPersonalAccessTokenResponse]]
    """

    kwargs = _get_kwargs(
        owner_id=owner_id,
        filters=filters,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    owner_id: str | Unset = UNSET,
    filters: str | Unset = UNSET,
) -> (
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
    | None
):
    """List personal access tokens

     Answers with every token that matches, in one piece: there are no pages. Secrets are never part of
    it. Without `owner-id` it covers the whole tenant. The access token has one of the scopes below, and
    the person has a right: `idn:my-personal-access-tokens:read` for `me`, `idn:all-personal-access-
    tokens:read` for everybody else's tokens, and `idn:managed-personal-access-tokens:read` to see those
    that the platform made, too.

    Args:
        owner_id (str | Unset):
        filters (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | list[GetPersonalAccessTokenResponse]
    """

    return (
        await asyncio_detailed(
            client=client,
            owner_id=owner_id,
            filters=filters,
        )
    ).parsed
