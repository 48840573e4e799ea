from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pat_owner import PatOwner


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
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.pat_owner import PatOwner  # noqa: PLC0415

        id = self.id

        secret = self.secret

        scope: list[str] | None
        if isinstance(self.scope, list):
            scope = self.scope

        else:
            scope = self.scope

        name = self.name

        created = self.created.isoformat()

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
            expiration_date = self.expiration_date.isoformat()
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
        from ..models.pat_owner import PatOwner  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        secret = d.pop("secret")

        def _parse_scope(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                scope_type_0 = cast(list[str], data)

                return scope_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        scope = _parse_scope(d.pop("scope"))

        name = d.pop("name")

        created = datetime.datetime.fromisoformat(d.pop("created"))

        def _parse_owner(data: object) -> None | PatOwner | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                owner_type_1 = PatOwner.from_dict(data)

                return owner_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PatOwner | Unset, data)

        owner = _parse_owner(d.pop("owner", UNSET))

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

        create_personal_access_token_response = cls(
            id=id,
            secret=secret,
            scope=scope,
            name=name,
            created=created,
            owner=owner,
            access_token_validity_seconds=access_token_validity_seconds,
            expiration_date=expiration_date,
            user_aware_token_never_expires=user_aware_token_never_expires,
        )

        create_personal_access_token_response.additional_properties = d
        return create_personal_access_token_response

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
