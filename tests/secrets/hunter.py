"""Looks for secrets wherever a program could show them to somebody: in every usual encoding."""

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, quote_plus

import httpx

TESTS = str(Path(__file__).resolve().parents[1])

LOUD = ("", "sailpoint_pat", "httpx", "httpcore", "asyncio", "anyio", "hpack")


def forms(secret: str) -> dict[str, str]:
    """Return what a secret looks like in each encoding that it could leak in."""
    raw = secret.encode()
    found = {
        "raw": secret,
        "repr": repr(secret)[1:-1],
        "json": json.dumps(secret)[1:-1],
        "url": quote(secret, safe=""),
        "form": quote_plus(secret),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
    }
    for shift in range(3):
        # In the middle of something longer; the characters that its neighbours share are left out.
        first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        found[f"base64 +{shift}"] = base64.b64encode(b"\0" * shift + raw).decode()[first:last]
        found[f"base64url +{shift}"] = base64.urlsafe_b64encode(b"\0" * shift + raw).decode()[
            first:last
        ]
    return found


class Hunter(logging.Handler):
    """Collects what was shown; `leaks` searches it.

    Secrets are told to it by those who know them, also while it collects.
    """

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.secrets: dict[str, str] = {}
        self.shown: list[tuple[str, str]] = []
        self._levels: dict[str, int] = {}

    def know(self, what: str, secret: str) -> None:
        assert len(secret) > 7, "too short to be told from chance"
        self.secrets[secret] = what

    def show(self, where: str, text: object) -> None:
        """Take down a text that somebody could see."""
        self.shown.append((where, text if isinstance(text, str) else repr(text)))

    def leaks(self) -> list[str]:
        """Return where a secret was shown, and how it was encoded. Never the secret itself."""
        found: dict[str, None] = {}
        # The tenant may still hand out one more.
        for secret, what in self.secrets.copy().items():
            encoded = forms(secret)
            for where, text in self.shown:
                for form, needle in encoded.items():
                    if needle in text:
                        found[f"{what} ({form}) in {where}"] = None
        return list(found)

    # --- logs ---

    def __enter__(self) -> Self:
        for name in LOUD:
            logger = logging.getLogger(name)
            self._levels[name] = logger.level
            logger.setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Take down a log record: its message, its arguments, and its exception."""
        where = f"the log {record.name}"
        self.show(where, record.getMessage())
        for name, value in vars(record).items():
            self.show(f"{where}, {name}", value)
        if record.exc_info and record.exc_info[1]:
            self.exception(where, record.exc_info[1])

    # --- exceptions ---

    def exception(self, where: str, error: BaseException) -> None:
        """Take down all that an exception shows: itself, its chain, and every frame's locals."""
        for each in chain(error):
            name = f"{where}, {type(each).__name__}"
            self.show(name, str(each))
            self.show(f"{name}, repr", each)
            self.show(f"{name}, args", each.args)
            for note in getattr(each, "__notes__", ()):
                self.show(f"{name}, note", note)
            for attribute, value in vars(each).items():
                self.show(f"{name}.{attribute}", value)
            self._response(name, getattr(each, "response", None))
            self._frames(name, each.__traceback__)

    def _response(self, where: str, response: object) -> None:
        if isinstance(response, httpx.Response):
            for part, holder in (("response", response), ("request", response.request)):
                self.show(f"{where}, {part}", holder)
                self.show(f"{where}, {part} headers", holder.headers.raw)
                self.show(f"{where}, {part} body", holder.content)
                self.show(f"{where}, {part} URL", str(holder.url))

    def _frames(self, where: str, traceback: TracebackType | None) -> None:
        while traceback is not None:
            frame, traceback = traceback.tb_frame, traceback.tb_next
            if frame.f_code.co_filename.startswith(TESTS):
                continue  # A test knows its secrets.
            code = frame.f_code
            place = f"{where}, {Path(code.co_filename).name}:{code.co_name}"
            for name, value in list(frame.f_locals.items()):
                self.show(f"{place}, local {name}", _safe_repr(value))


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001  a half-made object
        return f"<{type(error).__name__}>"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it came from or holds."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


def leaks_in(error: BaseException, *secrets: str) -> list[str]:
    """Return where an exception shows one of these secrets."""
    hunter = Hunter()
    for secret in secrets:
        hunter.know("a secret", secret)
    hunter.exception("it", error)
    return hunter.leaks()
