from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response_dto import ErrorResponseDto
from ...models.rate_limited_response import RateLimitedResponse
from ...models.unauthorized_response import UnauthorizedResponse
from ...types import Response, known_status


def _get_kwargs(
    id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/personal-access-tokens/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | None:
    value_: Any
    if response.status_code == 204:
        value_ = None
        response_204: Any

        response_204 = value_

        return response_204

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

    if response.status_code == 404:
        value_ = response.json()
        response_404: ErrorResponseDto
        response_404 = ErrorResponseDto.from_dict(value_)

        return response_404

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
) -> Response[Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]:
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
    id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]:
    """Delete a personal access token

     Revokes a token for good. From then on its id and secret buy no access token.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
) -> Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | None:
    """Delete a personal access token

     Revokes a token for good. From then on its id and secret buy no access token.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse
    """

    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]:
    """Delete a personal access token

     Revokes a token for good. From then on its id and secret buy no access token.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
) -> Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse | None:
    """Delete a personal access token

     Revokes a token for good. From then on its id and secret buy no access token.

    Args:
        id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ErrorResponseDto | RateLimitedResponse | UnauthorizedResponse
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
