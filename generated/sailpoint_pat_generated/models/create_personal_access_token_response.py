from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import InvalidValue as InvalidValue_
from ..types import NO_MORE, UNSET, Unset, format_date_time
from ..types import index_of as index_of_
from ..types import parse_date_time as parse_date_time_
from ..types import wrong_type as wrong_type_

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
        created (datetime.datetime): When the token was made. Example: 2017-07-11T18:45:37.098Z.
        owner (None | PatOwner | Unset): The person that a personal access token acts for. Null where nobody is known:
            the owner has left, or the platform made the token.
        access_token_validity_seconds (int | None | Unset): For how many seconds each access token lives that is bought
            with this token. Null or missing, 43200: twelve hours. Example: 36900.
        expiration_date (datetime.datetime | None | Unset): When the token itself expires. Null where it never does.
            Example: 2018-01-11T18:45:37.098Z.
        user_aware_token_never_expires (bool | None | Unset): Whether the owner said to know that the token never
            expires. Null counts as false. Example: False.
    """

    id: str

    secret: str = _attrs_field(repr=False)

    scope: list[str] | None

    name: str

    created: datetime.datetime

    owner: None | PatOwner | Unset = UNSET
    access_token_validity_seconds: int | None | Unset = UNSET
    expiration_date: datetime.datetime | None | Unset = UNSET
    user_aware_token_never_expires: bool | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        secret = self.secret

        scope: list[str] | None
        if isinstance(self.scope, list):
            scope = self.scope

        else:
            scope = self.scope

        name = self.name

        created = format_date_time(self.created)

        owner: dict[str, Any] | None | Unset
        if isinstance(self.owner, Unset):
            owner = UNSET
        elif isinstance(self.owner, PatOwner):
            owner = self.owner.to_dict()
        else:
            owner = self.owner

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
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "secret": secret,
                "scope": scope,
                "name": name,
                "created": created,
            }
        )
        if owner is not UNSET:
            field_dict["owner"] = owner
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
        known_ = 9
        try:
            id = src_dict["id"]
            secret = src_dict["secret"]
            _scope = src_dict["scope"]
            name = src_dict["name"]
            _created = src_dict["created"]
        except KeyError as error_:
            raise InvalidValue_(error_.args[0], "required, but missing") from None
        except TypeError:
            raise wrong_type_("", src_dict, "an object") from None
        if type(id) is not str:
            raise wrong_type_("id", id, "a string")
        if type(secret) is not str:
            raise wrong_type_("secret", secret, "a string")
        scope: list[str] | None
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
        if type(name) is not str:
            raise wrong_type_("name", name, "a string")
        created: datetime.datetime
        created = parse_date_time_("created", _created)
        owner: None | PatOwner | Unset = UNSET
        _owner = src_dict.get("owner", UNSET)
        if _owner is UNSET:
            known_ -= 1
        elif _owner is None:
            owner = None
        else:
            try:
                owner = PatOwner.from_dict(_owner)
            except InvalidValue_ as error_:
                raise error_.within("owner") from None
        access_token_validity_seconds: int | None | Unset = UNSET
        _access_token_validity_seconds = src_dict.get("accessTokenValiditySeconds", UNSET)
        if _access_token_validity_seconds is UNSET:
            known_ -= 1
        elif _access_token_validity_seconds is None:
            access_token_validity_seconds = None
        else:
            if type(_access_token_validity_seconds) is not int:
                raise wrong_type_(
                    "accessTokenValiditySeconds", _access_token_validity_seconds, "an integer"
                )

            access_token_validity_seconds = _access_token_validity_seconds
        expiration_date: datetime.datetime | None | Unset = UNSET
        _expiration_date = src_dict.get("expirationDate", UNSET)
        if _expiration_date is UNSET:
            known_ -= 1
        elif _expiration_date is None:
            expiration_date = None
        else:
            expiration_date = parse_date_time_("expirationDate", _expiration_date)
        user_aware_token_never_expires: bool | None | Unset = UNSET
        _user_aware_token_never_expires = src_dict.get("userAwareTokenNeverExpires", UNSET)
        if _user_aware_token_never_expires is UNSET:
            known_ -= 1
        elif _user_aware_token_never_expires is None:
            user_aware_token_never_expires = None
        else:
            if type(_user_aware_token_never_expires) is not bool:
                raise wrong_type_(
                    "userAwareTokenNeverExpires", _user_aware_token_never_expires, "a boolean"
                )

            user_aware_token_never_expires = _user_aware_token_never_expires
        read_ = cls.__new__(cls)
        read_.id = id
        read_.secret = secret
        read_.scope = scope
        read_.name = name
        read_.created = created
        read_.owner = owner
        read_.access_token_validity_seconds = access_token_validity_seconds
        read_.expiration_date = expiration_date
        read_.user_aware_token_never_expires = user_aware_token_never_expires
        read_.additional_properties = NO_MORE
        if len(src_dict) != known_:
            read_.additional_properties = {
                name_: value_ for name_, value_ in src_dict.items() if name_ not in _FIELDS
            }
        return read_

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties = {**self.additional_properties, key: value}

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_FIELDS: frozenset[str] = frozenset(
    (
        "id",
        "secret",
        "scope",
        "name",
        "created",
        "owner",
        "accessTokenValiditySeconds",
        "expirationDate",
        "userAwareTokenNeverExpires",
    )
)

from ..models.pat_owner import PatOwner
