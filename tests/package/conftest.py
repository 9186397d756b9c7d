"""The wheel that the build under test makes, once for all files that install it."""

import os
import sys
from pathlib import Path

import pytest
from development import BUILD, ROOT, run
from installed import PIP, environment, install


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    gone = ROOT / "build-wheel" / "lib" / "nonlin" / "gone.py"
    gone.parent.mkdir(parents=True, exist_ok=True)
    gone.touch()
    assert run(sys.executable, "setup.py", "--name", cwd=ROOT).strip() == "nonlin" and gone.exists()
    options = ["--no-build-isolation", "--no-deps", "--wheel-dir", folder]
    run(*PIP, "wheel", ROOT, *options, env={**os.environ, "NONLIN_BUILD_DIR": str(BUILD)})
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def site_packages(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel beside this environment's torch, shared through links."""
    folder = tmp_path_factory.mktemp("beside-torch")
    site = environment(folder, lambda name: not name.startswith("nonlin"))
    install(wheel, site)
    return site
