from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..errors import InvalidValue as InvalidValue_
from ..types import NO_MORE, UNSET, Unset
from ..types import wrong_type as wrong_type_

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
    additional_properties: dict[str, Any] = _attrs_field(init=False, default=NO_MORE)

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
        known_ = 4
        if not isinstance(src_dict, Mapping):
            raise wrong_type_("", src_dict, "an object")
        detail_code: str | Unset = src_dict.get("detailCode", UNSET)
        if detail_code is UNSET:
            known_ -= 1
        elif type(detail_code) is not str:
            raise wrong_type_("detailCode", detail_code, "a string")
        tracking_id: str | Unset = src_dict.get("trackingId", UNSET)
        if tracking_id is UNSET:
            known_ -= 1
        elif type(tracking_id) is not str:
            raise wrong_type_("trackingId", tracking_id, "a string")
        messages: list[ErrorMessageDto] | Unset = UNSET
        _messages = src_dict.get("messages", UNSET)
        if _messages is UNSET:
            known_ -= 1
        else:
            if type(_messages) is not list:
                raise wrong_type_("messages", _messages, "an array")
            _messages_item_list: list[ErrorMessageDto] = []
            for _messages_item_index, _messages_item in enumerate(_messages):
                _messages_item_read: ErrorMessageDto
                try:
                    _messages_item_read = ErrorMessageDto.from_dict(_messages_item)
                except InvalidValue_ as error_:
                    raise error_.within(f"messages[{_messages_item_index}]") from None

                _messages_item_list.append(_messages_item_read)
            messages = _messages_item_list
        causes: list[ErrorMessageDto] | Unset = UNSET
        _causes = src_dict.get("causes", UNSET)
        if _causes is UNSET:
            known_ -= 1
        else:
            if type(_causes) is not list:
                raise wrong_type_("causes", _causes, "an array")
            _causes_item_list: list[ErrorMessageDto] = []
            for _causes_item_index, _causes_item in enumerate(_causes):
                _causes_item_read: ErrorMessageDto
                try:
                    _causes_item_read = ErrorMessageDto.from_dict(_causes_item)
                except InvalidValue_ as error_:
                    raise error_.within(f"causes[{_causes_item_index}]") from None

                _causes_item_list.append(_causes_item_read)
            causes = _causes_item_list
        read_ = cls.__new__(cls)
        read_.detail_code = detail_code
        read_.tracking_id = tracking_id
        read_.messages = messages
        read_.causes = causes
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
        "detailCode",
        "trackingId",
        "messages",
        "causes",
    )
)

from ..models.error_message_dto import ErrorMessageDto
