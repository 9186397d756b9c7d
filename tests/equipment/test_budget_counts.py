"""What the static gate counts, in a few instructions each."""

import sys

import pytest
from development import ROOT

sys.path.append(str(ROOT / "tools"))
pytest.importorskip("budget", reason="the tests run beside an installed package, without tools/")
from budget import budgets
from budget.kernels import Kernel, kernel, readable
from budget.machine import share
from budget.sass import parse

HEAD = ["S2R R0, SR_TID.X", "ISETP.GE.AND P0, PT, R0, UR4, PT", "@P0 EXIT"]


def listing(*lines: str) -> str:
    """As cuobjdump prints them, 16 bytes each."""
    return "".join(
        f"        /*{16 * i:04x}*/                   {line} ;   /* 0x0000000000007918 */\n"
        for i, line in enumerate(lines)
    )


def measured(*lines: str, name: str = "kernel") -> Kernel:
    return kernel(name, listing(*lines), 16, 0)


def test_instructions():
    wide, compare, carry, check = parse(
        listing(
            "@!P2 LDG.E.128 R8, desc[UR4][R12.64+0x10]",
            "ISETP.GE.AND.EX P0, P1, R3, R5.reuse, PT, P4",
            "IMAD.WIDE.U32 R18, P3, R16, -R29, R18",
            "FCHK P0, R3, R16",
            "BRA 0x40",
            "NOP",
        )
    )
    assert (wide.guard, wide.width, wide.unit) == ("!P2", 16, "memory")
    assert wide.results == {"R8", "R9", "R10", "R11"} and wide.sources == {"P2", "UR4", "R12"}
    assert compare.results == {"P0", "P1"} and compare.sources == {"R3", "R5", "P4"}
    assert carry.results == {"R18", "R19", "P3"} and carry.unit == "fma"
    assert check.results == {"P0"} and check.unit == "xu"
    (some,) = parse(listing("R2P PR, R29, 0x78"))
    assert some.results == {"P3", "P4", "P5", "P6"}


def test_both_sides_count_where_data_decide():
    sides = ["@P1 BRA 0x70", "FADD R4, R4, R4", "BRA 0x80", "FMUL R4, R4, R4"]
    store = ["STG.E [R2.64], R4", "EXIT"]
    load = [*HEAD[:2], "LDG.E R4, [R2.64]"]
    by_data = measured(*load, "FSETP.GT.AND P1, PT, R4, RZ, PT", *sides, *store)
    by_index = measured(*load, "ISETP.GT.AND P1, PT, R0, 0x20, PT", *sides, *store)
    assert (by_data.slots["issue"], by_data.branches) == (10, 1)
    assert (by_index.slots["issue"], by_index.branches) == (9, 0)


def test_what_is_written_under_a_guard_is_known_under_it():
    """Whatever the register held before."""
    found = measured(
        "LDG.E R4, [R2.64]",
        "@P1 LDC R4, c[0x0][0x210]",
        "@P1 ISETP.GT.AND P2, PT, R4, RZ, PT",
        "@P2 EXIT",
        "@!P1 ISETP.GT.AND P2, PT, R4, RZ, PT",
        "@P2 EXIT",
        "EXIT",
    )
    assert found.branches == 1


def test_whole_vectors_count_and_single_elements_do_not():
    by_guard = measured(
        *HEAD,
        "@P1 LDG.E.128 R4, [R2.64]",
        "@!P1 LDG.E R4, [R2.64]",
        "STG.E.128 [R2.64], R4",
        "EXIT",
    )
    assert (by_guard.bytes, by_guard.load, by_guard.slots["issue"]) == (32, 16, 7)
    by_branch = measured(
        *HEAD,
        "@P1 BRA 0x70",
        "LDG.E.128 R4, [R2.64]",
        "STG.E.128 [R2.64], R4",
        "EXIT",
        "LDG.E R4, [R2.64]",
        *["FADD R4, R4, R4"] * 8,
        "STG.E [R2.64], R4",
        "EXIT",
    )
    assert (by_branch.bytes, by_branch.slots["issue"]) == (32, 7)
    by_exit = measured(
        *HEAD,
        "LDG.E.128 R4, [R2.64]",
        "@P1 STG.E.128 [R2.64], R4",
        "@P1 EXIT",
        "STG.E [R2.64], R4",
        "EXIT",
    )
    assert (by_exit.bytes, by_exit.store) == (32, 16)


