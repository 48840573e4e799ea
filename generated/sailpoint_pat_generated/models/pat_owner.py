from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET
from ..types import wrong_type as _wrong_type

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

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

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
        if type(src_dict) is not dict and not isinstance(src_dict, Mapping):
            raise _wrong_type("", src_dict, "an object")
        _get = src_dict.get
        _value: Any
        _known = 3
        _value = _get("type", UNSET)
        if type(_value) is not str:
            raise _wrong_type("type", _value, "a string")

        type_: str = _value
        _value = _get("id", UNSET)
        if type(_value) is not str:
            raise _wrong_type("id", _value, "a string")

        id: str = _value
        _value = _get("name", UNSET)
        if type(_value) is not str:
            raise _wrong_type("name", _value, "a string")

        name: str = _value
        _read = cls(
            type_,
            id,
            name,
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
        "type",
        "id",
        "name",
    )
)
