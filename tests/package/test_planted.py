"""The planted faults of tests/planted/ can still be planted, and name tests that exist."""

import re
import shutil
import subprocess

import pytest
from development import ROOT

PATCHES = sorted((ROOT / "tests/planted").glob("*.patch"))
pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None, reason="no checkout of git"
)


def test_all_apply():
    """Each to the sources as they are: a change of these carries its patches along."""
    wrong = {}
    for patch in PATCHES:
        command = ["git", "apply", "--check", str(patch)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            wrong[patch.name] = done.stderr.splitlines()[0]
    assert len(PATCHES) > 30 and not wrong


def test_headers_name_tests():
    for patch in PATCHES:
        header = patch.read_text().partition("\ndiff ")[0]
        assert re.search("^property: .", header, re.MULTILINE), patch.name
        named = re.findall(r"(tests/\S+?\.py)(?:::(\w+))?", header)
        assert named or "_tests:" in header, patch.name
        for path, function in named:
            file = ROOT / path
            assert file.is_file(), f"{patch.name}: {path}"
            assert f"def {function}" in file.read_text(), f"{patch.name}: {path}::{function}"
