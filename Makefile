# make demo    the whole of Unisono on made-up music, with a report
# make test    the tests
# make check   style and types
# make bench   the benchmarks' tables; some hours, or make bench BENCHMARKS="credits similar_hubs"
#
# The first call makes an environment in $(VENV) with plain pip; later calls find it there.

VENV ?= .venv
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := $(VENV)/bin
STAMP := $(VENV)/.unisono-installed

export OMP_NUM_THREADS ?= 2

.PHONY: setup demo test check format bench clean

setup: $(STAMP)

# editable_mode=compat puts a plain path into the environment; setuptools' import finder slows every start.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  --config-settings editable_mode=compat --editable '.[dev]'
	@touch $@

demo: setup
	$(BIN)/unisono demo --out demo

test: setup
	$(BIN)/python -m pytest $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

DATA ?= ../shared/data
BENCHMARKS ?= $(basename $(notdir $(wildcard benchmarks/[!_]*.py)))
OF_A_CATALOGUE := index_churn index_scale sample_merges similar_hubs similar_latency

bench: setup
	$(if $(filter $(OF_A_CATALOGUE),$(BENCHMARKS)),$(BIN)/unisono run $(DATA)/audio --catalog bench)
	@for name in $(BENCHMARKS); do \
	  echo "== $$name"; \
	  case " $(OF_A_CATALOGUE) " in *" $$name "*) given=bench ;; *) given= ;; esac; \
	  $(BIN)/python -m benchmarks.$$name $$given || failed="$$failed $$name"; \
	done; test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

clean:
	rm -rf demo bench build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
