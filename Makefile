# The front door. `make demo` and `make test` need Python, a C++20 compiler and nothing else.
# With TORCH=2.11.0, or another release from there on, each target works in an environment and a
# build folder of its own.
NEWEST := 2.15.0
OTHERS := 2.11.0 2.12.0 2.13.0 2.14.0
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

# Asked where something is configured: the architectures of this machine's cards, and last sm_90. It
# is the one that is emulated and has budgets everywhere, and no older card runs its code.
here = $(shell nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | \
  grep -xE '[0-9]+\.[0-9]+' | tr -d . | sort -un | \
  awk '$$1 != 90 {print $$1 "-real"} END {if (NR) print 90}' | paste -sd ';' - | \
  sed "s/..*/-DCMAKE_CUDA_ARCHITECTURES='&'/")

# `make demo` in a fresh tree: what runs on this machine, no more.
device := $(wildcard /dev/nvidia[0-9]*)
quick := -DNONLIN_TESTS=OFF -DNONLIN_INSTRUCTION_SETS=native \
  $(if $(device),-UNONLIN_CUDA,-DNONLIN_CUDA=OFF)

# Tests of what is not part of the product run when it has changed since they passed; find prints a
# complaint where they never have.
EQUIPMENT := benchmarks tools tests/equipment tests/rows tests/*.py python/nonlin
passed := $(BUILD)/equipment-passed
changed = $(shell find $(EQUIPMENT) -path '*/__pycache__*' -prune -o -type f -newer $(passed) -print 2>&1)

cpp = $(shell find ops csrc tests examples -name '*.h' -o -name '*.cpp' -o -name '*.cuh')

.PHONY: help build demo test test-gpu pytest ctest emulate try bench bench-gpu gpu sweep tables compat budget format lint clean

help:
	@echo 'make demo    train, compare and draw the activations; also from C++'
	@echo 'make test    every test, Python and C++    (one: make pytest PYTEST_ARGS="-k mish")'
	@echo '             those of benchmarks/ and tools/ when these have changed since they passed'
	@echo 'make try OP=mish   seconds after an edit of ops/mish.h, its errors on every lane  (TRY_ARGS="beta=0.3")'
	@echo 'make build   the library and the C++ tests, for every instruction set and, with nvcc, CUDA'
	@echo 'make test-gpu   those that need a CUDA device, without which it fails'
	@echo 'make emulate the compiled CUDA kernels, run without a card   (another one: ARCHITECTURE=80)'
	@echo 'make bench   speed, beside PyTorch and a copy   (one: make bench BENCH_ARGS="mish --quick")'
	@echo 'make bench-gpu   the same of CUDA kernels   (no GPU: make bench-gpu BENCH_ARGS=--dry-run)'
	@echo 'make gpu     build, check and measure on a bare machine with a card   (no GPU: make gpu DRY=1)'
	@echo 'make sweep   every float32 input, for docs/accuracy.md (one: make sweep SWEEP_ARGS=mish)'
	@echo 'make tables  the tables of activations in README.md, from the rows'
	@echo 'make compat  features by operator and release of PyTorch, each built and tested: an hour or two'
	@echo 'make budget  machine code of the CUDA kernels, against its budgets'
	@echo 'make format  format all sources            make lint   check them'
	@echo 'make clean   remove everything that was built; the environments stay'

# With another PyTorch, kernels are those of build/ where it is complete: none depends on PyTorch.
kernels := $(if $(suffix),$(wildcard build/complete))
build: meanwhile = $(call units)
build: $(BUILD)/complete
	$(if $(kernels),$(CMAKE) --build build --target nonlin_units)
	$(CMAKE) --build $(BUILD)

demo: meanwhile = $(call units,$(quick))
demo: $(BUILD)/build.ninja
	@test -e $(BUILD)/complete || \
	  echo 'Kernels of this machine alone ($(if $(device),,no CUDA, )no tests): make build compiles the rest.'
	$(CMAKE) --build $(BUILD) --target nonlin_python
	$(PY) examples/digits.py --output demo

# The C++ tests run beside those of Python and say what they found at the end.
test: build
	$(ctest) >$(BUILD)/ctest.log 2>&1 & native=$$!; \
	  $(MAKE) pytest; python=$$?; wait $$native; native=$$?; \
	  tail -n $$((native ? 1000 : 3)) $(BUILD)/ctest.log; exit $$((native | python))

