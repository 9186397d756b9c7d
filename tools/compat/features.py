"""What the tests of a file are about. Files have no other list: a new one needs a line here."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

# By title, the files below tests/ that show it. Of those outside platform/ it is the tests that are
# marked `smoke`, which is what the oldest release is held to.
FEATURES = {
    "values and derivatives": ("formula/*",),
    "autograd": (
        "family/test_gradients.py",
        "family/test_weight_gradients.py",
        "family/test_choice_gradients.py",
        "family/test_cut_off.py",
        "family/test_nodes.py",
        "family/test_overlap.py",
    ),
    "forward mode": ("family/test_forward_mode.py",),
    "opcheck": ("family/test_opcheck.py",),
    "torch.compile": (
        "platform/test_compile.py",
        "platform/test_compile_caches.py",
        "platform/test_compiled_accuracy.py",
        "platform/test_data_dependent.py",
        "platform/test_decomposition.py",
        "platform/test_generated_code.py",
        "platform/test_numbers.py",
        "platform/test_written.py",
    ),
    "compiled autograd": ("platform/test_compiled_autograd.py",),
    "checkpointing": ("platform/test_checkpointing.py",),
    "torch.export": ("platform/test_export*.py",),
    "AOTInductor": ("platform/test_aotinductor.py",),
    "ONNX": ("platform/test_onnx*.py",),
    "quantization": ("platform/test_quantization.py",),
    "torch.fx": ("platform/test_fx.py",),
    "TorchScript": ("platform/test_script.py",),
    "PyTorch's own tests": ("platform/test_outside.py", "platform/test_upstream.py"),
    "CUDA": ("platform/test_cuda_modules.py",),
}


def feature_of(file: str) -> str | None:
    """The title of a file's tests, given its path below tests/."""
    titles = [
        title
        for title, patterns in FEATURES.items()
        if any(fnmatch(file, pattern) for pattern in patterns)
    ]
    if len(titles) > 1:
        raise ValueError(f"{file} stands for more than one feature: {', '.join(titles)}")
    return titles[0] if titles else None


def below_tests(path: Path) -> str | None:
    """Of a file of tests, its path as above."""
    parts = path.parts
    return "/".join(parts[parts.index("tests") + 1 :]) if "tests" in parts else None
