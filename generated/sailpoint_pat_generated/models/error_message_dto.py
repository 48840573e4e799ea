from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset
from ..types import wrong_type as _wrong_type

T = TypeVar("T", bound="ErrorMessageDto")


@_attrs_define
class ErrorMessageDto:
    """A sentence in one language.

    Attributes:
        locale (None | str | Unset): The language of the text. Example: en-US.
        locale_origin (None | str | Unset): Where the choice of the language came from. Example: DEFAULT.
        text (str | Unset): The sentence. Example: The request could not be read..
    """

    locale: None | str | Unset = UNSET
    locale_origin: None | str | Unset = UNSET
    text: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

        locale_origin: None | str | Unset
        if isinstance(self.locale_origin, Unset):
            locale_origin = UNSET
        else:
            locale_origin = self.locale_origin

        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if locale is not UNSET:
            field_dict["locale"] = locale
        if locale_origin is not UNSET:
            field_dict["localeOrigin"] = locale_origin
        if text is not UNSET:
            field_dict["text"] = text

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        if type(src_dict) is not dict and not isinstance(src_dict, Mapping):
            raise _wrong_type("", src_dict, "an object")
        _get = src_dict.get
        _value: Any
        _known = 3
        _value = _get("locale", UNSET)
        locale: None | str | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        elif _value is None:
            locale = None
        else:
            if type(_value) is not str:
                raise _wrong_type("locale", _value, "a string")

            locale = _value

        _value = _get("localeOrigin", UNSET)
        locale_origin: None | str | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        elif _value is None:
            locale_origin = None
        else:
            if type(_value) is not str:
                raise _wrong_type("localeOrigin", _value, "a string")

            locale_origin = _value

        _value = _get("text", UNSET)
        text: str | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not str:
                raise _wrong_type("text", _value, "a string")

            text = _value

        _read = cls(
            locale,
            locale_origin,
            text,
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
        "locale",
        "localeOrigin",
        "text",
    )
)
