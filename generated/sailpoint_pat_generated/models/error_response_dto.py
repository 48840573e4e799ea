from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import InvalidValue as _InvalidValue
from ..types import UNSET, Unset
from ..types import wrong_type as _wrong_type

T = TypeVar("T", bound="ErrorResponseDto")


@_attrs_define
class ErrorResponseDto:
    """What went wrong, in the words of the service.

    Attributes:
        detail_code (str | Unset): A code that begins with the status and narrows it down. Example: 400.1 Bad Request
            Content.
        tracking_id (str | Unset): The id that SailPoint's support finds the request by. Example:
            e7eab60924f64aa284175b9fa3309599.
        messages (list[ErrorMessageDto] | Unset): What went wrong, once for each language. Example: [{'locale': 'en-US',
            'localeOrigin': 'DEFAULT', 'text': 'The request could not be read.'}].
        causes (list[ErrorMessageDto] | Unset): What it came from, where the service knows. Example: [{'locale': 'en-
            US', 'localeOrigin': 'REQUEST', 'text': 'The name is taken.'}].
    """

    detail_code: str | Unset = UNSET
    tracking_id: str | Unset = UNSET
    messages: list[ErrorMessageDto] | Unset = UNSET
    causes: list[ErrorMessageDto] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        detail_code = self.detail_code

        tracking_id = self.tracking_id

        messages: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.messages, Unset):
            messages = []
            for messages_item_data in self.messages:
                messages_item = messages_item_data.to_dict()
                messages.append(messages_item)

        causes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.causes, Unset):
            causes = []
            for causes_item_data in self.causes:
                causes_item = causes_item_data.to_dict()
                causes.append(causes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if detail_code is not UNSET:
            field_dict["detailCode"] = detail_code
        if tracking_id is not UNSET:
            field_dict["trackingId"] = tracking_id
        if messages is not UNSET:
            field_dict["messages"] = messages
        if causes is not UNSET:
            field_dict["causes"] = causes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        """Reads a decoded JSON object, and raises errors.InvalidValue for what the contract does not allow"""
        if type(src_dict) is not dict and not isinstance(src_dict, Mapping):
            raise _wrong_type("", src_dict, "an object")
        _get = src_dict.get
        _value: Any
        _known = 4
        _value = _get("detailCode", UNSET)
        detail_code: str | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not str:
                raise _wrong_type("detailCode", _value, "a string")

            detail_code = _value

        _value = _get("trackingId", UNSET)
        tracking_id: str | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not str:
                raise _wrong_type("trackingId", _value, "a string")

            tracking_id = _value

        _value = _get("messages", UNSET)
        messages: list[ErrorMessageDto] | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not list:
                raise _wrong_type("messages", _value, "an array")
            messages = []
            for _messages_item_index, _messages_item in enumerate(_value):
                _messages_item_read: ErrorMessageDto
                try:
                    _messages_item_read = ErrorMessageDto.from_dict(_messages_item)
                except _InvalidValue as _error:
                    raise _error.within(f"messages[{_messages_item_index}]") from None

                messages.append(_messages_item_read)

        _value = _get("causes", UNSET)
        causes: list[ErrorMessageDto] | Unset = UNSET
        if _value is UNSET:
            _known -= 1
        else:
            if type(_value) is not list:
                raise _wrong_type("causes", _value, "an array")
            causes = []
            for _causes_item_index, _causes_item in enumerate(_value):
                _causes_item_read: ErrorMessageDto
                try:
                    _causes_item_read = ErrorMessageDto.from_dict(_causes_item)
                except _InvalidValue as _error:
                    raise _error.within(f"causes[{_causes_item_index}]") from None

                causes.append(_causes_item_read)

        _read = cls(
            detail_code,
            tracking_id,
            messages,
            causes,
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
        "detailCode",
        "trackingId",
        "messages",
        "causes",
    )
)

from ..models.error_message_dto import ErrorMessageDto
