"""The generated layer: what the facade takes of it, and how little the templates change it."""

import difflib
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.generate import PACKAGE, generate

from sailpoint_pat_generated.models import (
    CreatePersonalAccessTokenRequest,
    CreatePersonalAccessTokenResponse,
)

ROOT = Path(__file__).parents[1]
# The tests of the rooms that stand on the generated layer, and of the clients above them.
ON_THE_GENERATED_LAYER = ("test_operations.py", "test_answers.py", "test_client.py")
SECRET = "an-obviously-fake-secret"


def test_a_new_tokens_secret_stays_out_of_the_repr() -> None:
    answer = {
        "id": "x",
        "secret": SECRET,
        "scope": None,
        "name": "x",
        "owner": None,
        "created": "2017-07-11T18:45:37.098Z",
    }
    model = CreatePersonalAccessTokenResponse.from_dict(answer)
    assert model.secret == SECRET
    assert SECRET not in repr(model)


def test_what_is_not_asked_for_is_not_sent() -> None:
    assert CreatePersonalAccessTokenRequest("Export").to_dict() == {"name": "Export"}


def test_the_facade_works_on_what_the_stock_templates_make(tmp_path: Path) -> None:
    nothing_of_ours = tmp_path / "templates"
    nothing_of_ours.mkdir()
    generate(ROOT / "openapi.yaml", tmp_path, nothing_of_ours)
    secret = "secret: str = _attrs_field(repr=False)"
    made = (tmp_path / PACKAGE / "models" / "create_personal_access_token_response.py").read_text()
    assert secret not in made, "these are not the stock templates"
    tests = [str(ROOT / "tests" / name) for name in ON_THE_GENERATED_LAYER]
    only_sync = "not trio and not asyncio"  # the layer knows nothing of the flavours
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", only_sync, *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]


# --- the templates: when the generator's own change, ours need a look -----------------------------

TEMPLATES = ROOT / "templates"
OURS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja"))
MOST_LINES = 120


def stock(name: str) -> Path:
    """Return the installed generator's own template, found without importing the generator."""
    spec = importlib.util.find_spec("openapi_python_client")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "templates" / name


def recorded() -> dict[str, str]:
    lines = (TEMPLATES / "stock.sha256").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


@pytest.mark.parametrize("name", OURS)
def test_the_stock_template_is_the_one_that_ours_derives_from(name: str) -> None:
    digest = hashlib.sha256(stock(name).read_bytes()).hexdigest()
    assert digest == recorded()[name], (
        f"the generator's {name} is not the one that templates/ derives from: compare the two, "
        "carry over what differs, run `make generate`, and record the new hash in stock.sha256"
    )


def test_little_differs_from_the_stock_templates() -> None:
    assert len(OURS) <= 2
    changed = [
        line
        for name in OURS
        for line in difflib.ndiff(
            stock(name).read_text("utf-8").splitlines(),
            (TEMPLATES / name).read_text("utf-8").splitlines(),
        )
        if line.startswith(("+ ", "- "))
    ]
    assert 0 < len(changed) <= MOST_LINES


@pytest.mark.parametrize("name", OURS)
def test_a_template_says_what_differs_and_why(name: str) -> None:
    assert (TEMPLATES / name).read_text(encoding="utf-8").startswith("{#\nDiffers from the stock")
