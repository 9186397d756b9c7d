"""The checkout and the build folder behind the package under test, for tests that look at them."""

import os
import subprocess
from pathlib import Path

import nonlin
import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("NONLIN_BUILD_DIR", Path(nonlin.__file__).parent.parent.parent))

needs_build = pytest.mark.skipif(
    not (BUILD / "CMakeCache.txt").is_file(), reason="nonlin was not imported from a build folder"
)


def run(*command: object, **options: object) -> str:
    """What a command prints; when it fails, the test fails with everything it said."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
