from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import NO_MORE, UNSET, Unset
from ..types import wrong_type as wrong_type_

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
    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

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
        known_ = 3
        if not isinstance(src_dict, Mapping):
            raise wrong_type_("", src_dict, "an object")
        locale: None | str | Unset = UNSET
        _locale = src_dict.get("locale", UNSET)
        if _locale is UNSET:
            known_ -= 1
        elif _locale is None:
            locale = None
        else:
            if type(_locale) is not str:
                raise wrong_type_("locale", _locale, "a string")

            locale = _locale
        locale_origin: None | str | Unset = UNSET
        _locale_origin = src_dict.get("localeOrigin", UNSET)
        if _locale_origin is UNSET:
            known_ -= 1
        elif _locale_origin is None:
            locale_origin = None
        else:
            if type(_locale_origin) is not str:
                raise wrong_type_("localeOrigin", _locale_origin, "a string")

            locale_origin = _locale_origin
        text: str | Unset = src_dict.get("text", UNSET)
        if text is UNSET:
            known_ -= 1
        elif type(text) is not str:
            raise wrong_type_("text", text, "a string")
        read_ = cls.__new__(cls)
        read_.locale = locale
        read_.locale_origin = locale_origin
        read_.text = text
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
        "locale",
        "localeOrigin",
        "text",
    )
)
