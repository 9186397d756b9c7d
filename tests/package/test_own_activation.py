"""A user's own activation, from an installed wheel: in Python, in CMake, with nvcc."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nonlin
import pytest
from development import ROOT, needs_build, run
from installed import beside_torch, cmake, configure, python_of

OWN = Path(__file__).parent / "own"
EXAMPLE = ROOT / "examples" / "own_activation"
pytestmark = [pytest.mark.cpu, needs_build]

LINE = """struct My%s {
  parameter a = 2;
  static constexpr auto parameters() { return std::array{named{"%s", &My%s::a}}; }
  template <class V> NONLIN_INLINE auto operator()(V x) const { return jet{a * x, V(a), V(0)}; }
};
"""
WRONG = {
    "my_typo": (
        "struct MyTypo {\n  template <class V> auto operator()(V x) const {\n"
        "    return jet{x, V(1), zero};\n  }\n};\n",
        r"my_typo.h does not compile: \S*my_typo.h:4:\d+: error: .zero. was not declared",
    ),
    "my_other": (
        "struct Mine {};\n",
        r"ValueError: .* must declare `struct MyOther`; it declares Mine$",
    ),
    "my_empty": ("struct MyEmpty {};\n", r"MyEmpty in my_empty.h needs operator\(\)\(V x\)"),
    "My-Name": ("", r"the name of the file must be of lower-case letters, .* got 'My-Name'$"),
}


def header(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.h"
    path.write_text("#include <nonlin/formula.h>\n" + text)
    return path


class Installed:
    """Python beside the wheel, whose activations are compiled into a folder of the tests."""

    def __init__(self, site_packages: Path, folder: Path) -> None:
        self.python = python_of(site_packages)
        self.cache = folder / "cache"
        # Kernels of the scalar instruction set compile soonest.
        scalar = {"ATEN_CPU_CAPABILITY": "default"}
        self.variables = {**os.environ, **scalar, "NONLIN_CACHE": str(self.cache)}

    def start(self, script: Path | str, *arguments: object, **more: str) -> subprocess.Popen[str]:
        code = ["-c", script] if isinstance(script, str) else [script]
        command = [self.python, "-W", "ignore", "-I", *code, *arguments]
        return subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**self.variables, **more},
        )

    def run(self, script: Path | str, *arguments: object, **more: str) -> str:
        process = self.start(script, *arguments, **more)
        text, _ = process.communicate(timeout=580)
        assert process.returncode == 0, text
        return text

    def errors(self, calls: list[tuple[Path, dict[str, str], dict[str, str]]]) -> list[str]:
        """What load_activation says of these headers, with options and environment variables."""
        script = """
import json, os, sys, nonlin
for path, options, variables in json.loads(sys.argv[1]):
    os.environ |= variables
    try:
        nonlin.load_activation(path, **options)
    except Exception as error:
        print(type(error).__name__ + ":", error, end="\\0")
