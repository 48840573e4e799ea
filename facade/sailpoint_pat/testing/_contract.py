"""Checks requests and answers against `openapi.yaml`."""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from attrs import frozen
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.exceptions import OpenAPIError
from starlette.datastructures import QueryParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sailpoint_pat.testing._answers import Answer
    from sailpoint_pat.testing._calls import Call

# The spec's servers name real hosts. Requests to the tenant are looked up as if sent to this one,
# so that each address is checked together with its version.
_HOST = "https://acme.api.identitynow.com"
# How many records of a long listing are checked, at either end: one costs a fraction of a
# millisecond when it is new, so that all ten thousand would take seconds.
_RECORDS_AT_EITHER_END = 50


class Contract:
    """The spec, ready to be asked.

    The same question has the same answer, so that each is worked out once: a test suite sends
    few different requests, many times over.
    """

    def __init__(self, spec: dict[str, object]) -> None:
        # Who may call is the tenant's to say, and openapi-core warns at OAuth 2.0.
        open_to_all = {**spec, "security": [], "paths": _without_security(spec["paths"])}
        # `make check` validates the spec itself; here it would only cost time.
        self._openapi = OpenAPI.from_dict(open_to_all, config=Config(spec_validator_cls=None))
        self._lock = threading.Lock()
        self._request_verdict = lru_cache(maxsize=4096)(self._judge_request)
        self._answer_verdict = lru_cache(maxsize=4096)(self._judge_answer)

    def violation_of_request(self, call: Call) -> str | None:
        """What is wrong with a request, or None."""
        asked = _Asked(call.method, call.path, call.query, call.content_type, call.body)
        with self._lock:
            return self._request_verdict(asked)

    def violation_of_answer(self, call: Call, answer: Answer) -> str | None:
        """What is wrong with an answer, or None."""
        asked = _Asked(call.method, call.route.template)
        bodies = [answer.body]
        if answer.records is not None:
            # An array is right if every record in it is, and a record stays the same for long.
            n = _RECORDS_AT_EITHER_END
            sample = answer.records[:n] + answer.records[n:][-n:]
            bodies = [b"[" + record + b"]" for record in sample] or [b"[]"]
        for body in bodies:
            told = _Told(answer.status, body, answer.content_type, answer.headers)
            with self._lock:
                verdict = self._answer_verdict(asked, told)
            if verdict is not None:
                return verdict
        return None

    def _judge_request(self, asked: _Asked) -> str | None:
        try:
            self._openapi.validate_request(_Request(asked))
        except OpenAPIError as error:
            return _describe(error)
        except ValueError:  # openapi-core does not expect one that has no sense
            return f"Content-Type {asked.content_type!r} cannot be read"
        except RecursionError:
            return "the body is nested too deep"
        return None

    def _judge_answer(self, asked: _Asked, told: _Told) -> str | None:
        try:
            self._openapi.validate_response(_Request(asked), _Response(told))
        except OpenAPIError as error:
            return _describe(error)
        return None


@lru_cache(maxsize=1)
def load_contract() -> Contract:
    """The contract of this installation, read once per process."""
    packaged = resources.files(__package__) / "openapi.yaml"
    in_checkout = Path(__file__).parents[3] / "openapi.yaml"
    source = packaged if packaged.is_file() else in_checkout
    # The loader in C takes a fifth of the time, where this machine's PyYAML has one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Contract(yaml.load(source.read_text(encoding="utf-8"), loader))  # noqa: S506  both are safe


@frozen
class _Asked:
    """All that a verdict about a request depends on."""

    method: str
    path: str
    query: str = ""
    content_type: str | None = None
    body: bytes = b""


@frozen
class _Told:
    """All that a verdict about an answer depends on."""

    status: int
    body: bytes
    content_type: str | None
    headers: tuple[tuple[str, str], ...]


class _Request:
    """A request as openapi-core wants to see it."""

    host_url = _HOST

    def __init__(self, asked: _Asked) -> None:
        self.method = asked.method.lower()
        self.path = asked.path
        self.content_type = asked.content_type or "application/octet-stream"
        self.body = asked.body or None
        self.parameters = RequestParameters(query=QueryParams(asked.query))


class _Response:
    """An answer as openapi-core wants to see it."""

    def __init__(self, told: _Told) -> None:
        self.status_code = told.status
        self.content_type = told.content_type or ""
        self.headers: Mapping[str, str] = dict(told.headers)
        self.data = told.body


def _without_security(paths: object) -> object:
    """The same paths without a word about who may call them, however deep it stands."""
    if isinstance(paths, dict):
        return {k: _without_security(v) for k, v in paths.items() if k != "security"}
    if isinstance(paths, list):
        return [_without_security(each) for each in paths]
    return paths


def _describe(error: BaseException) -> str:
    """An error of openapi-core in one line: it keeps the telling part in the causes."""
    if schema_errors := getattr(error, "schema_errors", None):
        return ", ".join(
            "/".join(map(str, each.absolute_path)) + f" {each.message}" for each in schema_errors
        ).strip()
    if isinstance(error, MediaTypeDeserializeError):  # it would print the whole body, or fail at it
        return f"the body is no {error.mimetype}"
    if error.__cause__ is not None:
        return f"{type(error).__name__}: {_describe(error.__cause__)}"
    return str(error)
