"""The feed-forward block of today's transformers, and its checkpoints in either form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.overrides import is_tensor_like

from nonlin._arguments import integer, parameter_dtype, text, truth
from nonlin.nn.gated import GEGLU, GLU, BilinearGLU, ReGLU, SwiGLU, SwiGLUClamped

__all__ = ["GatedMLP"]

# Packed weights have the gate first, whatever the function's default layout is.
ACTIVATIONS: dict[str, Callable[[], torch.nn.Module]] = {
    "glu": lambda: GLU(layout="gate_first"),
    "bilinear": BilinearGLU,
    "reglu": ReGLU,
    "geglu": GEGLU,
    "geglu_tanh": lambda: GEGLU(approximate="tanh"),
    "swiglu": SwiGLU,
    "swiglu_clamped": lambda: SwiGLUClamped(layout="gate_first"),
}
CALLER = "nonlin.nn.GatedMLP"
BOTH, HALVES, KINDS = "gate_up_proj", ("gate_proj", "up_proj"), ("weight", "bias")


class GatedMLP(torch.nn.Module):
    """down(act(gate(x))·up(x)), where gate, up and down are linear layers.

    Shazeer 2020, arXiv 2002.05202

    in_features, hidden_features, out_features: the entries of x, of gate and up, and of the result,
        which has `in_features` where `out_features` is None
    bias: whether the layers have biases
    activation: "glu", "bilinear", "reglu", "geglu", "geglu_tanh", "swiglu" or "swiglu_clamped", the
        operators of `nonlin.gated` with their default numbers, but with "gate_first" for a layout
    packed: have one layer for gate and up, `gate_up_proj`, whose first rows are the gate's; else
        two, `gate_proj` and `up_proj`. In both cases `down_proj` follows
    device, dtype: of the parameters

    `load_state_dict` takes the names and weights of either form, and `unpacked_state_dict` returns
    those of Llama's checkpoints. Every layer is initialized as a torch.nn.Linear.

    Input: (*, in_features), output: (*, out_features).

    >>> GatedMLP(4, 8)
    GatedMLP(
      (gate_up_proj): Linear(in_features=4, out_features=16, bias=False)
      (activation): SwiGLU(dim=-1, beta=1.0)
      (down_proj): Linear(in_features=8, out_features=4, bias=False)
    )
    >>> llama = GatedMLP(4, 8, packed=False).state_dict()
    >>> list(llama)
    ['gate_proj.weight', 'up_proj.weight', 'down_proj.weight']
    >>> GatedMLP(4, 8).load_state_dict(llama)
    <All keys matched successfully>
    >>> GatedMLP(4, 8)(torch.ones(2, 3, 4)).shape
    torch.Size([2, 3, 4])
    """

    __constants__: ClassVar[list[str]] = [
        "in_features",
        "hidden_features",
        "out_features",
        "packed",
    ]

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int | None = None,
        bias: bool = False,
        activation: str = "swiglu",
        packed: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features = integer(CALLER, "in_features", in_features, least=1)
        self.hidden_features = integer(CALLER, "hidden_features", hidden_features, least=1)
        out_features = in_features if out_features is None else out_features
        self.out_features = integer(CALLER, "out_features", out_features, least=1)
        truth(CALLER, "bias", bias)
        text(CALLER, "activation", activation)
        if activation not in ACTIVATIONS:
            names = ", ".join(f"'{name}'" for name in ACTIVATIONS)
            raise ValueError(f"{CALLER}: `activation` must be one of {names}, got '{activation}'")
        truth(CALLER, "packed", packed)
        parameter_dtype(CALLER, dtype)
        self.packed = packed

        def linear(entries: int, results: int) -> torch.nn.Linear:
            return torch.nn.Linear(entries, results, bias, device, dtype)

        if packed:
            self.gate_up_proj = linear(self.in_features, 2 * self.hidden_features)
        else:
            self.gate_proj = linear(self.in_features, self.hidden_features)
            self.up_proj = linear(self.in_features, self.hidden_features)
        self.activation = ACTIVATIONS[activation]()
        self.down_proj = linear(self.hidden_features, self.out_features)

    def forward(self, input: Tensor) -> Tensor:
        # TorchScript compiles the branch that is taken alone, as `packed` is a constant.
        if self.packed:
            hidden = self.activation(self.gate_up_proj(input))
        else:
            hidden = self.activation(self.gate_proj(input), self.up_proj(input))
        return self.down_proj(hidden)  # type: ignore[no-any-return]

    def unpacked_state_dict(self, prefix: str = "") -> dict[str, Tensor]:
        """The state_dict that the module would have with `packed=False`: Llama's names.

        Tensors share their memory with the parameters, as those of `state_dict` do. A
        `gate_up_proj` that is parametrized or wrapped has no weight to be split: RuntimeError.

        >>> list(GatedMLP(4, 8).unpacked_state_dict("mlp."))
        ['mlp.gate_proj.weight', 'mlp.up_proj.weight', 'mlp.down_proj.weight']
        """
        text(CALLER, "prefix", prefix)
        state: dict[str, Tensor] = dict(self.state_dict(prefix=prefix))
        if self.packed and f"{prefix}{BOTH}.weight" not in state:
            held = ", ".join(f"`{key}`" for key in state if key.startswith(f"{prefix}{BOTH}."))
            raise RuntimeError(
                f"{CALLER}: `{BOTH}` must have a weight of its own to be unpacked, got {held}; "
                "merge what was wrapped around it or parametrizes it"
            )
        both = {
            kind: state.pop(f"{prefix}{BOTH}.{kind}").chunk(2)
            for kind in KINDS
            if f"{prefix}{BOTH}.{kind}" in state
        }
        unpacked = {
            f"{prefix}{name}.{kind}": halves[place]
            for place, name in enumerate(HALVES)
            for kind, halves in both.items()
        }
        return unpacked | state

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Rename what is there in the other form; the layers, which come next, load it.

        `load_state_dict` hands on a copy of the dictionary it was given. An entry that neither form
        has is left to it to report, and so is all that comes in both forms. Hooks come first, as
        they may rename too.
        """
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )
        assign = local_metadata.get("assign_to_params_buffers", False)
        before = set(state_dict)
        for kind in KINDS:
            both = f"{prefix}{BOTH}.{kind}"
            halves = [f"{prefix}{name}.{kind}" for name in HALVES]
            layers = (self.gate_up_proj,) if self.packed else (self.gate_proj, self.up_proj)
            own = [layer._parameters.get(kind) for layer in layers]  # not what parametrizes it
            parts = [part for part in own if isinstance(part, Tensor)]
            if len(parts) < len(layers):
                continue
            with torch.no_grad():
                if self.packed:
                    _pack(parts[0], both, halves, state_dict, missing_keys, error_msgs)
                else:
                    _unpack(parts, both, halves, state_dict, error_msgs, assign)
        renamed = before - state_dict.keys()
        unexpected_keys[:] = [key for key in unexpected_keys if key not in renamed]


