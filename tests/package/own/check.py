"""Loads an activation of each family, and tries what functions and modules of ours can do.

Arguments: the folder of soft_sign.h, soft_glu.h and gaussian_gate.h, and that of largest.h.
"""

import importlib.util
import io
import os
import pickle
import re
import sys
from pathlib import Path

import nonlin
import torch
from torch.autograd import forward_ad, gradcheck, gradgradcheck
from torch.func import hessian, vmap

example, here = map(Path, sys.argv[1:])
soft_sign = nonlin.load_activation(example / "soft_sign.h")
gate = nonlin.load_activation(str(example / "gaussian_gate.h"))
largest = nonlin.load_activation(here / "largest.h")
soft_glu = nonlin.load_activation(example / "soft_glu.h")
if "ONLY_LOAD" in os.environ:
    sys.exit()
f = soft_sign.function
assert nonlin.load_activation(example / "soft_sign.h") is soft_sign


def plain(x, sharpness=1.0):
    return x / (1 + sharpness * x.abs())


def refused(kind, message, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except kind as error:
        assert message in str(error), error
        return
    raise AssertionError(f"nobody said: {message}")


# Values, of all types and layouts; parameters; forms.
x = torch.randn(7, 5, dtype=torch.float64, requires_grad=True)
for y, want in (
    (f(x), plain(x)),
    (f(x, 2.5), plain(x, 2.5)),
    (f(x.t(), sharpness=3), plain(x.t(), 3)),
    (f(input=x[::2, 1:]), plain(x[::2, 1:])),
    (torch.ops.nonlin_user.soft_sign(x), plain(x)),
):
    torch.testing.assert_close(y, want, rtol=1e-14, atol=0)
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    a = torch.linspace(-9, 9, 77).to(dtype)
    torch.testing.assert_close(f(a), plain(a.double()).to(dtype))
apart = nonlin.decompositions()[torch.ops.nonlin_user.soft_sign.default]
for same in (f, apart):
    far = torch.tensor([float("inf"), -float("inf"), 3e38, float("nan"), -0.0])
    ends = same(far, 2.0)
    assert ends[:3].tolist() == [0.5, -0.5, 0.5] and ends[3].isnan() and ends[4] == 0
    assert torch.signbit(ends[4]) or same is apart
a, out = torch.randn(9), torch.empty(0)
assert f(a, out=out) is out and torch.equal(out, f(a))
b = a.clone()
assert f(b, inplace=True) is b and torch.equal(b, out)

# Derivatives of every order, in both modes.
width = torch.tensor([0.7, 1.2, 0.4, 2.0, 1.0], dtype=torch.float64, requires_grad=True)
g = gate.function
assert gradcheck(f, x, check_forward_ad=True, check_batched_grad=True)
assert gradgradcheck(f, x, check_fwd_over_rev=True)
small = x[:2].detach().requires_grad_()
assert gradcheck(g, (small, width), check_forward_ad=True)
assert gradgradcheck(g, (small, width), check_fwd_over_rev=True)
assert gradcheck(lambda t: torch.autograd.grad(g(t, width).sum(), t, create_graph=True)[0], small)
third = torch.autograd.functional.hessian(
    lambda t: torch.autograd.grad(f(t).sum(), t, create_graph=True)[0].sum(), x[0].detach()
)
torch.testing.assert_close(third, torch.diag(6 / (1 + x[0].detach().abs()) ** 4))
with forward_ad.dual_level():
    tangent = forward_ad.unpack_dual(g(small, forward_ad.make_dual(width, width))).tangent
    assert tangent.shape == small.shape
torch.testing.assert_close(
    vmap(hessian(lambda t: f(t).sum()))(x.detach()),
    vmap(hessian(lambda t: plain(t).sum()))(x.detach()),
)
widths = torch.rand(2, dtype=torch.float64)
each = torch.stack([g(t, w) for t, w in zip(small, widths, strict=True)])
torch.testing.assert_close(vmap(g)(small, widths), each)
groups = torch.randn(3, 6, requires_grad=True)
torch.testing.assert_close(largest.function(groups, 2), groups.view(3, 3, 2).amax(-1))
torch.autograd.grad(largest.function(groups, k=3, dim=-1).sum(), groups)
assert (
    largest.module(2)(groups).shape == (3, 3) and str(largest.module(2)) == "Largest(k=2, dim=-1)"
)

# A gate, in every layout.
h, parts = soft_glu.function, [x.detach()[:, :2], x.detach()[:, 2:4]]
want = plain(parts[0], 1.5) * parts[1]
torch.testing.assert_close(h(*parts, sharpness=1.5), want)
for layout, both in (
    ("gate_first", torch.cat(parts, -1)),
    ("gate_last", torch.cat(parts[::-1], -1)),
    ("interleaved", torch.stack(parts, -1).flatten(-2)),
):
    torch.testing.assert_close(h(both, layout=layout, sharpness=1.5), want)
    module = soft_glu.module(layout=layout, sharpness=1.5).double()
    assert torch.equal(torch.jit.script(module)(both), module(both))
    assert gradcheck(lambda t, at=layout: h(t, layout=at), both.requires_grad_())
assert gradgradcheck(h, [t.requires_grad_() for t in parts], check_fwd_over_rev=True)
assert type(h(*parts).grad_fn).__name__ == "SoftGluBackward"

# Nodes have names, so that AOTAutograd knows what is in place.
assert type(f(x).grad_fn).__name__ == f(x).grad_fn.name() == "SoftSignBackward"
assert type(g(x, width).grad_fn).__name__ == "GaussianGateBackward"


def in_place(t):
    u = t * 1
    f(u, inplace=True)
    return u.sin()


compiled = torch.compile(in_place, backend="aot_eager", fullgraph=True)
ours, theirs = (torch.autograd.grad(h(x).sum(), x) for h in (compiled, in_place))
torch.testing.assert_close(ours, theirs)

# Compilers take them apart, those too that came after the compiler.
from torch._inductor.decomposition import decompositions  # noqa: E402

names = [f"nonlin_user::{name}" for name in ("soft_sign", "gaussian_gate", "soft_glu")]
table = nonlin.decompositions()
assert all(any(str(op._name) == name for op in decompositions) for name in names), names
for op, inputs in (
    (torch.ops.nonlin_user.soft_sign.default, (x,)),
    (torch.ops.nonlin_user.gaussian_gate.default, (x, width)),
    (torch.ops.nonlin_user.soft_glu.default, tuple(parts)),
):
    torch.testing.assert_close(table[op](*inputs), op(*inputs))
    assert decompositions[op] is not None

# Modules: learned weights, scripts, pickles.
net = torch.nn.Sequential(soft_sign.module(sharpness=0.5), gate.module(5, init=0.8)).double()
assert "(0): SoftSign(sharpness=0.5)" in str(net) and "num_parameters=5" in str(net)
assert [name for name, _ in net.named_parameters()] == ["1.width"]
scripted = torch.jit.script(net)
file = io.BytesIO()
torch.jit.save(scripted, file)
file.seek(0)
for other in (
    scripted,
    torch.jit.load(file),
    pickle.loads(pickle.dumps(net)),
    torch.compile(net, backend="aot_eager", fullgraph=True),
):
    assert torch.equal(other(x), net(x))
exported = torch.export.export(net, (x.detach(),))
assert torch.equal(exported.module()(x), net(x))
net[1].reset_parameters()
symbolic = torch.fx.symbolic_trace(lambda t: f(t, sharpness=2.0))
assert torch.equal(symbolic(x), f(x, 2.0))

kept = nonlin.fx.symbolic_trace(torch.nn.Sequential(soft_sign.module(), soft_glu.module()))
assert [node.op for node in kept.graph.nodes][1:-1] == ["call_module"] * 2
for loaded, header in (
    (soft_sign, example / "soft_sign.h"),
    (gate, example / "gaussian_gate.h"),
    (largest, here / "largest.h"),
    (soft_glu, example / "soft_glu.h"),
):
    for line in re.findall(r"^/// ?(.*)$", header.read_text("utf-8"), re.MULTILINE):
        assert all(line in described.__doc__ for described in loaded), line

# Messages.
unknown = b"cnonlin.own.nonlin_user.absent\nAbsent\n."
refused(ModuleNotFoundError, "nonlin.load_activation makes of a header", pickle.loads, unknown)
refused(TypeError, "nonlin_user::soft_sign: `input` must be a tensor, got float", f, 1.0)
refused(TypeError, "`sharpness` must be a real number, got str", f, x, "1")
refused(TypeError, "`inplace` must be True or False", f, x, inplace=1)
refused(RuntimeError, "`inplace` must be False where `out`", f, a, inplace=True, out=out)
refused(NotImplementedError, "`input` must have dtype float64", f, torch.arange(3))
refused(TypeError, "nonlin_user::gaussian_gate: `width` must be a tensor, got float", g, x, 0.5)
refused(RuntimeError, "`width` must have", g, x, torch.ones(3, dtype=torch.float64))
refused(ValueError, "`sharpness` must be finite", soft_sign.module, float("inf"))
(changed := Path(os.environ["NONLIN_CACHE"], str(os.getpid()))).mkdir()
(changed / "soft_sign.h").write_text((example / "soft_sign.h").read_text() + "\n")
taken = "nonlin_user::soft_sign is loaded already, of another text"
refused(RuntimeError, taken, nonlin.load_activation, changed / "soft_sign.h")
(changed / "soft_sign.h").unlink()
changed.rmdir()

# ONNX, by their expressions.
if importlib.util.find_spec("onnxscript") and importlib.util.find_spec("onnxruntime"):
    import nonlin.onnx
    import onnxruntime

    class Own(torch.nn.Module):
        def forward(self, x):
            width = x.new_tensor([0.5, -1.5, 2.0])
            both = largest.function(x, 2, 0), soft_glu.function(x, dim=0)
            return f(x, 2.5), gate.function(x, width), *both

    x = torch.randn(4, 3)
    for table in (nonlin.onnx.translation_table(), nonlin.onnx.translation_table(exact=True)):
        program = torch.onnx.export(
            Own(), (x,), dynamo=True, verbose=False, custom_translation_table=table
        )
        session = onnxruntime.InferenceSession(program.model_proto.SerializeToString())
        results = session.run(None, {session.get_inputs()[0].name: x.numpy()})
        torch.testing.assert_close([torch.from_numpy(y) for y in results], list(Own()(x)))

print("all is well")
