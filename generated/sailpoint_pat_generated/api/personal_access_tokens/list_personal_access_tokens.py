from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...errors import InvalidValue as InvalidValue_
from ...models.error_response_dto import ErrorResponseDto
from ...models.get_personal_access_token_response import GetPersonalAccessTokenResponse
from ...models.rate_limited_response import RateLimitedResponse
from ...models.unauthorized_response import UnauthorizedResponse
from ...types import UNSET, Response, Unset, known_status
from ...types import wrong_type as wrong_type_


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
    value_: Any
    if response.status_code == 200:
        value_ = response.json()
        response_200: list[GetPersonalAccessTokenResponse]
        if type(value_) is not list:
            raise wrong_type_("", value_, "an array")
        # In place: a long list is not held twice, and not looked through by the garbage collector.
        _response_200_item_list: list[GetPersonalAccessTokenResponse] = value_
        for _response_200_item_index, _response_200_item in enumerate(value_):
            _response_200_item_read: GetPersonalAccessTokenResponse
            try:
                _response_200_item_read = GetPersonalAccessTokenResponse.from_dict(
                    _response_200_item
                )
            except InvalidValue_ as error_:
                raise error_.within(f"[{_response_200_item_index}]") from None

            _response_200_item_list[_response_200_item_index] = _response_200_item_read
        response_200 = _response_200_item_list

        return response_200

    if response.status_code == 400:
        value_ = response.json()
        response_400: ErrorResponseDto
        response_400 = ErrorResponseDto.from_dict(value_)

        return response_400

    if response.status_code == 401:
        value_ = response.json()
        response_401: UnauthorizedResponse
        response_401 = UnauthorizedResponse.from_dict(value_)

        return response_401

    if response.status_code == 403:
        value_ = response.json()
        response_403: ErrorResponseDto
        response_403 = ErrorResponseDto.from_dict(value_)

        return response_403

    if response.status_code == 429:
        value_ = response.json()
        response_429: RateLimitedResponse
        response_429 = RateLimitedResponse.from_dict(value_)

        return response_429

    if response.status_code == 500:
        value_ = response.json()
        response_500: ErrorResponseDto
        response_500 = ErrorResponseDto.from_dict(value_)

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    ErrorResponseDto
    | RateLimitedResponse
    | UnauthorizedResponse
    | list[GetPersonalAccessTokenResponse]
]:
    try:
        parsed = _parse_response(client=client, response=response)
    except (ValueError, RecursionError) as error:
        if response.is_success:
            raise errors.InvalidResponse(response) from error
        parsed = None
    return Response(
        status_code=known_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=parsed,
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
