"""Every example in a docstring, and the README's, gives what it says."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import nonlin
import pytest

README = Path(__file__).parent.parent.parent / "README.md"
MODULES = ["nonlin"] + [
    module.name
    for module in pkgutil.walk_packages(nonlin.__path__, "nonlin.")
    if not module.name.endswith(("._C", ".__main__"))
]
FUNCTIONS = [name for name in nonlin.__all__ if inspect.isfunction(getattr(nonlin, name))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    if name == "nonlin.onnx":
        pytest.importorskip("onnxscript")
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_example(name):
    (test,) = doctest.DocTestFinder(recurse=False).find(getattr(nonlin, name), name)
    assert test.examples, f"nonlin.{name} needs an example in its docstring"


@pytest.mark.parametrize("name", nonlin.nn.__all__)
def test_every_module_has_an_example(name):
    (test,) = doctest.DocTestFinder(recurse=False).find(getattr(nonlin.nn, name), name)
    assert test.examples, f"nonlin.nn.{name} needs an example in its docstring"


def test_python_of_the_readme():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:  # they follow each other
        exec(compile(block, "README.md", "exec"), names)
