# Everything a newcomer needs. Python 3.11 and git are all that is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TOOLS := tests/tools/node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo run test lint format bench lock tools clean

help:
	@echo "make demo     see Steward do its job on a made-up company, at http://127.0.0.1:8000"
	@echo "make run      start an empty Steward"
	@echo "make test     run every test"
	@echo "make lint     check style, types and the direction of imports"
	@echo "make bench    measure speed against a bare loop and other tools"
	@echo "make install  prepare .venv alone"
	@echo "make lock     renew the lock files after a change of pyproject.toml"

install: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml package-lock.json hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Steward needs Python 3.11 or newer; name it with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python lacks its venv module; on Debian: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what Steward needs, as locked in requirements/ (about a minute) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on \
		--no-deps --require-hashes -r requirements/dev.txt
	@echo "Building the web parts from npm and installing Steward ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet \
		--no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q steward
	@touch $@

tools: $(TOOLS)

$(TOOLS): tests/tools/package-lock.json | install
	@echo "Installing what tests need from npm ..."
	@$(BIN)/python hatch_build.py tests/tools
	@touch $@

demo: install
	@$(BIN)/steward demo

run: install
	@$(BIN)/steward run

# A file stays on one worker: some start a server that there can be only one of. They begin in their
# own order, so that the two that do much again on PostgreSQL begin first and side by side.
test: install tools
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q --ignore=tests/browser
	$(BIN)/python -m pytest -q tests/browser

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/python -m benchmarks

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	--python-version 3.11 --quiet

lock: install
	$(COMPILE) --all-extras pyproject.toml -o requirements/run.txt
	$(COMPILE) --all-extras --group dev -c requirements/run.txt pyproject.toml \
		-o requirements/dev.txt
	for peer in dlt singer airbyte; do \
		$(COMPILE) requirements/bench-$$peer.in -o requirements/bench-$$peer.txt || exit 1; \
	done

clean:
	rm -rf $(VENV) node_modules tests/tools/node_modules steward/web/static/vendor
