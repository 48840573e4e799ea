"""The values that come back: frozen, comparable, and short to print. (Secrets: tests/secrets.)"""

import copy
import json
import pickle
from datetime import timedelta
from typing import Any

import attrs
import pytest

from sailpoint_pat import IssuedToken, Owner, PersonalAccessToken, Secret
from tests.support.tokens import NOW, SUPPORT, make_token

TOKEN = make_token(
    id="86f1dc6fe8f54414950454cbb11278fa",
    name="Nightly export",
    created_at=NOW,
    last_used_at=None,
    extra={"riskScore": [1]},
)
ISSUED = IssuedToken(**attrs.asdict(TOKEN, recurse=False), secret=Secret("obviously-fake"))


@pytest.mark.parametrize(
    ("value", "field"), [(TOKEN, "name"), (ISSUED, "secret"), (SUPPORT, "name")]
)
def test_they_are_frozen(value: object, field: str) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, field, "another")
    with pytest.raises(AttributeError):
        value.anything = 1  # type: ignore[attr-defined]  # that is the point


def test_equal_ones_are_one_in_a_set() -> None:
    same = copy.deepcopy(TOKEN)
    assert same == TOKEN
    assert same is not TOKEN
    assert len({TOKEN, same}) == 1
    assert attrs.evolve(TOKEN, name="another") != TOKEN
    assert attrs.evolve(TOKEN, extra={}) != TOKEN


def test_a_token_is_pickled_and_a_secret_is_not() -> None:
    assert pickle.loads(pickle.dumps(TOKEN)) == TOKEN  # noqa: S301  our own
    with pytest.raises(TypeError, match="a Secret is not pickled"):
        pickle.dumps(ISSUED)


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (TOKEN, f"<PersonalAccessToken {TOKEN.id} 'Nightly export'>"),
        (ISSUED, f"<IssuedToken {TOKEN.id} 'Nightly export'>"),
        (attrs.evolve(TOKEN, name="x" * 24), f"<PersonalAccessToken {TOKEN.id} '{'x' * 24}'>"),
        (attrs.evolve(TOKEN, name="x" * 25), f"<PersonalAccessToken {TOKEN.id} '{'x' * 24}...'>"),
        (attrs.evolve(TOKEN, name="\n"), rf"<PersonalAccessToken {TOKEN.id} '\n'>"),
        (attrs.evolve(TOKEN, id="a\nb"), r"<PersonalAccessToken 'a\nb' 'Nightly export'>"),
    ],
)
def test_a_repr_is_short(token: PersonalAccessToken, shown: str) -> None:
    assert repr(token) == shown


def test_an_owner_prints_what_is_known() -> None:
    owner = Owner("an-id", None, "IDENTITY", {"email": "a@example.com"})
    assert repr(owner) == "Owner(id='an-id', name=None, type='IDENTITY')"


def test_as_dict() -> None:
    assert TOKEN.as_dict() == {
        "id": TOKEN.id,
        "name": "Nightly export",
        "owner": {"id": SUPPORT.id, "name": "Support", "type": "IDENTITY"},
        "scopes": ["idn:accounts:read"],
        "created_at": "2026-06-01T12:00:00.000Z",
        "last_used_at": None,
        "expires_at": "2026-09-09T12:00:00.000Z",
        "never_expires": False,
        "access_token_ttl_seconds": 43_200,
        "managed": False,
        "extra": {"riskScore": [1]},
    }
    assert ISSUED.as_dict() == TOKEN.as_dict()


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"owner": None}, {"owner": None}),
        (
            {"owner": Owner(None, None, None, {"email": "x"})},
            {"owner": {"id": None, "name": None, "type": None}},
        ),
        ({"scopes": None}, {"scopes": None}),
        ({"scopes": ()}, {"scopes": []}),
        ({"access_token_ttl": timedelta(minutes=15)}, {"access_token_ttl_seconds": 900}),
        ({"last_used_at": NOW}, {"last_used_at": "2026-06-01T12:00:00.000Z"}),
    ],
)
def test_as_dict_is_json_whatever_is_missing(
    changes: dict[str, Any], shown: dict[str, Any]
) -> None:
    plain = attrs.evolve(TOKEN, **changes).as_dict()
    assert json.loads(json.dumps(plain)) == TOKEN.as_dict() | shown
