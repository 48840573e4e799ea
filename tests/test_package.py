"""What is installed, and what importing it costs."""

import importlib.metadata
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sailpoint_pat
from sailpoint_pat.testing import FakeTenant

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    done = subprocess.run(
        list(map(str, command)), env=env, cwd=cwd, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- the public names -----------------------------------------------------------------------------


def test_every_public_name_is_there() -> None:
    assert sailpoint_pat.__all__ == sorted(sailpoint_pat.__all__)
    for name in sailpoint_pat.__all__:
        assert getattr(sailpoint_pat, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'AsyncPatClients'"):
        _ = sailpoint_pat.AsyncPatClients


@pytest.mark.parametrize(
    ("program", "imported"),
    [
        ("import sailpoint_pat", set()),
        ("from sailpoint_pat import RetryPolicy, RotationError, PersonalAccessToken", set()),
        ("import sailpoint_pat.pytest_plugin", set()),
        ("from sailpoint_pat import PatClient", {"httpx", "sailpoint_pat.client"}),
        ("from sailpoint_pat import *", {"httpx", "sailpoint_pat.client"}),
    ],
)
def test_importing_it_brings_only_what_it_takes(program: str, imported: set[str]) -> None:
    question = """
import sys
asked = {"httpx", "jinja2", "keyring", "openapi_core", "starlette", "typer", "uvicorn", "yaml"}
asked |= {f"sailpoint_pat.{room}" for room in ("audit", "client", "report", "testing")}
print(*sorted(asked & set(sys.modules)))
"""
    assert set(run(sys.executable, "-c", program + question).split()) == imported


# --- the wheel ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    copy = folder / "checkout"
    for name in ("facade", "generated", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "openapi.yaml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, copy)
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        spec = archive.read("sailpoint_pat/testing/openapi.yaml")
    assert {"sailpoint_pat/py.typed", "sailpoint_pat_generated/py.typed"} <= names
    page = {f"sailpoint_pat/report/page.{end}" for end in ("html.jinja", "css", "js")}
    assert page <= names
    assert spec == (ROOT / "openapi.yaml").read_bytes()
    assert {name.partition("/")[0] for name in names} == {
        "sailpoint_pat",
        "sailpoint_pat_generated",
        f"sailpoint_pat-{sailpoint_pat.__version__}.dist-info",
    }


def test_the_wheel_runs_on_its_runtime_dependencies_alone(
    wheel: Path, tmp_path: Path, tenant: FakeTenant
) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel)
    for distribution in _needed_by(wheel):
        _copy(distribution, site)
    run(sys.executable, "-m", "pip", "--python", python, "check")

    program = """
import sailpoint_pat, sailpoint_pat_generated
from sailpoint_pat import AsyncPatClient, PatClient
with PatClient() as pats:
    issued = pats.create("from a wheel")
    print([token.name for token in pats.list()])
    pats.delete(issued.id)

import asyncio
async def main():
    async with AsyncPatClient() as pats:
        print([token.name for token in await pats.list()])
asyncio.run(main())

try:
    import sailpoint_pat.testing
except ImportError as error:
    print(error)
try:
    import sailpoint_pat.report
except ImportError as error:
    print(error)
print(sailpoint_pat.__file__, sailpoint_pat_generated.__file__)
"""
    variables = {
        "HOME": str(tmp_path),
        "SAIL_BASE_URL": tenant.base_url,
        "SAIL_CLIENT_ID": tenant.client_id,
        "SAIL_CLIENT_SECRET": tenant.client_secret,
    }
    created, listed, extra, report_extra, files = run(
        python, "-W", "error", "-c", program, env=variables, cwd=tmp_path
    ).splitlines()
    assert created == "['FakeTenant', 'from a wheel']"
    assert listed == "['FakeTenant']"
    assert "py3-none-any.whl[testing]" in extra
    assert "py3-none-any.whl[cli]" in report_extra
    assert all(file.startswith(str(site)) for file in files.split())


def _needed_by(wheel: Path) -> list[importlib.metadata.Distribution]:
    """Return what a wheel needs without any extra, and what that needs in turn."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()
    waiting = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist: ")]
    found: dict[str, importlib.metadata.Distribution] = {}
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            waiting += found[name].requires or []
    return list(found.values())


def _copy(distribution: importlib.metadata.Distribution, site: Path) -> None:
    for file in distribution.files or []:
        # Programs in bin/ are of no use to a library.
        if ".." not in file.parts and file.suffix != ".pyc":
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), site / file)
