# `make brief` runs the main job, `make test` passes the tests; both set up what they need.
# PYTHON chooses the interpreter (3.11 or newer); the environment is kept in .venv.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
TEXT ?= examples/asia-deals.txt
PUBLISHED ?= 2025-10-26
OUT ?= brief.html

.PHONY: brief test lint bench clean

brief: $(VENV)/installed
	@$(BIN)/oresight brief $(TEXT) --published $(PUBLISHED) -o $(OUT)

test: $(VENV)/installed-dev lint
	@$(BIN)/python -m pytest

lint: $(VENV)/installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: $(VENV)/installed-dev
	@for case in benchmarks/bench_*.py; do $(BIN)/python $$case || exit 1; done

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Oresight needs Python 3.11 or newer: install it, or name it with PYTHON=..." >&2; exit 2; }
	@echo "Making the environment in $(VENV) with $(PYTHON) ..." >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Oresight (once; about a minute) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests need (once) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,web]'
	@touch $@

clean:
	rm -rf $(VENV) brief.html .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
