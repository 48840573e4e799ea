"""The function for AWS Secrets Manager, called as Secrets Manager does, and cut off anywhere."""

import contextlib
import io
import json
import logging
import signal
import threading
import traceback
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from examples.aws_rotation.rotation import handler
from moto import mock_aws

from sailpoint_pat import AuthenticationError, RotationError, SailPointError
from sailpoint_pat.testing import FakeTenant, faults
from tests.docs.snippets import TOP, snippets_of
from tests.secrets.hunter import Hunter
from tests.support.interrupts import Asked
from tests.support.tenants import exchange

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
PATIENCE = 20

pytestmark = pytest.mark.usefixtures("clock")


class Killed(BaseException):
    """The function was stopped at this moment, as Lambda stops one whose time is over."""


class SecretsManager:
    """Secrets Manager with one secret, a SailPoint token, whose rotation has begun."""

    def __init__(self, api: Any, function: str, tenant: FakeTenant) -> None:
        self.api = api
        self.function = function
        self.tenant = tenant
        self.first = tenant.client_id
        self.name = f"sailpoint/export-{tenant.client_id}"
        stored = {
            "base_url": tenant.base_url,
            "client_id": tenant.client_id,
            "client_secret": tenant.client_secret,
            "note": "kept",
        }
        self.api.create_secret(Name=self.name, SecretString=json.dumps(stored))
        self.version = ""

    def begin(self) -> None:
        """Begin a rotation: a version without a value waits. (moto's Lambda runs nothing.)"""
        if self.version:
            # moto wants this label away from the version in use; AWS lets it stay.
            self.api.update_secret_version_stage(
                SecretId=self.name, VersionStage="AWSPENDING", RemoveFromVersionId=self.version
            )
        begun = self.api.rotate_secret(
            SecretId=self.name,
            RotationLambdaARN=self.function,
            RotationRules={"AutomaticallyAfterDays": 30},
        )
        self.version = begun["VersionId"]

    def call(self, *steps: str) -> None:
        """Call the function, as Secrets Manager does."""
        for step in steps:
            event = {"Step": step, "SecretId": self.name, "ClientRequestToken": self.version}
            handler(event, None)

    def current(self) -> dict[str, str]:
        """Return what a program reads."""
        stored = self.api.get_secret_value(SecretId=self.name, VersionStage="AWSCURRENT")
        pair: dict[str, str] = json.loads(stored["SecretString"])
        return pair

    def stages(self) -> object:
        """Return which version has which label."""
        return self.api.describe_secret(SecretId=self.name)["VersionIdsToStages"]

    def works(self, pair: dict[str, str]) -> bool:
        """Whether a pair is exchanged for an access token, by plain HTTP."""
        answer = exchange(self.tenant, pair["client_id"], pair["client_secret"])
        return answer.status_code == 200

    def is_rotated(self) -> None:
        """Check that the rotation is complete: one token, the new one, stored and working."""
        pair = self.current()
        assert list(self.tenant.tokens) == [pair["client_id"]]
        assert pair["client_id"] != self.first
        assert pair["note"] == "kept"
        assert self.works(pair)


