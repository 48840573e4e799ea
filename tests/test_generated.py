"""The generated package: made by the generator alone, and careful with what it reads."""

import asyncio
import copy
import importlib
import json
import pickle
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml

from sailpoint_pat_generated import AuthenticatedClient, Client, errors, models
from sailpoint_pat_generated.api.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    list_personal_access_tokens,
)
from sailpoint_pat_generated.types import UNSET

ROOT = Path(__file__).parent.parent
PACKAGE = "sailpoint_pat_generated"
SPEC: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_bytes())
RESPONSES = SPEC["components"]["responses"]
RECORD: dict[str, Any] = RESPONSES["PersonalAccessTokenList"]["content"]["application/json"][
    "example"
][0]
CREATED: dict[str, Any] = RESPONSES["PersonalAccessTokenCreated"]["content"]["application/json"][
    "example"
]
SECRET = CREATED["secret"]


# How it is made


def generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "generate.py", *arguments],
        # Where it is called from must not matter.
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_spec(folder: Path, spec: dict[str, Any]) -> Path:
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return path


def test_the_committed_package_is_what_the_generator_makes() -> None:
    run = generate("--check")
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_check_names_each_file_that_is_not_as_generated(tmp_path: Path) -> None:
    output = tmp_path / "generated"
    shutil.copytree(ROOT / "generated", output)
    package = output / PACKAGE
    with (package / "client.py").open("a", encoding="utf-8") as client:
        client.write("# by hand\n")
    (package / "models" / "pat_owner.py").unlink()
    (package / "stray.py").touch()
    (output / "notes.txt").touch()
    before = files(output)

    run = generate("--check", "--output", output)

    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "generated/notes.txt: not generated",
        f"generated/{PACKAGE}/client.py: differs",
        f"generated/{PACKAGE}/models/pat_owner.py: missing",
        f"generated/{PACKAGE}/stray.py: not generated",
        "run: make generate",
    ]
    assert files(output) == before

    assert generate("--output", output).returncode == 0

    # Outside the package nothing is deleted.
    assert files(output) == {**files(ROOT / "generated"), "notes.txt": b""}


def test_check_names_what_a_changed_spec_changes(tmp_path: Path) -> None:
    spec = copy.deepcopy(SPEC)
    spec["components"]["schemas"]["PatOwner"]["properties"]["mail"] = {"type": "string"}
    run = generate("--check", "--spec", write_spec(tmp_path, spec))
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        f"generated/{PACKAGE}/models/pat_owner.py: differs",
        "run: make generate",
    ]


def test_a_warning_of_the_generator_fails_and_changes_nothing(tmp_path: Path) -> None:
    """What the vendor's spec does: a default that is no date loses the list operation's answer."""
    spec = copy.deepcopy(SPEC)
    fields = spec["components"]["schemas"]["GetPersonalAccessTokenResponse"]["properties"]
    fields["expirationDate"]["default"] = "6 Months from created date"
    output = tmp_path / "generated"
    run = generate("--spec", write_spec(tmp_path, spec), "--output", output)
    assert run.returncode == 1
    assert "6 Months from created date" in run.stderr
    assert not output.exists()


# What it reads


