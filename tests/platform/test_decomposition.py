"""The expressions that stand for operators under torch.compile, and what Inductor makes of them."""

import functools
import itertools
import math

import nonlin
import pytest
import torch
from compiling import agree, compiled, members
from device import device_name
from inductor import generated
from nonlin.testing import Pointwise, catalogue
from operators import results
from rows import ALL, DTYPES, MEMBERS, PARAMETRIC, SETTINGS
from rows.bounds import COMPILED_SMALL
from torch._dynamo.testing import CompileCounterWithBackend

pytestmark = [
    pytest.mark.usefixtures("fresh_compiler"),
    # The compilers look at .grad of every tensor, leaf or not.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1e-2}


@pytest.mark.devices
@pytest.mark.parametrize("row", ALL, ids=str)
def test_expressions_are_the_operators(row):
    """Of every kind: values, types, shapes and strides."""
    table = nonlin.decompositions()
    for dtype, kind in itertools.product(DTYPES, row.KINDS):
        for sample in row.sample_inputs(dtype, device_name()):
            op, operands = row.overload(kind), row.operands(kind, sample)
            got, want = (results(f, row, kind, sample, operands) for f in (table[op], op))
            for ours, theirs in zip(got, want, strict=True):
                assert ours.stride() == theirs.stride() or not ours.numel(), (sample.name, kind)
            tolerance = TOLERANCES[dtype]
            torch.testing.assert_close(got, want, rtol=tolerance, atol=tolerance)


@pytest.mark.cpu
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_ends(dtype):
    """At all settings and weights what kernels give at infinities, NaN, 0 and far away. Types of 16
    bits are computed in float32.
    """
    from torch.fx.experimental.proxy_tensor import make_fx

    most = torch.finfo(dtype).max
    x = torch.tensor([math.inf, -math.inf, math.nan, most, -most, 0.0], dtype=dtype)
    calls = {str(row): (row,) for row in SETTINGS}
    calls |= {f"{row}({w})": (row, w) for row in PARAMETRIC for w in row.row.values}

    def all_of_them(x):
        return {name: members(row, x, *weight) for name, (row, *weight) in calls.items()}

    apart = make_fx(all_of_them, decomposition_table=nonlin.decompositions())(x)
    assert "nonlin" not in apart.code
    least, wrong = COMPILED_SMALL * torch.finfo(dtype).tiny, []
    kernels = all_of_them(x)
    for name, got in apart(x).items():
        for member, ours, kernel in zip(MEMBERS, got, kernels[name], strict=True):
            same = torch.isclose(ours, kernel, TOLERANCES[dtype], least, equal_nan=True)
            if not same.all():
                wrong.append(f"{name} {member}: {ours.tolist()}, not {kernel.tolist()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.cpu
def test_16_bits_are_computed_in_float32():
    """All functions of one number, at all numbers of bfloat16: as near as one rounding."""
    dtype = torch.bfloat16
    rows = [row for row in catalogue.values() if isinstance(row, Pointwise)]
    x = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(dtype)

    def all_of_them(x):
        return tuple(row.function(x) for row in rows)

    for row, got, want in zip(
        rows, compiled(all_of_them, "inductor")(x), all_of_them(x), strict=True
    ):
        tiny = torch.finfo(dtype).smallest_normal
        one = torch.finfo(dtype).eps * want.float().abs().clamp(min=tiny)
        off = (got.float() - want.float()).abs()
        least = COMPILED_SMALL * tiny  # what is smaller may be 0
        one = one.where(want.abs() >= least, least)
        near = torch.where(want.isfinite(), off <= one, same_or_nan(got, want))
        assert near.all(), (row, x[~near][:5], got[~near][:5], want[~near][:5])


def same_or_nan(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a == b) | (a.isnan() & b.isnan())


@pytest.mark.cpu
def test_what_is_switched_off_keeps_its_kernel(monkeypatch):
    """And nobody else's expression is replaced or lost."""
    from torch._inductor.decomposition import decompositions

    op = torch.ops.nonlin.mish.default
    x = [torch.randn(8).requires_grad_()]
    assert generated(lambda x: (nonlin.mish(x),), x, backward=True).opaque == 0
    monkeypatch.setattr(nonlin.config, "decompose", False)
    assert op not in decompositions
    assert generated(lambda x: (nonlin.mish(x),), x, backward=True).opaque > 0
    agree(compiled(nonlin.mish, "inductor")(x[0]), nonlin.mish(x[0]))

    def theirs(x):
        return x

    decompositions[op] = theirs
    try:
        nonlin.config.decompose = True
        assert decompositions[op] is theirs
        nonlin.config.decompose = False
        assert decompositions[op] is theirs
    finally:
        del decompositions[op]


@pytest.mark.smoke
def test_settings_refuse_what_they_do_not_know():
    for value in (1, None, "off"):
        with pytest.raises(TypeError, match=r"^nonlin.config: `decompose` must be a bool, got"):
            nonlin.config.decompose = value
    with pytest.raises(AttributeError, match=r"nonlin.config has no setting 'decompositions'"):
        nonlin.config.decompositions = True
    assert nonlin.config.decompose is True


@pytest.mark.cpu
def test_numbers_are_compiled_no_more_often_than_elus():
    """A first number is a constant, others are none."""

    def compilations(f) -> int:
        torch._dynamo.reset()
        counter = CompileCounterWithBackend("inductor")
        run = torch.compile(lambda x, alpha: f(x, alpha), backend=counter)
        for alpha in (1.0, 0.5, 0.25, 2.0, 3.0):
            x = torch.randn(6)
            agree(run(x, alpha), f(x, alpha))
        return counter.frame_count

    assert compilations(nonlin.elu) <= compilations(torch.nn.functional.elu)


@pytest.mark.cpu
def test_the_same_expression_serves_every_backend_that_asks():
    """Graphs of other compilers keep the operators, or take them apart with the table."""
    from torch.fx.experimental.proxy_tensor import make_fx

    x = torch.randn(6)
    for table in ({}, nonlin.decompositions()):
        graph = make_fx(lambda x: nonlin.swish(x) + 1, decomposition_table=table)(x).graph
        found = {str(n.target).split(".")[0] for n in graph.nodes if n.op == "call_function"}
        assert "aten" in found and ("nonlin" in found) == (not table)


@pytest.mark.cpu
@pytest.mark.parametrize("form", ["freezing", "cpp_wrapper", "reduce-overhead", "regional"])
def test_forms_of_compilation(form):
    """A small network with activations of every kind, as eager."""
    layers = [torch.nn.Linear(6, 6), nonlin.nn.Mish(inplace=True), nonlin.nn.PReLU(6)]
    layers += [torch.nn.Linear(6, 8), nonlin.nn.SwiGLU(), nonlin.nn.Maxout(2)]
    model, x = torch.nn.Sequential(*layers).eval(), torch.randn(5, 6)
    want = model(x)
    with torch.no_grad():
        if form == "freezing":
            with torch._inductor.config.patch(freezing=True):
                got = torch.compile(model)(x)
        elif form == "cpp_wrapper":
            with torch._inductor.config.patch(cpp_wrapper=True):
                got = torch.compile(model)(x)
        elif form == "reduce-overhead":
            got = torch.compile(model, mode="reduce-overhead")(x)
        else:
            for child in model.children():
                child.compile()
            got = model(x)
    agree(got, want)


@pytest.mark.cpu
def test_in_16_bits_under_autocast():
    """A linear layer hands on bfloat16, and the chain after it is one kernel in it."""
    layer = torch.nn.Linear(6, 6)

    def f(x):
        with torch.autocast("cpu", torch.bfloat16):
            return nonlin.gelu(layer(x)) * 2

    x = torch.randn(4, 6)
    got, want = compiled(f, "inductor")(x), f(x)
    assert got.dtype == torch.bfloat16
    torch.testing.assert_close(got, want, rtol=2e-2, atol=2e-2)


@pytest.mark.cpu
@pytest.mark.parametrize("selective", [False, True])
def test_checkpoints_recompute_the_same(selective):
    from torch.utils.checkpoint import (
        CheckpointPolicy,
        checkpoint,
        create_selective_checkpoint_contexts,
    )

    def policy(context, op, *arguments, **options):
        saves = op is torch.ops.aten.mm.default
        return CheckpointPolicy.MUST_SAVE if saves else CheckpointPolicy.PREFER_RECOMPUTE

    contexts = functools.partial(create_selective_checkpoint_contexts, policy)
    more = {"context_fn": contexts} if selective else {}
    w = torch.randn(6, 6, requires_grad=True)

    def block(x):
        return nonlin.mish(nonlin.swish(x @ w) @ w)

    def f(x):
        return checkpoint(block, x, use_reentrant=False, **more).sum()

    x = torch.randn(4, 6)
    got, want = (torch.autograd.grad(g(x), w) for g in (compiled(f, "inductor"), f))
    agree(got, want)


def test_in_place_is_still_in_place():
    def f(x):
        nonlin.mish(x, inplace=True)
        return x + 1

    x = torch.randn(8)
    y = x.clone()
    agree(compiled(f, "inductor")(x), f(y))
    torch.testing.assert_close(x, y)
