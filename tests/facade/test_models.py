"""What comes back: plain Python, frozen, tolerant of what SailPoint adds later."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from sailpoint_pat import Owner, PersonalAccessToken, Secret
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from tests.support.clients import Connect

FULL = {
    "id": "86f1dc6fe8f54414950454cbb11278fa",
    "name": "NodeJS Integration",
    "scope": ["demo:personal-access-token-scope:first", "sp:scopes:all"],
    "owner": {"type": "IDENTITY", "id": "2c9180867b50d088017b554662fb281e", "name": "Support"},
    "created": "2017-07-11T18:45:37.098Z",
    "lastUsed": "2017-07-11T20:45:37.098+02:00",
    "managed": True,
    "accessTokenValiditySeconds": 900,
    "expirationDate": "2018-01-11T18:45:37Z",
    "userAwareTokenNeverExpires": True,
}
REQUIRED = {name: FULL[name] for name in ("id", "name", "scope", "owner", "created")}
OWNER = Owner("2c9180867b50d088017b554662fb281e", "Support", "IDENTITY")
CREATED = datetime(2017, 7, 11, 18, 45, 37, 98_000, tzinfo=UTC)


def listed(tenant: FakeTenant, connect: Connect, record: object) -> PersonalAccessToken:
    """Return what the client makes of one record."""
    tenant.fail("list", faults.Body([record]))
    [token] = connect(tenant).list()
    return token


def test_every_field_as_plain_python(tenant: FakeTenant, connect: Connect) -> None:
    token = listed(tenant, connect, FULL)
    assert token == PersonalAccessToken(
        id="86f1dc6fe8f54414950454cbb11278fa",
        name="NodeJS Integration",
        owner=OWNER,
        scopes=("demo:personal-access-token-scope:first", "sp:scopes:all"),
        created_at=CREATED,
        last_used_at=CREATED,
        expires_at=datetime(2018, 1, 11, 18, 45, 37, tzinfo=UTC),
        never_expires=True,
        access_token_ttl=timedelta(minutes=15),
        managed=True,
        extra={},
    )
    for moment in (token.created_at, token.last_used_at, token.expires_at):
        assert moment is not None
        assert moment.tzinfo is UTC
    values = attrs.asdict(token, recurse=False)
    assert isinstance(values.pop("extra"), dict)
    assert {type(value) for value in values.values()} == {
        str, Owner, tuple, datetime, bool, timedelta,
    }  # fmt: skip


def test_tokens_with_nothing_extra_do_not_share_what_one_can_change(
    tenant: FakeTenant, connect: Connect
) -> None:
    token = listed(tenant, connect, FULL)
    extra: Any = token.extra
    for change in (extra.update, extra.__ior__, extra.setdefault, extra.__setitem__):
        with pytest.raises(TypeError, match="shared"):
            change("x", 1)
    assert token.extra == {}
    assert pickle.loads(pickle.dumps(token)) == copy.deepcopy(token) == token  # noqa: S301  ours


@pytest.mark.parametrize(
    "optional",
    [
        {},
        {"scope": None},
        {"lastUsed": None, "expirationDate": None},
        {"accessTokenValiditySeconds": 43200, "managed": False},
    ],
)
def test_what_may_be_missing_or_null(
    optional: dict[str, object], tenant: FakeTenant, connect: Connect
) -> None:
    token = listed(tenant, connect, REQUIRED | optional)
    assert token.scopes == (None if "scope" in optional else tuple(FULL["scope"]))  # type: ignore[arg-type]  # a list, above
    assert (token.last_used_at, token.expires_at) == (None, None)
    assert (token.never_expires, token.managed) == (False, False)
    assert token.access_token_ttl == timedelta(seconds=43_200)


def test_fields_and_values_that_come_later_pass_through(
    tenant: FakeTenant, connect: Connect
) -> None:
    owner = {"type": "MACHINE_IDENTITY", "id": "x", "name": "Robot", "email": "r@example.com"}
    token = listed(tenant, connect, FULL | {"owner": owner, "riskScore": {"value": [1, None]}})
    assert token.owner is not None
    assert token.owner.type == "MACHINE_IDENTITY"
    assert token.owner.extra == {"email": "r@example.com"}
    assert token.extra == {"riskScore": {"value": [1, None]}}


def test_tokens_are_frozen_and_can_be_put_into_sets(tenant: FakeTenant, connect: Connect) -> None:
    record = FULL | {"riskScore": []}
    token, same = listed(tenant, connect, record), listed(tenant, connect, record)
    assert len({token, same}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        token.name = "another"  # type: ignore[misc]  # that is the point
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        token.owner.name = "another"  # type: ignore[misc, union-attr]  # that is the point
    assert pickle.loads(pickle.dumps(token)) == token  # noqa: S301  our own
    assert copy.deepcopy(token) == token
    assert attrs.evolve(token, name="another").name == "another"


def test_an_issued_token_is_a_token_with_its_secret(tenant: FakeTenant, connect: Connect) -> None:
    issued = connect(tenant).create("Nightly export")
    assert isinstance(issued, PersonalAccessToken)
    assert isinstance(issued.secret, Secret)
    assert "secret=********" in repr(issued)
    assert issued.secret.reveal() not in repr(issued)
    with pytest.raises(TypeError, match="a Secret is not pickled"):
        pickle.dumps(issued)


def test_a_secret_shows_itself_to_reveal_only() -> None:
    text = "an-obviously-fake-secret"
    secret = Secret(text)
    assert secret.reveal() == text
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>40}", f"{secret:>40}"]
    shown += ["%s" % secret, f"{[secret]}", repr({"a": secret})]  # noqa: UP031  a way to print
    assert not any(text in each for each in shown)
    assert secret == Secret(text)
    assert hash(secret) == hash(Secret(text))
    assert secret != Secret("another")
    assert secret != text
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    with pytest.raises(AttributeError, match="cannot be changed"):
        secret._value = "another"
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("nothing", ["", None, 7, b"bytes"])
def test_a_secret_is_a_text(nothing: object) -> None:
    with pytest.raises(ValueError, match="a string that is not empty"):
        Secret(nothing)  # type: ignore[arg-type]  # that is the point
