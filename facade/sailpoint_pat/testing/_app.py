"""The ASGI application: receives a request, has it answered, and spoils the answer on demand."""

from __future__ import annotations

import asyncio
import math
import threading
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from attrs import define, evolve
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sailpoint_pat.testing import _answers, faults
from sailpoint_pat.testing._api import Api, Refused
from sailpoint_pat.testing._calls import OPERATIONS, Call, Operation, find_route
from sailpoint_pat.testing._log import Log, ReceivedRequest, fingerprint

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from sailpoint_pat._versions import ApiVersion
    from sailpoint_pat.testing._answers import Answer
    from sailpoint_pat.testing._contract import Contract
    from sailpoint_pat.testing._server import Connection
    from sailpoint_pat.testing._state import State

_DEPRECATED = ("X-Deprecated", "true")
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie"}

Target: TypeAlias = Operation | Literal["*"]
"""What a fault is ordered for: an operation, or any of them."""


@define
class _Order:
    target: Target
    fault: faults.Fault
    left: float


class FaultQueue:
    """The faults that were ordered, and how often each is still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[_Order] = []

    def order(self, target: Target, fault: faults.Fault, times: float | None) -> None:
        """Put in an order, behind those that stand already."""
        if target != "*" and target not in OPERATIONS:
            raise ValueError(f"{target!r} is not one of {', '.join(OPERATIONS)} and '*'.")
        left = math.inf if times is None else times
        if left < 1:
            raise ValueError("A fault has to come at least once.")
        with self._lock:
            self._orders.append(_Order(target, fault, left))

    def take(self, operation: Operation) -> faults.Fault | None:
        """The fault that is next for an operation."""
        with self._lock:
            for order in self._orders:
                if order.target in {operation, "*"}:
                    order.left -= 1
                    if order.left <= 0:
                        self._orders.remove(order)
                    return order.fault
        return None

    def clear(self) -> None:
        """Forget every order."""
        with self._lock:
            self._orders.clear()


class App:
    """The tenant as uvicorn sees it."""

    def __init__(self, state: State, api: Api, *, contract: Contract | None) -> None:
        self.log = Log()
        self.faults = FaultQueue()
        self._state = state
        self._api = api
        self._contract = contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        connection: Connection = scope["state"]["connection"]
        method, raw_path = request.method, scope["raw_path"].decode("ascii")
        route = find_route(raw_path)
        operation = route.operations.get(method)
        authorization = request.headers.get("authorization")
        number = self.log.received(
            ReceivedRequest(
                operation=operation or "other",
                method=method,
                path=raw_path,
                query=scope["query_string"].decode("latin-1"),
                headers={k: v for k, v in request.headers.items() if k not in _SECRET_HEADERS},
                access_token=fingerprint(authorization),
                connection=connection.number,
            )
        )
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        exchange = _Exchange(self, number, connection, scope, receive, send)
        if operation is None:
            await exchange.send(_misdirected(raw_path, route.operations))
            return
        call = Call(
            method=method,
            path=raw_path,
            route=route,
            query=scope["query_string"].decode("latin-1"),
            content_type=request.headers.get("content-type"),
            authorization=authorization,
            body=body,
        )
        await exchange.run(operation, call, self.faults.take(operation))

    def answer(self, operation: Operation, call: Call) -> Answer:
        """What the API says to a call: the one place where state changes."""
        try:
            with self._state.lock:
                version = call.route.version
                if version is None:
                    return self._api.exchange(call)
                answer = self._checked(operation, call, version)
        except Exception as error:  # noqa: BLE001 - a bug of the tenant is an answer too
            return self._broken(f"FakeTenant failed at {operation}: {error!r}")
        if version.is_legacy:
            answer = evolve(answer, headers=(*answer.headers, _DEPRECATED))
        if self._contract is not None:
            wrong = self._contract.violation_of_answer(call, answer)
            if wrong is not None:
                return self._broken(f"answer {answer.status} to {operation}: {wrong}")
        return answer

    def altered(self, answer: Answer, fault: faults.Altered) -> Answer:
        """The answer as a fault alters it, or what went wrong in the function of the test."""
        try:
            return fault.alter(answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            return self._broken(f"The function of Altered failed: {error!r}")

    def _checked(self, operation: Operation, call: Call, version: ApiVersion) -> Answer:
        try:
            caller = self._api.admit(call, version)
            if self._contract is not None:
                wrong = self._contract.violation_of_request(call)
                if wrong is not None:
                    self.log.violated(f"request {operation}: {wrong}")
                    return _answers.refusal(400, f"The request breaks the contract: {wrong}")
            return self._api.perform(operation, call, version, caller)
        except Refused as refused:
            return refused.answer

    def _broken(self, what: str) -> Answer:
        self.log.violated(what)
        return _answers.refusal(500, what)

    def sent(self, number: int, status: int) -> str:
        """Take down that an answer goes out; the text of its Date header comes back."""
        self.log.answered(number, status)
        return format_datetime(self._state.clock.now(), usegmt=True)


@define
class _Exchange:
    """One request on its way to an answer, or to none."""

    app: App
    number: int
    connection: Connection
    scope: Scope
    receive: Receive
    send_message: Send

    async def run(self, operation: Operation, call: Call, fault: faults.Fault | None) -> None:  # noqa: C901, PLR0912 - one branch for each fault
        match fault:
            case None:
                await self.send(self.app.answer(operation, call))
            case faults.Status() | faults.Html() | faults.Body() | faults.RateLimited():
                await self.send(fault.answer())
            case faults.Altered():
                await self.send(self.app.altered(self.app.answer(operation, call), fault))
            case faults.Raw():
                content = fault.content
                if not isinstance(content, bytes):
                    content = content(self.app.answer(operation, call).body)
                self.connection.drop(content)
            case faults.Late():
                answer = self.app.answer(operation, call)
                await asyncio.sleep(fault.seconds)
                await self.send(answer)
            case faults.Hang():
                while (await self.receive())["type"] != "http.disconnect":
                    pass
            case faults.Cut():
                await self._send_part(self.app.answer(operation, call), fault.after)
            case faults.Reset():
                if fault.done:
                    self.app.answer(operation, call)
                self.connection.reset()
            case faults.Dropped():
                self.app.answer(operation, call)
                self.connection.drop()
            case faults.Gate():
                if not fault.after:
                    await fault.wait()
                answer = self.app.answer(operation, call)
                if fault.after:
                    await fault.wait()
                await self.send(answer)
            case _:
                assert_never(fault)

    async def send(self, answer: Answer) -> None:
        await self._response(answer)(self.scope, self.receive, self.send_message)

    async def _send_part(self, answer: Answer, after: int | None) -> None:
        body = answer.body
        if not body:
            self.app.sent(self.number, answer.status)
            self.connection.drop(b"HTTP/1.1 2")
            return
        upto = len(body) // 2 if after is None else min(after, len(body) - 1)
        response = self._response(answer)
        await self.send_message(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": response.raw_headers,
            }
        )
        await self.send_message(
            {"type": "http.response.body", "body": body[:upto], "more_body": True}
        )
        self.connection.drop()

    def _response(self, answer: Answer) -> Response:
        date = self.app.sent(self.number, answer.status)
        headers = dict(answer.headers)
        if answer.has_date and "date" not in {name.lower() for name in headers}:
            headers["Date"] = date
        if answer.content_type is not None:
            headers["Content-Type"] = answer.content_type
        return Response(answer.body, answer.status, headers)


def _misdirected(path: str, operations: dict[str, Operation]) -> Answer:
    if not operations:
        return _answers.html(404)  # No service of the API is there, so a gateway answers.
    allow = ", ".join(operations)
    return _answers.refusal(
        405, f"Only {allow} can be used at {path!r}.", headers=(("Allow", allow),)
    )
