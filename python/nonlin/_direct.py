"""How functions call their operators.

TorchScript and Dynamo read a function instead of running it, and know operators by their names in
`torch.ops`: a function that is read is what follows `if not (is_scripting() or
is_dynamo_compiling())`. One that runs calls `direct.f` or `direct.f_` for plain tensors and numbers
outside of any mode of __torch_function__: for a small tensor, what `torch.ops` does before an
operator takes longer than the operator. All else is shown to __torch_function__, under the name of
the function, then checked, and goes by `torch.ops`; and so do calls of `direct` where transforms or
tracers are active.
"""

from torch import Tensor
from torch._C import _is_torch_function_mode_enabled as has_mode
from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]
from torch.nn import Parameter
from torch.overrides import handle_torch_function, has_torch_function_variadic

from nonlin._C import direct

# Exactly these types are plain, not their subclasses.
TENSORS = (Tensor, Parameter)
NUMBERS = (float, int)

__all__ = [
    "NUMBERS",
    "TENSORS",
    "direct",
    "handle_torch_function",
    "has_mode",
    "has_torch_function_variadic",
    "is_dynamo_compiling",
    "is_scripting",
]
