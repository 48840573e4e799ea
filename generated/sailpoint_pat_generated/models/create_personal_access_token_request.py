from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset, format_date_time
from ..types import parse_date_time as _parse_date_time
from ..types import wrong_type as _wrong_type

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
        expiration_date (datetime.datetime | None | Unset): When the token itself expires, to the millisecond. Left out
            or null, v3 takes six months from now; from v2025 on it means never, and takes `userAwareTokenNeverExpires`.
            Example: 2018-01-11T18:45:37.098Z.
        user_aware_token_never_expires (bool | None | Unset): Says that the caller knows that a token without
            `expirationDate` never expires. From v2025 on it has to be true for such a token. Left out or null, it counts as
            false. Example: True.
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
            expiration_date = format_date_time(self.expiration_date)
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
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        if type(src_dict) is not dict and not isinstance(src_dict, Mapping):
            raise _wrong_type("", src_dict, "an object")
        _get = src_dict.get
        _value: Any
        _value = _get("name", UNSET)
        if type(_value) is not str:
            raise _wrong_type("name", _value, "a string")

        name: str = _value
        _value = _get("scope", UNSET)
        scope: list[str] | None | Unset = UNSET
        if _value is not UNSET:
            if _value is None:
                scope = None
            else:
                if type(_value) is not list:
                    raise _wrong_type("scope", _value, "an array")
                for _scope_type_0_item_index, _scope_type_0_item in enumerate(_value):
                    if type(_scope_type_0_item) is not str:
                        raise _wrong_type(
                            f"scope[{_scope_type_0_item_index}]", _scope_type_0_item, "a string"
                        )

                scope = _value

        _value = _get("accessTokenValiditySeconds", UNSET)
        access_token_validity_seconds: int | None | Unset = UNSET
        if _value is not UNSET:
            if _value is None:
                access_token_validity_seconds = None
            else:
                if type(_value) is not int:
                    raise _wrong_type("accessTokenValiditySeconds", _value, "an integer")

                access_token_validity_seconds = _value

        _value = _get("expirationDate", UNSET)
        expiration_date: datetime.datetime | None | Unset = UNSET
        if _value is not UNSET:
            if _value is None:
                expiration_date = None
            else:
                expiration_date = _parse_date_time("expirationDate", _value)

        _value = _get("userAwareTokenNeverExpires", UNSET)
        user_aware_token_never_expires: bool | None | Unset = UNSET
        if _value is not UNSET:
            if _value is None:
                user_aware_token_never_expires = None
            else:
                if type(_value) is not bool:
                    raise _wrong_type("userAwareTokenNeverExpires", _value, "a boolean")

                user_aware_token_never_expires = _value

        _read = cls(
            name,
            scope,
            access_token_validity_seconds,
            expiration_date,
            user_aware_token_never_expires,
        )
        return _read
