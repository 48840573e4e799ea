from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..errors import InvalidValue as InvalidValue_
from ..types import UNSET, Unset, format_date_time
from ..types import index_of as index_of_
from ..types import parse_date_time as parse_date_time_
from ..types import wrong_type as wrong_type_

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
        try:
            name = src_dict["name"]
        except KeyError as error_:
            raise InvalidValue_(error_.args[0], "required, but missing") from None
        except TypeError:
            raise wrong_type_("", src_dict, "an object") from None
        if type(name) is not str:
            raise wrong_type_("name", name, "a string")
        scope: list[str] | None | Unset = UNSET
        _scope = src_dict.get("scope", UNSET)
        if _scope is not UNSET:
            if _scope is None:
                scope = None
            else:
                if type(_scope) is not list:
                    raise wrong_type_("scope", _scope, "an array")
                for _scope_type_0_item in _scope:
                    if type(_scope_type_0_item) is not str:
                        raise wrong_type_(
                            f"scope[{index_of_(_scope, _scope_type_0_item)}]",
                            _scope_type_0_item,
                            "a string",
                        )

                scope = _scope
        access_token_validity_seconds: int | None | Unset = UNSET
        _access_token_validity_seconds = src_dict.get("accessTokenValiditySeconds", UNSET)
        if _access_token_validity_seconds is not UNSET:
            if _access_token_validity_seconds is None:
                access_token_validity_seconds = None
            else:
                if type(_access_token_validity_seconds) is not int:
                    raise wrong_type_(
                        "accessTokenValiditySeconds", _access_token_validity_seconds, "an integer"
                    )

                access_token_validity_seconds = _access_token_validity_seconds
        expiration_date: datetime.datetime | None | Unset = UNSET
        _expiration_date = src_dict.get("expirationDate", UNSET)
        if _expiration_date is not UNSET:
            if _expiration_date is None:
                expiration_date = None
            else:
                expiration_date = parse_date_time_("expirationDate", _expiration_date)
        user_aware_token_never_expires: bool | None | Unset = UNSET
        _user_aware_token_never_expires = src_dict.get("userAwareTokenNeverExpires", UNSET)
        if _user_aware_token_never_expires is not UNSET:
            if _user_aware_token_never_expires is None:
                user_aware_token_never_expires = None
            else:
                if type(_user_aware_token_never_expires) is not bool:
                    raise wrong_type_(
                        "userAwareTokenNeverExpires", _user_aware_token_never_expires, "a boolean"
                    )

                user_aware_token_never_expires = _user_aware_token_never_expires
        read_ = cls.__new__(cls)
        read_.name = name
        read_.scope = scope
        read_.access_token_validity_seconds = access_token_validity_seconds
        read_.expiration_date = expiration_date
        read_.user_aware_token_never_expires = user_aware_token_never_expires
        return read_
