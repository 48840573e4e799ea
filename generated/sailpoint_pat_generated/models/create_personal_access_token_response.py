from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import InvalidValue as _InvalidValue
from ..types import UNSET, Unset, format_date_time
from ..types import parse_date_time as _parse_date_time
from ..types import wrong_type as _wrong_type

T = TypeVar("T", bound="CreatePersonalAccessTokenResponse")


@_attrs_define
class CreatePersonalAccessTokenResponse:
    """A personal access token that was just made.

    Attributes:
        id (str): The token's id, which is its OAuth client id. Example: 86f1dc6fe8f54414950454cbb11278fa.
        secret (str): The token's OAuth client secret. This answer is the only place where it is shown. Example:
            0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.
        scope (list[str] | None): What the token may do. Null stands for every right of its owner. Example:
            ['demo:personal-access-token-scope:first', 'demo:personal-access-token-scope:second'].
        name (str): What the token is called. Example: NodeJS Integration.
        owner (PatOwner): The person that a personal access token acts for.
        created (datetime.datetime): When the token was made. Example: 2017-07-11T18:45:37.098Z.
        access_token_validity_seconds (int | Unset): For how many seconds each access token lives that is bought with
            this token. Example: 36900.
        expiration_date (datetime.datetime | None | Unset): When the token itself expires. Null where it never does.
            Example: 2018-01-11T18:45:37.098Z.
        user_aware_token_never_expires (bool | Unset): Whether the owner said to know that the token never expires.
            Example: False.
    """

    id: str

    secret: str = _attrs_field(repr=False)

    scope: list[str] | None

    name: str

    owner: PatOwner

    created: datetime.datetime

    access_token_validity_seconds: int | Unset = UNSET
    expiration_date: datetime.datetime | None | Unset = UNSET
    user_aware_token_never_expires: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        secret = self.secret

        scope: list[str] | None
        if isinstance(self.scope, list):
            scope = self.scope

        else:
            scope = self.scope

        name = self.name

        owner = self.owner.to_dict()

        created = format_date_time(self.created)

        access_token_validity_seconds = self.access_token_validity_seconds

        expiration_date: None | str | Unset
        if isinstance(self.expiration_date, Unset):
            expiration_date = UNSET
        elif isinstance(self.expiration_date, datetime.datetime):
            expiration_date = format_date_time(self.expiration_date)
        else:
            expiration_date = self.expiration_date

        user_aware_token_never_expires = self.user_aware_token_never_expires

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "secret": secret,
                "scope": scope,
                "name": name,
                "owner": owner,
                "created": created,
            }
        )
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
        _known = 9
        _value = _get("id", UNSET)
        if type(_value) is not str:
            raise _wrong_type("id", _value, "a string")

        id: str = _value
        _value = _get("secret", UNSET)
        if type(_value) is not str:
            raise _wrong_type("secret", _value, "a string")

        secret: str = _value
        _value = _get("scope", UNSET)
        scope: list[str] | None
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

        _value = _get("name", UNSET)
        if type(_value) is not str:
            raise _wrong_type("name", _value, "a string")

        name: str = _value
        _value = _get("owner", UNSET)
        owner: PatOwner
        try:
            owner = PatOwner.from_dict(_value)
        except _InvalidValue as _error:
            raise _error.within("owner") from None

        _value = _get("created", UNSET)
        created: datetime.datetime
        created = _parse_date_time("created", _value)

        _value = _get("accessTokenValiditySeconds", UNSET)
        access_token_validity_seconds: int | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not int:
                raise _wrong_type("accessTokenValiditySeconds", _value, "an integer")

            access_token_validity_seconds = _value

        _value = _get("expirationDate", UNSET)
        expiration_date: datetime.datetime | None | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        elif _value is None:
            expiration_date = None
        else:
            expiration_date = _parse_date_time("expirationDate", _value)

        _value = _get("userAwareTokenNeverExpires", UNSET)
        user_aware_token_never_expires: bool | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not bool:
                raise _wrong_type("userAwareTokenNeverExpires", _value, "a boolean")

            user_aware_token_never_expires = _value

        _read = cls(
            id,
            secret,
            scope,
            name,
            owner,
            created,
            access_token_validity_seconds,
            expiration_date,
            user_aware_token_never_expires,
        )
        if len(src_dict) != _known:
            _read.additional_properties = {
                _name: src_dict[_name] for _name in src_dict if _name not in _FIELDS
            }
        return _read

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_FIELDS = frozenset(
    (
        "id",
        "secret",
        "scope",
        "name",
        "owner",
        "created",
        "accessTokenValiditySeconds",
        "expirationDate",
        "userAwareTokenNeverExpires",
    )
)

from ..models.pat_owner import PatOwner
