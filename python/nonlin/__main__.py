"""`python -m nonlin` describes the installation; `python -m nonlin compare` measures it."""

from __future__ import annotations

import argparse

import torch

import nonlin
from nonlin import _C

_DIFFERENTIABLE_TWICE = "name_, name.out, name_backward, name_double_backward"
VARIANTS = {
    "pointwise": _DIFFERENTIABLE_TWICE,
    "parametric": _DIFFERENTIABLE_TWICE,
    "gated": _DIFFERENTIABLE_TWICE + ", and name_packed with .out and derivatives",
    "groupwise": "name.out, name_with_index, name_backward, name_gather",
}


def describe() -> str:
    """Versions, hardware, and the operators with their arguments."""
    build = _C.build_info()
    cuda = f"CUDA {build['cuda']}" if build["cuda"] else "no CUDA"
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    facts = {
        "built": f"for PyTorch {build['torch']} and {cuda}, by {build['compiler']}",
        "runs on": f"PyTorch {torch.__version__}",
        "cpu": f"{_C.instruction_set()} in use, of {', '.join(build['instruction_sets'])}",
        "cuda": f"architectures {build['cuda_architectures'] or 'none'}; "
        f"devices here: {', '.join(gpus) or 'none'}",
        "cmake": f"-DCMAKE_PREFIX_PATH={nonlin.cmake_prefix_path}",
    }
    lines = [
        f"nonlin {nonlin.__version__}",
        "",
        *(f"  {name:9}{text}" for name, text in facts.items()),
        "",
        "operators, in torch.ops.nonlin",
    ]
    for family, variants in VARIANTS.items():
        names = [row["name"] for row in _C.operators() if row["family"] == family]
        lines += ["", f"{family}, each with {variants}", *(f"  {_call(name)}" for name in names)]
    return "\n".join(lines)


def _call(name: str) -> str:
    arguments = getattr(torch.ops.nonlin, name).default._schema.arguments
    defaults = (f"={a.default_value:g}" if a.has_default_value() else "" for a in arguments)
    return f"{name}({', '.join(a.name + d for a, d in zip(arguments, defaults, strict=True))})"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m nonlin", description="Without a command: describe this installation."
    )
    commands = parser.add_subparsers(dest="command", title="commands")
    from nonlin.testing import compare  # which `import nonlin` does not need

    text = "measure accuracy, time and memory beside PyTorch's own functions"
    compare.add_arguments(commands.add_parser("compare", help=text, description=text))
    arguments = parser.parse_args()
    if arguments.command:
        compare.run(arguments)
    else:
        print(describe())


if __name__ == "__main__":
    main()
