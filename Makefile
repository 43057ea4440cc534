# Two commands matter: `make run` and `make test`. Everything below sets itself up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR := $(or $(INDFORECAST_HOME),$(CURDIR)/.indforecast)
export INDFORECAST_HOME := $(HOME_DIR)
# One BLAS thread per process: the house parallelises over fits, and sums must not depend on the number of cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help run test dev lint bench clean lock setup setup-dev

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

# A virtual environment is usable only when its stamp is there: an interrupted install starts over on the next call.
$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once; takes a minute or two) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --no-deps --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Adding what tests need ..."
	@$(PIP) install --no-deps --require-hashes --requirement requirements-dev.lock
	@touch $@

run: setup ## run the monthly cycle: from counts to a release
	@$(BIN)/indforecast run

test: setup-dev lint ## everything CI runs: lint, types, tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup-dev ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

dev: setup ## Dagster UI and daemon on loopback
	@$(BIN)/indforecast dev

# `make bench PANEL=file.csv` measures the engine alone, on that panel; BENCH_ARGS go to the engine's command.
bench: setup-dev ## speed and accuracy against peers measured in the same run
ifndef PANEL
	@$(BIN)/python -m benchmarks
endif
	@$(BIN)/python -m benchmarks engine $(if $(PANEL),--panel "$(PANEL)") $(BENCH_ARGS)

lock: setup-dev ## renew the lock files (hashes, no addresses)
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		pyproject.toml --group build -o requirements.lock
	@$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
		pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment and caches (the store in .indforecast stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
