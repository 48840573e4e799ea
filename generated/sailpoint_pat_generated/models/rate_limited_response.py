from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import NO_MORE, UNSET, Unset
from ..types import wrong_type as wrong_type_

T = TypeVar("T", bound="RateLimitedResponse")


@_attrs_define
class RateLimitedResponse:
    """That there were too many requests.

    Attributes:
        message (str | Unset): The reason. Example:  Rate Limit Exceeded .
    """

    message: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

    def to_dict(self) -> dict[str, Any]:
        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        known_ = 1
        if not isinstance(src_dict, Mapping):
            raise wrong_type_("", src_dict, "an object")
        message: str | Unset = src_dict.get("message", UNSET)
        if message is UNSET:
            known_ -= 1
        elif type(message) is not str:
            raise wrong_type_("message", message, "a string")
        read_ = cls.__new__(cls)
        read_.message = message
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


_FIELDS: frozenset[str] = frozenset(("message",))
