"""Runs both clients against Prism, a mock server that reads `openapi.yaml` with eyes of its own.

Prism is installed with npm into `node_modules/`, which git ignores. It is run twice: answering with
the contract's examples, and with values that it draws from the schemas. Both layouts are called:
v3, with the version in front of the service, and v1, with the version behind. A request that Prism
finds against the contract gets an error.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import yaml
from tools.npm import ROOT, NpmError, install

from sailpoint_pat import APIError, AsyncPatClient, IssuedToken, PatClient, PersonalAccessToken

# The last version that runs on Node 18, 20 and 22, too.
PRISM = "5.14.2"
SECONDS_TO_START = 60.0


class PrismError(Exception):
    """Prism does not start."""


@contextlib.contextmanager
def prism(*options: str) -> Iterator[str]:
    """Runs Prism at a free port; gives its address."""
    # Prism leaves the path of the spec's server out: a copy has the legacy version in its paths.
    spec = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    spec["paths"] = {
        path if "x-address-of" in item else f"/v3{path}": item
        for path, item in spec["paths"].items()
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as temporary:
        copy, log = Path(temporary, "openapi.json"), Path(temporary, "log")
        copy.write_text(json.dumps(spec), encoding="utf-8")
        program = ROOT / "node_modules/.bin/prism"
        with log.open("w") as output:
            process = subprocess.Popen(  # noqa: S603  what was installed above
                [program, "mock", "--errors", "--host=127.0.0.1", f"--port={port}", *options, copy],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_it_listens(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise PrismError(f"Prism did not start:\n{log.read_text()}")


def sync_calls(url: str, version: str) -> None:
    # Prism takes any access token.
    with PatClient(base_url=url, access_token="any", api_version=version) as pats:  # noqa: S106
        show("list()", pats.list())
        show("list('me', never_used=True)", pats.list("me", never_used=True))
        before = datetime.now(UTC)
        show("list(last_used_before=...)", pats.list(last_used_before=before))
        first = pats.list()[:1]
        if version == "v1":
            endless = pats.create("export", never_expires=True)
            show("create('export', never_expires=True)", endless)
        else:
            show("create('export')", pats.create("export"))
        issued = pats.create(
            "export",
            scopes=["idn:accounts:read"],
            expires_in=timedelta(days=90),
            access_token_ttl=timedelta(minutes=15),
        )
        show("create('export', scopes=..., ...)", issued)
        pats.delete(first[0].id if first else "a/b?c#d")
        show("delete(...)", None)


async def async_calls(url: str, version: str) -> None:
    async with AsyncPatClient(base_url=url, access_token="any", api_version=version) as pats:  # noqa: S106
        show("await list('me')", await pats.list("me"))
        issued = await pats.create("export", expires_in=timedelta(days=90))
        show("await create('export', ...)", issued)
        results = await pats.delete_many(["a b", "a/b?c#d", "%2F"])
        if {result.outcome for result in results} != {"deleted"}:
            raise AssertionError(f"delete_many: {results}")
        show("await delete_many([...])", None)


def show(call: str, answer: list[PersonalAccessToken] | IssuedToken | None) -> None:
    match answer:
        case list():
            said = f"{len(answer)} tokens"
        case IssuedToken():
            said = f"a token, its secret {answer.secret}"
        case None:
            said = "done"
    print(f"  {call:<36} {said}", flush=True)


def main() -> int:
    try:
        install("@stoplight/prism-cli", PRISM)
        for kind, options in (("the contract's examples", []), ("drawn values", ["--dynamic"])):
            with prism(*options) as url:
                print(f"Prism {PRISM} answers with {kind}.", flush=True)
                for version in ("v3", "v1"):
                    print(f" {version}:", flush=True)
                    sync_calls(url, version)
                    for backend in ("asyncio", "trio"):
                        print(f"  on {backend}:", flush=True)
                        anyio.run(async_calls, url, version, backend=backend)
    except (NpmError, PrismError) as error:
        print(f"contract-prism: {error}", file=sys.stderr)
        return 1
    except APIError as error:
        found = error.response.headers.get("sl-violations", "") if error.response else ""
        print(f"contract-prism: {error}\n{found}", file=sys.stderr)
        return 1
    print("Every call completed, and no request was against the contract.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
