"""The same of a gated activation, of one tensor or of two."""

from __future__ import annotations

GATED = """

def {name}(
    input: Tensor,
    up: Optional[Tensor] = None,
    dim: int = -1,
    layout: str = "gate_first",
{declared}    inplace: bool = False,
    out: Optional[Tensor] = None,
) -> Tensor:
    \"\"\"{full} of {header}, and {full}_packed without `up`: as in nonlin.gated.{comment}\"\"\"
    if not (is_scripting() or is_dynamo_compiling()):
        if has_torch_function_variadic(input, up, {given}out):
            return handle_torch_function(
                {name}, (input, up, {given}out), input, up, dim=dim, layout=layout,
                {keywords}inplace=inplace, out=out
            )
    place = place_of("{full}", input, up, dim, layout, inplace, out)
    if not is_scripting():
        check("{full}", input, inplace, out)
{checks}    if up is not None:
        if out is not None:
            result: Tensor = {ops}(input, up, {given}out=out)
        elif inplace:
            result = {ops}_(input, up{passed})
        else:
            result = {ops}(input, up{passed})
    elif out is not None:
        result = {ops}_packed(input{passed}, dim, place, out=out)
    else:
        result = {ops}_packed(input{passed}, dim, place)
    return result


class {class_name}(torch.nn.Module):
    \"\"\"The module of `{name}`, {full} of {header}: of one tensor or of two.{comment}\"\"\"

    __constants__ = ["dim", "layout"]
{types}
    def __init__(self, dim: int = -1, layout: str = "gate_first"{options}) -> None:
        super().__init__()
        self.dim = integer("{full}", "dim", dim)
        self.layout = layout
{kept}
    def forward(self, input: Tensor, up: Optional[Tensor] = None) -> Tensor:
        return {name}(input, up, dim=self.dim, layout=self.layout{own})

    def extra_repr(self) -> str:
        return f"dim={{self.dim}}, layout={{self.layout!r}}{shown}"
"""


def gated(words: dict[str, str], _: str, numbers: list[tuple[str, float]]) -> str:
    names, full = [a for a, _ in numbers], words["full"]
    declared = [f"{a}: float = {value!r}" for a, value in numbers]
    words |= {
        "declared": "".join(f"    {d},\n" for d in declared),
        "given": "".join(f"{a}, " for a in names),
        "passed": "".join(f", {a}" for a in names),
        "keywords": "".join(f"{a}={a}, " for a in names),
        "checks": "".join(f'        {a} = number("{full}", "{a}", {a})\n' for a in names),
        "types": "".join(f"    {a}: float\n" for a in names),
        "options": "".join(f", {d}" for d in declared),
        "kept": "".join(f'        self.{a} = float(finite("{full}", "{a}", {a}))\n' for a in names),
        "own": "".join(f", {a}=self.{a}" for a in names),
        "shown": "".join(f", {a}={{self.{a}}}" for a in names),
    }
    return GATED.format(**words)
