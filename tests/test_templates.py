"""The templates are derived from the generator's own: when those change, ours need a look."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parent.parent / "templates"
NOT_STOCK = {"checks.jinja"}


def stock_templates() -> Path:
    """Where the installed generator keeps its own, found without importing it (that takes long)."""
    spec = importlib.util.find_spec("openapi_python_client")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "templates"


def recorded() -> dict[str, str]:
    lines = (TEMPLATES / "stock.sha256").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def custom() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.jinja"))


@pytest.mark.parametrize("name", sorted(recorded()))
def test_the_stock_template_is_the_one_that_ours_derives_from(name: str) -> None:
    path = stock_templates() / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "gone"
    assert digest == recorded()[name], (
        f"the generator's {name} is not the one that templates/ derives from. Compare the two "
        "versions, carry over what matters (reading and checking values is in checks.jinja), run "
        "`make generate`, then record the new hash in templates/stock.sha256."
    )


@pytest.mark.parametrize("name", custom())
def test_a_custom_template_is_recorded_and_says_what_it_changes(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert text.startswith("{#\n"), "begin with a comment that says what differs, and why"
    assert name in NOT_STOCK or name in recorded(), "record the stock version's hash"


def test_every_kind_of_property_is_known() -> None:
    """checks.jinja reads each kind itself: it has to hear of a new one."""
    kinds = {f"property_templates/{path.name}" for path in stock_templates().glob("prop*/*")}
    assert kinds <= recorded().keys()