"""
        given = json.dumps([(str(path), options, more) for path, options, more in calls])
        said = self.run(script, given).split("\0")[:-1]
        assert len(said) == len(calls), said
        return said


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    site_packages = beside_torch(tmp_path_factory.getbasetemp())
    return Installed(site_packages, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def loaded(installed: Installed) -> list[str]:
    """What own/check.py prints. Another process loads the same into the empty cache beside it."""
    options = [{}, {"ONLY_LOAD": "1"}]
    both = [installed.start(OWN / "check.py", EXAMPLE, OWN, **more) for more in options]
    texts = [process.communicate(timeout=580)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    return texts


def test_functions_and_modules_have_what_ours_have(loaded: list[str]):
    """Derivatives, transforms, compilers, messages, pickles."""
    assert loaded[0].splitlines()[-1] == "all is well"


@pytest.mark.usefixtures("loaded")
def test_compiled_once(installed: Installed):
    folders = [path for path in installed.cache.iterdir() if path.is_dir()]
    assert sorted(path.name.rpartition("-")[0] for path in folders) == [
        "gaussian_gate",
        "largest",
        "soft_glu",
        "soft_sign",
    ]
    before = {path: path.stat().st_mtime_ns for path in installed.cache.rglob("*.so")}
    installed.run(OWN / "check.py", EXAMPLE, OWN, ONLY_LOAD="1")
    after = {path: path.stat().st_mtime_ns for path in installed.cache.rglob("*.so")}
    assert before == after and len(after) == 4


@pytest.mark.usefixtures("loaded")
def test_python_of_the_example(installed: Installed):
    printed = installed.run(EXAMPLE / "own_activation.py")
    assert float(printed.split()[-1]) < 0.05, printed


def test_what_is_wrong_is_said_in_a_line(installed: Installed, tmp_path: Path):
    calls = [(header(tmp_path, name, text), {}, {}) for name, (text, _) in WRONG.items()]
    path = header(tmp_path, "my_act", "struct MyAct { void operator()(); };")
    calls += [(tmp_path / "missing.h", {}, {}), (path, {"namespace": "aten"}, {})]
    calls += [(tmp_path, {}, {})]
    names = ("class", "my_act_backward", 3)
    calls += [(path, {"name": name}, {}) for name in names]
    calls += [
        (header(tmp_path, f"my_{kind}", LINE % (kind.title(), name, kind.title())), {}, {})
        for kind, name in (("dash", "a-b"), ("word", "grad_output"))
    ]
    included = '#include "my_word.h"\nstruct MyGlu : with_gate<MyWord> {};\n'
    calls += [(header(tmp_path, "my_glu", included), {}, {})]
    calls += [(path, {}, {"CXX": "no-such-compiler -O1"})]
    messages = [message for _, message in WRONG.values()]
    messages += [
        r"FileNotFoundError: \S+: \S*/missing.h does not exist$",
        r"`namespace` must be an identifier, and none of nonlin, aten and prim, got 'aten'$",
        r"FileNotFoundError: \S+: \S* is a folder, not a header$",
        r"ValueError: .*`name` must be .*, no keyword, .* got 'class'$",
        r"ValueError: .*`name` must be .* not end in backward, .*, got 'my_act_backward'$",
        r"TypeError: \S+: `name` must be a string, got 3$",
        r"RuntimeError: .*nonlin_user::my_dash cannot be added: expected \).*$",
        r"ValueError: .*my_word.h must not call a parameter `grad_output`, which .*$",
        r"ValueError: .*my_glu.h must not call a parameter `grad_output`, which .*$",
        r"no C\+\+ compiler: CXX names no-such-compiler, which is not there, or set CXX to one .*$",
    ]
    for said, message in zip(installed.errors(calls), messages, strict=True):
        first, *more = said.splitlines()
        assert re.search(message, first) and "nonlin.load_activation: " in first, said
        assert bool(more) == ("my_typo.h:" in first)  # the compiler's
    assert not list(installed.cache.glob(".my_*"))


@pytest.fixture(scope="module")
def project(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build folder of the CMake project own/, which is not ours."""
    folder = tmp_path_factory.mktemp("project")
    script = "import nonlin; print(nonlin.cmake_prefix_path)"
    prefix = installed.run(script).strip()
    done = configure(OWN, folder, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DEXAMPLE={EXAMPLE}")
    assert done.returncode == 0, done.stderr
    return folder


def test_cmake_builds_a_library(project: Path, installed: Installed):
    """For all instruction sets, under its own namespace; Python knows its nodes."""
    run(cmake(), "--build", project, "--target", "mine")
    printed = installed.run(OWN / "library.py", project / "libmine.so")
    sets = nonlin._C.build_info()["instruction_sets"]
    assert printed.split() == ["SoftSignBackward", "True", *sets]


def test_cpp_of_the_example(project: Path):
    """It learns the width that its target was made with."""
    run(cmake(), "--build", project, "--target", "own_activation")
    width = run(project / "example" / "own_activation").split()[-1]
    assert float(width) == pytest.approx(0.6, abs=0.01)


def test_cmake_names_the_line_of_the_header(project: Path):
    done = subprocess.run(
        [cmake(), "--build", project, "--target", "wrong_my_typo_scalar"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and re.search(r"/my_typo\.h:3:\d+: error: ", done.stdout)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("broken my_other.h", "my_other.h must declare `struct MyOther`"),
        ("broken none.h", "none.h does not exist"),
        ("broken soft_sign.h NAMESPACE nonlin", "NAMESPACE must be an identifier, and none of"),
        ("broken", "broken needs a header"),
    ],
)
def test_cmake_refuses_in_a_sentence(project: Path, call: str, message: str):
    done = configure(OWN, project.with_name("refused"), f"-DCALL={call}", *_same(project))
    assert done.returncode != 0 and message in " ".join(done.stderr.split())


def _same(project: Path) -> list[str]:
    cache = (project / "CMakeCache.txt").read_text()
    found = re.findall(r"^(CMAKE_PREFIX_PATH|EXAMPLE):\w+=(.*)$", cache, re.MULTILINE)
    return [f"-D{name}={value}" for name, value in found]


@pytest.mark.skipif(
    not nonlin._C.build_info()["cuda"] or shutil.which("nvcc") is None, reason="no nvcc"
)
def test_cuda_kernels_compile(project: Path, tmp_path: Path):
    """As no device is asked for, they are compiled and not run."""
    options = [*_same(project), "-DCUDA=ON", "-DCMAKE_CUDA_ARCHITECTURES=90"]
    done = configure(OWN, tmp_path, *options)
    assert done.returncode == 0, done.stderr
    run(cmake(), "--build", tmp_path, "--target", "mine_soft_sign_cuda")
    (unit,) = tmp_path.rglob("soft_sign.cu.o")
    symbols = run("nm", "-C", unit)
    assert "nonlin::cuda::soft_sign_unit" in symbols
