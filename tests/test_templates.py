"""The templates are derived from the generator's own: when those change, ours need a look."""

import difflib
import hashlib
import importlib.util
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[1] / "templates"
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
