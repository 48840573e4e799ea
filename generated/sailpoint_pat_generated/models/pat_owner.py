from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import InvalidValue as InvalidValue_
from ..types import NO_MORE
from ..types import wrong_type as wrong_type_

T = TypeVar("T", bound="PatOwner")


@_attrs_define
class PatOwner:
    """The person that a personal access token acts for.

    Attributes:
        type_ (str): What kind of thing the owner is. Example: IDENTITY.
        id (str): The owner's identity id. Example: 2c9180867b50d088017b554662fb281e.
        name (str): The owner's display name. Example: Support.
    """

    type_: str

    id: str

    name: str

    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        id = self.id

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "id": id,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        known_ = 3
        try:
            type_ = src_dict["type"]
            id = src_dict["id"]
            name = src_dict["name"]
        except KeyError as error_:
            raise InvalidValue_(error_.args[0], "required, but missing") from None
        except TypeError:
            raise wrong_type_("", src_dict, "an object") from None
        if type(type_) is not str:
            raise wrong_type_("type", type_, "a string")
        if type(id) is not str:
            raise wrong_type_("id", id, "a string")
        if type(name) is not str:
            raise wrong_type_("name", name, "a string")
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
