"""The tree of errors, and that each can be made, kept and sent to another process."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    LostCreate,
    NotFoundError,
    OutcomeUnknownError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    RotationError,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, faults

PARENTS: list[tuple[type[SailPointError], type[Exception]]] = [
    (SailPointError, Exception),
    (ConfigurationError, SailPointError),
    (AuthenticationError, SailPointError),
    (TransportError, SailPointError),
    (RequestTimeout, TransportError),
    (APIError, SailPointError),
    (BadRequestError, APIError),
    (PermissionDeniedError, APIError),
    (NotFoundError, APIError),
    (RateLimitedError, APIError),
    (ServerError, APIError),
    (UnexpectedResponseError, SailPointError),
    (OutcomeUnknownError, SailPointError),
    (RotationError, SailPointError),
]


def elsewhere(value: Any) -> Any:
    """Return what arrives in another process."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301  our own


@pytest.mark.parametrize(("error_type", "parent"), PARENTS)
def test_one_tree(error_type: type[SailPointError], parent: type[Exception]) -> None:
    assert error_type.__bases__ == (parent,)


@pytest.mark.parametrize("error_type", [error_type for error_type, _ in PARENTS])
def test_whoever_tests_their_own_program_can_make_one(error_type: type[SailPointError]) -> None:
    made = error_type("what happened")
    again = elsewhere(made)
    assert type(again) is error_type
    assert str(again) == "what happened"
    assert again.__dict__ == made.__dict__
    assert "what happened" in repr(made)


def test_an_api_error_survives_the_way_to_another_process(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("list", faults.RateLimited("7"))
    with pytest.raises(RateLimitedError) as caught:
        pats.list()
    again = elsewhere(caught.value)
    assert str(again) == str(caught.value)
    assert (again.status_code, again.retry_after) == (429, timedelta(seconds=7))
    assert again.response.json() == {"message": " Rate Limit Exceeded "}


def test_an_unknown_outcome_survives_the_way_to_another_process(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Dropped())
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create("Nightly export")
    again = elsewhere(caught.value)
    assert isinstance(again.lost_create, LostCreate)
    assert (again.name, again.sent_at) == ("Nightly export", caught.value.sent_at)
    assert again.maybe_performed


def test_the_clients_own_clock_stays_in_its_process() -> None:
    lost = LostCreate("x", datetime(2026, 1, 1, tzinfo=UTC), frozenset({"1"}), 5.0)
    assert elsewhere(lost) == attrs.evolve(lost, sent_at_monotonic=None)


def test_an_outcome_without_a_create_has_no_name() -> None:
    error = OutcomeUnknownError("what happened")
    assert (error.name, error.sent_at) == (None, None)
    assert error.maybe_performed
