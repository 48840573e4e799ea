"""Which Python the make targets use, and that no broken virtual environment is left behind."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
# What the recipes call, beside Python.
TOOLS = ("cat", "chmod", "make", "mkdir", "rm", "sh", "touch")

# A stand-in for Python: it is of some version, and its virtual environments hold its name.
PYTHON = f"""\
#!/bin/sh
case "$1" in
-c) exec {sys.executable} -c "
import sys
sys.version_info = sys.version = ({{version}})
sys.base_prefix = '{{name}}'
$2" ;;
-m) mkdir -p "$3/bin" && echo '{{name}}' > "$3/made-by" && {{works}} || exit 1
    echo '#!/bin/sh' > "$3/bin/python" && echo '#!/bin/sh' > "$3/bin/pip"
    chmod +x "$3/bin/python" "$3/bin/pip" ;;
esac
"""


class Machine:
    """A checkout, on a machine with just those Pythons that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.commands = folder / "bin"
        self.checkout = folder / "a checkout"
        self.venv = self.checkout / ".venv"
        self.commands.mkdir()
        (self.checkout / "tools").mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", "constraints.txt", "tools/venv.sh"):
            shutil.copy(TOP / name, self.checkout / name)
        for name in TOOLS:
            found = shutil.which(name)
            assert found
            (self.commands / name).symlink_to(found)

    def install(self, name: str, version: str, *, can_make_venvs: bool = True) -> Path:
        """Put a Python there; return where it is."""
        works = "true" if can_make_venvs else "false"
        text = PYTHON.format(name=name, version=version.replace(".", ", "), works=works)
        path = self.commands / name
        path.write_text(text if version else "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
        path.chmod(0o755)
        return path

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.commands / "make", ".venv/.demo", *arguments],
            cwd=self.checkout,
            env={"PATH": str(self.commands)},
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def made_by(self) -> str:
        """The Python that made the virtual environment."""
        return (self.venv / "made-by").read_text().strip()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("installed", "used"),
    [
        ({"python3": "3.11", "python3.14": "3.14"}, "python3"),
        ({"python3": "3.15", "python3.14": "3.14"}, "python3"),
        ({"python3": "3.9", "python3.14": "3.14", "python3.12": "3.12"}, "python3.14"),
        ({"python3": "3.10", "python3.11": "3.11"}, "python3.11"),
        ({"python3.13": "3.13", "python3.12": "3.12"}, "python3.13"),
        # A command that does not run, as pyenv has them.
        ({"python3": "", "python3.14": "", "python3.12": "3.12"}, "python3.12"),
    ],
)
def test_the_python_that_is_used(installed: dict[str, str], used: str, machine: Machine) -> None:
    for name, version in installed.items():
        machine.install(name, version)
    assert machine.make().returncode == 0
    assert machine.made_by == used


def test_a_python_may_be_named(machine: Machine) -> None:
    machine.install("python3", "3.14")
    named = machine.install("my python", "3.12")
    assert machine.make(f"PYTHON={named}").returncode == 0
    assert machine.made_by == "my python"


@pytest.mark.parametrize("arguments", [(), ("PYTHON=python3",)])
def test_without_a_python_that_will_do_one_sentence_says_so(
    arguments: tuple[str, ...], machine: Machine
) -> None:
    machine.install("python3", "3.10")
    done = machine.make(*arguments)
    assert done.returncode != 0
    said = done.stderr.splitlines()[0]
    assert said.startswith("Python 3.11 or later is needed and was not found (tried: python3")
    assert not machine.venv.exists()


def test_a_virtual_environment_that_cannot_be_made_is_not_left_behind(machine: Machine) -> None:
    machine.install("python3", "3.12", can_make_venvs=False)
    done = machine.make()
    assert done.returncode != 0
    assert "python3 cannot make a virtual environment" in done.stderr
    assert not machine.venv.exists()


def test_a_virtual_environment_of_the_same_python_is_kept(machine: Machine) -> None:
    machine.install("python3", "3.12")
    machine.make()
    (machine.venv / "kept").touch()
    again = machine.make()
    assert (again.returncode, again.stderr) == (0, "")
    assert "Setting up" not in again.stdout, "there was nothing to do"
    assert (machine.venv / "kept").exists()


def another_python(machine: Machine) -> None:
    machine.install("python3", "3.13")


def broken_link(machine: Machine) -> None:
    (machine.venv / "bin" / "python").unlink()
    (machine.venv / "bin" / "python").symlink_to("/no/such/python")


def moved_checkout(machine: Machine) -> None:
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    machine.venv = machine.checkout / ".venv"


def interrupted(machine: Machine) -> None:
    (machine.venv / ".python").unlink()


@pytest.mark.parametrize("change", [another_python, broken_link, moved_checkout, interrupted])
def test_a_virtual_environment_that_is_no_use_is_made_anew(
    change: Callable[[Machine], None], machine: Machine
) -> None:
    machine.install("python3", "3.12")
    machine.make()
    (machine.venv / "kept").touch()
    change(machine)
    assert machine.make().returncode == 0
    assert not (machine.venv / "kept").exists()
    assert (machine.venv / ".demo").exists()
