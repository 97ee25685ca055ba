# Each target does its own set-up: a machine needs Python 3.11, make and bash. As root or as a user.
#   make demo        the tour, on an AWS of its own, with no account
#   make test        the tests; their quick part on each Python that is here
#   make test-long   the tests with their full counts
#   make fuzz        hostile input for longer: make fuzz EXAMPLES=100000
#   make bench       the figures of docs/performance.md
#   make lint types  linters, type checker
#   make wheel       what is uploaded, into dist/

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PREPARE := tests/prepare.sh
BIN := .venv/bin
PYTEST_QUICK := -n 2 --dist worksteal -m "not slow and not once" -p no:cacheprovider
PYTEST := -n 2 --dist worksteal
EXAMPLES ?= 20000

.PHONY: demo test test-quick test-main test-long fuzz bench lint types format wheel clean

demo:
	@$(PREPARE) venv ""
	@$(BIN)/assume demo --script

# both parts, whatever the first says; the whole one last
test:
	@failed=; for part in test-quick test-main; do \
	  $(MAKE) --no-print-directory $$part || failed=1; \
	done; [ -z "$$failed" ]

# what needs no shell, no install and no second program, on the other Pythons
test-quick:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@failed=; for venv in $$($(PREPARE) pythons); do \
	  echo "== quick part, $$($$venv/bin/python --version)"; \
	  $$venv/bin/python -m pytest $(PYTEST_QUICK) tests/test_*.py tests/windows || failed=1; \
	done; [ -z "$$failed" ]

test-main:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@echo "== all of it, $$($(BIN)/python --version)"
	@$(BIN)/python -m pytest $(PYTEST) -m "not slow"

test-long:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@$(BIN)/python -m pytest $(PYTEST) -o timeout=3000 -m "slow or not slow"

fuzz:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@ASSUME_TEST_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest $(PYTEST) -o timeout=3000 -k "fuzz or any_text or random"

bench:
	@$(PREPARE) venv
	@$(BIN)/python -m tests.bench $(BENCH)

lint:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@tests/lint.sh

types:
	@$(PREPARE) venv
	@$(BIN)/mypy

format:
	@$(PREPARE) venv
	@$(BIN)/ruff check --fix && $(BIN)/ruff format

wheel:
	@$(PREPARE) venv
	@$(BIN)/python -m hatchling build -t sdist -t wheel

clean:
	rm -rf .venv .venv-3.* dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
