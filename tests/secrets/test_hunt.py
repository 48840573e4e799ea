"""A hunt for secrets through everything that a program could show: every call, every failure.

What is looked for: client secrets, the given one and those of new tokens, and access tokens. Where:
logs of every library at DEBUG, reprs of what we hand out, exceptions with their whole chain and the
locals of every frame that is not the test's, warnings, and what is printed.
"""

import gzip
import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlencode

import pytest

from sailpoint_pat import (
    ConfigurationError,
    IssuedToken,
    PatClient,
    RetryPolicy,
    SailPointError,
    Secret,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.secrets.hunter import Hunter
from tests.support.calls import call_of
from tests.support.clients import Connect, Flavour, Portalled
from tests.support.clock import MovedClock
from tests.support.interrupts import Asked, interrupt_at, raised_by
from tests.support.records import record

RETRY = RetryPolicy(tries=2)

FAULTS: list[faults.Fault] = [
    *(faults.Status(code) for code in (400, 401, 403, 404, 418, 500, 503, 520)),
    faults.Status(307, headers={"Location": "https://elsewhere.example.com/x"}),
    faults.RateLimited("86400"),
    faults.RateLimited("soon"),
    faults.Html(),
    faults.Html(502),
    faults.Body(b""),
    faults.Body({}),
    faults.Body([{"id": "86f1dc6fe8f54414950454cbb11278fa"}]),
    faults.Dropped(),
    faults.Cut(),
    faults.Reset(),
]


@pytest.fixture(params=["sync", "asyncio"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """The async client once: what it holds is the same on asyncio and on trio."""
    flavour: Flavour = request.param
    return flavour


@pytest.fixture
def hunter(
    tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Hunter]:
    """Knows every secret that the tenant hands out; at the end of the test, nothing has leaked."""
    hunter = Hunter()
    hunter.know("the client secret", tenant.client_secret)
    add, exchange = tenant._state.add_token, tenant._state.exchange

    def add_token(*args: Any, **options: Any) -> StoredToken:
        token = add(*args, **options)
        hunter.know("a new token's secret", token.secret)
        return token

    def hand_out(client_id: str, client_secret: str) -> Any:
        handed_out = exchange(client_id, client_secret)
        if handed_out is not None:
            hunter.know("an access token", handed_out[1].text)
        return handed_out

    monkeypatch.setattr(tenant._state, "add_token", add_token)
    monkeypatch.setattr(tenant._state, "exchange", hand_out)
    with hunter:
        yield hunter
    out, err = capfd.readouterr()
    hunter.show("stdout", out)
    hunter.show("stderr", err)
    assert hunter.shown
    assert hunter.leaks() == []


def shows(hunter: Hunter, call: Callable[[], object], where: str = "a call") -> object:
    """Make a call; show the hunter its result or its error."""
    try:
        result = call()
    except (SailPointError, ValueError) as error:
        hunter.exception(where, error)
        return error
    hunter.show(where, result)
    return result


def parts(pats: PatClient) -> list[object]:
    """Return a client and what it is made of."""
    client: Any = pats.client if isinstance(pats, Portalled) else pats
    found = [client, client.generated, client.generated._headers]
    driver, shared = client._driver, client._driver.shared
    inner = (driver, driver.http, driver.http.headers, shared.settings)
    return [*found, *inner, *vars(shared).values(), *vars(shared.auth).values()]


def fails(_new: IssuedToken) -> None:
    raise OSError("the disk is full")


def test_everything_goes_well(connect: Connect, tenant: FakeTenant, hunter: Hunter) -> None:
    pats = connect(tenant)
    issued = pats.create("Nightly export")
    hunter.show("a new token", issued)
    hunter.show("the tokens", pats.list())
    hunter.show("a token", pats.get(issued.id))
    hunter.show("rotated", pats.rotate(issued.id, save=lambda _new: None))
    hunter.show("rotated", pats.rotate(tenant.client_id, save=lambda _new: None))
    hunter.show("revoked", pats.delete_many([token.id for token in pats.list("me")]))
    for part in parts(pats):
        hunter.show("the client", part)
    assert len(hunter.secrets) >= 6


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
def test_every_failure(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, operation: Asked
) -> None:
    pats = connect(tenant, retry=RETRY)
    call = call_of(operation, tenant)
    for fault in FAULTS:
        tenant.fail(operation, fault, times=None)
        # An exchange is what a client begins with.
        asks = connect(tenant, retry=RETRY) if operation == "token" else pats
        error = shows(hunter, partial(call, asks), f"{operation} {type(fault).__name__}")
        assert isinstance(error, SailPointError)
        tenant.clear_faults()
        tenant.advance(timedelta(seconds=10))
        for token in [*tenant.tokens.values()]:
            if token.name == "Nightly export":
                tenant.remove_token(token.id)
    for part in parts(pats):
        hunter.show("the client", part)
    # Some were tried again: those paths are part of the hunt.
    assert tenant.count(operation) > len(FAULTS)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
def test_every_failure_of_a_rotation(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, operation: Asked
) -> None:
    pats = connect(tenant, retry=RETRY)
    # One of each kind: every step of a rotation is a call that was hunted through above.
    for fault in FAULTS[::4]:
        pats.list()
        stored = tenant.add_token(tenant.person, "Old")
        tenant.fail(operation, fault, times=None)
        shows(
            hunter,
            partial(pats.rotate, stored.id, save=lambda _new: None),
            f"rotate, {operation} {type(fault).__name__}",
        )
        shows(hunter, lambda: pats.rotate(tenant.client_id, save=fails), "save fails")
        tenant.clear_faults()
        tenant.advance(timedelta(seconds=10))
        for token_id in set(tenant.tokens) - {tenant.client_id}:
            tenant.remove_token(token_id)


@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
@pytest.mark.parametrize("done", [False, True])
def test_interruptions(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, operation: Asked, *, done: bool
) -> None:
    pats = connect(tenant)
    pats.list()
    interrupt = interrupt_at(
        operation,
        tenant,
        pats,
        lambda it: it.rotate(tenant.client_id, save=lambda _new: None),
        done=done,
    )
    hunter.exception("interrupted", interrupt)


def test_interrupted_in_save(connect_sync: Connect, tenant: FakeTenant, hunter: Hunter) -> None:
    def save(_new: IssuedToken) -> None:
        raise KeyboardInterrupt

    pats = connect_sync(tenant)
    interrupt = raised_by(lambda: pats.rotate(tenant.client_id, save=save))
    hunter.exception("interrupted", interrupt)


# --- answers that break the contract around a secret ----------------------------------------------

SECRET = "5ecre7" * 10  # not a word that anything else would have
ISSUED = record(secret=SECRET)


@pytest.mark.parametrize(
    "broken",
    [
        ISSUED | {"created": "yesterday"},
        ISSUED | {"owner": SECRET},
        ISSUED | {"id": 7},
        ISSUED | {"name": [SECRET]},
        ISSUED | {"scope": SECRET},
        ISSUED | {"accessTokenValiditySeconds": 10**20},
        ISSUED | {"expirationDate": SECRET},
        ISSUED | {"secret": [SECRET]},
        {"secret": SECRET},
        [ISSUED],
        SECRET,
        f'{{"secret": "{SECRET}", '.encode(),
        f"secret={SECRET}".encode(),
        f"<html>{SECRET}</html>".encode(),
    ],
)
def test_a_new_secret_in_a_broken_answer(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, broken: object
) -> None:
    hunter.know("the secret in a broken answer", SECRET)
    pats = connect(tenant)
    tenant.fail("create", faults.Body(broken))
    error = shows(hunter, lambda: pats.create("Nightly export"), "a broken create")
    assert isinstance(error, UnexpectedResponseError)
    if isinstance(broken, dict) and broken.get("secret") == SECRET:
        assert error.secret == Secret(SECRET)
    tenant.fail("create", faults.Body(broken))
    shows(hunter, lambda: pats.rotate(tenant.client_id, save=fails), "a broken rotation")


@pytest.mark.parametrize("cut", [60, 100])
def test_a_new_secret_in_an_answer_that_is_cut_off(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, cut: int
) -> None:
    hunter.know("the secret in a broken answer", SECRET)
    body = gzip.compress(json.dumps(ISSUED).encode())[:-cut]
    fault = faults.Status(200, body=body, headers={"Content-Encoding": "gzip"})
    tenant.fail("create", fault, times=None)
    error = shows(hunter, lambda: connect(tenant).create("Nightly export"))
    assert isinstance(error, UnexpectedResponseError)


def interrupted_at_every_line(
    hunter: Hunter, files: tuple[str, ...], call: Callable[[], object]
) -> int:
    """Call again and again, with a Ctrl-C at one line of these files more each time."""
    for line in itertools.count(1):
        left = itertools.count(line, -1)

        def ctrl_c(frame: FrameType, event: str, _argument: object) -> Any:
            is_there = frame.f_code.co_filename.endswith(files)
            if event == "line" and is_there and not next(left):  # noqa: B023  called here
                raise KeyboardInterrupt
            return ctrl_c

        previous = sys.gettrace()
        sys.settrace(ctrl_c)
        try:
            call()
        except KeyboardInterrupt as interrupt:
            sys.settrace(previous)
            hunter.exception(f"interrupted at line {line}", interrupt)
        except UnexpectedResponseError:
            break
        else:
            break
        finally:
            sys.settrace(previous)
    return line


def test_ctrl_c_at_any_line_that_has_a_new_secret(
    connect_sync: Connect, tenant: FakeTenant, hunter: Hunter
) -> None:
    hunter.know("the secret in a broken answer", SECRET)
    readers = ("_operations/__init__.py", "_reading.py", "decoder.py", "json/__init__.py")
    pats = connect_sync(tenant, rate_limit=None)
    for broken in (ISSUED, ISSUED | {"created": None}):
        tenant.fail("create", faults.Body(broken), times=None)
        lines = interrupted_at_every_line(hunter, readers, lambda: pats.create("Nightly export"))
        tenant.clear_faults()
        assert lines > 50


def test_ctrl_c_at_any_line_that_has_the_form_of_an_exchange(
    tenant: FakeTenant, pats: PatClient, hunter: Hunter
) -> None:
    builders = ("_exchange.py", "sailpoint_pat._operations.Operation>")
    lines = interrupted_at_every_line(
        hunter, builders, lambda: pats.prove(tenant.client_id, tenant.client_secret)
    )
    assert lines > 20


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500, 503])
def test_a_token_endpoint_that_repeats_what_it_was_sent(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, hunter: Hunter, status: int
) -> None:
    said = f"bad pair {tenant.client_id}:{tenant.client_secret}"
    pats = connect(tenant, retry=RETRY)
    for key in ("error", "error_description", "message", "detailCode"):
        tenant.fail("token", faults.Body({key: said}, status=status), times=2)
        error = shows(hunter, pats.list, f"{key} of a {status}")
        assert isinstance(error, SailPointError)
        tenant.clear_faults()
    assert len(clock.pauses) < 5


def test_a_token_endpoint_that_repeats_the_form(
    connect: Connect, tenant: FakeTenant, hunter: Hunter
) -> None:
    odd = 'pa+ss/w"\\ö=x&y' + SECRET
    hunter.know("the secret given", odd)
    sent = urlencode({"client_id": "an-id", "client_secret": odd})
    for text in (sent, odd):
        tenant.fail("token", faults.Body({"error": text}, status=400))
        shows(hunter, connect(tenant, client_id="an-id", client_secret=odd).list)


@pytest.mark.parametrize("life", [SECRET, None, -1, 1e400, [SECRET]])
def test_odd_access_tokens(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, hunter: Hunter, life: object
) -> None:
    hunter.know("the access token in an odd answer", SECRET)
    pats = connect(tenant, retry=RETRY)
    for text in (f"{SECRET}\n", f"{SECRET}ü", [SECRET], {"value": SECRET}, SECRET):
        answer = {"access_token": text, "expires_in": life, "refresh_token": SECRET}
        tenant.fail("token", faults.Body(answer), times=None)
        assert isinstance(shows(hunter, pats.list, "an odd access token"), SailPointError)
        tenant.clear_faults()
    assert clock.pauses == []


# --- what users give ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "ü", "\0", " and more"])
def test_access_tokens_that_fit_into_no_header(
    connect: Connect, tenant: FakeTenant, hunter: Hunter, end: str
) -> None:
    hunter.know("the access token given", SECRET)
    text = SECRET + end
    for given in (text, lambda: text, lambda: Secret(text)):
        shows(hunter, lambda given=given: connect(tenant, access_token=given).list())  # type: ignore[misc] # a default binds the loop's variable


def test_a_given_access_token(connect: Connect, tenant: FakeTenant, hunter: Hunter) -> None:
    hunter.know("the access token given", SECRET)
    pats = connect(tenant, access_token=SECRET)
    for part in parts(pats):
        hunter.show("the client", part)
    shows(hunter, pats.list)
    shows(hunter, lambda: pats.create("Nightly export"))
    for part in parts(connect(tenant, access_token=lambda: SECRET)):
        hunter.show("the client", part)


@pytest.mark.parametrize(
    "text",
    [
        "environments:\n  default:\n    pat:\n      clientsecret: %s\n",
        "environments: {default: {baseurl: ftp://x, pat: {clientid: x, clientsecret: %s}}}",
        "environments:\n  other:\n    pat:\n      clientid: x\n      clientsecret: %s\n",
    ],
)
@pytest.mark.parametrize("environment", [None, "default"])
def test_good_files_that_are_no_use(hunter: Hunter, text: str, environment: str | None) -> None:
    hunter.know("the secret in the file", SECRET)
    folder = Path.home() / ".sailpoint"
    folder.mkdir()
    (folder / "config.yaml").write_text(text.replace("%s", SECRET))
    error = shows(hunter, lambda: PatClient(environment=environment), "a broken file")
    assert isinstance(error, ConfigurationError)


def test_a_secret_in_a_variable(
    connect: Connect, hunter: Hunter, monkeypatch: pytest.MonkeyPatch
) -> None:
    hunter.know("the secret in the variable", SECRET)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", SECRET)
    assert isinstance(shows(hunter, connect), ConfigurationError)
    monkeypatch.setenv("SAIL_BASE_URL", "ftp://x")
    assert isinstance(shows(hunter, connect), ConfigurationError)
    monkeypatch.setenv("SAIL_BASE_URL", "https://acme.example.com")
    assert isinstance(shows(hunter, connect), ConfigurationError)
    assert os.environ["SAIL_CLIENT_SECRET"] == SECRET