def _pack(
    own: Tensor,
    both: str,
    halves: list[str],
    state: dict[str, Any],
    missing: list[str],
    errors: list[str],
) -> None:
    """Puts the halves under the name of both.

    A half that is missing or does not fit is reported by its name, and keeps its values.
    """
    found = [name for name in halves if name in state]
    if both in state or not found:
        return
    missing += [name for name in halves if name not in found]
    rows = own.shape[0] // 2
    parts: list[Any] = []
    kept = False
    for place, name in enumerate(halves):
        given = state.pop(name, None)
        if name in found and _fits(name, given, (rows, *own.shape[1:]), errors):
            parts.append(given)
        else:
            parts.append(own.narrow(0, place * rows, rows))
            kept = True
    device = own.device if kept else parts[0].device
    state[both] = torch.cat([part.to(device) for part in parts])


def _unpack(
    own: Sequence[Tensor],
    both: str,
    halves: list[str],
    state: dict[str, Any],
    errors: list[str],
    assign: bool,
) -> None:
    """Puts the halves of both under their names; copies of them where they become parameters."""
    if both not in state or any(name in state for name in halves):
        return
    given = state.pop(both)
    rows, *others = own[0].shape
    parts: list[Any] = [part.detach() for part in own]
    if _fits(both, given, (2 * rows, *others), errors):
        parts = [part.clone() if assign else part for part in given.chunk(2)]
    state.update(zip(halves, parts, strict=True))


def _fits(name: str, given: Any, shape: tuple[int, ...], errors: list[str]) -> bool:
    """Whether it does; if not, errors has a line more, in the words of `load_state_dict`."""
    if not is_tensor_like(given):  # type: ignore[no-untyped-call]
        errors.append(
            f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like '
            f"object from checkpoint but received {type(given)}"
        )
        return False
    if tuple(given.shape) != shape:
        errors.append(
            f"size mismatch for {name}: copying a param with shape {given.shape} from checkpoint, "
            f"the shape in current model is {torch.Size(shape)}."
        )
        return False
    return True
