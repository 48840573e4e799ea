"""The scheduled jobs: systemd, cron, GitHub and Kubernetes take their files, and they work.

What the files and the page run is run here, as a shell runs it, against a FakeTenant. vault, aws,
az, gcloud, gh, kubectl and systemctl are stand-ins that record what they are given.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import attrs
import kubernetes_validate
import pytest
import yaml

from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.docs.snippets import TOP
from tests.secrets.hunter import Hunter
from tests.support.tenants import exchange

SCHEDULE = TOP / "examples" / "schedule"
PAGE = (TOP / "docs" / "schedule.md").read_text(encoding="utf-8")
UNITS = sorted([*SCHEDULE.glob("*.service"), *SCHEDULE.glob("*.timer")])
# What the files say, and where it is here.
PROGRAM, STATE = "/opt/sailpoint-pat/bin/", "/var/lib/sailpoint-pat/"
AUDITOR = "/etc/sailpoint-pat/"

STAND_IN = f"""#!{sys.executable}
import json, os, pathlib, sys
call = {{"argv": sys.argv, "stdin": sys.stdin.read(), "environment": dict(os.environ)}}
folder = pathlib.Path(os.environ["CALLS"])
name = pathlib.Path(sys.argv[0]).name
(folder / f"{{len(list(folder.iterdir()))}}-{{name}}.json").write_text(json.dumps(call))
print("what it was given:", call["stdin"])
"""


@attrs.frozen
class Machine:
    """Where a job runs: its folders, the stand-ins, and the token that it runs on."""

    tenant: FakeTenant
    token: StoredToken
    folder: Path

    @classmethod
    def make(cls, tenant: FakeTenant, folder: Path, *, days: int = 10) -> Self:
        """Set the machine up, with a token that expires in so many days."""
        expires_at = tenant.now + timedelta(days=days)
        token = tenant.add_token(tenant.person, "Nightly export", expires_at=expires_at)
        machine = cls(tenant, token, folder)
        for name in ("calls", "bin", "state", "auditor"):
            (folder / name).mkdir()
        for name in ("vault", "aws", "az", "gcloud", "gh", "kubectl", "systemctl"):
            program = folder / "bin" / name
            program.write_text(STAND_IN)
            program.chmod(0o755)
        for name in ("state/token.env", "auditor/auditor.env"):
            file = folder / name
            file.touch(mode=0o600)
            file.write_text("".join(f"{key}='{value}'\n" for key, value in machine.given.items()))
        return machine

    @property
    def given(self) -> dict[str, str]:
        """The variables that the job gets its credentials in."""
        pair = {"SAIL_CLIENT_ID": self.token.id, "SAIL_CLIENT_SECRET": self.token.secret}
        return self.tenant.environment | pair

    def here(self, text: str) -> str:
        """Return a text of the files with this machine's folders."""
        text = text.replace(PROGRAM, f"{Path(sys.executable).parent}/")
        return text.replace(STATE, f"{self.folder}/state/").replace(
            AUDITOR, f"{self.folder}/auditor/"
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        path = (f"{self.folder}/bin", str(Path(sys.executable).parent), "/usr/bin", "/bin")
        environment = {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.folder),
            "CALLS": str(self.folder / "calls"),
            "PYTHON_KEYRING_BACKEND": os.environ["PYTHON_KEYRING_BACKEND"],
        }
        return subprocess.run(
            [self.here(word) for word in command],
            env=environment | self.given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls of the stand-ins, in order."""
        files = sorted(self.folder.joinpath("calls").iterdir(), key=lambda file: file.name)
        return [json.loads(file.read_text()) for file in files]

    def new_token(self) -> StoredToken:
        """Return the token that took the place of the one that was due."""
        assert self.token.id not in self.tenant.tokens
        [new] = set(self.tenant.tokens) - {self.tenant.client_id}
        return self.tenant.tokens[new]


@pytest.fixture
def machine(tenant: FakeTenant, tmp_path: Path) -> Machine:
    return Machine.make(tenant, tmp_path)


def shows_no_secret(
    machine: Machine, new: StoredToken, done: subprocess.CompletedProcess[str]
) -> None:
    hunter = Hunter()
    hunter.know("the new secret", new.secret)
    hunter.show("standard output", done.stdout)
    hunter.show("standard error", done.stderr)
    for call in machine.calls():
        hunter.show(f"the arguments of {call['argv'][0]}", " ".join(call["argv"]))
        hunter.show(f"the variables of {call['argv'][0]}", json.dumps(call["environment"]))
    hunter.know("the old secret", machine.token.secret)
    shown = [each for each in hunter.leaks() if "variables of" not in each or "new" in each]
    assert shown == []


# --- the lines of the page ------------------------------------------------------------------------

BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LINES = [block for block in BLOCKS if "--save-with" in block]


NEEDS_JQ = pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq here")


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, marks=NEEDS_JQ) if "jq" in line else line for line in LINES],
    ids=[re.findall(r"vault|aws|az|gcloud|gh|kubectl", line)[0] for line in LINES],
)
def test_a_line_hands_the_secret_to_the_place_and_to_nobody_else(
    machine: Machine, line: str
) -> None:
    done = machine.run("/bin/sh", "-c", line)
    assert done.returncode == 0, done.stderr
    new = machine.new_token()
    [call] = machine.calls()
    stored = json.loads(call["stdin"])
    fields = {key.lower(): value for key, value in stored.get("stringData", stored).items()}
    fields = {key.removeprefix("sail_"): value for key, value in fields.items()}
    assert fields["base_url"] == machine.tenant.base_url
    assert fields.get("id", fields.get("client_id")) == new.id
    assert fields.get("secret", fields.get("client_secret")) == new.secret
    shows_no_secret(machine, new, done)


@pytest.mark.parametrize("line", [line for line in LINES if "jq" in line], ids=["aws", "kubectl"])
def test_a_pipeline_whose_beginning_fails_stores_nothing(machine: Machine, line: str) -> None:
    # The real ones refuse an empty input; so does this one.
    for name in ("aws", "kubectl"):
        (machine.folder / "bin" / name).write_text('#!/bin/sh\ntest -n "$(cat)"\n')
    (machine.folder / "bin" / "jq").write_text("#!/bin/sh\nexit 1\n")
    (machine.folder / "bin" / "jq").chmod(0o755)
    done = machine.run("/bin/sh", "-c", line)
    assert done.returncode == 1
    assert set(machine.tenant.tokens) == {machine.tenant.client_id, machine.token.id}


def test_each_place_has_a_line() -> None:
    programs = ("vault kv", "aws secrets", "az keyvault", "gcloud", "gh secret", "kubectl")
    assert [sum(program in line for line in LINES) for program in programs] == [1] * 6


# --- the files ------------------------------------------------------------------------------------


def exec_start(name: str) -> list[str]:
    """Return the command of a unit."""
    unit = (SCHEDULE / name).read_text(encoding="utf-8").replace("\\\n", " ")
    [command] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    return shlex.split(command)


def cron_job(word: str) -> list[str]:
    """Return what cron runs, with the shell that it uses."""
    lines = (SCHEDULE / "crontab").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if word in line and not line.startswith("#")]
    *when, user, command = line.split(" ", 6)
    assert all(re.fullmatch(r"[\d*,/-]+", field) for field in when)
    assert user == "root"
    assert "%" not in command, "cron makes a line end of it"
    return ["/bin/sh", "-c", command]


def workflow_step(word: str) -> list[str]:
    """Return a step of the workflow, with the shell that GitHub uses."""
    workflow = yaml.safe_load((SCHEDULE / "github-workflow.yaml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    [command] = [step["run"] for step in steps if word in step.get("run", "")]
    return ["bash", "-e", "-c", command]


def container(name: str) -> list[str]:
    """Return the command of a CronJob."""
    [job] = [each for each in manifests() if each["metadata"]["name"] == name]
    [found] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    return list(found["command"])


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((SCHEDULE / "kubernetes.yaml").read_text(encoding="utf-8")))


ROTATIONS = {
    "systemd": exec_start("sailpoint-pat-rotate.service"),
    "cron": cron_job("rotate --self"),
    "github": workflow_step("rotate --self"),
    "kubernetes": container("sailpoint-pat-rotate"),
}
AUDITS = {
    "systemd": exec_start("sailpoint-pat-audit.service"),
    "cron": cron_job("audit --fail-on"),
    "github": workflow_step("audit --fail-on"),
    "kubernetes": container("sailpoint-pat-audit"),
}


@pytest.mark.parametrize(
    "where",
    [pytest.param(each, marks=NEEDS_JQ) if each == "kubernetes" else each for each in ROTATIONS],
)
def test_a_job_rotates_the_token_that_it_runs_on(machine: Machine, where: str) -> None:
    done = machine.run(*ROTATIONS[where])
    assert done.returncode == 0, done.stderr
    new = machine.new_token()
    *stored, told = machine.calls()
    # What uses the token was told after the secret was saved, which is where the job finds it.
    assert "nightly-export" in " ".join(told["argv"])
    found = stored[0]["stdin"] if stored else (machine.folder / "state/token.env").read_text()
    assert new.id in found
    assert new.secret in found
    assert exchange(machine.tenant, new.id, new.secret).status_code == 200
    shows_no_secret(machine, new, done)


@pytest.mark.parametrize("where", ROTATIONS)
def test_a_job_does_nothing_until_it_is_time(
    tenant: FakeTenant, tmp_path: Path, where: str
) -> None:
    machine = Machine.make(tenant, tmp_path, days=60)
    done = machine.run(*ROTATIONS[where])
    assert done.returncode == 0, done.stderr
    assert "due" in done.stderr
    assert tenant.count("create") == 0
    assert machine.calls() == []


@pytest.mark.parametrize("where", AUDITS)
def test_a_job_fails_only_where_somebody_has_to_look(machine: Machine, where: str) -> None:
    done = machine.run(*AUDITS[where])
    assert done.returncode == 0, done.stderr
    soon = machine.tenant.now + timedelta(days=3)
    machine.tenant.add_token(machine.tenant.person, "Old export", expires_at=soon)
    done = machine.run(*AUDITS[where])
    assert done.returncode == 10, done.stderr
    assert "Old export" in done.stdout


# --- checked by what can check them ---------------------------------------------------------------


SYSTEMD = shutil.which("systemd-analyze")


@pytest.mark.skipif(SYSTEMD is None, reason="there is no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program has to be there for this check.
        text = unit.read_text(encoding="utf-8").replace(f"{PROGRAM}sailpoint-pat", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        [SYSTEMD or "", "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_each_service_has_its_timer() -> None:
    assert {unit.stem for unit in UNITS if unit.suffix == ".timer"} == {
        unit.stem for unit in UNITS if unit.suffix == ".service"
    }
    assert len(UNITS) == 4


@pytest.mark.parametrize("number", range(5))
def test_kubernetes_takes_the_manifests(number: int) -> None:
    assert len(manifests()) == 5
    kubernetes_validate.validate(manifests()[number], "1.34", strict=True)


def test_the_container_may_do_what_its_commands_do() -> None:
    [role] = [each for each in manifests() if each["kind"] == "Role"]
    allowed = {name for rule in role["rules"] for name in rule["resourceNames"]}
    assert allowed == {"sailpoint-token", "nightly-export"}
    assert all(rule["verbs"] == ["get", "patch"] for rule in role["rules"])


def test_the_page_names_every_file() -> None:
    for file in SCHEDULE.iterdir():
        assert file.stem in PAGE, file.name
