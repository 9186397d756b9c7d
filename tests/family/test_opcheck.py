"""PyTorch's own check of custom operators: schema, autograd, fake tensors, symbolic shapes."""

from itertools import product

import pytest
import torch
from operators import each_operator
from rows import DTYPES, GROUPWISE, OPERATORS, PARAMETRIC, POINTWISE, Row, Sample
from torch._subclasses import FakeTensorMode
from torch.library import opcheck
from torch.utils._pytree import tree_leaves, tree_map_only

pytestmark = [
    pytest.mark.devices,
    # opcheck itself looks at .grad of the tensors that it is given, which need not be leaves.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
one_of_each_family = pytest.mark.parametrize(
    ("row", "kind"),
    [(row, kind) for row in (POINTWISE[-1], PARAMETRIC[-1], GROUPWISE[-1]) for kind in row.KINDS],
    ids=str,
)


def arguments(
    row: Row, kind: str, sample: Sample, requires_grad: bool = True
) -> tuple[tuple, dict]:
    """By position and by name; tensors keep their strides."""

    def given(t: torch.Tensor) -> torch.Tensor:
        t = t.detach().requires_grad_(requires_grad and kind != "out" and t.is_floating_point())
        # An in-place operator cannot write a leaf that requires a gradient.
        return t * 1 if kind == "_" and requires_grad else t

    operands = row.operands(kind, sample).map(given)
    named = {}
    if kind == "out":
        named["out"] = torch.empty_like(
            row.forward(*(t.detach() for t in sample.tensors), *sample.numbers)
        )
    return operands.arguments, named


def samples(row: Row, kind: str, dtype: torch.dtype) -> list[Sample]:
    """Those that an operator of this kind takes: an expanded tensor is no target of a write."""
    kept = [
        s
        for s in row.sample_inputs(dtype, torch.get_default_device())
        if kind != "_" or s.name != "expanded"
    ]
    return [s.map(torch.Tensor.clone) if kind == "_" else s for s in kept]


def check(row: Row, kind: str, arguments, named, where: str) -> None:
    results = opcheck(row.overload(kind), arguments, named)
    assert set(results.values()) == {"SUCCESS"}, f"{row}{kind}, {where}: {results}"


def check_type(row: Row, kind: str, dtype: torch.dtype, requires_grad: bool) -> None:
    sample = samples(row, kind, dtype)[0]
    given = arguments(row, kind, sample, requires_grad)
    check(row, kind, *given, f"{dtype}, {requires_grad}")


@pytest.mark.smoke
@each_operator
@pytest.mark.parametrize("requires_grad", [True, False])
def test_operators(row, kind, requires_grad):
    check_type(row, kind, torch.float32, requires_grad)


@pytest.mark.smoke
@one_of_each_family
@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype != torch.float32], ids=str)
def test_types(row, kind, dtype):
    """How types are taken is text of the family."""
    check_type(row, kind, dtype, True)


@one_of_each_family
def test_samples(row, kind):
    """Every shape, arrangement, weight and group: how they are taken is text of the family."""
    for sample in samples(row, kind, torch.float64)[1:]:
        check(row, kind, *arguments(row, kind, sample), sample.name)


@pytest.mark.smoke
@pytest.mark.parametrize("kind", ["_backward", "_double_backward"])
def test_output_masks(parametric, kind):
    sample = samples(parametric, kind, torch.float32)[0]
    given, _ = arguments(parametric, kind, sample)
    for mask in product((False, True), repeat=2 if kind == "_backward" else 3):
        if any(mask):
            check(parametric, kind, (*given, mask), {}, f"{mask}")
    if kind == "_double_backward":
        u, v, g, *rest = given
        check(parametric, kind, (None, v, g, *rest), {}, "no u")
        check(parametric, kind, (u, None, g, *rest), {}, "no v")
        check(parametric, kind, (u, v, None, *rest, (True, False, False)), {}, "no g")


def on_meta(t: torch.Tensor) -> torch.Tensor:
    return torch.empty_strided(t.shape, t.stride(), dtype=t.dtype, device="meta")


