"""The machine code of the CUDA kernels, which needs no device to be looked at."""

import functools
import re
import sys

import nonlin
import pytest
from development import BUILD, ROOT, needs_build, run

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("budget", reason="the tests run beside an installed package, without tools/")
from budget import budgets, objdump
from budget.kernels import figures, source
from budget.objdump import ToolError, cuobjdump

pytestmark = needs_build
FAMILIES = {row["name"]: row["family"] for row in nonlin._C.operators()}
LIBRARY = BUILD / "stage" / "nonlin" / "lib" / "libnonlin.so"
# Those of a formula; a light one has fewer for dense tensors. No formula takes part in the rest.
KERNELS = {"pointwise": 24, "parametric": 40, "groupwise": 64, "gated": 12}
WITHOUT_DENSE = {"pointwise": 6, "parametric": 3, "groupwise": 0, "gated": 0}
AT_DEFAULTS = {"pointwise": 12, "parametric": 12, "gated": 8}
WITHOUT_FORMULA = {"grouped": 24, "slices": 4}
ACCESSES = {"value": (1, 1), "backward": (2, 1), "double_backward": (3, 2)}  # reads, writes
GATED_ACCESSES = {"value": (2, 1), "backward": (3, 2), "double_backward": (5, 3)}
# Weights may lie in vectors, those of the tangents in the double backward too.
WEIGHTS = {"value": 1, "backward": 1, "double_backward": 2}


def disassembler() -> str:
    """The program, where there is something for it."""
    if not nonlin._C.build_info()["cuda"]:
        pytest.skip("this build of nonlin has no CUDA kernels")
    try:
        return cuobjdump()
    except ToolError as error:
        pytest.skip(str(error))


def inspected(name: str, kind: str) -> str:
    return run(disassembler(), kind, *BUILD.glob(f"**/units/cuda/{name}.cu.o"))


@functools.cache
def architectures() -> list[str]:
    return objdump.architectures(LIBRARY)


@functools.cache
def machine_code(architecture: str) -> list[objdump.Raw]:
    """All kernels of the library: disassembling takes a minute, and serves several tests."""
    return objdump.kernels(LIBRARY, architecture)


def kernels(name: str) -> list[tuple[str, str]]:
    """The mangled name and the code of each kernel of a unit, for every architecture."""
    disassembler()
    every = [one for architecture in architectures() for one in machine_code(architecture)]
    return [(one.symbol, one.text) for one in every if source(one.symbol) == name]


def vectors(code: str) -> tuple[int, int]:
    """How many accesses of 16 bytes read, and write."""
    return tuple(len(re.findall(rf"\b{kind}\.E\.128\b", code)) for kind in ("LDG", "STG"))


def formula(name: str) -> str:
    """The text of an operator's header; of a gated one that of its gate, wherever it stands."""
    text = (ROOT / "ops" / f"{name}.h").read_text()
    gate = re.search(r"with_gate<(\w+)>", text)
    if not gate:
        return text
    headers = (file.read_text() for file in (ROOT / "ops").glob("*.h"))
    found = (re.search(rf"^struct {gate[1]} {{.*?^}};", h, re.M | re.S) for h in headers)
    return next(one[0] for one in found if one)


def has_no_curvature(name: str) -> bool:
    return FAMILIES[name] == "pointwise" and bool(re.search(r"V\(0\),?\s*\};", formula(name)))


def expected(name: str) -> int:
    """How many kernels a unit has for each architecture."""
    if name == "common":
        return sum(WITHOUT_FORMULA.values())
    text, family = formula(name), FAMILIES[name]
    fewer = WITHOUT_DENSE[family] if "bool light = true" in text else 0
    more = AT_DEFAULTS[family] if "struct at_defaults" in text else 0
    return KERNELS[family] - fewer + more


@pytest.mark.parametrize("name", [*FAMILIES, "common"])
def test_kernels_stay_in_registers(name):
    """Memory of a thread's own, for spilled registers or for arrays, would halve the speed."""
    usage = inspected(name, "-res-usage")
    architectures = usage.count("Fatbin elf code")
    found = re.findall(r"^ *Function (\S+?):\n.*?STACK:(\d+) .*?LOCAL:(\d+)", usage, re.MULTILINE)
    assert len(found) == architectures * expected(name) > 0
    assert not [kernel for kernel, stack, local in found if stack != "0" or local != "0"]


@pytest.mark.parametrize("name", [n for n, family in FAMILIES.items() if family != "groupwise"])
def test_kernels_move_whole_vectors(name):
    """Where memory allows it, every tensor is read and written 16 bytes at a time. A thread may
    take several vectors, and code may stand there once for full blocks and once for the last."""
    checked = 0
    for kernel, code in kernels(name):
        loop = re.search(
            r"(?<=\d)(weighted_(?:dense|in_rows|planes|columns)|dense|in_rows|gated_elements)I",
            kernel,
        )
        if not loop:
            continue
        name_of_pass = re.search(r"(value|double_backward|backward)(?:_pass)?(?=E|IL)", kernel)[1]
        gated = FAMILIES[name] == "gated"
        reads, writes = (GATED_ACCESSES if gated else ACCESSES)[name_of_pass]
        if name_of_pass == "double_backward" and has_no_curvature(name):
            reads -= 1  # whose factor is not asked for
        if loop[1] in {"weighted_dense", "weighted_in_rows"}:
            reads += WEIGHTS[name_of_pass]
        for found, tensors in zip(vectors(code), (reads, writes), strict=True):
            assert found % tensors == 0 < found, kernel
        checked += 1
    assert checked % expected(name) == 0 < checked


@pytest.mark.parametrize(
    "name", [*(n for n, family in FAMILIES.items() if family == "groupwise"), "common"]
)
def test_groups_are_moved_in_whole_vectors(name):
    """Single entries are read only where single entries are wanted."""
    checked = 0
    for kernel, code in kernels(name):
        name_of_pass = re.search(r"(choose|scatter|gather)_groups", kernel)
        if not name_of_pass:
            continue
        reads, writes = vectors(code)
        assert (reads > 0 or name_of_pass[1] == "gather") and writes > 0, kernel
        checked += 1
    assert checked % (KERNELS["groupwise"] if name in FAMILIES else WITHOUT_FORMULA["grouped"]) == 0
    assert checked > 0


@pytest.mark.parametrize("name", [*FAMILIES, "common"])
def test_no_kernel_calls_a_division(name):
    """Of indices, of 64 bits: dearer than most formulas, in every dimension. Of floats: dearer than
    an estimate and its correction."""
    routines = re.findall(r"__cuda_\w*", inspected(name, "-elf"))
    assert not [r for r in routines if re.search(r"(div|rem)_[su]64|(div|rcp)_\w*f32", r)]


def test_kernels_hold_their_budgets():
    """Every kernel of a gated type has one, and every budget a kernel."""
    disassembler()
    committed = {file.stem: file for file in budgets.FOLDER.glob("sm_*.csv")}
    inside = committed.keys() & set(architectures())
    if not inside:
        pytest.skip(f"this build has no kernels for {', '.join(committed)}")
    for architecture in sorted(inside):
        release = budgets.compiler(committed[architecture])
        if release != objdump.compiler(LIBRARY):
            pytest.skip(f"the budgets are for the compiler of CUDA {release}")
        allowed = budgets.load(committed[architecture])
        findings = budgets.compare(figures(machine_code(architecture)), allowed)
        failed = [str(one) for one in findings if one.kind != "BETTER"]
        assert not failed, "\n".join([f"{architecture}: {len(failed)} findings", *failed])
