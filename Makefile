# A machine needs Python 3.11 or later, make and bash; each target installs what else it needs, as root or as a user.
#   make demo        the tour: types itself into a shell, on its own AWS, no account
#   make test        the tests; the quick part again on every other Python on this machine
#   make test-long   the tests with their full counts
#   make fuzz        hostile input for longer: make fuzz EXAMPLES=100000
#   make bench       the figures of docs/performance.md
#   make lint types  linters, type checker
#   make man         man/assume.1, from the help of the command line
#   make wheel       the files to upload, into dist/

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PREPARE := tests/prepare.sh
PROGRAMS := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
BIN := .venv/$(PROGRAMS)
# The quick part is for the other Pythons: the lanes, the store, the profiles, the shells' code, the command line. It
# starts no real shell, no installation and no second program, and compares nothing with botocore.
QUICK := tests $(addprefix --ignore=tests/,promises botocore services login simulator demo windows test_edits.py)
PYTEST_QUICK := -n 3 --dist worksteal -m "not slow and not once" -p no:cacheprovider $(QUICK)
# The tests wait for shells and processes more than they compute, so there are more workers than the 2 cores of CI.
PYTEST := -n 4 --dist worksteal
EXAMPLES ?= 20000

.PHONY: demo test test-quick test-main test-long fuzz bench lint types format man wheel clean

demo:
	@$(PREPARE) venv ""
	@$(BIN)/assume demo --script

# Runs both parts even if the first fails; the full one comes last.
test:
	@failed=; for part in test-quick test-main; do \
	  $(MAKE) --no-print-directory $$part || failed=1; \
	done; [ -z "$$failed" ]

test-quick:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@failed=; for venv in $$($(PREPARE) pythons); do \
	  echo "== quick part, $$($$venv/$(PROGRAMS)/python --version) in $$venv"; \
	  $$venv/$(PROGRAMS)/python -m pytest $(PYTEST_QUICK) || failed=1; \
	done; [ -z "$$failed" ]

test-main:
	@$(PREPARE) venv
	@$(PREPARE) tools
	@echo "== all tests, $$($(BIN)/python --version)"
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

man:
	@$(PREPARE) venv ""
	@$(BIN)/python man/write.py

wheel:
	@$(PREPARE) venv
	@$(BIN)/python -m hatchling build -t sdist -t wheel

clean:
	rm -rf .venv .venv-* dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
