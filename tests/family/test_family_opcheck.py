"""PyTorch's own check of custom operators, for operators with weights and with groups."""

import itertools

import pytest
import torch
from rows import DTYPES, GROUPWISE, PARAMETRIC, WEIGHTS, GroupwiseRow, ParametricRow, make_weight
from torch._subclasses import FakeTensorMode
from torch.library import opcheck
from torch.utils._pytree import tree_leaves, tree_map

pytestmark = [
    pytest.mark.devices,
    pytest.mark.smoke,
    # opcheck itself looks at .grad of the tensors that it is given, which need not be leaves.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
LAYOUTS = {
    "dense": lambda t: t,
    "transposed": lambda t: t.transpose(0, 2).contiguous().transpose(0, 2),
    "channels-last": lambda t: t[None].movedim(1, -1).contiguous().movedim(-1, 1),
    "sliced": lambda t: t.repeat_interleave(2, 1)[:, ::2],
    "expanded": lambda t: t[:1].expand(3, -1, -1),
    "empty": lambda t: t[:0],
}
each_parametric_kind = pytest.mark.parametrize("kind", ParametricRow.KINDS)
each_groupwise_kind = pytest.mark.parametrize("kind", GroupwiseRow.KINDS)


def parametric_arguments(kind, weight="channels", layout="dense", dtype=torch.float32, leaf=True):
    """Tensors and what is given by name, for two rows of four channels, three inside."""

    def tensor() -> torch.Tensor:
        t = LAYOUTS[layout](torch.randn(2, 4, 3).to(dtype))
        t = t.requires_grad_(leaf and kind != "out")
        return t * 1 if kind == "_" else t  # which cannot write a leaf

    def scale() -> torch.Tensor:
        return make_weight(weight, tensor().shape[1], dtype).requires_grad_(leaf and kind != "out")

    tensors = {
        "_backward": [tensor, tensor, scale],
        "_double_backward": [tensor, scale, tensor, tensor, scale],
    }.get(kind, [tensor, scale])
    return tuple(make() for make in tensors), {"out": tensor()} if kind == "out" else {}


def groupwise_arguments(kind, k=2, dim=1, layout="dense", dtype=torch.float32, leaf=True):
    x = LAYOUTS[layout](torch.randn(2, 12, 4).to(dtype)).requires_grad_(leaf and kind != "out")
    y, index = (t.detach() for t in GROUPWISE[0].with_index(x, k, dim))
    tensors = {"_backward": (y.requires_grad_(leaf), index), "_gather": (x, index)}.get(kind, (x,))
    return (*tensors, k, dim), {"out": torch.empty_like(y)} if kind == "out" else {}


def check(case, kind, arguments, named) -> None:
    results = opcheck(case.overload(kind), arguments, named)
    assert set(results.values()) == {"SUCCESS"}, f"{case}{kind}: {results}"


@pytest.mark.parametrize("leaf", [False, True], ids=["constant", "differentiable"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@each_parametric_kind
def test_parametric(parametric, kind, dtype, leaf):
    check(parametric, kind, *parametric_arguments(kind, dtype=dtype, leaf=leaf))


@pytest.mark.parametrize("weight", WEIGHTS)
@each_parametric_kind
def test_weights(parametric, kind, weight):
    check(parametric, kind, *parametric_arguments(kind, weight))


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "expanded"])
@each_parametric_kind
def test_parametric_layouts(parametric, kind, layout):
    check(parametric, kind, *parametric_arguments(kind, layout=layout))


@pytest.mark.parametrize("kind", ["_backward", "_double_backward"])
def test_parametric_masks(parametric, kind):
    arguments, _ = parametric_arguments(kind)
    for mask in itertools.product((False, True), repeat=2 if kind == "_backward" else 3):
        if any(mask):
            check(parametric, kind, (*arguments, 1, mask), {})
    if kind == "_double_backward":
        u, v, g, x, w = arguments
        check(parametric, kind, (None, v, g, x, w), {})
        check(parametric, kind, (u, None, g, x, w), {})
        check(parametric, kind, (u, v, None, x, w, 1, (True, False, False)), {})


@pytest.mark.parametrize("leaf", [False, True], ids=["constant", "differentiable"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@each_groupwise_kind
def test_groupwise(groupwise, kind, dtype, leaf):
    check(groupwise, kind, *groupwise_arguments(kind, dtype=dtype, leaf=leaf))


@pytest.mark.parametrize("k", [1, 4])
@each_groupwise_kind
def test_groups(groupwise, kind, k):
    check(groupwise, kind, *groupwise_arguments(kind, k))


@pytest.mark.parametrize("dim", [-2, -1])
@pytest.mark.parametrize("layout", LAYOUTS)
@each_groupwise_kind
def test_groupwise_layouts(groupwise, kind, layout, dim):
    check(groupwise, kind, *groupwise_arguments(kind, 2, dim, layout))


@pytest.mark.cpu
def test_schemas(parametric):
    name, rest = f"nonlin::{parametric}", f"Tensor {parametric.weight}, int dim=1"
    mask = "output_mask=[True, True{}]"
    assert [str(parametric.overload(kind)._schema) for kind in ParametricRow.KINDS] == [
        f"{name}(Tensor self, {rest}) -> Tensor",
        f"{name}_(Tensor(a!) self, {rest}) -> Tensor(a!)",
        f"{name}.out(Tensor self, {rest}, *, Tensor(a!) out) -> Tensor(a!)",
        f"{name}_backward(Tensor grad_output, Tensor self, {rest}, bool[2] {mask.format('')})"
        " -> (Tensor, Tensor)",
        f"{name}_double_backward(Tensor? grad_grad_self, Tensor? grad_grad_weight,"
        f" Tensor? grad_output, Tensor self, {rest}, bool[3] {mask.format(', True')})"
        " -> (Tensor, Tensor, Tensor)",
    ]


@pytest.mark.cpu
def test_groupwise_schemas(groupwise):
    name, rest = f"nonlin::{groupwise}", "int k, int dim=-1"
    assert [str(groupwise.overload(kind)._schema) for kind in GroupwiseRow.KINDS] == [
        f"{name}(Tensor self, {rest}) -> Tensor",
        f"{name}.out(Tensor self, {rest}, *, Tensor(a!) out) -> Tensor(a!)",
        f"{name}_with_index(Tensor self, {rest}) -> (Tensor, Tensor)",
        f"{name}_backward(Tensor grad_output, Tensor index, {rest}) -> Tensor",
        f"{name}_gather(Tensor input, Tensor index, {rest}) -> Tensor",
    ]


@pytest.mark.cpu
def test_tags():
    """A tag `pointwise` would have PyTorch broadcast a weight; for `out` see test_opcheck.py."""
    for cases, kinds in ((PARAMETRIC, ParametricRow.KINDS), (GROUPWISE, GroupwiseRow.KINDS)):
        for case, kind in itertools.product(cases, kinds):
            tags = case.overload(kind).tags
            assert torch.Tag.pt2_compliant_tag in tags
            assert not {"out", "out_variant", "pointwise"} & {tag.name for tag in tags}


def alike(overload, arguments, named, fake: bool) -> None:
    """Results on Meta or fake tensors have the shapes, strides and types of the real ones."""
    arguments, named = tree_map(
        lambda t: t.detach() if isinstance(t, torch.Tensor) else t, (arguments, named)
    )
    real = overload(*arguments, **named)
    if fake:
        mode = FakeTensorMode()
        convert = lambda t: mode.from_tensor(t) if isinstance(t, torch.Tensor) else t  # noqa: E731
        with mode:
            other = overload(*tree_map(convert, arguments), **tree_map(convert, named))
    else:
        convert = lambda t: t.to("meta") if isinstance(t, torch.Tensor) else t  # noqa: E731
        other = overload(*tree_map(convert, arguments), **tree_map(convert, named))
    for a, b in zip(tree_leaves(real), tree_leaves(other), strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        assert a.stride() == b.stride() or (not fake and a.numel() < 2) or a.numel() == 0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fake", [False, True], ids=["meta", "fake"])
def test_traced_tensors(fake, layout):
    """`to("meta")` keeps the strides of dense tensors; fake tensors keep all."""
    if not fake and layout in ("sliced", "expanded"):
        return
    for case, kind in itertools.product(PARAMETRIC, ParametricRow.KINDS):
        for weight in WEIGHTS:
            if kind in ("_", "out") and layout == "expanded":
                continue  # no target of a write
            alike(case.overload(kind), *parametric_arguments(kind, weight, layout), fake)
    for case, kind, k in itertools.product(GROUPWISE, GroupwiseRow.KINDS, (1, 2, 4)):
        for dim in (-2, -1):
            alike(case.overload(kind), *groupwise_arguments(kind, k, dim, layout), fake)