def _lambda_function() -> str:
    role = boto3.client("iam").create_role(RoleName="rotation", AssumeRolePolicyDocument="{}")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("rotation.py", "")
    made = boto3.client("lambda").create_function(
        FunctionName="rotation",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="rotation.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    arn: str = made["FunctionArn"]
    return arn


@pytest.fixture(scope="module")
def aws() -> Iterator[tuple[Any, str]]:
    """AWS, on moto: a client for Secrets Manager and a Lambda function, for all tests here."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        with mock_aws(config={"lambda": {"use_docker": False}}):
            function = _lambda_function()
            # A session of its own: what is done to the function's calls does not concern it.
            yield boto3.Session().client("secretsmanager"), function


@pytest.fixture
def manager(aws: tuple[Any, str], tenant: FakeTenant) -> SecretsManager:
    manager = SecretsManager(*aws, tenant)
    manager.begin()
    return manager


# --- what it is called for ------------------------------------------------------------------------


def test_rotations_follow_one_another(manager: SecretsManager) -> None:
    manager.call(*STEPS)
    first = manager.current()
    manager.begin()
    manager.call(*STEPS)
    manager.is_rotated()
    assert manager.current()["client_id"] != first["client_id"]


@pytest.mark.parametrize("number", range(4), ids=STEPS)
def test_a_step_is_called_twice(manager: SecretsManager, number: int) -> None:
    manager.call(*STEPS[: number + 1])
    manager.call(*STEPS[number:])
    manager.is_rotated()
    assert manager.tenant.count("create") == 1


def test_all_steps_are_called_again(manager: SecretsManager) -> None:
    manager.call(*STEPS)
    before = manager.current(), manager.stages()
    manager.call(*STEPS)
    assert (manager.current(), manager.stages()) == before
    manager.is_rotated()


def test_the_current_token_stays_in_use_until_the_last_step(manager: SecretsManager) -> None:
    manager.call(*STEPS[:3])
    assert manager.current()["client_id"] == manager.first
    assert manager.works(manager.current())


def test_a_token_that_does_not_work_goes_no_further(manager: SecretsManager) -> None:
    manager.call("createSecret")
    [new] = set(manager.tenant.tokens) - {manager.first}
    manager.tenant.remove_token(new)
    with pytest.raises(AuthenticationError):
        manager.call("testSecret")
    assert manager.works(manager.current())


# --- cut off --------------------------------------------------------------------------------------


@contextlib.contextmanager
def killed_at_aws(operation: str, *, done: bool) -> Iterator[None]:
    """End the function at a request to Secrets Manager, before or after it was done."""
    when = "after-call" if done else "before-call"

    def kill(**_: object) -> None:
        raise Killed

    event = f"{when}.secrets-manager.{operation}"
    boto3.DEFAULT_SESSION.events.register(event, kill)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        boto3.DEFAULT_SESSION.events.unregister(event, kill)


@contextlib.contextmanager
def killed_at_sailpoint(tenant: FakeTenant, operation: Asked, *, done: bool) -> Iterator[None]:
    """End the function at a request to SailPoint, before or after it was done."""
    gate = faults.Gate(after=done)
    tenant.fail(operation, gate)

    def kill(_number: int, _frame: object) -> None:
        raise Killed

    def wait() -> None:
        if gate.reached.wait(PATIENCE):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, kill)
    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        with pytest.raises(Killed):
            yield
    finally:
        gate.reached.set()
        gate.open()
        waiting.join()
        signal.signal(signal.SIGUSR1, before)


# Those of AWS begin with a capital.
REQUESTS = {
    "createSecret": "DescribeSecret GetSecretValue token list create PutSecretValue",
    "testSecret": "GetSecretValue token",
    "finishSecret": "GetSecretValue UpdateSecretVersionStage token delete",
}


@pytest.mark.parametrize("from_the_start", [False, True], ids=["goes-on", "from-the-start"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("step", "request_name"),
    [(step, name) for step, names in REQUESTS.items() for name in names.split()],
)
def test_killed_at_any_request(
    manager: SecretsManager, step: str, request_name: Any, *, done: bool, from_the_start: bool
) -> None:
    number = STEPS.index(step)
    manager.call(*STEPS[:number])
    if request_name.islower():
        killing = killed_at_sailpoint(manager.tenant, request_name, done=done)
    else:
        killing = killed_at_aws(request_name, done=done)
    with killing:
        manager.call(step)
    # What programs read works at this moment.
    assert manager.works(manager.current())
    manager.call(*STEPS[0 if from_the_start else number :])
    manager.is_rotated()


@pytest.mark.parametrize("fault", [faults.Dropped(), faults.Cut(), faults.Reset(done=True)])
def test_the_answer_to_the_create_is_lost(manager: SecretsManager, fault: faults.Fault) -> None:
    manager.tenant.fail("create", fault)
    manager.call(*STEPS)
    manager.is_rotated()


def test_no_create_is_answered_for_a_while(manager: SecretsManager) -> None:
    manager.tenant.fail("create", faults.Dropped(), times=None)
    with pytest.raises(RotationError, match="a new token may exist"):
        manager.call("createSecret")
    assert len(manager.tenant.tokens) == 2
    manager.tenant.clear_faults()
    manager.call(*STEPS)
    manager.is_rotated()


def test_the_old_token_that_was_left_is_revoked_by_the_next_rotation(
    manager: SecretsManager,
) -> None:
    manager.tenant.fail("delete", faults.Status(500), times=None)
    with pytest.raises(SailPointError):
        manager.call(*STEPS)
    assert manager.first in manager.tenant.tokens
    assert manager.current()["client_id"] != manager.first
    manager.tenant.clear_faults()
    manager.begin()
    manager.call("createSecret")
    assert manager.first not in manager.tenant.tokens
    manager.call(*STEPS[1:])
    manager.is_rotated()


class Reader:
    """A program that uses the secret: it keeps the pair, and reads it again after a refusal."""

    def __init__(self, manager: SecretsManager) -> None:
        self.manager = manager
        self.pair = manager.current()
        self.uses = self.refusals = 0

    def use(self, **_: object) -> None:
        self.uses += 1
        if not self.manager.works(self.pair):
            self.refusals += 1
            self.pair = self.manager.current()
            assert self.manager.works(self.pair), "refused twice in a row"


def test_a_reader_is_never_refused_twice_in_a_row(manager: SecretsManager) -> None:
    reader = Reader(manager)
    events = boto3.DEFAULT_SESSION.events
    with contextlib.ExitStack() as stack:
        for when in ("before-call.secrets-manager", "after-call.secrets-manager"):
            events.register(when, reader.use)
            stack.callback(events.unregister, when, reader.use)
        for step in STEPS:
            manager.call(step)
            reader.use()
    manager.is_rotated()
    assert reader.uses > 20
    assert reader.refusals == 1


# --- what is wrong with the secret ----------------------------------------------------------------


@pytest.mark.parametrize(
    "stored",
    [
        " ",
        "hunter2-hunter2",
        '["hunter2-hunter2"]',
        '{"base_url": "https://acme.api.identitynow.com", "client_secret": "hunter2-hunter2"}',
        '{"base_url": "b", "client_id": "hunter2-hunter2", "client_secret": 5}',
    ],
)
def test_a_secret_of_another_shape_is_refused_without_repeating_it(
    aws: tuple[Any, str], tenant: FakeTenant, stored: str
) -> None:
    manager = SecretsManager(*aws, tenant)
    manager.api.update_secret(SecretId=manager.name, SecretString=stored)
    manager.begin()
    with pytest.raises(ValueError, match="base_url, client_id and client_secret") as caught:
        manager.call("createSecret")
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_version_that_does_not_wait_is_refused(manager: SecretsManager) -> None:
    manager.version = "86f1dc6f-e8f5-4414-9504-54cbb11278fa"
    with pytest.raises(ValueError, match="does not wait for a rotation"):
        manager.call("createSecret")
    assert manager.tenant.count() == 0


def test_a_step_that_nobody_knows_is_refused(manager: SecretsManager) -> None:
    with pytest.raises(ValueError, match="Step is one of createSecret, setSecret"):
        manager.call("dropSecret")


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "orders",
    [
        [],
        [("create", faults.Dropped(), None)],
        # The own exchange of createSecret goes well.
        [("token", faults.Altered(), 1), ("token", faults.Status(401), None)],
        [("delete", faults.Status(403), None)],
    ],
    ids=["goes well", "creates are lost", "the new token is refused", "the old token is kept"],
)
def test_no_secret_is_in_what_it_says(
    manager: SecretsManager, monkeypatch: pytest.MonkeyPatch, orders: list[Any]
) -> None:
    for order in orders:
        manager.tenant.fail(*order)
    # At DEBUG botocore logs what it sends, which is what is stored: docs/aws.md warns of that.
    monkeypatch.setattr(logging.getLogger("botocore"), "level", logging.INFO)
    with Hunter() as hunter:
        known = set(manager.tenant.tokens.values())
        try:
            manager.call(*STEPS)
        except SailPointError as error:
            hunter.show("the traceback", "".join(traceback.format_exception(error)))
        known |= set(manager.tenant.tokens.values())
        for token in known:
            hunter.know(f"the secret of {token.name}", token.secret)
    assert len(known) > 1
    assert any("sailpoint/export" in text for _, text in hunter.shown) or orders[0][0] == "create"
    assert hunter.leaks() == []


def test_the_reader_of_the_page_goes_on_after_a_rotation(manager: SecretsManager) -> None:
    [snippet] = snippets_of(TOP / "docs" / "aws.md")
    job = snippet.run()["Job"](manager.name)
    assert job.names() == ["FakeTenant"]
    manager.call(*STEPS)
    [name] = job.names()
    assert name.startswith(manager.name[:60])
    job.pats.close()