def put(record: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of a record with another value at a path such as `owner.name` or `scope[0]`."""
    record = copy.deepcopy(record)
    keys: list[Any] = [int(key) if key.isdigit() else key for key in re.findall(r"\w+", path)]
    node: Any = record
    for key in keys[:-1]:
        node = node[key]
    if value is UNSET:
        del node[keys[-1]]
    else:
        node[keys[-1]] = value
    return record


NO_DATE = "is not a date-time with an offset"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", UNSET, "required, but missing"),
        ("scope", UNSET, "required, but missing"),
        ("created", UNSET, "required, but missing"),
        ("id", None, "expected a string, got null"),
        ("id", 7, "expected a string, got an integer"),
        ("id", True, "expected a string, got a boolean"),
        ("name", ["x"], "expected a string, got an array"),
        ("scope", "x", "expected an array, got a string"),
        ("scope", {}, "expected an array, got an object"),
        ("scope[0]", None, "expected a string, got null"),
        ("scope[0]", 1.5, "expected a string, got a number"),
        ("owner", [], "expected an object, got an array"),
        ("owner.id", False, "expected a string, got a boolean"),
        ("managed", 0, "expected a boolean, got an integer"),
        ("managed", "false", "expected a boolean, got a string"),
        ("accessTokenValiditySeconds", True, "expected an integer, got a boolean"),
        ("accessTokenValiditySeconds", 1.5, "expected an integer, got a number"),
        ("created", None, "expected a date-time, got null"),
        ("created", 1499798737, "expected a date-time, got an integer"),
        ("lastUsed", False, "expected a date-time, got a boolean"),
        ("expirationDate", "", NO_DATE),
        ("expirationDate", "6 Months from created date", NO_DATE),
        ("expirationDate", "2017-07-11", NO_DATE),
        ("expirationDate", "2017-07-11T18:45:37.098", NO_DATE),
        ("expirationDate", "2017-02-30T18:45:37Z", NO_DATE),
        ("expirationDate", "0001-01-01T00:00:00+14:00", NO_DATE),
        ("expirationDate", "9999-12-31T23:59:59-01:00", NO_DATE),
        ("expirationDate", "\ud800-07-11T18:45:37Z", NO_DATE),
    ],
)
def test_a_value_that_breaks_the_contract_is_refused_by_name(
    field: str, value: object, reason: str
) -> None:
    with pytest.raises(errors.InvalidValue) as caught:
        models.GetPersonalAccessTokenResponse.from_dict(put(RECORD, field, value))
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert str(caught.value) == f"{field}: {reason}"


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(errors.InvalidValue, match=r"^expected an object, got ") as caught:
        models.GetPersonalAccessTokenResponse.from_dict(value)
    assert caught.value.field == ""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-07-11T18:45:37.098Z", datetime(2017, 7, 11, 18, 45, 37, 98000, UTC)),
        ("2017-07-11T18:45:37Z", datetime(2017, 7, 11, 18, 45, 37, 0, UTC)),
        ("2017-07-11T18:45:37z", datetime(2017, 7, 11, 18, 45, 37, 0, UTC)),
        ("2017-07-11t18:45:37.5z", datetime(2017, 7, 11, 18, 45, 37, 500000, UTC)),
        ("2017-07-11T18:45:37.123456789Z", datetime(2017, 7, 11, 18, 45, 37, 123456, UTC)),
        ("2017-07-11T20:45:37.098+02:00", datetime(2017, 7, 11, 18, 45, 37, 98000, UTC)),
        ("2017-07-11T18:45:37.098-00:00", datetime(2017, 7, 11, 18, 45, 37, 98000, UTC)),
    ],
)
def test_a_date_time_is_read_in_utc(text: str, moment: datetime) -> None:
    record = models.GetPersonalAccessTokenResponse.from_dict(put(RECORD, "created", text))
    assert record.created == moment
    assert record.created.tzinfo is UTC


def test_nullable_and_optional_fields_may_be_null_or_missing() -> None:
    nulls = put(put(put(RECORD, "scope", None), "lastUsed", None), "expirationDate", None)
    record = models.GetPersonalAccessTokenResponse.from_dict(nulls)
    assert (record.scope, record.last_used, record.expiration_date) == (None, None, None)

    required = SPEC["components"]["schemas"]["GetPersonalAccessTokenResponse"]["required"]
    bare = {key: RECORD[key] for key in required}
    record = models.GetPersonalAccessTokenResponse.from_dict(bare)
    assert record.last_used is UNSET
    assert record.managed is UNSET
    assert record.to_dict() == bare


def test_nothing_that_came_is_lost() -> None:
    extended = {**RECORD, "managed": True, "new": {"deep": [1, None]}, "other": None}
    extended["owner"] = {**RECORD["owner"], "mail": "x"}
    # As many fields are missing as are new: the count alone tells nothing.
    del extended["lastUsed"], extended["expirationDate"]
    record = models.GetPersonalAccessTokenResponse.from_dict(extended)
    assert record.additional_properties == {"new": {"deep": [1, None]}, "other": None}
    assert isinstance(record.owner, models.PatOwner)
    assert record.owner.additional_properties == {"mail": "x"}
    assert record.to_dict() == extended
    assert models.GetPersonalAccessTokenResponse.from_dict(RECORD).additional_properties == {}


def test_unknown_values_pass() -> None:
    odd = put(RECORD, "owner.type", "ROBOT")
    owner = models.GetPersonalAccessTokenResponse.from_dict(odd).owner
    assert isinstance(owner, models.PatOwner)
    assert owner.type_ == "ROBOT"


def test_an_invalid_value_can_be_sent_between_processes() -> None:
    error = pickle.loads(pickle.dumps(errors.InvalidValue("owner.id", "expected a string")))  # noqa: S301  # our own bytes
    assert (error.field, error.reason) == ("owner.id", "expected a string")


# What it sends


def test_a_date_time_is_sent_in_utc_to_the_millisecond() -> None:
    east = timezone(timedelta(hours=2))
    moment = datetime(2017, 7, 11, 20, 45, 37, 98999, east)
    request = models.CreatePersonalAccessTokenRequest(name="x", expiration_date=moment)
    assert request.to_dict() == {"name": "x", "expirationDate": "2017-07-11T18:45:37.098Z"}
    request.expiration_date = datetime(2017, 7, 11, 18, 45, 37, tzinfo=UTC)
    assert request.to_dict()["expirationDate"] == "2017-07-11T18:45:37.000Z"


def test_a_date_time_without_an_offset_is_not_sent() -> None:
    naive = datetime(2017, 7, 11, 18, 45, 37)  # noqa: DTZ001  # that is the point
    request = models.CreatePersonalAccessTokenRequest(name="x", expiration_date=naive)
    with pytest.raises(ValueError, match="offset"):
        request.to_dict()


def test_only_what_is_given_is_sent() -> None:
    assert models.CreatePersonalAccessTokenRequest(name="x").to_dict() == {"name": "x"}
    request = models.CreatePersonalAccessTokenRequest(
        name="x", scope=None, expiration_date=None, user_aware_token_never_expires=True
    )
    assert request.to_dict() == {
        "name": "x",
        "scope": None,
        "expirationDate": None,
        "userAwareTokenNeverExpires": True,
    }


def test_a_default_is_left_to_the_server() -> None:
    owner = models.PatOwner(type_="IDENTITY", id="x", name="x")
    moment = datetime(2017, 7, 11, tzinfo=UTC)
    record = models.GetPersonalAccessTokenResponse("x", "x", None, moment, owner)
    assert (
        SPEC["components"]["schemas"]["GetPersonalAccessTokenResponse"]["properties"]["managed"][
            "default"
        ]
        is False
    )
    assert "managed" not in record.to_dict()


# What it hides


def password_fields() -> list[tuple[str, str]]:
    return [
        (name, field)
        for name, schema in SPEC["components"]["schemas"].items()
        for field, content in schema.get("properties", {}).items()
        if content.get("format") == "password"
    ]


def test_the_secret_is_a_password() -> None:
    assert password_fields() == [("CreatePersonalAccessTokenResponse", "secret")]


@pytest.mark.parametrize(("name", "field"), password_fields())
def test_a_password_stays_out_of_the_repr(name: str, field: str) -> None:
    example = {
        key: content["example"]
        for key, content in SPEC["components"]["schemas"][name]["properties"].items()
        if "example" in content
    }
    example["owner"] = RECORD["owner"]
    model = getattr(models, name).from_dict(example)
    assert example[field] not in repr(model)
    assert model.to_dict()[field] == example[field]


def test_a_client_does_not_show_its_token() -> None:
    client = AuthenticatedClient(
        base_url="http://localhost",
        token=SECRET,
        headers={"X-Key": f"{SECRET}-header"},
        cookies={"key": f"{SECRET}-cookie"},
        httpx_args={"proxy": f"http://user:{SECRET}@localhost"},
    )
    with client:
        assert client.get_httpx_client().headers["Authorization"] == f"Bearer {SECRET}"
        assert SECRET not in repr(client)


# What it makes of an answer, over HTTP


class Tenant:
    """Gives one answer to everything."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.requests: list[tuple[str, str, bytes]] = []
        tenant = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                tenant.requests.append((self.command, self.path, self.rfile.read(length)))
                self.send_response(tenant.status, "Whatever")
                self.send_header("Content-Length", str(len(tenant.body)))
                self.end_headers()
                self.wfile.write(tenant.body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  # http.server's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, status: int, body: bytes | object) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    tenant = Tenant()
    thread = threading.Thread(target=tenant.server.serve_forever, args=(0.01,))
    thread.start()
    yield tenant
    tenant.server.shutdown()
    thread.join()
    tenant.server.server_close()


@pytest.fixture
def client(tenant: Tenant) -> Iterator[AuthenticatedClient]:
    with AuthenticatedClient(base_url=tenant.url, token="x") as client:
        yield client


def test_a_listing_is_read(tenant: Tenant, client: AuthenticatedClient) -> None:
    tenant.answers(200, [RECORD, RECORD])
    tokens = list_personal_access_tokens.sync(
        client=client, owner_id="me", filters="lastUsed isnull"
    )
    assert tokens == [models.GetPersonalAccessTokenResponse.from_dict(RECORD)] * 2
    assert tenant.requests == [
        ("GET", "/personal-access-tokens?owner-id=me&filters=lastUsed+isnull", b"")
    ]


def test_a_creation_is_sent_and_read(tenant: Tenant, client: AuthenticatedClient) -> None:
    tenant.answers(200, CREATED)
    body = models.CreatePersonalAccessTokenRequest(name="x", scope=["a:b"])
    response = create_personal_access_token.sync_detailed(client=client, body=body)
    assert isinstance(response.parsed, models.CreatePersonalAccessTokenResponse)
    assert response.parsed.secret == SECRET
    assert SECRET not in repr(response)
    ((method, path, sent),) = tenant.requests
    assert (method, path, json.loads(sent)) == (
        "POST",
        "/personal-access-tokens",
        {"name": "x", "scope": ["a:b"]},
    )


def test_a_deletion_has_no_body(tenant: Tenant, client: AuthenticatedClient) -> None:
    tenant.answers(204, b"")
    response = delete_personal_access_token.sync_detailed("a/b", client=client)
    assert (response.status_code, response.parsed) == (204, None)
    assert tenant.requests == [("DELETE", "/personal-access-tokens/a%2Fb", b"")]


@pytest.mark.parametrize(
    ("body", "cause", "words"),
    [
        (b"<html>", ValueError, "Expecting value"),
        (b"", ValueError, "Expecting value"),
        (b'["\xff"]', UnicodeDecodeError, "decode"),
        (b"[" * 200_000, RecursionError, "recursion"),
        (CREATED, errors.InvalidValue, "^expected an array, got an object$"),
        (None, errors.InvalidValue, "^expected an array, got null$"),
        ([RECORD, 1], errors.InvalidValue, r"^\[1\]: expected an object, got an integer$"),
        (
            [RECORD, {**RECORD, "owner": {**RECORD["owner"], "id": 7}}],
            errors.InvalidValue,
            r"^\[1\]\.owner\.id: expected a string, got an integer$",
        ),
    ],
)
def test_a_successful_answer_that_breaks_the_contract_is_handed_over(
    tenant: Tenant,
    client: AuthenticatedClient,
    body: bytes | object,
    cause: type[Exception],
    words: str,
) -> None:
    tenant.answers(200, body)
    with pytest.raises(errors.InvalidResponse) as caught:
        list_personal_access_tokens.sync_detailed(client=client)
    assert caught.value.response.content == tenant.body
    assert isinstance(caught.value.__cause__, cause)
    assert re.search(words, str(caught.value.__cause__))


def test_an_answer_that_breaks_the_contract_keeps_its_secret(
    tenant: Tenant, client: AuthenticatedClient
) -> None:
    tenant.answers(200, {**CREATED, "name": None, "secret": SECRET})
    body = models.CreatePersonalAccessTokenRequest(name="x")
    with pytest.raises(errors.InvalidResponse) as caught:
        create_personal_access_token.sync(client=client, body=body)
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    tenant.answers(200, {**CREATED, "secret": [SECRET]})
    with pytest.raises(errors.InvalidResponse) as caught:
        create_personal_access_token.sync(client=client, body=body)
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"


def test_async_reads_and_refuses_the_same(tenant: Tenant) -> None:
    async def run() -> None:
        async with AuthenticatedClient(base_url=tenant.url, token="x") as client:
            tenant.answers(200, [RECORD])
            tokens = await list_personal_access_tokens.asyncio(client=client)
            assert tokens == [models.GetPersonalAccessTokenResponse.from_dict(RECORD)]
            tenant.answers(200, b"<html>")
            with pytest.raises(errors.InvalidResponse):
                await list_personal_access_tokens.asyncio_detailed(client=client)

    asyncio.run(run())


@pytest.mark.parametrize("status", [400, 404, 500, 502, 520, 599])
@pytest.mark.parametrize("body", [b"<html>", b"", b"[]"])
def test_an_error_page_leaves_the_status(
    tenant: Tenant, client: AuthenticatedClient, status: int, body: bytes
) -> None:
    tenant.answers(status, body)
    response = list_personal_access_tokens.sync_detailed(client=client)
    assert (response.status_code, response.content, response.parsed) == (status, body, None)


def test_an_error_is_read(tenant: Tenant, client: AuthenticatedClient) -> None:
    error = RESPONSES["BadRequest"]["content"]["application/json"]["example"]
    tenant.answers(400, error)
    response = list_personal_access_tokens.sync_detailed(client=client)
    assert response.parsed == models.ErrorResponseDto.from_dict(error)


def test_an_undeclared_status_does_not_show_the_body(tenant: Tenant) -> None:
    tenant.answers(201, CREATED)
    with (
        AuthenticatedClient(
            base_url=tenant.url, token="x", raise_on_unexpected_status=True
        ) as client,
        pytest.raises(errors.UnexpectedStatus) as caught,
    ):
        list_personal_access_tokens.sync(client=client)
    assert caught.value.content == tenant.body
    assert SECRET not in f"{caught.value} {caught.value!r}"


# What it makes of a spec that moves on


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


TEXT = {"type": "string"}
DATE_TIME = {"type": "string", "format": "date-time"}
NEW_FIELDS: dict[str, Any] = {
    "kind": {"type": "string", "enum": ["A", "B"]},
    "level": {"type": "integer", "enum": [1, 2]},
    "ratio": {"type": "number"},
    "tracking": {"type": "string", "format": "uuid"},
    "day": {"type": "string", "format": "date"},
    "mode": {"type": "string", "const": "x"},
    "children": {"type": "array", "items": reference("GetPersonalAccessTokenResponse")},
    "peer": reference("Peer"),
    "times": {"type": "array", "items": {**DATE_TIME, "nullable": True}},
    "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    "either": {"oneOf": [TEXT, DATE_TIME, reference("PatOwner")]},
    "several": {"anyOf": [TEXT, {"type": "array", "items": TEXT}], "nullable": True},
    "labels": {"type": "object", "additionalProperties": reference("PatOwner")},
    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "anything": {},
    "passcode": {"type": "string", "format": "password", "nullable": True},
    # Names that the generated code could trip over.
    **dict.fromkeys(("known", "value", "wrongType", "read", "error", "class", 'a"b{c}'), TEXT),
}
NEW_VALUES: dict[str, Any] = {
    "kind": "B",
    "level": 2,
    "ratio": 1,
    "tracking": "12345678-1234-5678-1234-567812345678",
    "day": "2017-07-11",
    "mode": "x",
    "children": [RECORD],
    "peer": {"token": RECORD, "owner": RECORD["owner"]},
    "times": ["2017-07-11T18:45:37.098Z", None],
    "matrix": [[1], []],
    "either": RECORD["owner"],
    "several": ["x"],
    "labels": {"one": RECORD["owner"]},
    "counts": {"one": 1},
    "anything": [None],
    "passcode": SECRET,
    **dict.fromkeys(("known", "value", "wrongType", "read", "error", "class", 'a"b{c}'), "x"),
}


def moved_on() -> dict[str, Any]:
    spec = copy.deepcopy(SPEC)
    schemas = spec["components"]["schemas"]
    schemas["GetPersonalAccessTokenResponse"]["properties"].update(copy.deepcopy(NEW_FIELDS))
    # Two models that need each other.
    schemas["Peer"] = {
        "type": "object",
        "properties": {
            "token": reference("GetPersonalAccessTokenResponse"),
            "owner": reference("PatOwner"),
        },
    }
    owner = schemas["PatOwner"]["properties"]
    owner["label"] = {**owner["name"], "nullable": True}
    operation = spec["paths"]["/personal-access-tokens"]["get"]
    operation["parameters"] += [
        {"name": "since", "in": "query", "schema": DATE_TIME},
        {"name": "kinds", "in": "query", "schema": {"type": "array", "items": TEXT}},
    ]
    for status in ("409", "5XX"):
        operation["responses"][status] = {"$ref": "#/components/responses/BadRequest"}
    either = [reference("PatOwner"), reference("Peer")]
    lists = [{"type": "array", "items": one} for one in either]
    operation["responses"]["206"] = {
        "description": "x",
        "content": {"application/json": {"schema": {"oneOf": [*either, *lists]}}},
    }
    return spec


@pytest.fixture(scope="session", params=["literals", "classes"])
def moved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], ModuleType]]:
    """Imports modules of a package generated from a spec that moved on; both kinds of enum."""
    folder = tmp_path_factory.mktemp(request.param)
    spec = write_spec(folder, moved_on())
    name = f"moved_{request.param}"
    if request.param == "literals":
        run = generate("--spec", spec, "--output", folder)
        (folder / PACKAGE).rename(folder / name)
    else:
        config = (ROOT / "generator-config.yaml").read_text(encoding="utf-8")
        (folder / "config.yaml").write_text(
            re.sub("(?m)^(literal_enums|post_hooks):.*(\n  - .*)*", "", config)
            + "post_hooks: []\n",
            encoding="utf-8",
        )
        run = subprocess.run(
            [
                str(Path(sys.executable).parent / "openapi-python-client"),
                *("generate", "--meta=none", "--fail-on-warning"),
                *(f"--path={spec}", f"--config={folder / 'config.yaml'}"),
                f"--custom-template-path={ROOT / 'templates'}",
                f"--output-path={folder / name}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    sys.path.insert(0, str(folder))
    yield lambda module: importlib.import_module(f"{name}.{module}" if module else name)
    sys.path.remove(str(folder))


def test_new_fields_of_every_kind_are_read_and_written_back(
    moved: Callable[[str], ModuleType],
) -> None:
    token = moved("models").GetPersonalAccessTokenResponse
    full = {**RECORD, **NEW_VALUES}
    record = token.from_dict(full)
    assert record.to_dict() == full
    assert record.additional_properties == {}
    assert record.times[0] == datetime(2017, 7, 11, 18, 45, 37, 98000, UTC)
    assert record.children[0] == token.from_dict(RECORD)
    assert record.either.name == RECORD["owner"]["name"]
    assert SECRET not in repr(record)
    assert token.from_dict({**RECORD, "either": "2017-07-11T18:45:37.098Z"}).either.year == 2017
    assert token.from_dict({**RECORD, "either": "x"}).either == "x"
    assert token.from_dict({**RECORD, "several": None}).several is None
    assert token.from_dict(RECORD).to_dict() == RECORD


@pytest.mark.parametrize(
    ("field", "value", "where", "reason"),
    [
        ("kind", "C", "kind", "is none of the values that the contract lists"),
        ("kind", [], "kind", "expected a string, got an array"),
        ("level", 3, "level", "is none of the values that the contract lists"),
        ("level", True, "level", "expected an integer, got a boolean"),
        ("ratio", "1", "ratio", "expected a number, got a string"),
        ("ratio", True, "ratio", "expected a number, got a boolean"),
        ("tracking", "x", "tracking", "is not a UUID"),
        ("tracking", 1, "tracking", "expected a UUID, got an integer"),
        ("day", "x", "day", "is not a date"),
        ("day", 1, "day", "expected a date, got an integer"),
        ("mode", "y", "mode", "is not the one value that the contract allows"),
        ("children", [RECORD, None], "children[1]", "expected an object, got null"),
        ("peer", {"token": {}}, "peer.token.id", "required, but missing"),
        ("times", ["x"], "times[0]", NO_DATE),
        ("matrix", [[1], [2, "x"]], "matrix[1][1]", "expected an integer, got a string"),
        ("matrix", [[1, True]], "matrix[0][1]", "expected an integer, got a boolean"),
        ("matrix", [1], "matrix[0]", "expected an array, got an integer"),
        ("either", 1, "either", "is of none of the types that the contract allows"),
        ("several", [1], "several", "is of none of the types that the contract allows"),
        ("labels", {"one": {"type": 1}}, "labels.one.type", "expected a string, got an integer"),
        ("counts", {"one": "x"}, "counts.one", "expected an integer, got a string"),
        ("passcode", 1, "passcode", "expected a string, got an integer"),
        ('a"b{c}', 1, 'a"b{c}', "expected a string, got an integer"),
    ],
)
def test_new_fields_of_every_kind_are_checked(
    moved: Callable[[str], ModuleType], field: str, value: object, where: str, reason: str
) -> None:
    with pytest.raises(moved("errors").InvalidValue) as caught:
        moved("models").GetPersonalAccessTokenResponse.from_dict({**RECORD, field: value})
    assert (caught.value.field, caught.value.reason) == (where, reason)


def test_new_parameters_and_statuses_work(
    moved: Callable[[str], ModuleType], tenant: Tenant
) -> None:
    operation = moved("api.personal_access_tokens.list_personal_access_tokens")
    error = RESPONSES["BadRequest"]["content"]["application/json"]["example"]
    with moved("").AuthenticatedClient(base_url=tenant.url, token="x") as client:
        tenant.answers(409, error)
        since = datetime(2017, 7, 11, 18, 45, 37, 98765, UTC)
        response = operation.sync_detailed(client=client, since=since, kinds=["a", "b"])
        assert response.parsed.to_dict() == error
        query = httpx.URL(tenant.requests[-1][1]).params
        assert query["since"] == "2017-07-11T18:45:37.098Z"
        assert query.get_list("kinds") == ["a", "b"]
        tenant.answers(503, error)
        assert operation.sync(client=client).to_dict() == error
        tenant.answers(206, {"token": RECORD})
        assert operation.sync(client=client).to_dict() == {"token": RECORD}
        # The second is no owner: the whole is read again, as the other kind of list.
        tenant.answers(206, [RECORD["owner"], {"owner": RECORD["owner"]}])
        assert [peer.to_dict() for peer in operation.sync(client=client)] == [
            RECORD["owner"],
            {"owner": RECORD["owner"]},
        ]
        tenant.answers(206, 1)
        with pytest.raises(moved("errors").InvalidResponse):
            operation.sync(client=client)


def test_either_of_two_models_that_need_each_other_may_come_first(
    moved: Callable[[str], ModuleType],
) -> None:
    root = Path(str(moved("").__file__)).parent
    for first in ("peer", "get_personal_access_token_response"):
        run = subprocess.run(
            [sys.executable, "-c", f"import {root.name}.models.{first}"],
            cwd=root.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr


def test_what_is_generated_is_typed(moved: Callable[[str], ModuleType]) -> None:
    package = Path(str(moved("").__file__)).parent
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={package.parent}", package.name],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_a_client_without_a_token_shows_no_more(tenant: Tenant) -> None:
    assert SECRET not in repr(Client(base_url=tenant.url, headers={"X-Key": SECRET}))
