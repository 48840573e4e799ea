"""FakeTenant: what tests hold in their hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from sailpoint_pat.testing import faults
from sailpoint_pat.testing._api import Api, RateLimiter
from sailpoint_pat.testing._app import App, Target
from sailpoint_pat.testing._contract import load_contract
from sailpoint_pat.testing._population import add_unreadable_tokens, populate
from sailpoint_pat.testing._server import Server
from sailpoint_pat.testing._state import (
    ALL_RIGHTS,
    ALL_SCOPES,
    LONGEST_ACCESS_TOKEN_TTL,
    Person,
    State,
    StoredToken,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping

    from sailpoint_pat.testing._log import Received, ReceivedRequest
    from sailpoint_pat.testing._state import Record


class FakeTenant:
    """A SailPoint tenant on loopback, with everything that this package talks to.

    It is a real HTTP server in a thread of its own: the token endpoint, and the three operations at
    the addresses of each API version. It keeps to the rules of the API: owners, rights, unique
    names, ten tokens a person, each version's rules of expiry, the rate limit, `X-Deprecated` on
    legacy versions. What it is asked, and what it says, is checked against the package's
    `openapi.yaml`; what breaks that is kept in `violations`.

        with FakeTenant() as tenant:
            pats = PatClient(
                base_url=tenant.base_url,
                client_id=tenant.client_id,
                client_secret=tenant.client_secret,
            )

    A tenant begins with one person, Support, who may do everything, and one token of theirs, which
    `client_id` and `client_secret` belong to. It can be started once.

    Args:
        host: The address to listen at.
        port: The port to listen at; 0 takes a free one.
        rate_limit: How many requests a client id may send to one API version in each `rate_window`,
            at least 1; None for no limit. The token endpoint has none; order a `RateLimited` fault
            for that.
        rate_window: The length of the window, which slides, by the tenant's clock.
        tokens: So many more tokens of many owners, the first five Support's: the same conditions
            each time, seen from the tenant's clock. From 200 on, all that an audit looks for is
            among them: expired, about to expire, never used, without an owner, named to do harm.
        unreadable: Whether there are also three tokens whose records break the contract, so that
            a listing of all tokens raises `UnexpectedResponseError`.
        access_token_ttl: How long an access token lives, by the tenant's clock; a personal access
            token may ask for less.
        seed: Any text: two tenants with the same one give out the same ids and secrets. Left out,
            each tenant has its own.
        ssl_context: Makes it an https server; a context for `ssl.PROTOCOL_TLS_SERVER` with a
            certificate.
        validate: Whether to check requests and answers against the contract.

    Raises:
        ValueError: `rate_limit` or `tokens` is too small.
    """

    def __init__(  # noqa: PLR0913 - each of them has its test
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rate_limit: int | None = 100,
        rate_window: timedelta = timedelta(seconds=10),
        tokens: int = 0,
        unreadable: bool = False,
        access_token_ttl: timedelta = timedelta(seconds=749),
        seed: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        validate: bool = True,
    ) -> None:
        if rate_limit is not None and rate_limit < 1:
            raise ValueError("rate_limit has to be at least 1, or None for no limit.")
        if tokens < 0:
            raise ValueError("tokens cannot be negative.")
        self._host = host
        self._port = port
        self._scheme = "http" if ssl_context is None else "https"
        self._base_url: str | None = None
        self._state = State(access_token_ttl=access_token_ttl, seed=seed)
        self._person = self._state.new_person("Support", ALL_RIGHTS)
        self._credentials = self._state.add_token(self._person, "FakeTenant")
        populate(self._state, self._person, tokens)
        if unreadable:
            add_unreadable_tokens(self._state)
        limiter = None if rate_limit is None else RateLimiter(rate_limit, rate_window)
        api = Api(self._state, rate_limiter=limiter)
        self._app = App(self._state, api, contract=load_contract() if validate else None)
        self._server = Server(self._app, ssl_context=ssl_context)

    def __repr__(self) -> str:
        return f"<FakeTenant {self._base_url or 'not started'}>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Begin to serve; it does by the time that this returns.

        Returns:
            The tenant itself.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
            RuntimeError: It was started before.
        """
        if self._base_url is not None:
            raise RuntimeError("A FakeTenant can be started once. Make a new one.")
        port = self._server.start(self._host, self._port)
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._base_url = f"{self._scheme}://{host}:{port}"
        return self

    def stop(self) -> None:
        """Stop serving: every connection is closed, and requests that wait get no answer.

        What the tenant knows and has received can still be looked at.
        """
        self._server.stop()

    # Where it is, and who may come in

    @property
    def base_url(self) -> str:
        """The address of the tenant, without a version.

        Raises:
            RuntimeError: It was not started yet.
        """
        if self._base_url is None:
            raise RuntimeError("Start the FakeTenant first: with FakeTenant() as tenant: ...")
        return self._base_url

    @property
    def client_id(self) -> str:
        """The client id of Support's token."""
        return self._credentials.id

    @property
    def client_secret(self) -> str:
        """The client secret of Support's token."""
        return self._credentials.secret

    @property
    def environment(self) -> dict[str, str]:
        """The three variables that lead a program here, as `SAIL_BASE_URL` and its like.

        Raises:
            RuntimeError: It was not started yet.
        """
        return {
            "SAIL_BASE_URL": self.base_url,
            "SAIL_CLIENT_ID": self.client_id,
            "SAIL_CLIENT_SECRET": self.client_secret,
        }

    # What it knows

    @property
    def person(self) -> Person:
        """Support, who may do everything."""
        return self._person

    @property
    def tokens(self) -> Mapping[str, StoredToken]:
        """Every personal access token as it is now, by id."""
        with self._state.lock:
            return MappingProxyType(dict(self._state.tokens))

    def add_person(self, name: str, *, rights: Iterable[str] = ALL_RIGHTS) -> Person:
        """Let there be one more person, who has no token yet.

        Args:
            name: What they are called.
            rights: What they may do; the names of the rights are in `ALL_RIGHTS`.

        Returns:
            The person.
        """
        return self._state.new_person(name, rights)

    def add_token(  # noqa: PLR0913 - a token has that many properties
        self,
        person: Person,
        name: str,
        *,
        scopes: Iterable[str] | None = (ALL_SCOPES,),
        created_at: datetime | None = None,
        expires_at: datetime | None = None,
        never_expires: bool = False,
        last_used_at: datetime | None = None,
        managed: bool = False,
        access_token_ttl: timedelta = LONGEST_ACCESS_TOKEN_TTL,
        altered: Callable[[Record], object] | None = None,
    ) -> StoredToken:
        """Give a person a token, past the API and its rules (names, the limit of ten, bounds).

        Args:
            person: Whose it is.
            name: What it is called.
            scopes: What it may do; None, and `sp:scopes:all`, for all that the person may.
            created_at: When it was made, with a time zone; left out: now.
            expires_at: When it expires, with a time zone; left out: six months after it was made,
                or never.
            never_expires: Whether it never expires.
            last_used_at: When it was last used, with a time zone; left out: never.
            managed: Whether the platform made it.
            access_token_ttl: The most that one of its access tokens lives.
            altered: Given the record that listings would show, returns what they show in its place:
                `lambda record: record | {"owner": None}`. It may break the contract.

        Returns:
            The token, with its id and secret.

        Raises:
            ValueError: `person` is not from `add_person`, a date has no time zone, or the token
                both expires and never does.
        """
        if not isinstance(person, Person):
            raise ValueError(f"person is what add_person returns, not {person!r}.")  # noqa: TRY004
        for moment in (created_at, expires_at, last_used_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("A date needs a time zone.")
        if never_expires and expires_at is not None:
            raise ValueError("A token cannot both expire and never expire.")
        return self._state.add_token(
            person,
            name,
            scopes=scopes,
            created_at=created_at,
            expires_at=expires_at,
            last_used_at=last_used_at,
            managed=managed,
            access_token_ttl=access_token_ttl,
            never_expires=never_expires,
            altered=altered,
        )

    def remove_token(self, token_id: str) -> None:
        """Take a token away, as if somebody had revoked it elsewhere.

        Args:
            token_id: Its id.

        Raises:
            KeyError: There is no such token.
        """
        with self._state.lock:
            del self._state.tokens[token_id]

    # Its clock

    @property
    def now(self) -> datetime:
        """What time it is here, in UTC."""
        return self._state.clock.now()

    def advance(self, by: timedelta) -> None:
        """Move the clock.

        Args:
            by: How far; a negative span moves it back.
        """
        self._state.clock.advance(by)

    def freeze(self) -> None:
        """Stop the clock, for good; `advance` still moves it."""
        self._state.clock.freeze()

    # What it received

    @property
    def requests(self) -> list[ReceivedRequest]:
        """Every request so far, in the order in which they came."""
        return self._app.log.entries()

    def count(self, operation: Received | None = None) -> int:
        """How many requests came.

        Args:
            operation: Count only these: `list`, `create`, `delete`, `token` or `other`.

        Returns:
            Their number, those that were refused or spoilt by a fault included.
        """
        return self._app.log.count(operation)

    @property
    def token_exchanges(self) -> int:
        """How many requests came to the token endpoint."""
        return self.count("token")

    def clear_log(self) -> None:
        """Forget the requests so far."""
        self._app.log.clear()

    @property
    def violations(self) -> list[str]:
        """Every breach of the contract so far, by a client or by the tenant itself, in words."""
        return self._app.log.violations()

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return self._server.board.accepted

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        return self._server.board.open

    # What goes wrong

    def fail(self, operation: Target, fault: faults.Fault, times: float | None = 1) -> None:
        """Order a fault for the next requests of an operation, good and bad ones alike.

        Orders are served in the order in which they were placed.

        Args:
            operation: `list`, `create`, `delete`, `token`, or `*` for any of them.
            fault: What goes wrong, see `sailpoint_pat.testing.faults`.
            times: How often, at least 1; None or `math.inf` for ever.

        Raises:
            ValueError: There is no such operation or fault, or `times` is less than 1.
        """
        if not isinstance(fault, faults.Fault):
            raise ValueError(f"fault is one of sailpoint_pat.testing.faults, not {fault!r}.")  # noqa: TRY004
        self._app.faults.order(operation, fault, times)

    def clear_faults(self) -> None:
        """Forget every fault that was ordered and has not come yet."""
        self._app.faults.clear()
