# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
export PYTHONUTF8 := 1

.PHONY: help demo serve test lint types contract migrations tests tests-postgres bench messages clean clean-data

help: ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/.base: pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(UV) sync -q --frozen --inexact --no-dev
	@touch $@

.venv/.dev: pyproject.toml uv.lock | .venv/.base
	$(UV) sync -q --frozen --inexact --extra pg --extra pdf --extra vectors --group dev
	@touch $@

messages: .venv/.base ## compile the message catalogues
	@find src -path '*/locale/*' -name django.po -exec sh -c 'for f; do m="$${f%.po}.mo"; [ "$$m" -nt "$$f" ] || $(BIN)/pybabel -q compile -i "$$f" -o "$$m"; done' _ {} +

demo: .venv/.base messages ## fresh demo province: load it, run the main thread, serve (DEMO="--no-serve" to stop before serving)
	$(BIN)/trihelix demo $(DEMO)

serve: .venv/.base messages ## serve the data folder
	$(BIN)/trihelix serve

test: .venv/.dev messages lint types contract migrations tests tests-postgres ## all checks: style, types, import contract, migrations, tests on both databases

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

contract: .venv/.dev
	$(BIN)/lint-imports

migrations: .venv/.dev
	TRIHELIX_HOME=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings trihelix.site.settings

tests: .venv/.dev messages
	$(BIN)/pytest -n 2

tests-postgres: .venv/.dev messages ## what touches the database, on PostgreSQL ($$TRIHELIX_TEST_PG or a private cluster)
	$(BIN)/python tools/with_postgres.py $(BIN)/pytest -n 2 -m "not nodb and not browser and not slow"

bench: .venv/.dev ## every benchmark, printing ratios
	@for f in benchmarks/*/run.py; do echo "== $$f"; $(BIN)/python $$f; done

clean: ## remove environment and caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

clean-data: ## remove the demo's data folder
	rm -rf var
