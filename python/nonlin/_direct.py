"""How functions call their operators.

`direct.f` and `direct.f_` call their operators without what `torch.ops` does before that, and pass
calls on to `torch.ops` wherever that could do more: under modes, transforms and tracers, for
subclasses of tensors and for arguments to be converted. TorchScript and Dynamo read a function
instead of running it, and know operators by their names in `torch.ops` alone: these they find where
`is_scripting() or is_dynamo_compiling()`.
"""

from torch.compiler import is_dynamo_compiling
from torch.jit import is_scripting  # type: ignore[attr-defined]

from nonlin._C import direct

__all__ = ["direct", "is_dynamo_compiling", "is_scripting"]
