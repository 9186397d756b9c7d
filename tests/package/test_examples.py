"""The programs in examples/, the README's C++ and the command line run and do what they claim."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nonlin
import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(examples LANGUAGES CXX)
add_subdirectory({examples}/cpp examples)
add_subdirectory({examples}/deploy deploy)
find_package(nonlin REQUIRED)
add_executable(readme readme.cpp)
target_link_libraries(readme PRIVATE nonlin::nonlin)

# Most of what they take to compile are the headers of PyTorch.
foreach(program sine tangents digits)
  target_precompile_headers(${{program}} REUSE_FROM readme)
endforeach()
target_precompile_headers(readme PRIVATE <torch/torch.h>)
"""

LLAMAS = ("eager", "compiled", "nonlin")


def output(*command, code=0, env=None):
    words = [str(c) for c in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=580, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def last_number(text):
    return float(re.findall(r"[-+.\de]*\d", text)[-1])


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """The folder of the C++ programs: those of examples/ and the README's."""
    if shutil.which("cmake") is None:
        pytest.skip("CMake is not installed")
    folder = tmp_path_factory.mktemp("cpp")
    (block,) = re.findall(r"```cpp\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (folder / "readme.cpp").write_text(block)
    (folder / "CMakeLists.txt").write_text(PROJECT.format(examples=ROOT / "examples"))
    prefix = f"-DCMAKE_PREFIX_PATH={nonlin.cmake_prefix_path}"
    output("cmake", "-S", folder, "-B", folder / "build", prefix)
    output("cmake", "--build", folder / "build", "--parallel", "2")
    return folder / "build"


def test_hessian():
    """Newton's method converges, which it does with the exact Hessian only."""
    assert last_number(output(sys.executable, ROOT / "examples" / "hessian.py")) < 1e-12


def test_poisson():
    assert last_number(output(sys.executable, ROOT / "examples" / "poisson.py")) < 1e-2


def test_llama(tmp_path):
    """It checks itself that the three have the same losses, and we that ours keeps least."""
    options = ("--steps", "6", "--folder", tmp_path, "--device", "cpu")
    text = output(sys.executable, ROOT / "examples" / "llama.py", *options)
    assert (tmp_path / "llama.png").stat().st_size
    rows = {name: last_number(text.split(f"\n{name} ")[1].split("\n")[0]) for name in LLAMAS}
    assert rows["nonlin"] < rows["eager"]


def test_sine(programs):
    assert last_number(output(programs / "examples" / "sine")) < 0.05


def test_tangents(programs):
    assert last_number(output(programs / "examples" / "tangents")) < 0.05


def test_cpp_of_the_readme(programs):
    assert "CPUFloatType" in output(programs / "readme")


def test_packages(programs, tmp_path, compiler_cache):
    """One that was taken apart needs no nonlin; one that calls its kernels says that it does."""
    cache = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": compiler_cache}
    output(sys.executable, ROOT / "examples" / "deploy" / "package.py", tmp_path, env=cache)
    for program, package in (
        ("run", "fused"),
        ("run_with_nonlin", "fused"),
        ("run_with_nonlin", "kernels"),
    ):
        text = output(programs / "deploy" / program, tmp_path / f"{package}.pt2", tmp_path)
        assert last_number(text) < 1e-6
    said = output(programs / "deploy" / "run", tmp_path / "kernels.pt2", tmp_path, code=1)
    assert "Could not find schema for nonlin::" in said


def test_digits(programs, tmp_path):
    """The demo, with fewer epochs; it checks itself that C++ and ONNX find Python's accuracy."""
    program = programs / "examples" / "digits"
    options = ("--epochs", "2", "--output", tmp_path, "--program", program)
    text = output(sys.executable, ROOT / "examples" / "digits.py", *options)
    files = [Path(line.split()[0]) for line in text.split("\nfiles\n")[1].splitlines()]
    assert {"curves.png", "errors.png", "mish.pt"} <= {file.name for file in files}
    assert all(file.stat().st_size for file in files)
    if find_spec("onnxscript") and find_spec("onnxruntime"):
        accuracy = re.search(r"^mish +(\S+%)", text, re.MULTILINE).group(1)
        assert f"in onnxruntime\ntest accuracy {accuracy}" in text


def test_command_line_describes():
    text = output(sys.executable, "-m", "nonlin")
    assert nonlin.__version__ in text
    assert all(operator["name"] in text for operator in nonlin._C.operators())


def test_command_line_compares():
    options = ("compare", "mish", "--dtype", "bfloat16", "--size", "1000")
    text = output(sys.executable, "-m", "nonlin", *options)
    assert re.search(r"^mish +0.50 ", text, re.MULTILINE)
    assert "1,000 elements" in text
    options = ("compare", "prelu", "maxout", "--size", "1001")
    text = output(sys.executable, "-m", "nonlin", *options)
    assert re.search(r"^prelu +0.50 +0.50 ", text, re.MULTILINE)
    assert re.search(r"^maxout +- +- +- +- ", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("relu7",), "unknown activation 'relu7'; choose from gelu"),
        (("--dtype", "int8"), "invalid choice: 'int8'"),
        (("--device", "abacus"), "unknown device 'abacus'; choose cpu or cuda"),
        (("--device", "cuda:99"), "CUDA"),
        (("--size", "0"), "'0' is not a positive number of elements"),
    ],
)
def test_command_line_refuses(option, message):
    assert message in output(sys.executable, "-m", "nonlin", "compare", *option, code=2)
