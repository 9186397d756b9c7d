"""Run with the emulated device loaded: calls of operators with CUDA tensors, beside the CPU."""

import ctypes
import warnings

import nonlin
import torch

warnings.simplefilter("ignore")  # PyTorch's own kernels are not for this device
ops = torch.ops.nonlin
device = ctypes.CDLL(None)


def cuda(tensor: torch.Tensor) -> torch.Tensor:
    """A copy with the same strides; PyTorch's own kernels do not run."""
    size, stride = tensor.shape, tensor.stride()
    copy = torch.empty_strided(size, stride, dtype=tensor.dtype, device="cuda")
    return copy.copy_(tensor)


def check(name: str, operator, *arguments, **options) -> None:
    there = [cuda(a) if isinstance(a, torch.Tensor) else a for a in arguments]
    compare(name, operator(*there, **options), operator(*arguments, **options))


def compare(name: str, found, expected) -> None:
    launches = device.emulated_launches()
    if isinstance(found, torch.Tensor):
        found, expected = [found], [expected]
    for y, z in zip(found, expected, strict=True):
        assert y.device.type == "cuda" and y.stride() == z.stride(), name
        torch.testing.assert_close(y.cpu(), z, rtol=1e-5, atol=1e-6)
    print(f"{name}: {launches} launches")
    assert launches > 0


torch.manual_seed(0)
x, g, v = torch.randn(3, 5, 7, 33)
w = torch.rand(7)
check("value", ops.mish, x)
check("backward", ops.mish_backward, g, x)
check("double backward", ops.mish_double_backward, v, g, x)
check("bfloat16", ops.mish, x.bfloat16())
check("channels last", ops.mish, x.reshape(5, 7, 3, 11).to(memory_format=torch.channels_last))
compare("a slice", ops.mish(cuda(x)[:, ::2, 1:]), ops.mish(x[:, ::2, 1:]))
check("a weight", ops.prelu, x, w)
both = {"output_mask": [True, True]}
check("the gradient of a weight", ops.prelu_backward, g, x, w, **both)
check("in slices", ops.prelu_backward, *torch.randn(2, 300, 7, 64), w, **both)
check("groups", ops.maxout_with_index, torch.randn(4, 12), 3)
values, index = ops.maxout_with_index(torch.randn(4, 12), 3)
check("scatter", ops.maxout_backward, values, index, 3)

leaf, same = cuda(x).requires_grad_(), x.clone().requires_grad_()
(found,) = torch.autograd.grad(nonlin.mish(leaf), leaf, cuda(g))
(expected,) = torch.autograd.grad(nonlin.mish(same), same, g)
compare("autograd", found, expected)
