"""`python -m nonlin compare`: accuracy, time and memory of ours beside PyTorch's own functions."""

from __future__ import annotations

import argparse
import math
import platform
import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch

from nonlin import _C, __version__
from nonlin.testing import catalogue
from nonlin.testing.measure import PASSES, Measurement, Pair, errors, saved_bytes, times
from nonlin.testing.progress import progress
from nonlin.testing.table import Column, render

DTYPES = ("float64", "float32", "float16", "bfloat16")
# A tensor of 131,072 float32 stays in a processor's cache; a GPU needs more to be busy.
SIZES = {"cpu": 2**17, "cuda": 2**24}

LEGEND = """\
error   largest found at {samples}, in units in the last place (ULP) of {dtype}:
        0.5 is perfect rounding, {wrong} leaves no digit right, inf is a NaN or an overflow
time    median per call on {size:,} elements, gradients of learned parameters included;
        2.0× means that ours takes half of PyTorch's time
saved   bytes per element kept for the backward pass

Where PyTorch lacks a function, its columns are those of an expression of its operators."""


def measure(
    names: Sequence[str], dtype: torch.dtype, device: torch.device, size: int
) -> list[Measurement]:
    """Measure these rows of the catalogue, with a progress bar on stderr."""
    results = []
    checked = _has_references(dtype)
    with progress(2 * len(names)) as step:
        for name in names:
            row = catalogue[name]
            step(f"{name}: accuracy")
            worst = errors(row, dtype, device, _count(dtype)) if checked else None
            value, slope = worst or (None, None)
            step(f"{name}: time")
            kept = saved_bytes(row, dtype, device)
            results.append(Measurement(name, value, slope, times(row, dtype, device, size), kept))
    return results


def table(measurements: Sequence[Measurement], extra: Sequence[Column] = ()) -> str:
    """The measurements, one line for each, after `extra` columns."""
    columns = [
        *extra,
        *_pairs("value error", (_error(m.value) for m in measurements)),
        *_pairs("slope error", (_error(m.slope) for m in measurements)),
    ]
    for name in PASSES:
        pairs = [m.times[name] for m in measurements]
        group = f"{name}, µs"
        columns += _pairs(group, ([_micro(time) for time in pair] for pair in pairs))
        columns.append(Column(group, "", [_ratio(pair.torch / pair.ours) for pair in pairs]))
    columns += _pairs("saved", ([f"{b:g}" for b in m.saved] for m in measurements))
    return render([m.name for m in measurements], columns)


def legend(dtype: torch.dtype, size: int) -> str:
    """What the table's columns mean."""
    name = str(dtype).removeprefix("torch.")
    samples = f"{_count(dtype):,} inputs" if dtype.itemsize > 2 else "all finite inputs"
    wrong = _short(1 / torch.finfo(dtype).eps)
    return LEGEND.format(samples=samples, dtype=name, wrong=wrong, size=size)


def setting(dtype: torch.dtype, device: torch.device) -> str:
    """One line that says what was measured, and where."""
    if device.type == "cuda":
        place = torch.cuda.get_device_name(device)
    else:
        threads = torch.get_num_threads()
        count = "one thread" if threads == 1 else f"{threads} threads"
        place = f"{count} of {processor()} with {_C.instruction_set()}"
    name = str(dtype).removeprefix("torch.")
    return f"nonlin {__version__} and PyTorch {torch.__version__}, {name} on {place}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command line."""
    parser.add_argument(
        "activation",
        nargs="*",
        type=_activation,
        help=f"which ones: {', '.join(catalogue)}; all by default",
    )
    parser.add_argument("--dtype", choices=DTYPES, default="float32", help="default: float32")
    parser.add_argument("--device", type=_device, default="cpu", help="default: cpu")
    parser.add_argument(
        "--size",
        type=_size,
        help="elements of the tensors that are timed; default: 2^17, on CUDA 2^24",
    )


def run(arguments: argparse.Namespace) -> None:
    """Measure and print, with one thread: more would measure what else the machine does."""
    torch.set_num_threads(1)
    dtype, device = getattr(torch, arguments.dtype), arguments.device
    size = arguments.size or SIZES[device.type]
    names = arguments.activation or list(catalogue)
    results = measure(names, dtype, device, size)
    print(setting(dtype, device), table(results), legend(dtype, size), sep="\n\n")
    if not _has_references(dtype):
        print("\nThe errors of float64 need gmpy2: run `pip install gmpy2`.")


def processor() -> str:
    """Return the name of the processor."""
    facts = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.+)", facts.read_text() if facts.exists() else "", re.M)
    return names[0] if names else f"a processor ({platform.machine()})"


def _activation(name: str) -> str:
    if name not in catalogue:
        raise argparse.ArgumentTypeError(
            f"unknown activation '{name}'; choose from {', '.join(catalogue)}"
        )
    return name


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in SIZES:
        raise argparse.ArgumentTypeError(f"unknown device '{name}'; choose cpu or cuda")
    if device.type == "cuda" and not _C.build_info()["cuda"]:
        raise argparse.ArgumentTypeError("this nonlin was built without CUDA kernels")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise argparse.ArgumentTypeError(
            f"no device '{name}': PyTorch sees {torch.cuda.device_count()} CUDA devices here"
        )
    return device


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number of elements")
    return int(text)


def _has_references(dtype: torch.dtype) -> bool:
    return dtype != torch.float64 or find_spec("gmpy2") is not None


def _count(dtype: torch.dtype) -> int:
    """Inputs at which errors are measured; MPFR, the reference for float64, is slow."""
    return 2**14 if dtype == torch.float64 else 2**20


def _pairs(group: str, cells: Iterable[Sequence[str]]) -> list[Column]:
    ours, theirs = zip(*cells, strict=True)
    return [Column(group, "ours", ours), Column(group, "torch", theirs)]


def _error(pair: Pair | None) -> list[str]:
    return ["-", "-"] if pair is None else [_short(error) for error in pair]


def _short(number: float) -> str:
    if number < 1000 or math.isinf(number):
        return f"{number:.2f}" if number < 10 else f"{number:.0f}"
    mantissa, exponent = f"{number:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _ratio(number: float) -> str:
    return f"{number:.1f}×" if number >= 0.95 else f"{number:.2f}×"


def _micro(seconds: float) -> str:
    micro = seconds * 1e6
    return f"{micro:.1f}" if micro < 100 else f"{micro:,.0f}"
