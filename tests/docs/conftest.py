"""What the programs of the README and the docs find when they run."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from sailpoint_pat.testing import FakeTenant


@pytest.fixture
def user(tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A user with a token in the variables, and a company's certificate in the folder."""
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    trustme.CA().cert_pem.write_to_path("corporate-root.pem")
    log = logging.getLogger("sailpoint_pat")
    before = log.level, log.propagate, list(log.handlers)
    yield
    log.setLevel(before[0])
    log.propagate, log.handlers[:] = before[1], before[2]
