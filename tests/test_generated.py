"""The generated layer: what the facade takes of it, and that the stock templates would do."""

import os
import subprocess
import sys
from pathlib import Path

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