def test_a_kernel_of_two_layouts_counts_each_way():
    """They part a second time: the same predicate leads the same way there."""
    longer = [*["IADD3 R2, R2, 0x10, RZ"] * 3, "LDG.E.128 R4, [R2.64]"]
    lines = [*HEAD[:2], "@P0 BRA 0x50", "LDG.E.128 R4, [R2.64]", "BRA 0x90", *longer]
    lines += [
        "@!P0 BRA 0xc0",
        "FADD R4, R4, R4",
        "FADD R4, R4, R4",
        "STG.E.128 [R2.64], R4",
        "EXIT",
    ]

    def issued(taken: bool) -> int:
        return kernel("kernel", listing(*lines), 16, 0, taken).slots["issue"]

    assert (issued(False), issued(True)) == (8, 12)
    lines[6] = "ISETP.GT.AND P0, PT, R2, RZ, PT"  # now nobody knows, and the longer way counts
    assert issued(True) == 12
    lines[9] = "BRA 0xa0"
    with pytest.raises(ValueError, match="no choice"):
        kernel("kernel", listing("EXIT", "EXIT"), 16, 0, True)


def test_a_loop_that_moves_memory_counts_alone():
    loop = ["LDG.E.128 R4, [R2.64]", "FADD R8, R8, R4", "IADD3 R2, R2, 0x10, RZ", "@P1 BRA 0x30"]
    found = measured(*HEAD, *loop, *["DADD R8, R8, R8"] * 5, "STG.E.64 [R2.64], R8", "EXIT")
    assert found.loop and found.bytes == 16 and found.slots["issue"] == 4 and found.outside == 10
    index = ["IADD3 R2, R2, 0x1, RZ", "@P1 BRA 0x30"]
    found = measured(*HEAD, *index, "LDG.E.128 R4, [R2.64]", "STG.E.128 [R2.64], R4", "EXIT")
    assert not found.loop and found.bytes == 32 and found.slots["issue"] == 8


def test_routines_count_where_data_decide():
    """The slow way of an IEEE division does; the division of the largest indices does not."""
    division = [
        "@!P1 BRA 0x60",
        "CALL.REL.NOINC 0x90",
        "FADD R4, R4, R4",
        "STG.E.128 [R2.64], R4",
        "EXIT",
        "NOP",
        *["FMUL R4, R4, R4"] * 20,
        "RET.REL.NODEC R6 0x0",
    ]
    load = ["S2R R0, SR_TID.X", "LDG.E.128 R4, [R2.64]", "LDC.64 R2, c[0x0][0x210]"]
    of_data = measured(*load, "FCHK P1, R4, R5", *division)
    of_index = measured(*load, "ISETP.GT.AND P1, PT, R0, R2, PT", *division)
    assert of_data.slots["issue"] == 9 + 21 and of_data.slots["xu"] == 1
    assert of_index.slots["issue"] == 8


def test_weights_are_no_traffic():
    lines = (*HEAD, *["LDG.E.128 R4, [R2.64]"] * 3, "STG.E.128 [R2.64], R4", "EXIT")
    backward = measured(*lines, name="prelu weighted parametric_backward<true true> half 8")
    assert backward.bytes == 48 and backward.elements == 8
    value = measured(*lines, name="prelu weighted parametric_value float 4")
    assert value.bytes == 32 and value.elements == 4
    assert measured(*lines, name="maxout grouped choose_groups apart<half 8> half").bytes == 64
    assert not measured(*lines, name="elu dense double_backward_pass double 2").gated


def test_names():
    scope = "nonlin::cuda::(anonymous namespace)::"
    symbol = "_ZN6nonlin4cuda38_GLOBAL__N__1fe7a080_6_elu_cu_0fa72c1251denseI"
    arguments = f"{scope}Elu::at_defaults, {scope}value_pass, nonlin::bfloat16, 8"
    demangled = f"void {scope}dense<{arguments}>({scope}Elu::at_defaults, int)"
    assert readable(demangled, symbol) == "elu dense at_defaults value_pass bfloat16 8"
    demangled = f"void {scope}walk<{scope}apart<unsigned short, 8>, {scope}Elu>(int)"
    assert readable(demangled, symbol) == "elu walk apart<uint16 8>"
    assert readable("planted(float*)", "_Z7plantedPf") == "planted"


def test_share_of_a_copy():
    """An H200 issues 31.1 slots in the time in which an element of 16 bits comes and goes."""
    assert share("issue", 31.1 / 4) == pytest.approx(1, abs=1e-3)
    assert share("xu", 2 / 4) == pytest.approx(0.515, abs=1e-3)


def test_what_became_better_is_told_and_holds():
    found = measured(*HEAD, "LDG.E.128 R4, [R2.64]", "STG.E.128 [R2.64], R4", "EXIT")
    now = budgets.of(found)
    told = budgets.compare({"k": found}, {"k": now | {"issue": 2 * now["issue"]}})
    assert [one.kind for one in told] == ["BETTER"]
