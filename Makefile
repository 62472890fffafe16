# Everything that a person does with this project. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install run stop status clean test test-fast lint openapi bench bench-matching fuzz invoke redrive lock

# The newest suitable Python under the usual name, or the first one that is found.
PYTHON ?= $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
RUN := PYTHONPATH=shared:. .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
# The environment is the project's own, whatever else is active.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

help: ## List what can be done
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

install: .venv/.ready ## Install what the project needs into this folder
	@$(RUN) -m local install

.venv/.ready: uv.lock pyproject.toml local/emulator/uv.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: call make with PYTHON=/path/to/python3"; exit 1; }
	@test -x .venv/bin/uv || { echo "  … Making .venv with $(PYTHON)" && $(PYTHON) -m venv .venv; }
	@test -x .venv/bin/uv || .venv/bin/python -m pip install --quiet --require-hashes -r local/emulator/uv.txt
	@echo "  … Installing the locked packages into .venv"
	@.venv/bin/uv sync --locked
	@ln -sf ../../tools/bitewing-match .venv/bin/bitewing-match
	@touch $@

run: .venv/.ready ## Start the local stack, deploy, seed and walk a practice's day (SCANS=folder for real scans, PORT=4566)
	@$(RUN) -m local run $(if $(SCANS),--scans "$(SCANS)") $(if $(PORT),--port $(PORT))

stop: ## Stop the local stack, and forget what was stored on it
	@if test -x .venv/bin/python; then $(RUN) -m local stop; else echo "Nothing is installed, so nothing runs."; fi

status: .venv/.ready ## Say what runs, with addresses and sign-ins
	@$(RUN) -m local status

clean: stop ## Stop, and remove everything that was installed, built or stored
	rm -rf .venv .local build cdk.out node_modules .coverage* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

test: install ## Check everything: style, types, contracts, tests at every level, coverage
	@$(RUN) -m local test

test-fast: .venv/.ready ## The tests that need neither a stack nor the CDK
	@$(RUN) -m pytest -q tests/shared tests/functions tests/statemachines

lint: .venv/.ready ## Style, types and import contracts
	@$(RUN) -m local lint

openapi: .venv/.ready ## Write openapi.json, events/schemas, the notified facts, docs/statuses.md and docs/case-days.md from the code
	@$(RUN) -m tools.openapi
	@$(RUN) -m tools.event_schemas
	@$(RUN) -m tools.notified_facts
	@$(RUN) -m tools.statuses
	@$(RUN) -m tools.case_days

bench: install ## Measure cold starts, costs, sizes, inspections and PreChecks
	@PYTHONPATH=shared:. $(RUN) -m benchmarks

bench-matching: install ## Measure matching beside other solvers, on instances up to 20,000 requests: half an hour
	@$(RUN) -m benchmarks matching

fuzz: .venv/.ready ## Damage files of every format and inspect them (COUNT=files a format, SEED=number)
	@$(RUN) -m tools.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

invoke: .venv/.ready ## Call a function with a sample event, on the running stack or without one: FUNCTION=name SAMPLE=name
	@$(RUN) -m local invoke "$(FUNCTION)" "$(SAMPLE)"

redrive: .venv/.ready ## Start again what failed for good, where your AWS credentials are for: DO="prod messages CasesSubmitted"
	@$(RUN) -m tools.redrive $(DO)

lock: .venv/.ready ## Resolve the dependencies anew and lock them
	.venv/bin/uv lock --upgrade
	cd local/emulator && for part in requirements uv; do ../../.venv/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" \
		$$part.in --output-file $$part.txt; done
