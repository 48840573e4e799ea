"""`Secret`: shows itself to `reveal` and to nothing else."""

import copy
import json
import pickle
import pprint
from typing import Any

import attrs
import pytest

from sailpoint_pat import IssuedToken, Secret
from tests.support.tokens import make_token

PLAIN = "an obviously fake secret"
MASK = "********"


@pytest.fixture
def issued() -> IssuedToken:
    return IssuedToken(**attrs.asdict(make_token(), recurse=False), secret=Secret(PLAIN))


def test_every_way_to_print_it() -> None:
    secret = Secret(PLAIN)
    printed = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!s}",
        f"{secret!r}",
        f"{secret:>40}",
        f"{secret:.3}",
        "%s" % secret,  # noqa: UP031  one of the ways
        "%r" % (secret,),  # noqa: UP031  the same
        "{:s}".format(secret),  # noqa: UP032  the same
        format(secret, "x"),
        pprint.pformat(secret),
        json.dumps(secret, default=str).strip('"'),
        ascii(secret),
    ]
    assert set(printed) == {MASK}
    assert MASK in str([secret])
    assert PLAIN not in str({"a": (secret,)})


def test_inside_a_token(issued: IssuedToken) -> None:
    for text in (
        repr(issued),
        str(issued),
        pprint.pformat(issued),
        pprint.pformat(attrs.asdict(issued)),
        json.dumps(attrs.asdict(issued), default=str),
        repr(attrs.astuple(issued)),
        repr(attrs.evolve(issued, name="x")),
        repr(copy.deepcopy(issued)),
    ):
        assert PLAIN not in text
    assert MASK in pprint.pformat(attrs.asdict(issued))
    assert attrs.evolve(issued, name="x").secret == issued.secret


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused(issued: IssuedToken, protocol: int) -> None:
    for value in (Secret(PLAIN), issued, [Secret(PLAIN)]):
        with pytest.raises(TypeError, match="not pickled") as caught:
            pickle.dumps(value, protocol)
        assert PLAIN not in str(caught.value)


def test_copies() -> None:
    secret = Secret(PLAIN)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_comparing() -> None:
    assert Secret(PLAIN) == Secret(PLAIN)
    assert Secret(PLAIN) != Secret(PLAIN + "!")
    assert Secret(PLAIN) != PLAIN
    assert Secret("ü\udcff") == Secret("ü\udcff")
    assert {Secret(PLAIN): 1}[Secret(PLAIN)] == 1
    assert hash(Secret(PLAIN)) != hash(PLAIN)


def test_it_cannot_be_changed() -> None:
    secret: Any = Secret(PLAIN)
    for name in ("_value", "value", "__class__"):
        with pytest.raises(AttributeError) as caught:
            setattr(secret, name, "another")
        assert PLAIN not in str(caught.value)
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == PLAIN


@pytest.mark.parametrize("value", ["", None, 7, b"bytes", Secret(PLAIN), ["a list"]])
def test_what_is_no_secret(value: Any) -> None:
    with pytest.raises(ValueError, match="a string that is not empty") as caught:
        Secret(value)
    assert "bytes" not in str(caught.value)


def test_it_is_not_a_string() -> None:
    secret: Any = Secret(PLAIN)
    for use in (lambda: "" + secret, lambda: secret + "", lambda: len(secret), lambda: secret[0]):
        with pytest.raises(TypeError):
            use()
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(secret)
