"""Hides secrets in what a program printed, in every form that such programs print them in."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sailpoint_pat import Secret

_MASK = "********"


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text with the secrets replaced by stars.

    A secret is found as it is, in hexadecimal digits, and in base64, also in the middle of
    something longer (`user:secret`), and also with line ends in between, as `base64` wraps lines.
    """
    for secret in secrets:
        for form in _forms(secret.reveal().encode()):
            pattern = r"\s*".join(map(re.escape, form))
            text = re.sub(pattern, _MASK, text, flags=re.IGNORECASE)
    return text


def _forms(secret: bytes) -> Iterator[str]:
    yield secret.decode()
    yield secret.hex()
    # Three bytes become four characters, so what stands in front moves it by nothing, one or two.
    # The characters that are made of the secret and of its neighbours are left out.
    for shift in range(3):
        first, last = -(-shift * 8 // 6), (shift + len(secret)) * 8 // 6
        moved = b"\0" * shift + secret
        yield base64.b64encode(moved).decode()[first:last]
        yield base64.urlsafe_b64encode(moved).decode()[first:last]
