from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreatePersonalAccessTokenRequest")


@_attrs_define
class CreatePersonalAccessTokenRequest:
    """What a new personal access token is asked to be.

    Attributes:
        name (str): What to call the token. No two tokens of one owner share a name. Example: NodeJS Integration.
        scope (list[str] | None | Unset): What the token may do. Left out or null, it gets `sp:scopes:all`, every right
            of its owner. Example: ['demo:personal-access-token-scope:first', 'demo:personal-access-token-scope:second'].
        access_token_validity_seconds (int | None | Unset): For how many seconds each access token lives that is bought
            with this token. Left out or null, 43200: twelve hours. Example: 36900.
        expiration_date (datetime.datetime | None | Unset): When the token itself expires, to the millisecond. v3, v2024
            and beta: left out or null it is six months from now, and no later date is taken. v2025, v2026 and v1: left out
            or null the token never expires, `userAwareTokenNeverExpires` has to be true, and without that the answer is
            400. Example: 2018-01-11T18:45:37.098Z.
        user_aware_token_never_expires (bool | None | Unset): Says that the caller knows that a token without
            `expirationDate` never expires. On v2025, v2026 and v1 it has to be true for such a token. v3, v2024 and beta do
            not understand it. Left out or null, it counts as false. Example: True.
    """

    name: str
    scope: list[str] | None | Unset = UNSET
    access_token_validity_seconds: int | None | Unset = UNSET
    expiration_date: datetime.datetime | None | Unset = UNSET
    user_aware_token_never_expires: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        scope: list[str] | None | Unset
        if isinstance(self.scope, Unset):
            scope = UNSET
        elif isinstance(self.scope, list):
            scope = self.scope

        else:
            scope = self.scope

        access_token_validity_seconds: int | None | Unset
        if isinstance(self.access_token_validity_seconds, Unset):
            access_token_validity_seconds = UNSET
        else:
            access_token_validity_seconds = self.access_token_validity_seconds

        expiration_date: None | str | Unset
        if isinstance(self.expiration_date, Unset):
            expiration_date = UNSET
        elif isinstance(self.expiration_date, datetime.datetime):
            expiration_date = self.expiration_date.isoformat()
        else:
            expiration_date = self.expiration_date

        user_aware_token_never_expires: bool | None | Unset
        if isinstance(self.user_aware_token_never_expires, Unset):
            user_aware_token_never_expires = UNSET
        else:
            user_aware_token_never_expires = self.user_aware_token_never_expires

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if scope is not UNSET:
            field_dict["scope"] = scope
        if access_token_validity_seconds is not UNSET:
            field_dict["accessTokenValiditySeconds"] = access_token_validity_seconds
        if expiration_date is not UNSET:
            field_dict["expirationDate"] = expiration_date
        if user_aware_token_never_expires is not UNSET:
            field_dict["userAwareTokenNeverExpires"] = user_aware_token_never_expires

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_scope(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                scope_type_0 = cast(list[str], data)

                return scope_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        scope = _parse_scope(d.pop("scope", UNSET))

        def _parse_access_token_validity_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        access_token_validity_seconds = _parse_access_token_validity_seconds(
            d.pop("accessTokenValiditySeconds", UNSET)
        )

        def _parse_expiration_date(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expiration_date_type_0 = datetime.datetime.fromisoformat(data)

                return expiration_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expiration_date = _parse_expiration_date(d.pop("expirationDate", UNSET))

        def _parse_user_aware_token_never_expires(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        user_aware_token_never_expires = _parse_user_aware_token_never_expires(
            d.pop("userAwareTokenNeverExpires", UNSET)
        )

        create_personal_access_token_request = cls(
            name=name,
            scope=scope,
            access_token_validity_seconds=access_token_validity_seconds,
            expiration_date=expiration_date,
            user_aware_token_never_expires=user_aware_token_never_expires,
        )

        return create_personal_access_token_request
