# Headrace. The first target that needs it makes .venv from requirements.lock; nothing is installed outside this folder.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo app test slow check bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## a simulated company from its CRM export to a decision, in a minute or two
	$(BIN)/headrace demo

app: $(READY) ## the app, in the browser of this machine only
	OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 $(BIN)/streamlit run app.py

test: $(READY) ## the fast tests
	$(BIN)/python -m pytest -n $(JOBS)

slow: $(READY) ## the tests that need many replications
	HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n $(JOBS) -m slow

check: $(READY) ## style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: $(READY) ## how fast the engines are; each benchmark also asserts the work done
	$(BIN)/python -m pytest -q bench

lock: $(READY) ## the newest versions that pyproject.toml allows, each with its hashes
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra cluster --upgrade --universal --python-version 3.12 \
		--generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock

clean: ## remove everything that make and the tools have made, run folders excepted
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The lock holds the build tool too, so installing the project itself asks no registry.
$(READY): requirements.lock pyproject.toml
	python=$$(sh tools/find-python) && "$$python" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
