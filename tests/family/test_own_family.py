"""The torch layer in another library, with families of its own: tests/cpp/family/own.cpp.

They get everything from their declarations: f(x, y) = x·y² with two tensors, and eˣ, whose
derivatives are computed from its result.
"""

import pytest
import torch
from compiling import agree, compiled, forward_and_gradients
from development import BUILD, needs_build
from torch.autograd import forward_ad, grad, gradcheck, gradgradcheck
from torch.func import hessian, jacfwd, jvp, vmap
from torch.library import opcheck

LIBRARY = BUILD / "tests" / "cpp" / "libown_family.so"
pytestmark = [
    needs_build,
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf"),
]
EXPRESSIONS = {"product": lambda x, y: x * y * y, "exponential": torch.exp}
COUNT = {"product": 2, "exponential": 1}
each = pytest.mark.parametrize("name", EXPRESSIONS)


@pytest.fixture(scope="module", autouse=True)
def _library():
    if not LIBRARY.is_file():
        pytest.skip("this build has no C++ tests")
    torch.ops.load_library(LIBRARY)


def operator(name: str, suffix: str = ""):
    return getattr(torch.ops.own, name + suffix)


def leaves(name: str, *shape: int) -> list[torch.Tensor]:
    return [torch.randn(shape, dtype=torch.float64).requires_grad_() for _ in range(COUNT[name])]


def derivatives(f, tensors, order: int) -> list[torch.Tensor]:
    """f and all of its derivatives up to an order, along fixed directions."""
    results = [f(*tensors)]
    found = [results[0].detach()]
    for step in range(order):
        loss = sum((t * (0.5 + i)).square().sum() for i, t in enumerate(results))
        results = list(grad(loss, tensors, create_graph=step + 1 < order))
        found += [t.detach() for t in results]
    return found


@each
def test_schemas(name):
    inputs = ", ".join(f"Tensor {x}" for x in ("self", "other")[: COUNT[name]])
    assert str(operator(name).default._schema) == f"own::{name}({inputs}) -> Tensor"
    backward = str(operator(name, "_backward").default._schema)
    given = inputs if name == "product" else "Tensor result"
    assert backward.startswith(f"own::{name}_backward(Tensor grad_output, {given}")


@each
def test_derivatives_of_every_order(name):
    tensors = leaves(name, 3, 4)
    ours, theirs = (derivatives(f, tensors, 4) for f in (operator(name), EXPRESSIONS[name]))
    torch.testing.assert_close(ours, theirs)
    small = leaves(name, 3)
    assert gradcheck(operator(name), small, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(operator(name), small, check_fwd_over_rev=True, check_rev_over_rev=True)


@each
def test_forward_mode_and_transforms(name):
    tensors = [t.detach() for t in leaves(name, 4)]
    f, g = operator(name), EXPRESSIONS[name]
    tangents = [torch.randn_like(t) for t in tensors]
    torch.testing.assert_close(jvp(f, (*tensors,), (*tangents,)), jvp(g, (*tensors,), (*tangents,)))
    for transform in (jacfwd, lambda h: jacfwd(jacfwd(jacfwd(h))), hessian):
        torch.testing.assert_close(transform(f)(*tensors), transform(g)(*tensors))
    batch = [torch.stack([t, 2 * t, -t], 1) for t in tensors]
    torch.testing.assert_close(vmap(f, 1, 1)(*batch), g(*batch))


@each
@pytest.mark.parametrize("view", [False, True])
def test_in_place_and_out(name, view):
    results = []
    for write in (
        operator(name, "_"),
        lambda t, *rest: t.copy_(EXPRESSIONS[name](t.clone(), *rest)),
    ):
        torch.manual_seed(1)
        tensors = leaves(name, 4, 3)
        base = tensors[0] * 1
        target, rest = (base[1:], [t[1:] for t in tensors[1:]]) if view else (base, tensors[1:])
        write(target, *rest)
        first = grad(base.square().sum(), tensors, create_graph=True)
        second = grad(sum(t.square().sum() for t in first), tensors)
        results.append([t.detach() for t in (base, *first, *second)])
    torch.testing.assert_close(*results)
    tensors = [t.detach() for t in leaves(name, 4)]
    out = torch.empty(0, dtype=torch.float64)
    assert operator(name)(*tensors, out=out) is out
    torch.testing.assert_close(out, EXPRESSIONS[name](*tensors))
    with forward_ad.dual_level():
        x = forward_ad.make_dual(tensors[0].clone(), torch.ones(4, dtype=torch.float64))
        want = forward_ad.unpack_dual(EXPRESSIONS[name](x, *tensors[1:]))
        got = forward_ad.unpack_dual(operator(name, "_")(x, *tensors[1:]))
        torch.testing.assert_close(tuple(got), tuple(want))


@each
def test_opcheck(name):
    tensors = leaves(name, 3, 2)
    opcheck(operator(name).default, tensors)
    opcheck(operator(name, "_backward").default, [torch.randn(3, 2).double(), *tensors])


@pytest.mark.usefixtures("fresh_compiler")
@each
def test_compiled(name):
    def f(*ts):
        return operator(name)(*(t + 1 for t in ts)) * 2

    tensors = leaves(name, 5)
    agree(forward_and_gradients(compiled(f), *tensors), forward_and_gradients(f, *tensors))


@each
def test_autocast(name):
    tensors = [t.detach().float() for t in leaves(name, 4)]
    with torch.autocast("cpu", torch.bfloat16):
        assert operator(name)(*tensors).dtype == torch.bfloat16
        assert operator(name, "_")(*tensors).dtype == torch.float32


def test_errors_name_operator_and_argument():
    x = torch.ones(3)
    with pytest.raises(RuntimeError, match=r"own::product: `other` must have the shape of `self`"):
        operator("product")(x, torch.ones(2))
    with pytest.raises(RuntimeError, match=r"own::product_: `self` must be `other` itself or"):
        memory = torch.ones(4)
        operator("product", "_")(memory[:3], memory[1:])
