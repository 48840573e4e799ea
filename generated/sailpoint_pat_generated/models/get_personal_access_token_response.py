from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pat_owner import PatOwner


T = TypeVar("T", bound="GetPersonalAccessTokenResponse")


@_attrs_define
class GetPersonalAccessTokenResponse:
    """A personal access token, without its secret.

    Attributes:
        id (str): The token's id, which is its OAuth client id. Example: 86f1dc6fe8f54414950454cbb11278fa.
        name (str): What the token is called. Example: NodeJS Integration.
        scope (list[str] | None): What the token may do. Null stands for every right of its owner. Example:
            ['demo:personal-access-token-scope:first', 'demo:personal-access-token-scope:second'].
        created (datetime.datetime): When the token was made. Example: 2017-07-11T18:45:37.098Z.
        owner (None | PatOwner | Unset): The person that a personal access token acts for. Null where nobody is known:
            the owner has left, or the platform made the token.
        last_used (datetime.datetime | None | Unset): When the token was last used to get an access token. Brought up to
            date once a day at most; null where it was never used. Example: 2017-07-12T18:45:37.098Z.
        managed (bool | None | Unset): Whether the platform made the token for itself. Its own pages hide those. Null
            counts as false. Default: False. Example: False.
        access_token_validity_seconds (int | None | Unset): For how many seconds each access token lives that is bought
            with this token. Null counts as 43200: twelve hours. Default: 43200. Example: 36900.
        expiration_date (datetime.datetime | None | Unset): When the token itself expires. Null where it never does.
            Example: 2018-01-11T18:45:37.098Z.
        user_aware_token_never_expires (bool | None | Unset): Whether the owner said to know that the token never
            expires. Null counts as false. Default: False. Example: False.
    """

    id: str
    name: str
    scope: list[str] | None
    created: datetime.datetime
    owner: None | PatOwner | Unset = UNSET
    last_used: datetime.datetime | None | Unset = UNSET
    managed: bool | None | Unset = False
    access_token_validity_seconds: int | None | Unset = 43200
    expiration_date: datetime.datetime | None | Unset = UNSET
    user_aware_token_never_expires: bool | None | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.pat_owner import PatOwner  # noqa: PLC0415

        id = self.id

        name = self.name

        scope: list[str] | None
        if isinstance(self.scope, list):
            scope = self.scope

        else:
            scope = self.scope

        created = self.created.isoformat()

        owner: dict[str, Any] | None | Unset
        if isinstance(self.owner, Unset):
            owner = UNSET
        elif isinstance(self.owner, PatOwner):
            owner = self.owner.to_dict()
        else:
            owner = self.owner

        last_used: None | str | Unset
        if isinstance(self.last_used, Unset):
            last_used = UNSET
        elif isinstance(self.last_used, datetime.datetime):
            last_used = self.last_used.isoformat()
        else:
            last_used = self.last_used

        managed: bool | None | Unset
        if isinstance(self.managed, Unset):
            managed = UNSET
        else:
            managed = self.managed

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
                "name": name,
                "scope": scope,
                "created": created,
            }
        )
        if owner is not UNSET:
            field_dict["owner"] = owner
        if last_used is not UNSET:
            field_dict["lastUsed"] = last_used
        if managed is not UNSET:
            field_dict["managed"] = managed
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

        name = d.pop("name")

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

        def _parse_last_used(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        last_used = _parse_last_used(d.pop("lastUsed", UNSET))

        def _parse_managed(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        managed = _parse_managed(d.pop("managed", UNSET))

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

        get_personal_access_token_response = cls(
            id=id,
            name=name,
            scope=scope,
            created=created,
            owner=owner,
            last_used=last_used,
            managed=managed,
            access_token_validity_seconds=access_token_validity_seconds,
            expiration_date=expiration_date,
            user_aware_token_never_expires=user_aware_token_never_expires,
        )

        get_personal_access_token_response.additional_properties = d
        return get_personal_access_token_response

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
