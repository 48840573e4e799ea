from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import NO_MORE, UNSET, Unset
from ..types import wrong_type as wrong_type_

T = TypeVar("T", bound="PatOwner")


@_attrs_define
class PatOwner:
    """The person that a personal access token acts for. Null where nobody is known: the owner has left, or the platform
    made the token.

        Attributes:
            type_ (None | str | Unset): What kind of thing the owner is. Example: IDENTITY.
            id (None | str | Unset): The owner's identity id. Example: 2c9180867b50d088017b554662fb281e.
            name (None | str | Unset): The owner's display name. Example: Support.
    """

    type_: None | str | Unset = UNSET
    id: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

    def to_dict(self) -> dict[str, Any]:
        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if type_ is not UNSET:
            field_dict["type"] = type_
        if id is not UNSET:
            field_dict["id"] = id
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        known_ = 3
        if not isinstance(src_dict, Mapping):
            raise wrong_type_("", src_dict, "an object")
        type_: None | str | Unset = UNSET
        _type_ = src_dict.get("type", UNSET)
        if _type_ is UNSET:
            known_ -= 1
        elif _type_ is None:
            type_ = None
        else:
            if type(_type_) is not str:
                raise wrong_type_("type", _type_, "a string")

            type_ = _type_
        id: None | str | Unset = UNSET
        _id = src_dict.get("id", UNSET)
        if _id is UNSET:
            known_ -= 1
        elif _id is None:
            id = None
        else:
            if type(_id) is not str:
                raise wrong_type_("id", _id, "a string")

            id = _id
        name: None | str | Unset = UNSET
        _name = src_dict.get("name", UNSET)
        if _name is UNSET:
            known_ -= 1
        elif _name is None:
            name = None
        else:
            if type(_name) is not str:
                raise wrong_type_("name", _name, "a string")

            name = _name
        read_ = cls.__new__(cls)
        read_.type_ = type_
        read_.id = id
        read_.name = name
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
        "type",
        "id",
        "name",
    )
)
