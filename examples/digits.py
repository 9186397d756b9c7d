"""Handwritten digits: train with every activation, compare with PyTorch's own, go on in C++.

The data set comes with scikit-learn. The C++ part needs CMake and a C++20 compiler.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import figures
import nonlin.onnx
import torch
from nonlin.testing import catalogue, compare
from nonlin.testing.progress import progress
from nonlin.testing.table import Column
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn


class Digits(nn.Module):
    """Images of 8 by 8 pixels with labels, 1347 to learn from and 450 to test with.

    It is a module so that TorchScript can hand it to C++.
    """

    def __init__(self) -> None:
        super().__init__()
        images, labels = load_digits(return_X_y=True)
        parts = train_test_split(images / 16, labels, stratify=labels, random_state=0)
        names = ("train_images", "test_images", "train_labels", "test_labels")
        for name, part in zip(names, parts, strict=True):
            tensor = torch.tensor(part)
            self.register_buffer(name, tensor.float() if "images" in name else tensor)

    def forward(self) -> Tensor:
        return self.test_images


def network(activation: Callable[[], nn.Module], group: int) -> nn.Sequential:
    """Three hidden layers of 128 units, with the same weights on every call.

    A unit of Maxout chooses from `group` features, so that its layers have so many more.
    """
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for size in (64, 128, 128):
        layers += [nn.Linear(size, 128 * group), activation()]
    return nn.Sequential(*layers, nn.Linear(128, 10))


def train(model: nn.Module, digits: Digits, epochs: int) -> None:
    """Adam on batches of 64, in the same order on every call."""
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    shuffle = torch.Generator().manual_seed(0)
    for _ in range(epochs):
        for batch in torch.randperm(len(digits.train_labels), generator=shuffle).split(64):
            optimizer.zero_grad()
            logits = model(digits.train_images[batch])
            nn.functional.cross_entropy(logits, digits.train_labels[batch]).backward()
            optimizer.step()


@torch.no_grad()
def accuracy(model: nn.Module, digits: Digits) -> str:
    """Share of the test images whose label the model finds."""
    return share(model(digits.test_images), digits)


def share(logits: Tensor, digits: Digits) -> str:
    """Of test images whose largest logit is that of their label."""
    right = logits.argmax(1) == digits.test_labels
    return f"{right.double().mean().item():.2%}"


def train_all(digits: Digits, epochs: int) -> tuple[dict[str, nn.Module], list[Column]]:
    """Our trained networks by name, and two columns with the accuracies of ours and PyTorch's."""
    models, ours, theirs = {}, [], []
    with progress(2 * len(catalogue)) as step:
        for name, row in catalogue.items():
            for label, activation, column in (
                (f"training with {name}", row.module, ours),
                (f"training with PyTorch's {name}", row.builtin_module, theirs),
            ):
                step(label)
                model = network(activation, row.group)
                train(model, digits, epochs)
                column.append(accuracy(model, digits))
                models.setdefault(name, model)
    return models, [Column("test accuracy", "ours", ours), Column("test accuracy", "torch", theirs)]


def save(module: nn.Module, path: Path) -> Path:
    """Save as TorchScript, which C++ can load and train; PyTorch announces its end on each use."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*torch.jit.*is deprecated")
        torch.jit.script(module).save(str(path))
    return path


def export(model: nn.Module, digits: Digits, path: Path) -> Path | None:
    """Save as ONNX, for any number of images; None without the packages that it takes."""
    if not (find_spec("onnx") and find_spec("onnxscript")):
        return None
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # of operators that nobody uses
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch's own code
        program = torch.onnx.export(
            model.eval(),
            (digits.test_images,),
            dynamo=True,
            verbose=False,
            opset_version=20,
            custom_translation_table=nonlin.onnx.translation_table(20),
            input_names=["images"],
            dynamic_shapes=({0: torch.export.Dim("count")},),
        )
    program.save(str(path))
    return path


def run_in_onnxruntime(path: Path, digits: Digits, expected: str) -> None:
    """Its accuracy with the network that Python trained must be Python's."""
    if not find_spec("onnxruntime"):
        print("\nonnxruntime is not installed: the model is not run")
        return
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    (logits,) = session.run(None, {"images": digits.test_images.numpy()})
    found = share(torch.from_numpy(logits), digits)
    print("\nthe network with mish, in onnxruntime", f"test accuracy {found}", sep="\n")
    if found != expected:
        sys.exit(f"onnxruntime should have found {expected}")


def build_program(folder: Path) -> Path | None:
    """Build cpp/digits.cpp against the installed nonlin; None without CMake."""
    cmake = shutil.which("cmake")
    if cmake is None:
        return None
    source = Path(__file__).parent / "cpp"
    prefix = f"-DCMAKE_PREFIX_PATH={nonlin.cmake_prefix_path}"
    for command in (
        [cmake, "-S", source, "-B", folder, prefix, "-DCMAKE_BUILD_TYPE=Release"],
        [cmake, "--build", folder, "--target", "digits"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{done.stdout}{done.stderr}\nthe C++ example could not be built")
    return folder / "digits"


def draw(folder: Path) -> dict[Path, str]:
    """Draw the pictures, and say what each of them shows."""
    return {
        figures.curves(folder / "curves.png"): "the pointwise functions and their derivatives",
        figures.errors(folder / "errors.png"): "their errors along the axis, ours and PyTorch's",
    }


def run_program(program: Path, folder: Path, expected: str) -> None:
    """Run the C++ program; its accuracy with the network that Python trained must be Python's."""
    done = subprocess.run([program, folder], capture_output=True, text=True)
    print("\nthe network with mish, in C++", done.stdout, sep="\n", end="")
    if done.returncode or expected not in done.stdout:
        sys.exit(f"{done.stderr}the C++ example should have found {expected}")


def main() -> None:
    """Run everything and name the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("demo"), help="folder for the files")
    parser.add_argument("--epochs", type=int, default=10, help="default: 10")
    parser.add_argument("--program", type=Path, help="cpp/digits.cpp, if it is built already")
    arguments = parser.parse_args()
    folder: Path = arguments.output
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)

    digits = Digits()
    # What another core can do meanwhile; it is done before times are measured.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as beside:
        built = None if arguments.program else beside.submit(build_program, folder / "build")
        drawn = beside.submit(draw, folder)
        models, accuracies = train_all(digits, arguments.epochs)
        files = drawn.result()
        program = built.result() if built else arguments.program
    dtype, device, size = torch.float32, torch.device("cpu"), compare.SIZES["cpu"]
    measurements = compare.measure(list(catalogue), dtype, device, size)
    print(compare.setting(dtype, device))
    print(f"test accuracy after {arguments.epochs} epochs on {len(digits.train_labels)} images\n")
    print(compare.table(measurements, accuracies), compare.legend(dtype, size), sep="\n\n")

    files |= {
        save(models["mish"], folder / "mish.pt"): "the network with Mish, as TorchScript",
        save(digits, folder / "digits.pt"): "the data set, for C++",
    }
    model = export(models["mish"], digits, folder / "mish.onnx")
    if model is None:
        print("\nONNX is left out: onnx and onnxscript are not installed")
    else:
        files[model] = "the same as an ONNX model"
        run_in_onnxruntime(model, digits, accuracy(models["mish"], digits))
    if program is None:
        print("\nC++ is left out: CMake is not installed")
    else:
        files[program] = "runs that network, and trains it further, without Python"
        run_program(program, folder, accuracy(models["mish"], digits))
    print("\nfiles")
    for file, text in files.items():
        print(f"  {file!s:20}  {text}")


if __name__ == "__main__":
    main()
