# The front door. `make demo` and `make test` need Python, a C++20 compiler and nothing else.
# With TORCH=2.11.0, or another release from there on, each target works in an environment and a
# build folder of its own.
NEWEST := 2.15.0
TORCH  ?= $(NEWEST)
PYTHON ?= python3

# Of `make gpu`.
MINUTES ?= 10
OUT     ?= build-gpu/results

suffix := $(if $(filter $(NEWEST),$(TORCH)),,-$(TORCH))
VENV   := .venv$(suffix)
BUILD  := build$(suffix)
PY     := $(VENV)/bin/python

# The system's CMake and ninja where they will do, the environment's otherwise.
recent := ' (3\.(2[5-9]|[3-9][0-9])|[4-9])\.'
tools := $(shell cmake --version 2>/dev/null | grep -qE $(recent) || echo cmake)
CMAKE := $(if $(filter cmake,$(tools)),$(VENV)/bin/)cmake
CTEST := $(if $(filter cmake,$(tools)),$(VENV)/bin/)ctest
tools += $(shell ninja --version >/dev/null 2>&1 || echo ninja)
export PATH := $(PATH):$(abspath $(VENV))/bin

cpp = $(shell find ops csrc tests examples -name '*.h' -o -name '*.cpp' -o -name '*.cuh')

.PHONY: help build demo test test-gpu pytest ctest bench bench-gpu gpu sweep budget format lint clean

help:
	@echo 'make demo    train, compare and draw the activations; also from C++'
	@echo 'make test    every test, Python and C++    (one: make pytest PYTEST_ARGS="-k mish")'
	@echo 'make test-gpu   those that need a CUDA device, without which it fails'
	@echo 'make bench   speed, beside PyTorch and a copy   (one: make bench BENCH_ARGS="mish --quick")'
	@echo 'make bench-gpu   the same of CUDA kernels   (no GPU: make bench-gpu BENCH_ARGS=--dry-run)'
	@echo 'make gpu     build, check and measure on a bare machine with a card   (no GPU: make gpu DRY=1)'
	@echo 'make sweep   every float32 input, for docs/accuracy.md (one: make sweep SWEEP_ARGS=mish)'
	@echo 'make budget  machine code of the CUDA kernels, against its budgets'
	@echo 'make format  format all sources            make lint   check them'
	@echo 'make clean   remove everything that was built; the environments stay'

build: $(BUILD)/build.ninja
	$(CMAKE) --build $(BUILD)

demo: build
	$(PY) examples/digits.py --output demo

test: pytest ctest

pytest: build
	NONLIN_BUILD_DIR=$(abspath $(BUILD)) $(PY) -m pytest $(PYTEST_ARGS)

test-gpu: build
	NONLIN_BUILD_DIR=$(abspath $(BUILD)) $(PY) -m pytest -m cuda --require-cuda $(PYTEST_ARGS)

ctest: build
	$(CTEST) --test-dir $(BUILD) --output-on-failure --no-tests=error

bench: build
	$(PY) benchmarks/run.py $(BENCH_ARGS)

bench-gpu: build
	$(PY) benchmarks/gpu/run.py $(BENCH_ARGS)

# No environment and no network: what the system's Python has must do.
gpu:
	PYTHONPATH=tools $(PYTHON) -m gpu --minutes $(MINUTES) --output $(OUT) \
	  $(if $(DRY),--dry-run) $(GPU_ARGS)

sweep: build
	PYTHONPATH=tools $(PY) -m sweep $(SWEEP_ARGS)

budget: build
	NONLIN_BUILD_DIR=$(abspath $(BUILD)) PYTHONPATH=tools $(PY) -m budget $(BUDGET_ARGS)

format: $(VENV)/ready
	$(VENV)/bin/clang-format -i $(cpp)
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

lint: $(VENV)/ready
	$(VENV)/bin/clang-format --dry-run -Werror $(cpp)
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

clean:
	rm -rf build build-* demo python/*.egg-info

$(BUILD)/build.ninja: $(VENV)/ready CMakePresets.json
	$(CMAKE) --preset dev -B $(BUILD) -DPython_EXECUTABLE=$(abspath $(PY)) $(CMAKE_ARGS)
	echo $(abspath $(BUILD))/stage \
	  >$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nonlin-development.pth

$(VENV)/ready: pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet 'pip>=25.1'
	$(PY) -m pip install --quiet torch==$(TORCH) --group dev $(tools)
	touch $@
