# Every target does its own set-up; the second time it is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m deploy.local run --
CLIENT := $(VENV)/client
LOCKS := requirements/uv.txt requirements/production.txt requirements/local.txt requirements/dev.txt
PYTEST_ARGS ?=
# uv trusts what the machine trusts, as pip does, where the machine has such a store: an
# organisation's proxy often signs with a certificate of its own.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),true,false)
# Each target starts processes of Python by the dozen: without bytecode kept, every one of them
# compiles all that it imports, 4.2 s of a core for a service instead of 1.8.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test explore lint format bench bench-classify bench-files bench-mixed bench-rebuild bench-lists chaos migrate generate client lock

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.installed: $(LOCKS) requirements/client.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Local Pound needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Give one with: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --require-hashes $(LOCKS)
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@test -x $(CLIENT)/bin/python || $(BIN)/python -m uv venv --quiet --python $(BIN)/python $(CLIENT)
	@$(BIN)/python -m uv pip sync --quiet --python $(CLIENT)/bin/python --require-hashes requirements/client.txt
	@touch $@

install: $(VENV)/.installed ## Make the virtual environment and install what is locked

demo: install ## Start everything and play a sample year; DATA=folder replays real payments
	@$(BIN)/python -m deploy.demo $(if $(DATA),--data "$(DATA)")

test: install ## Run every test, each worker on a real broker and database of its own
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

explore: install ## Seek new examples that break a property, for as long as it takes
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile explore $(PYTEST_ARGS)

lint: install ## Check format, rules, types and layers (tests check the migrations)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: install ## Measure speed, latency and memory; one JSON line a figure
	@$(BIN)/python -m tests.bench $(if $(DATA),--data "$(DATA)")

bench-classify: install ## Measure the classifier on suppliers checked by hand; one JSON line a figure
	@$(BIN)/python -m tests.bench.classify $(if $(DATA),--data "$(DATA)")

bench-files: install ## Measure published files: read dry, and West Yorkshire through everything, twice
	@$(BIN)/python -m tests.bench.files $(if $(DATA),--data "$(DATA)")
	@$(BIN)/python -m tests.bench.west_yorkshire $(if $(DATA),--data "$(DATA)") $(if $(ROWS),--rows $(ROWS))

bench-mixed: install ## Play a mixed hour of requests and payments in two minutes, among 4.67 million
	@$(BIN)/python -m tests.bench.mixed

bench-rebuild: install ## Measure a rebuild of 4.67 million payments while the read model answers
	@$(BIN)/python -m tests.bench.rebuild $(if $(DATA),--data "$(DATA)") $(if $(PAYMENTS),--payments $(PAYMENTS))

bench-lists: install ## Measure pages of lists, and a million payments as a file, at 4.67 million payments
	@$(BIN)/python -m tests.bench.lists $(if $(SCHEMA),--schema $(SCHEMA))

migrate: install ## Bring every schema up to date (in LOCALPOUND_DATABASE, else in a throw-away stack)
	@$(RUN) $(BIN)/python -m deploy.migrate

generate: install ## Write the documents of events and doors; BREAKING="why" where a door's callers break
	@$(BIN)/python -m tests.support.generate $(if $(BREAKING),--breaking "$(BREAKING)")

client: install ## Write a Python client of DOOR=api (ingest, classify, notify) into the folder INTO
	@$(BIN)/python -m tests.support.client $(or $(DOOR),api) "$(or $(INTO),localpound-$(or $(DOOR),api))"

lock: install ## Compile requirements/ anew from pyproject.toml
	@$(BIN)/python deploy/lock.py

chaos: install ## Kill every service in turn for each of SEEDS=1,2,3 and compare control totals
	@LOCALPOUND_KILL_SEEDS=$(or $(SEEDS),1,2,3) LOCALPOUND_KILL_MESSAGES=5000 LOCALPOUND_IMPORT_KILLS=5 $(BIN)/python -m pytest tests/chaos -q
