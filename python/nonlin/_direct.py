"""How functions call their operators.

TorchScript and Dynamo read a function instead of running it, and know operators by their names in
`torch.ops`: what they read is what follows `if not (is_scripting() or is_dynamo_compiling())`. A
function that runs calls `direct.f` or `direct.f_`, which call their operators without what
`torch.ops` does before that. These step aside, and return None, wherever that could do more: for
arguments that are no plain tensors and numbers, under modes, transforms and tracers. Only then is
the call shown to __torch_function__, under the name of the function, and are arguments checked;
what is left goes by `torch.ops`.
"""

from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]
from torch.overrides import handle_torch_function, has_torch_function_variadic

from nonlin._C import direct

NUMBERS = (float, int)  # of exactly these types, not their subclasses

__all__ = [
    "NUMBERS",
    "direct",
    "handle_torch_function",
    "has_torch_function_variadic",
    "is_dynamo_compiling",
    "is_scripting",
]
