# `make` lists the targets. Python 3.11 or newer, make and a package index are all that is needed.

PYTHON ?= python3
OUT ?= demo-output
ARGS ?=
UV ?= uv
UPGRADE ?=

VENV := .venv
BIN := $(VENV)/bin
# A module stays on one worker, so that what its tests share is made once. Tests start the command many times: compiled once,
# it starts in three quarters of the time.
TESTS = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-strip-extras --custom-compile-command 'make lock' $(UPGRADE)

# Prints what is wrong with PYTHON, or nothing. Runs on any Python, so it says so instead of failing.
PYTHON_CHECK = import sys; found = sys.version_info[:2]; \
	missing = [m for m in ("venv", "ensurepip") if found >= (3, 11) and not __import__("importlib.util").util.find_spec(m)]; \
	print("Quarterdeck needs Python 3.11 or newer; $(PYTHON) is Python %d.%d. Install a newer one and run: make PYTHON=python3.11 $(MAKECMDGOALS)" % found if found < (3, 11) \
	else "$(PYTHON) has no module %s. Install it (on Debian and Ubuntu: apt install python%d.%d-venv) and run make again" % ((missing[0],) + found) if missing else "")
PYTHON_ABSENT = Quarterdeck needs Python 3.11 or newer; there is no $(PYTHON) here. Install it and run: make PYTHON=python3.11 $(MAKECMDGOALS)
PYTHON_PROBLEM = $(shell $(PYTHON) -c '$(PYTHON_CHECK)' 2>/dev/null || echo "$(PYTHON_ABSENT)")

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test check lint types imports coverage format bench bench-import bench-sync bench-slack bench-model tools lock

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.serve $(VENV)/.project ## prepare .venv with the quarterdeck command in it

demo: $(VENV)/.core $(VENV)/.project ## run the whole line on the invented company (OUT=DIR, ARGS='...')
	@if [ -t 0 ]; then ask=; else ask=--no-input; fi; \
	$(BIN)/quarterdeck demo --out '$(OUT)' $$ask $(ARGS)

test: $(VENV)/.all $(VENV)/.project ## set up everything and run the tests (ARGS='-k words')
	@$(TESTS) $(ARGS)

check: test lint ## everything that CI runs

lint: $(VENV)/.all $(VENV)/.project ## format, ruff, types, imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory types imports

types: $(VENV)/.all $(VENV)/.project ## mypy in strict mode
	@$(BIN)/mypy

imports: $(VENV)/.all $(VENV)/.project ## the floors, the order inside reports, one home for each vendor
	@$(BIN)/lint-imports --no-logo

coverage: $(VENV)/.all $(VENV)/.project ## run the tests and report what they cover; it fails below the floor
	@$(TESTS) --cov --cov-report= --cov-fail-under=0 $(ARGS)
	@$(BIN)/coverage report

format: $(VENV)/.all ## write the format and the fixes that ruff knows
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.all $(VENV)/.project ## print the measurements that have goals
	@$(BIN)/python -m tests.bench $(ARGS)

bench-import: $(VENV)/.all $(VENV)/.project ## take in an export of 1,000,000 rows: seconds, and whether memory stays flat
	@$(BIN)/python -m tests.bench imports

bench-sync: $(VENV)/.all $(VENV)/.project ## sync an org of 1,000,000 deals on loopback, then 10,000 changes: seconds and memory
	@$(BIN)/python -m tests.bench sync

bench-slack: $(VENV)/.all $(VENV)/.project ## 20 requests a second for a minute against the bot, on loopback
	@$(BIN)/python -m tests.bench slack

bench-model: $(VENV)/.all $(VENV)/.project ## what the second reader and the writer add to a model's own time, on loopback
	@$(BIN)/python -m tests.bench model

# npm skips a platform's binary whose checksum is wrong without a word, so look for it.
tools: ## install what judges decks and Salesforce's stand-in, and a mock of OpenAI's APIs, for the tests (needs npm)
	@pids=; for tool in ooxml aimock jsforce soql-parser; do \
		npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel error --prefix tests/tools/$$tool & pids="$$pids $$!"; \
	done; for pid in $$pids; do wait $$pid || exit 1; done
	@ls tests/tools/ooxml/node_modules/@xarsh/*/ooxml-validator >/dev/null
	@ls tests/tools/aimock/node_modules/@copilotkit/aimock/dist/cli.js >/dev/null

lock: ## resolve the requirement files again (needs uv; UPGRADE=--upgrade for newer versions)
	@$(LOCK) --group dev pyproject.toml -o requirements/all.txt
	@$(LOCK) --group core -c requirements/all.txt -o requirements/core.txt
	@$(LOCK) --group serve -c requirements/all.txt -o requirements/serve.txt
	@$(LOCK) --group build -c requirements/all.txt -o requirements/build.txt

# pip comes last into a new environment, so a half-made one is made again.
$(BIN)/pip:
	$(eval problem := $(PYTHON_PROBLEM))$(if $(problem),$(error $(problem)))
	@echo 'Making $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.txt | $(BIN)/pip
	@echo 'Installing what the demo needs into $(VENV)'
	@$(INSTALL) --require-hashes -r requirements/core.txt
	@touch $@

# The versions in serve.txt and all.txt are those in core.txt, so each satisfies those before it.
$(VENV)/.serve: requirements/serve.txt requirements/core.txt | $(BIN)/pip
	@echo 'Installing Quarterdeck into $(VENV)'
	@$(INSTALL) --require-hashes -r requirements/serve.txt
	@touch $(VENV)/.core $@

$(VENV)/.all: requirements/all.txt requirements/serve.txt requirements/core.txt | $(BIN)/pip
	@echo 'Installing everything into $(VENV)'
	@$(INSTALL) --require-hashes -r requirements/all.txt
	@touch $(VENV)/.core $(VENV)/.serve $@

$(VENV)/.project: pyproject.toml requirements/build.txt | $(BIN)/pip
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@
