"""The rules of the house: of the sources, and of the objects made of them."""

import inspect
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import nonlin
import pytest
from development import BUILD, ROOT, needs_build, run

OPERATORS = sorted(path.stem for path in ROOT.glob("ops/*.h"))
FUNCTIONS = sorted(
    name.rstrip("_") for name in nonlin.__all__ if inspect.isfunction(getattr(nonlin, name))
)
GROUPWISE = {row["name"] for row in nonlin._C.operators() if row["family"] == "groupwise"}
GATED = {row["name"] for row in nonlin._C.operators() if row["family"] == "gated"}
INSTRUCTION_SETS = nonlin._C.build_info()["instruction_sets"]
SOURCES = {".h", ".cuh", ".cpp", ".cu", ".hpp", ".in", ".py", ".pyi", ".cmake"}
FOLDERS = ["benchmarks", "cmake", "csrc", "examples", "ops", "python", "tests", "tools"]


def files(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in found if path.suffix in SOURCES)


def shown(paths: Iterable[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def includes(path: Path) -> list[str]:
    return re.findall(r'^\s*#\s*include\s*[<"](.+?)[>"]', path.read_text(), re.MULTILINE)


def objects(instruction_set: str) -> list[Path]:
    found = sorted(BUILD.glob(f"CMakeFiles/nonlin_{instruction_set}.dir/**/*.o"))
    assert {path.name for path in found} >= {f"{name}.cpp.o" for name in OPERATORS}
    return found


def test_formulas_include_nothing_but_the_formula_layer():
    assert OPERATORS
    for path in files("ops"):
        among = {"../csrc/formula.h", *(f"{name}.h" for name in OPERATORS)}
        assert len(includes(path)) == 1 and among.issuperset(includes(path)), path


def test_only_the_torch_folder_includes_torch():
    outside = re.compile(r"^(ATen|c10|caffe2|pybind11|torch)/|^Python\.h$")
    for path in files("ops", "csrc"):
        if path.relative_to(ROOT / "csrc" if "csrc" in path.parts else ROOT).parts[0] not in {
            "torch",
            "include",
        }:
            assert not [name for name in includes(path) if outside.match(name)], path


def formula_type(operator):
    return "".join(word.capitalize() for word in operator.split("_"))


def test_formulas_are_named_after_their_files():
    for operator in OPERATORS:
        text = (ROOT / f"ops/{operator}.h").read_text()
        types = re.findall(r"^struct (\w+)(?: : with_gate<(\w+)>)? \{", text, re.MULTILINE)
        names, gates = [name for name, _ in types], {gate for _, gate in types if gate}
        assert names[-1:] == [formula_type(operator)] and gates.issuperset(names[:-1]), (
            f"ops/{operator}.h declares {names}"
        )


def test_engine_names_no_formula():
    """`tanh` is mathematics, `Tanh` an activation. Comments may name one."""
    types = "|".join(formula_type(operator) for operator in OPERATORS)
    comments = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
    engine = [
        path for path in files("csrc") if path.relative_to(ROOT / "csrc").parts[0] != "include"
    ]
    found = {
        str(path.relative_to(ROOT)): re.findall(
            rf"\b(?:{types})\b", comments.sub("", path.read_text())
        )
        for path in engine
    }
    assert not {path: words for path, words in found.items() if words}


def test_private_interfaces_of_pytorch_are_in_one_place():
    """A new PyTorch may take any of them away: compatibility.* then says what to replace."""
    private = re.compile(
        r"functorch::|functionalization::|NestedTensorImpl|dynamo::|cow::|empty_strided_cpu\(at"
        r"|at::detail::|at::native::|at::impl::|autograd::impl::|_initFunctionPyTypeObject"
    )
    own = {"compatibility.h", "compatibility.cpp", "compatibility_python.h"}
    # Written against compiled autograd's interface of nodes, whose types its overrides name.
    own |= {"compiled_autograd.cpp", "autograd.h"}
    found = {
        path.name: private.findall(path.read_text())
        for path in (ROOT / "csrc/torch").rglob("*")
        if path.suffix in {".h", ".cpp"} and path.name not in own
    }
    assert not {path: words for path, words in found.items() if words}


def test_cpp_api_has_the_activations_of_the_catalogue():
    headers = sorted((ROOT / "csrc/include/nonlin/functions").glob("*.h"))
    text = "".join(path.read_text() for path in headers)
    declared = set(re.findall(r"^inline at::Tensor&? (\w+)\(", text, re.MULTILINE))
    packed = {f"{name}_packed" for name in GATED}
    expected = {*OPERATORS, *FUNCTIONS, *packed}
    in_place = {f"{f}_" for f in expected - GROUPWISE - packed}
    assert declared == expected | in_place | {f"{f}_out" for f in expected}
    assert set(re.findall(r'detail::call<"(\w+)">', text)) == {*OPERATORS, *packed}


def test_cpp_api_has_the_modules_of_python():
    headers = sorted((ROOT / "csrc/include/nonlin/modules").glob("*.h"))
    text = "".join(path.read_text() for path in headers)
    modules = {name for name, value in vars(nonlin.nn).items() if inspect.isclass(value)}
    declared = set(re.findall(r"^TORCH_MODULE\((\w+)\);", text, re.MULTILINE))
    assert declared == {name for name in modules if vars(nonlin.nn)[name].__module__ == "nonlin.nn"}


def test_files_stay_small():
    long = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files(*FOLDERS)
    }
    assert not {path: lines for path, lines in long.items() if lines > 250}


def test_version_is_said_once():
    version = (ROOT / "version.txt").read_text().strip()
    assert nonlin.__version__ == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    changes = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert changes[0] == version


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/accuracy.md",
        "docs/compilers.md",
        "docs/deviations.md",
        "docs/devices.md",
        "docs/export.md",
        "docs/speed.md",
        "docs/own-activation.md",
    ],
)
def test_documents_name_existing_files(page: str):
    quoted = re.findall(
        r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:md|txt|toml|py|cff))`", (ROOT / page).read_text()
    )
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text())
    missing = {name for name in quoted if not any((ROOT / f / name).exists() for f in ("", "csrc"))}
    missing |= {name for name in linked if not (ROOT / page).parent.joinpath(name).exists()}
    assert not missing


@needs_build
@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
def test_units_share_no_function_with_the_linker(instruction_set: str):
    """It could give a function compiled for a newer processor to an older one."""
    for path in objects(instruction_set):
        symbols = run("nm", "-C", path)
        assert not re.findall(r"^.* [WVu] .*$", symbols, re.MULTILINE), path


@needs_build
@pytest.mark.parametrize(("instruction_set", "foreign"), [("scalar", "[yz]mm"), ("avx2", "zmm")])
def test_units_use_the_registers_of_their_instruction_set(instruction_set: str, foreign: str):
    if instruction_set not in INSTRUCTION_SETS:
        pytest.skip(f"this build has no {instruction_set}")
    for path in objects(instruction_set):
        code = run("objdump", "-d", "--no-show-raw-insn", path)
        assert not re.search(rf"%{foreign}\d", code), path


@needs_build
def test_the_stub_of_a_missing_header_leaves_no_symbol():
    """csrc/torch/third_party/ has a library's name: a program may hold that library itself."""
    package = BUILD / "stage" / "nonlin"
    libraries = [*package.glob("lib/libnonlin.so"), *package.glob("_C*.so")]
    assert len(libraries) == 2
    for path in libraries:
        symbols = run("nm", path)
        assert "nonlin" in symbols and "nlohmann" not in symbols, path


@needs_build
def test_units_are_compiled_for_every_processor():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    units = [entry for entry in commands if "/tests/emulator/" not in entry["file"]]  # runs here
    assert len(units) > 20 and not [entry for entry in units if "-march=" in entry["command"]]


def test_tables_are_what_their_script_writes(tmp_path: Path):
    run(sys.executable, ROOT / "tools" / "fit" / "tables.py", tmp_path)
    tables = sorted(path.name for path in (ROOT / "csrc" / "tables").iterdir())
    assert tables == sorted(path.name for path in tmp_path.iterdir())
    for name in tables:
        assert (tmp_path / name).read_text() == (ROOT / "csrc" / "tables" / name).read_text(), name
