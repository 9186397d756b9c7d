"""PyTorch's own check of custom operators: schema, autograd, fake tensors, symbolic shapes."""

import pytest
import torch
from rows import DTYPES, HALVES, PointwiseRow
from torch.library import opcheck

pytestmark = [
    pytest.mark.devices,
    pytest.mark.smoke,
    # opcheck itself looks at .grad of the tensors that it is given, which need not be leaves.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
LAYOUTS = {
    "dense": lambda t: t,
    "transposed": lambda t: t.t(),
    "sliced": lambda t: t.repeat_interleave(2, 1)[:, ::2],
    "scalar": lambda t: t[0, 0],
    "empty": lambda t: t[:0],
    "channels-last": lambda t: t.expand(2, 2, 3, 4).contiguous(memory_format=torch.channels_last),
}


def check(case, kind, dtype, layout, requires_grad):
    def tensor() -> torch.Tensor:
        t = LAYOUTS[layout](torch.randn(3, 4).to(dtype))
        if kind != "out" and requires_grad:
            t.requires_grad_()
        # An in-place operator cannot write a leaf that requires a gradient.
        return t * 1 if kind == "_" else t

    count = {"_backward": 2, "_double_backward": 3}.get(kind, 1)
    named = {"out": torch.empty_like(tensor())} if kind == "out" else {}
    results = opcheck(
        case.overload(kind), (*(tensor() for _ in range(count)), *case.parameters), named
    )
    assert set(results.values()) == {"SUCCESS"}, f"{case}{kind}, {dtype}, {layout}: {results}"


@pytest.mark.parametrize("requires_grad", [False, True], ids=["constant", "differentiable"])
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
def test_operator(operator, kind, requires_grad):
    check(operator, kind, torch.float32, "dense", requires_grad)


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d != torch.float32], ids=str)
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
def test_types(operator, kind, dtype):
    check(operator, kind, dtype, "dense", dtype not in HALVES)


@pytest.mark.parametrize("layout", list(LAYOUTS)[1:])
@pytest.mark.parametrize("kind", PointwiseRow.KINDS)
def test_layouts(operator, kind, layout):
    check(operator, kind, torch.float64, layout, True)


def test_parameters(case):
    for kind in PointwiseRow.KINDS:
        check(case, kind, torch.float32, "dense", True)


@pytest.mark.cpu
def test_schemas(operator):
    """As documented; every parameter has a default, so that saved programs survive new ones."""
    parameters = "".join(
        f", Scalar {argument.name}={argument.default_value}."
        for argument in operator.overload()._schema.arguments[1:]
    ).replace(".0.", ".")
    name = f"nonlin::{operator.operator}"
    assert [str(operator.overload(kind)._schema) for kind in PointwiseRow.KINDS] == [
        f"{name}(Tensor self{parameters}) -> Tensor",
        f"{name}_(Tensor(a!) self{parameters}) -> Tensor(a!)",
        f"{name}.out(Tensor self{parameters}, *, Tensor(a!) out) -> Tensor(a!)",
        f"{name}_backward(Tensor grad_output, Tensor self{parameters}) -> Tensor",
        f"{name}_double_backward(Tensor grad_grad, Tensor grad_output, Tensor self{parameters})"
        " -> (Tensor, Tensor)",
    ]


@pytest.mark.cpu
def test_tags(operator):
    for kind in PointwiseRow.KINDS:
        assert torch.Tag.pt2_compliant_tag in operator.overload(kind).tags
    # With this tag PyTorch 2.15's AOTInductor calls a C function that it never declares.
    assert not {"out", "out_variant"} & {tag.name for tag in operator.overload("out").tags}
    for kind in ("", "_backward"):
        assert torch.Tag.pointwise in operator.overload(kind).tags


def test_meta_and_fake_tensors(operator):
    from torch._subclasses import FakeTensorMode

    meta = torch.empty(2, 3, 4, device="meta").permute(2, 0, 1)
    for result in (operator.forward(meta), operator.backward(meta, meta)):
        assert result.is_meta and result.stride() == meta.stride()
    assert all(r.shape == meta.shape for r in operator.double_backward(meta, meta, meta))
    assert operator.inplace(meta) is meta
    assert operator.out(meta, out=torch.empty(0, device="meta")).shape == meta.shape
    with FakeTensorMode():
        fake = torch.empty(2, 3, 4).transpose(0, 2)
        assert operator.forward(fake).stride() == fake.stride()
