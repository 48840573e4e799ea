"""Which tenant the command talks to, as the options before the command say it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Where:
    """Which tenant to talk to; None is what the variables or the config file say.

    Attributes:
        environment: an environment of the config file.
        tenant: the tenant's name.
        base_url: its address.
        api_version: the version of the API.
        fake: whether to talk to a FakeTenant that is made for this one command.
    """

    environment: str | None = None
    tenant: str | None = None
    base_url: str | None = None
    api_version: str | None = None
    fake: bool = False
