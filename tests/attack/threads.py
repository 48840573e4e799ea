"""Interrupts `PatClient` at random moments: Ctrl-C, and an exception out of a signal handler."""

import gc
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Literal, Self, TypeAlias

from attrs import frozen

from sailpoint_pat import IssuedToken, PatClient, RateLimit, RetryPolicy
from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.attack.figures import Figures, hunt, judge_create, judge_deletes, judge_rotation, settle

Attacked: TypeAlias = Literal["list", "create", "rotate", "delete_many"]
ATTACKED: tuple[Attacked, ...] = ("list", "create", "rotate", "delete_many")

_LONGEST_CALL = 5.0
_PATIENCE = 4 * _LONGEST_CALL
_DELETED = 12


class SoftTimeLimit(Exception):  # noqa: N818  as workers call theirs
    """What a worker raises out of a signal handler in a job that takes too long."""


class Alarm:
    """Raises an exception in the main thread at a moment inside a call."""

    def __init__(self, exception: type[BaseException]) -> None:
        self._exception = exception
        self._is_armed = False

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_armed:
            self._is_armed = False
            raise self._exception

    def ring_in(self, seconds: float, call: Callable[[], object]) -> BaseException | None:
        """Make a call; return what it raised, or None where it ended before the alarm."""
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            self._is_armed = True
            call()
            self._is_armed = False
        except BaseException as error:  # noqa: BLE001  what it is all about
            trace = error.__traceback__
            return error if trace and trace.tb_next else None  # It may ring just before the call.
        finally:
            self._is_armed = False
            signal.setitimer(signal.ITIMER_REAL, 0)
        return None


@frozen
class Target:
    """One call to attack, on a client and with tokens of its own."""

    tenant: FakeTenant
    pats: PatClient
    operation: Attacked
    number: int
    own: StoredToken
    old: StoredToken
    doomed: list[str]
    saved: list[str]

    @classmethod
    def set_up(
        cls, tenant: FakeTenant, operation: Attacked, number: int, rng: random.Random
    ) -> Self:
        person = tenant.add_person(f"Person {number}")
        own = tenant.add_token(person, "Own")
        # Half of the rotations replace the token that the client itself runs on.
        old = own if rng.random() < 0.5 else tenant.add_token(person, "Old")
        count = _DELETED if operation == "delete_many" else 0
        doomed = [tenant.add_token(person, f"Doomed {n}").id for n in range(count)]
        pats = PatClient(
            base_url=tenant.base_url,
            client_id=own.id,
            client_secret=own.secret,
            api_version="v1",
            timeout=timedelta(seconds=_LONGEST_CALL),
            # One place: where it is lost, the next call waits for ever.
            rate_limit=RateLimit(8 if doomed else 1, per=timedelta(milliseconds=1)),
            retry=RetryPolicy(total_time=timedelta(seconds=_LONGEST_CALL)),
        )
        if rng.random() < 0.5:
            pats.list("me")  # Warm: there is a connection and an access token.
        return cls(tenant, pats, operation, number, own, old, doomed, [])

    def call(self) -> object:
        match self.operation:
            case "list":
                return self.pats.list("me")
            case "create":
                return self.pats.create("Nightly export", expires_in=timedelta(days=90))
            case "rotate":
                return self.pats.rotate(self.old.id, save=self._save)
            case "delete_many":
                return self.pats.delete_many(self.doomed)

    def _save(self, new: IssuedToken) -> None:
        self.saved.append(new.id)

    def my_tokens(self) -> dict[str, StoredToken]:
        """Return the tokens of the person who calls."""
        tokens = self.tenant.tokens.items()
        return {each: stored for each, stored in tokens if stored.owner == self.own.owner}

    def clear_up(self) -> None:
        for token_id in self.my_tokens():
            self.tenant.remove_token(token_id)
        self.tenant._state._access_tokens.clear()
        self.tenant.clear_log()


def attack_threads(
    operation: Attacked, exception: type[BaseException], times: int, seed: str
) -> Figures:
    """Interrupt so many calls of an operation, each at a random moment; return what was found."""
    rng = random.Random(f"{seed} {operation} {exception.__name__}")  # noqa: S311  no secret
    figures = Figures(f"{operation}, {exception.__name__}")
    alarm = Alarm(exception)
    previous = signal.signal(signal.SIGALRM, alarm)
    # An alarm that rings while garbage is collected is printed by Python, and nothing else happens.
    # So is a socket that was about to be connected, and is collected unclosed.
    sys.unraisablehook, hook = lambda _: None, sys.unraisablehook
    try:
        with FakeTenant(rate_limit=None, validate=False) as tenant:
            takes = _seconds_of(tenant, operation, rng)
            for number in range(10 * times):
                if figures.tries == times:
                    break
                target = Target.set_up(tenant, operation, number, rng)
                _attack_once(figures, alarm, target, rng.uniform(0, takes))
    finally:
        signal.signal(signal.SIGALRM, previous)
        gc.collect()
        sys.unraisablehook = hook
    return figures


def _seconds_of(tenant: FakeTenant, operation: Attacked, rng: random.Random) -> float:
    """Return how long a call takes that nobody interrupts."""
    seconds = []
    for number in range(10):
        target = Target.set_up(tenant, operation, -number, rng)
        begun = time.perf_counter()
        target.call()
        seconds.append(time.perf_counter() - begun)
        target.pats.close()
        target.clear_up()
    return 1.2 * statistics.median(seconds)


def _attack_once(figures: Figures, alarm: Alarm, target: Target, moment: float) -> None:
    stored = target.my_tokens()
    before = set(stored)
    error = alarm.ring_in(moment, target.call)
    if error is not None:
        figures.tries += 1
        figures.note("stuck", *_problem(f"{target.operation}, then list", target.pats.list))
    figures.note("stuck", *_problem(f"{target.operation}, then close", target.pats.close))
    settle(target.tenant)
    if error is not None:
        now = target.my_tokens()
        after = set(now)
        figures.note("leak", *hunt(target.tenant, error, {**stored, **now}.values()))
        match target.operation:
            case "create":
                judge_create(figures, error, exists=bool(after - before))
            case "rotate":
                judge_rotation(figures, error, target.old.id, before, after)
                if target.old.id not in after and not after & set(target.saved):
                    figures.note("lie", "rotate: no token is left that was saved")
            case "delete_many":
                judge_deletes(figures, error, target.doomed, after)
    target.clear_up()


def _problem(what: str, call: Callable[[], object]) -> list[str]:
    """Make a call; return what is wrong with it, in words."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001  whatever it is, the client is stuck
            raised.append(error)

    # A call may hang for ever, and then the attack goes on without it.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    if thread.is_alive():
        return [f"{what}: hangs"]
    return [f"{what}: {error!r}" for error in raised]
