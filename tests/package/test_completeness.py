"""An activation is added in one header; these tests say what else it still needs."""

import inspect
import pathlib
import re
import runpy

import nonlin
import nonlin.nn
import pytest
import torch
from nonlin.testing import catalogue
from nonlin.testing.activation import line, origin, paper
from nonlin.testing.catalogue import WITHOUT_OPERATOR
from rows import GATED_SETTINGS, GROUPWISE, PARAMETRIC, SETTINGS
from rows.families import KINDS as FAMILIES

CATALOGUE = {row["name"]: row for row in nonlin._C.operators()}
GATED = [name for name, row in CATALOGUE.items() if row["family"] == "gated"]
POINTWISE = [name for name, row in CATALOGUE.items() if row["family"] == "pointwise"]
# Operators, and their families: a gated activation has those of two tensors and those of one.
FAMILY = {name: row["family"] for name, row in CATALOGUE.items()}
FAMILY |= {f"{name}_packed": "packed" for name in GATED}
KERNELS = [(name, kind) for name, family in FAMILY.items() for kind in FAMILIES[family]]
package = pathlib.Path(nonlin.__file__).parent
repository = pathlib.Path(__file__).parent.parent.parent
FUNCTIONS = [n for n in nonlin.__all__ if callable(getattr(nonlin, n)) and n[-1] != "_"]
each = pytest.mark.parametrize("name", CATALOGUE)
each_pointwise = pytest.mark.parametrize("name", POINTWISE)


needs_sources = pytest.mark.skipif(
    not (repository / "tools").exists(), reason="the tests run beside an installed package"
)


def headers() -> str:
    """The public C++ API: that of the package, which is that of the repository."""
    places = (package / "include" / "nonlin", repository / "csrc" / "include" / "nonlin")
    folder = next(place for place in places if place.exists())
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*.h")))


def rows(name: str) -> list:
    return [case for case in SETTINGS if case.operator == name]


def test_the_folder_is_the_list():
    folder = repository / "ops"
    if not folder.exists():
        pytest.skip("the tests run beside an installed package, without its sources")
    found = {path.stem for path in folder.glob("*.h")}
    assert found == set(CATALOGUE), (
        f"ops/ and the library differ by {sorted(found ^ set(CATALOGUE))}: build again, and give "
        "each header a struct that has the name of its file"
    )


def full_name(name: str, kind: str) -> str:
    return f"nonlin::{name}" + (".out" if kind == "out" else kind)


def test_operators():
    for name, family in FAMILY.items():
        missing = [kind for kind in FAMILIES[family] if full_name(name, kind) not in registered()]
        assert missing == [], (
            f"nonlin::{name} lacks {missing}: csrc/torch/registration.h defines them for all"
        )


def test_parameters_of_the_schema():
    for name in POINTWISE:
        schema = getattr(torch.ops.nonlin, name).default._schema
        declared = [(a.name, a.default_value) for a in schema.arguments[1:]]
        assert declared == [tuple(p) for p in CATALOGUE[name]["parameters"]], name


def registered() -> set[str]:
    return {n for n in torch._C._dispatch_get_all_op_names() if n.startswith("nonlin::")}


def test_no_operator_is_left_over():
    expected = {full_name(name, kind) for name, kind in KERNELS}
    assert registered() == expected, (
        f"not of any activation in ops/: {sorted(registered() - expected)}"
    )


@pytest.mark.parametrize(("name", "kind"), KERNELS)
def test_kernels(name, kind):
    """Every key has its kernel: what is missing here fails silently elsewhere."""
    full = full_name(name, kind)
    keys = {"CPU", "Meta", "Autograd[alias]", "CompositeExplicitAutograd[alias]"}
    if kind in ("_", "out"):
        keys |= {"ADInplaceOrView", "Functionalize"}
    if kind != "out":
        keys |= {"FuncTorchBatched"}
    if nonlin._C.build_info()["cuda"]:
        keys |= {"CUDA"}
    lines = torch._C._dispatch_dump(full).split("\n")
    found = {line.split(":")[0] for line in lines if " [" in line or "[alias]" in line}
    assert found & keys == keys, (
        f"{full} lacks kernels for {keys - found}: csrc/torch/registration.h"
    )
    # It would take the place of our derivatives and of PyTorch's fallbacks.
    catch_all = "CompositeImplicitAutograd[alias]"
    assert catch_all not in found, f"{full} has a kernel for every key: csrc/torch/registration.h"


REGISTERED = re.compile(r"^(\S+): registered at (\S+) ::.*(\[ [a-z ]+ \])$", re.MULTILINE)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_registers_all_activations_alike(family):
    """No activation has a kernel of its own on any key: that is why representatives are enough."""
    names = [name for name, of in FAMILY.items() if of == family]
    for kind in FAMILIES[family]:
        kernels = {
            name: REGISTERED.findall(torch._C._dispatch_dump(full_name(name, kind)))
            for name in names
        }
        first = kernels[names[0]]
        assert len(first) > 4, f"{full_name(names[0], kind)}: {first}"
        odd = {name: set(found) ^ set(first) for name, found in kernels.items() if found != first}
        assert odd == {}, f"other kernels than those of nonlin::{names[0]}{kind}: {odd}"


