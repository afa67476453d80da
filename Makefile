# `make demo` and `make test` work on a fresh machine with git, make and Python 3.11 or later.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ROOMS := arena agents graphs prompts configs

.PHONY: help demo test test-all check format bench clean

help:
	@echo "make demo    install and play one rehearsal round on a simulated market"
	@echo "make test    install and run the tests"
	@echo "make check   format, lint, types, import rules"
	@echo "make bench   measure what the README states"

demo: $(VENV)/.installed
	@$(BIN)/arena demo

test: $(VENV)/.developed
	$(BIN)/pytest -n auto -m "not slow"

test-all: $(VENV)/.developed
	$(BIN)/pytest

check: $(VENV)/.developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.developed
	$(BIN)/python -m bench.report

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Dependency groups need pip 25.1, newer than the one most Pythons bring.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ModelChat Arena needs Python 3.11 or later; set PYTHON=python3.12, say"; exit 1; }
	@echo "Making a virtual environment in $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/pip
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@ $(VENV)/.installed
