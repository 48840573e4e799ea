"""Many tenants on Dask: a local cluster of two processes, and tenants that are not all well."""

import os
import pickle
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster, Worker, wait
from examples.many_tenants_dask import audit_all, audit_environment

from sailpoint_pat import (
    InvalidRecord,
    LostCreate,
    OutcomeUnknownError,
    SailPointError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import faults
from tests.examples.conftest import KeepTenants, StartTenants
from tests.secrets.hunter import Hunter
from tests.support.tokens import NOW, make_token

PATIENCE = 30
NAMES = ["acme", "slow", "down", "refuses", "five", "six", "seven", "eight"]


def held_by(dask: Client, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield all that the scheduler and the workers know, have logged and have in memory."""
    dask.dump_cluster_state(str(folder / "state"), format="yaml")
    yield "the state", (folder / "state.yaml").read_text(encoding="utf-8")
    yield "the scheduler's log", repr(dask.get_scheduler_logs())
    yield "the workers' logs", repr(dask.get_worker_logs())
    yield "the nannies' logs", repr(dask.get_worker_logs(nanny=True))
    # A character for each byte: nothing is left out, and a text stays readable.
    held: dict[str, bytes] = dask.run(what_is_held)
    yield from (
        (f"the memory of {worker}", data.decode("latin-1")) for worker, data in held.items()
    )


def what_is_held(dask_worker: Worker) -> bytes:
    """Return the results that a worker keeps, as it would send them."""
    return pickle.dumps(dict(dask_worker.data))


def test_every_tenant_is_in_the_report_once(
    start_tenants: StartTenants,
    keep_tenants: KeepTenants,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    tenants = start_tenants(*NAMES)
    keep_tenants(tenants)
    tenants["down"].stop()
    tenants["refuses"].fail("list", faults.Status(403), times=None)
    gate = faults.Gate()
    tenants["slow"].fail("list", gate, times=None)
    killed: list[int] = []
    hunter = Hunter()

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=4,
            dashboard_address="127.0.0.1:0",
            local_directory=tmp_path,
        ) as cluster,
        Client(cluster) as dask,
    ):
        pids: dict[str, int] = dask.run(os.getpid)

        def kill_the_reader_of_the_slow_one() -> None:
            assert gate.reached.wait(PATIENCE)
            [busy] = [
                worker
                for worker, keys in dask.processing().items()
                if any(key.startswith("slow ") for key in keys)
            ]
            killed.append(pids[busy])
            os.kill(pids[busy], signal.SIGKILL)
            gate.open()

        killer = threading.Thread(target=kill_the_reader_of_the_slow_one)
        killer.start()
        report = audit_all(dask, NAMES)
        killer.join()
        # The reports are kept for the hunt, as somebody who goes on working with them would.
        kept = [
            dask.submit(audit_environment, name, key=f"kept {name}") for name in ("acme", "six")
        ]
        wait(kept)
        for where, text in held_by(dask, tmp_path):
            hunter.show(where, text)
    out, err = capfd.readouterr()
    hunter.show("what was printed", out + err)
    for name, tenant in tenants.items():
        hunter.know(f"the secret of {name}", tenant.client_secret)

    assert len(killed) == 1
    assert [tenant.name for tenant in report.tenants] == NAMES
    failed = {tenant.name for tenant in report.tenants if tenant.status == "failed"}
    assert failed == {"down", "refuses"}
    assert report.summary.tokens == 6 * 6
    # What was hunted through has the reports in it.
    assert any("FakeTenant" in text for where, text in hunter.shown if "memory" in where)
    assert hunter.leaks() == []


INVALID = InvalidRecord(0, None, "owner.name", "expected a string, got a number")


@pytest.mark.parametrize(
    "error",
    [
        OutcomeUnknownError("no answer came", lost_create=LostCreate("Nightly export", NOW)),
        UnexpectedResponseError("broken", invalid=(INVALID,), tokens=(make_token(),)),
    ],
)
def test_an_error_can_be_pickled(error: SailPointError) -> None:
    error.add_note("somebody's note")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    assert (type(copy), str(copy)) == (type(error), str(error))
    assert vars(copy) == vars(error)