def test_rows_of_the_families():
    families = ("parametric", PARAMETRIC), ("gated", GATED_SETTINGS), ("groupwise", GROUPWISE)
    for family, cases in families:
        ours = {name for name, row in CATALOGUE.items() if row["family"] == family}
        assert {case.operator for case in cases} == ours, (
            f"{family} operators without a row in tests/rows/{family}.py, or the catalogue, are "
            "tested by nothing"
        )
        assert ours <= {row.operator for row in catalogue.values()}, (
            f"{family} operators need a row in nonlin.testing.catalogue"
        )


@each_pointwise
def test_row(name):
    assert rows(name), (
        f"{name} has no row, so nothing tests it: add to python/nonlin/testing/catalogue.py "
        f"Pointwise(its function, its module, definitions.{name})"
    )
    defaults = tuple(default for _, default in CATALOGUE[name]["parameters"])
    assert any(case.parameters == defaults for case in rows(name)), (
        f"no row of {name} in python/nonlin/testing/catalogue.py has the default parameters "
        f"{defaults}"
    )
    for index, (parameter, _) in enumerate(CATALOGUE[name]["parameters"]):
        settings = {case.parameters[index] for case in rows(name)}
        assert len(settings) > 1, (
            f"no row of {name} sets {parameter} to anything but {settings}: add to `options` of "
            "its row in python/nonlin/testing/catalogue.py one that does"
        )


@each
def test_python_function_and_module(name):
    for row in (row for row in catalogue.values() if row.operator == name):
        for kind, thing in (("function", row.function), ("module", row.module)):
            thing = origin(thing)
            home = nonlin if kind == "function" else nonlin.nn
            assert getattr(home, thing.__name__, None) is thing, (
                f"{name}: {home.__name__} has no {thing.__name__}; import it there"
            )
            assert thing.__name__ in home.__all__, f"{home.__name__}.__all__ lacks {thing.__name__}"
            assert thing.__doc__ and ">>>" in thing.__doc__, (
                f"{home.__name__}.{thing.__name__} has no docstring with an example"
            )


@each_pointwise
def test_parameters_reach_python(name):
    """Each setting of a row arrives at the operator through function and module."""
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    for case in rows(name):
        want = case.forward(x)
        assert torch.equal(case.function(x), want), f"{case}: the function passes other parameters"
        assert torch.equal(case.module()(x), want), f"{case}: the module passes other parameters"


def test_public_functions_have_operators():
    """Of the same name, or the catalogue says why not; their docstrings say what and by whom."""
    public = {name for name in FUNCTIONS if inspect.isfunction(getattr(nonlin, name))}
    missing = public - set(CATALOGUE) - set(WITHOUT_OPERATOR)
    assert missing == set(), (
        f"{sorted(missing)} have no operator of their name: write into WITHOUT_OPERATOR of "
        "python/nonlin/testing/catalogue.py which one they call, and why"
    )
    stale = {n for n in WITHOUT_OPERATOR if n not in public or n in CATALOGUE}
    assert stale == set(), f"WITHOUT_OPERATOR has {sorted(stale)}, which are no such functions"
    for name in public:
        assert line(getattr(nonlin, name)) and paper(getattr(nonlin, name))


def test_public_python_names_are_tested():
    things = [thing for row in catalogue.values() for thing in (row.function, row.module)]
    tested = {origin(thing).__name__ for thing in things} | set(WITHOUT_OPERATOR)
    tested |= {name for name in nonlin.nn.__all__ if name.lower() in WITHOUT_OPERATOR}
    tested |= {name + "_" for name in tested}  # their forms in place
    tested |= set(nonlin.nn.gated_mlp.__all__)  # by family/test_gated_mlp.py
    public = {n for n in nonlin.__all__ if callable(getattr(nonlin, n)) and n[0] != "_"}
    public |= set(nonlin.nn.__all__)
    assert public - tested == set(), (
        f"{sorted(public - tested)} have no row in nonlin.testing.catalogue: add one"
    )


DECLARATION = re.compile(r"^(?:inline )?at::Tensor&? (\w+)\(", re.MULTILINE)


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *FAMILY}))
def test_cpp_function(name):
    """C++ has what Python has, by the same name, with out and, if shapes allow, in place too."""
    resized = FAMILY.get(name) in ("packed", "groupwise")
    endings = ("", "_out") if resized else ("", "_", "_out")
    missing = {name + ending for ending in endings} - set(DECLARATION.findall(headers()))
    assert missing == set(), (
        f"C++ lacks nonlin::{missing}: run `python tools/api`, which writes the functions of "
        "operators, and says which others to write by hand"
    )


def test_cpp_functions_are_known():
    unknown = {
        name
        for name in DECLARATION.findall(headers())
        if re.sub("_out$|_$", "", name) not in {*FUNCTIONS, *FAMILY}
    }
    assert unknown == set(), f"C++ has {sorted(unknown)}; Python and ops/ do not"


def test_cpp_modules():
    declared = set(re.findall(r"TORCH_MODULE\((\w+)\)", headers()))
    assert declared == set(nonlin.nn.__all__), (
        f"C++ and Python differ by the modules {sorted(declared ^ set(nonlin.nn.__all__))}: "
        "run `python tools/api`, which writes them from python/nonlin/nn/"
    )


@needs_sources
def test_readme_has_all():
    tables = runpy.run_path(str(repository / "tools" / "tables" / "__main__.py"))
    page = (repository / "README.md").read_text()
    assert tables["written"](page, "README.md") == page, (
        "README.md's tables are not what the rows say: run `make tables` (python tools/tables)"
    )