@pytest.mark.smoke
def test_traced_tensors(activation):
    """Results on Meta and fake tensors have the shapes, strides and types of the real ones."""
    for kind in activation.KINDS:
        f = activation.overload(kind)
        for sample in samples(activation, kind, torch.float32):
            where, mode = f"{kind}, {sample.name}", FakeTensorMode()
            given, named = arguments(activation, kind, sample, requires_grad=False)
            for target in (named, {"out": torch.empty(0)}) if named else ({},):
                traced = [  # before an `out` of no elements is resized
                    tree_map_only(torch.Tensor, convert, (given, target))
                    for convert in (on_meta, mode.from_tensor)
                ]
                real = tree_leaves(f(*given, **target))
                for tensors, others in traced:
                    result = f(*tensors, **others)
                    written = kind in ("_", "out")
                    assert not written or result is others.get("out", tensors[0]), where
                    for a, b in zip(real, tree_leaves(result), strict=True):
                        assert (a.shape, a.dtype) == (b.shape, b.dtype), where
                        assert a.stride() == b.stride() or a.numel() == 0, where


@pytest.mark.smoke
@pytest.mark.cpu
def test_schemas_of_pointwise_operators():
    """As documented; every parameter has a default, so that saved programs survive new ones."""
    for row in OPERATORS:
        parameters = "".join(
            f", Scalar {argument.name}={str(argument.default_value).removesuffix('0')}"
            for argument in row.overload()._schema.arguments[1:]
        )
        name = f"nonlin::{row.operator}"
        assert [str(row.overload(kind)._schema) for kind in row.KINDS] == [
            f"{name}(Tensor self{parameters}) -> Tensor",
            f"{name}_(Tensor(a!) self{parameters}) -> Tensor(a!)",
            f"{name}.out(Tensor self{parameters}, *, Tensor(a!) out) -> Tensor(a!)",
            f"{name}_backward(Tensor grad_output, Tensor self{parameters}) -> Tensor",
            f"{name}_double_backward(Tensor grad_grad, Tensor grad_output, Tensor self{parameters})"
            " -> (Tensor, Tensor)",
        ]


@pytest.mark.smoke
@pytest.mark.cpu
def test_schemas(parametric):
    name, rest = f"nonlin::{parametric}", f"Tensor {parametric.weight}, int dim=1"
    mask = "output_mask=[True, True{}]"
    assert [str(parametric.overload(kind)._schema) for kind in parametric.KINDS] == [
        f"{name}(Tensor self, {rest}) -> Tensor",
        f"{name}_(Tensor(a!) self, {rest}) -> Tensor(a!)",
        f"{name}.out(Tensor self, {rest}, *, Tensor(a!) out) -> Tensor(a!)",
        f"{name}_backward(Tensor grad_output, Tensor self, {rest}, bool[2] {mask.format('')})"
        " -> (Tensor, Tensor)",
        f"{name}_double_backward(Tensor? grad_grad_self, Tensor? grad_grad_weight,"
        f" Tensor? grad_output, Tensor self, {rest}, bool[3] {mask.format(', True')})"
        " -> (Tensor, Tensor, Tensor)",
    ]


@pytest.mark.smoke
@pytest.mark.cpu
def test_groupwise_schemas(groupwise):
    name, rest = f"nonlin::{groupwise}", "int k, int dim=-1"
    assert [str(groupwise.overload(kind)._schema) for kind in groupwise.KINDS] == [
        f"{name}(Tensor self, {rest}) -> Tensor",
        f"{name}.out(Tensor self, {rest}, *, Tensor(a!) out) -> Tensor(a!)",
        f"{name}_with_index(Tensor self, {rest}) -> (Tensor, Tensor)",
        f"{name}_backward(Tensor grad_output, Tensor index, {rest}) -> Tensor",
        f"{name}_gather(Tensor input, Tensor index, {rest}) -> Tensor",
    ]


@pytest.mark.smoke
@pytest.mark.cpu
def test_tags():
    """PyTorch broadcasts what is tagged `pointwise`, which would be wrong for a weight."""
    for row in (*OPERATORS, *PARAMETRIC, *GROUPWISE):
        for kind in row.KINDS:
            tags = row.overload(kind).tags
            assert torch.Tag.pt2_compliant_tag in tags
            # With this tag PyTorch 2.15's AOTInductor calls a C function that it never declares.
            assert not {"out", "out_variant"} & {tag.name for tag in tags}
            assert torch.Tag.pointwise not in tags or row in OPERATORS
            assert (
                torch.Tag.pointwise in tags or row not in OPERATORS or kind not in ("", "_backward")
            )
