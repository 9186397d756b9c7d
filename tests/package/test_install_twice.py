"""Two copies of the library, a program's and the package's, in one process."""

import re
import shutil
import sys
from pathlib import Path

import nonlin
import pytest
from development import BUILD, needs_build, run
from installed import LIBRARY, cmake, import_error_of

pytestmark = [pytest.mark.cpu, needs_build]

# How a program that is linked with a copy of the library starts Python.
PROGRAM = """
import ctypes, sys, torch
ctypes.CDLL(sys.argv[1], ctypes.RTLD_GLOBAL)
import nonlin
nonlin.mish(torch.zeros(3))
print(*{line.split()[-1] for line in open("/proc/self/maps") if "/libnonlin.so" in line})
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prefix")
    run(cmake(), "--install", BUILD, "--prefix", folder)
    return folder / "lib" / LIBRARY


def test_the_first_one_serves_both(copy: Path):
    assert run(sys.executable, "-c", PROGRAM, copy).split() == [str(copy)]


def test_one_of_another_minor_version_is_refused(copy: Path, tmp_path: Path):
    """PyTorch would abort where the second one registers its operators."""
    other = tmp_path / re.sub(r"\.so\.\d", ".so.9", LIBRARY)
    other.write_bytes(copy.read_bytes().replace(LIBRARY.encode(), other.name.encode()))
    message = import_error_of(sys.executable, "-c", PROGRAM, other)
    assert message.startswith(f"ImportError: nonlin {nonlin.__version__} needs its {LIBRARY}, but")
    assert f"has loaded another one, {other}. Link what needs that against" in message


def test_one_of_another_patch_is_refused(copy: Path, tmp_path: Path):
    package = tmp_path / "nonlin"
    shutil.copytree(Path(nonlin.__file__).parent, package)
    facts = package / "lib" / "build-info"
    facts.write_text(re.sub(r"version=.*", "version=0.1.99", facts.read_text()))
    message = import_error_of(sys.executable, "-c", PROGRAM, copy, PYTHONPATH=str(tmp_path))
    assert message.startswith(f"ImportError: nonlin 0.1.99 needs its {LIBRARY}, but")
