# The habits of this project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test floors bench slow lint format types contract coverage coverage-core soak gallery docs help-pages plugins ci clean

VENV ?= .venv
BIN := $(VENV)/bin

help: ## list the habits
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## make .venv with zoo (editable) and every tool
	python3 -m venv $(VENV)
	$(BIN)/pip install -e '.[dev]'

run: ## the main job
	$(BIN)/zoo run mlp --visualize

test: ## the test suite; set ZOO_MIRROR to a folder with the real MNIST to run all of it
	$(BIN)/pytest

floors: ## what each model reaches on the real MNIST, beside its floor and goal
	$(BIN)/python benchmarks/floors.py

bench: ## measure everything beside the straightforward way, and write docs/performance.md (half an hour)
	$(BIN)/python -m benchmarks

slow: ## the tests that take long: accuracy floors on the real MNIST
	$(BIN)/pytest -m slow

lint: ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: ## put the code into that style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: ## static types
	$(BIN)/mypy

contract: ## which room may import which
	$(BIN)/lint-imports

coverage: ## branches that the tests reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 0
	$(BIN)/coverage combine
	$(BIN)/coverage report --skip-covered

CORE := zoo/store/*,zoo/plugins/*,zoo/registry/*,zoo/weights/*

coverage-core: ## the same of store, plugins, registry and weights by their own tests: at least 95 %
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 0 -q tests/store tests/plugins tests/registry tests/weights
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered --include='$(CORE)' --fail-under=95

soak: ## kill downloads, trainings and drawings at random moments, 50 times each
	$(BIN)/python -m tests.soak --count 50

gallery: ## draw docs/gallery.md: every view of every model
	$(BIN)/python docs/make_gallery.py

docs: ## build the document site into build/docs; warnings are errors
	$(BIN)/python -m sphinx -E -W -n --keep-going -q docs build/docs

help-pages: ## write docs/reference/help.md anew from the commands
	$(BIN)/python docs/make_help.py

plugins: ## write, build, install, use and remove a plugin of each kind
	.ci/plugin_kit $(BIN)/python

ci: ## all that CI does, in a fresh environment
	.ci/run

clean: ## remove what the tools leave behind
	rm -rf build dist zoo-out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