# tests/conftest.py says how many processes share the files (-n 0: this one).
pytest: build
	touch $(BUILD)/equipment-new
	NONLIN_BUILD_DIR=$(abspath $(BUILD)) $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder \
	  $(or $(PYTEST_ARGS),$(if $(changed),,--ignore=tests/equipment))
	$(if $(PYTEST_ARGS),,mv $(BUILD)/equipment-new $(passed))

test-gpu: build
	NONLIN_BUILD_DIR=$(abspath $(BUILD)) $(PY) -m pytest -m cuda --require-cuda $(PYTEST_ARGS)

ctest = $(CTEST) --test-dir $(BUILD) --output-on-failure --no-tests=error
ctest: build
	$(ctest)

# With an architecture, its PTX is compiled into a folder of its own: six minutes of a core. Kernels
# do not depend on PyTorch: those of build/ stand for all.
ARCHITECTURE ?=
emulated := $(if $(ARCHITECTURE),build-emulate-$(ARCHITECTURE),$(if $(kernels),build,$(BUILD)))
emulate: $(if $(ARCHITECTURE),$(VENV)/ready,$(emulated)/complete)
	$(if $(ARCHITECTURE),$(CMAKE) --preset dev -B $(emulated) -DNONLIN_PYTHON=OFF \
	  -DPython_EXECUTABLE=$(abspath $(PY)) -DCMAKE_CUDA_ARCHITECTURES=$(ARCHITECTURE)-virtual)
	$(CMAKE) --build $(emulated) --target emulator_tests
	NONLIN_EMULATE_ALL=1 $(emulated)/tests/emulator/emulator_tests $(EMULATE_ARGS)

try: $(VENV)/ready
	@PYTHONPATH=tools $(PY) -m quick $(or $(OP),--help) $(TRY_ARGS)

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

tables: build
	$(PY) tools/tables

# Of what the tests say, failures included, a page is made: they are no error here.
compat: $(OTHERS:%=compat-%) compat-$(NEWEST)
	PYTHONPATH=tools $(PY) -m compat
compat-%:
	rm -f docs/compatibility/$*.json
	-PYTHONPATH=tools $(MAKE) pytest TORCH=$* $(if $(filter $(NEWEST),$*),,CMAKE_ARGS=-DNONLIN_TESTS=OFF) \
	  PYTEST_ARGS="-p compat.record --record docs/compatibility/$*.json $(COMPAT_ARGS)"
	test -e docs/compatibility/$*.json

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

# The folder is for all kernels and tests once it has been (`complete`); what is compiled stays.
full := $(wildcard $(BUILD)/complete)

$(BUILD)/complete: $(VENV)/ready CMakePresets.json
	$(call configure,$(if $(full),,-UNONLIN_CUDA))
	touch $@

$(BUILD)/build.ninja: $(VENV)/ready CMakePresets.json
	$(call configure,$(if $(full),,$(quick)))

define configure
$(CMAKE) --preset dev -B $(BUILD) -DNONLIN_TORCH=ON -DPython_EXECUTABLE=$(abspath $(PY)) $(here) $(1) \
  $(if $(kernels),-DNONLIN_UNITS_FROM=$(abspath build)) $(CMAKE_ARGS)
echo $(abspath $(BUILD))/stage \
  >$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nonlin-development.pth
endef

# While packages come in, one core compiles some of what a fresh tree's build will need and PyTorch
# is not needed for, in about that time. What goes wrong there, the build itself meets again and says.
units = $(if $(kernels)$(tools)$(wildcard $(BUILD)/build.ninja),true, \
  $(CMAKE) --preset dev -B $(BUILD) $(1) -DNONLIN_TORCH=OFF -DNONLIN_CUDA=OFF $(CMAKE_ARGS) && \
  $(CMAKE) --build $(BUILD) --target nonlin_scalar --parallel 1)

# Most modules are never imported: Python compiles those that are (--no-compile).
$(VENV)/ready: pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	{ $(or $(meanwhile),true); } >$(VENV)/units.log 2>&1 & \
	  $(PY) -m pip install --quiet 'pip>=25.1' && \
	  $(PY) -m pip install --quiet --no-compile torch==$(TORCH) --group dev $(tools); \
	  installed=$$?; wait; exit $$installed
	touch $@
