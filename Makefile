# Needs python3 with venv, and make. Everything else is put into .venv.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := crm_tui screens tests scripts

.DEFAULT_GOAL := help
.PHONY: help run demo test fuzz check bench bench-quick format i18n lock clean

help: ## Show the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

.venv/.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m compileall -q crm_tui screens
	@touch $@

run: .venv/.stamp ## Set everything up and open the console
	@exec $(BIN)/crm-tui

demo: .venv/.stamp ## Open the console on a store full of sample data
	@exec $(BIN)/crm-tui demo

test: .venv/.stamp ## Run the tests
	@# What is compiled is kept, else each worker and each program that a test starts compiles it again.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4 --dist worksteal

fuzz: .venv/.stamp ## Feed every reader of others' data with broken ones, ten minutes each
	$(BIN)/python -m tests.fuzz

check: .venv/.stamp ## Check format, lint, types, layers and translations
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m scripts.check_catalogue

bench: .venv/.stamp ## Measure speed and scale
	$(BIN)/python -m tests.bench

bench-quick: .venv/.stamp ## Measure in two minutes
	$(BIN)/python -m tests.bench --quick

format: .venv/.stamp ## Format the code and fix what lint can fix
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

i18n: .venv/.stamp ## Bring the catalogues up to date with the code
	$(BIN)/python -m scripts.update_catalogue

lock: .venv/.stamp ## Choose the newest versions that fit and write constraints.txt
	$(BIN)/python -m scripts.lock

clean: ## Remove everything that was made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis snapshot_report.html
	find crm_tui screens tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
