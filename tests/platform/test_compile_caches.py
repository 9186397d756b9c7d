"""Caches of torch.compile on disk: other formulas, and the same ones taken apart or not, miss them,
and nobody else does."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nonlin
import pytest
import torch
from development import needs_build
from nonlin import _library

pytestmark = [pytest.mark.cpu, pytest.mark.usefixtures("fresh_compiler")]

LAZY = """
import sys
from torch.compiler import config
config.cache_key_tag = "mine"
import importlib, nonlin
print("torch._inductor" in sys.modules, "torch._dynamo" in sys.modules)
assert config.cache_key_tag == "mine", config.cache_key_tag
import importlib.util
importlib.util.find_spec("torch._inductor.codecache")  # asks and imports nothing
import torch._inductor.codecache
assert hasattr(torch._inductor.codecache.FxGraphHashDetails.__init__, "__wrapped__")
import torch._inductor.decomposition
assert torch.ops.nonlin.mish.default in torch._inductor.decomposition.decompositions
assert not [finder for finder in sys.meta_path if "nonlin" in type(finder).__module__]
"""

COMPILE = """
import sys, torch
from torch._dynamo.utils import counters
ours, imported = sys.argv[1] == "ours", sys.argv[2:] == ["nonlin"]
if imported:
    import nonlin
f = torch.ops.nonlin.mish if ours else torch.mm
torch.compile(lambda *x: f(*x))(*[torch.ones(3, 3)] * (1 if ours else 2))
print(counters["aot_autograd"]["autograd_cache_hit"], counters["inductor"]["fxgraph_cache_miss"])
"""


def child(script: str, *arguments: str, **variables: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_import_is_lazy_and_leaves_the_tag_of_the_user():
    assert child(LAZY) == ["False", "False"]


def keys(f) -> set[str]:
    """The tags in the keys of what is compiled for a function and its gradient."""
    from torch._inductor.codecache import FxGraphHashDetails

    found: set[str] = set()
    original = FxGraphHashDetails.__init__

    def record(self, *arguments, **options):
        original(self, *arguments, **options)
        found.add(self.cache_key_tag)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FxGraphHashDetails, "__init__", record)
        torch.compile(f)(torch.ones(3, 3, requires_grad=True)).sum().backward()
    return found


def ours(tag: str = "") -> set[str]:
    """Of the graph with our operators, and of the one without, in which expressions stand."""
    return {f"{tag};nonlin={_library.compiled_as()}", *({tag} if nonlin.config.decompose else ())}


@pytest.mark.parametrize("decompose", [True, False])
@pytest.mark.parametrize("tag", ["", "mine"])
def test_graphs_with_our_operators_have_the_version_in_their_keys(monkeypatch, tag, decompose):
    monkeypatch.setattr(nonlin.config, "decompose", decompose)
    assert _library.compiled_as().startswith(nonlin.__version__)
    with torch.compiler.config.patch(cache_key_tag=tag):
        assert keys(lambda x: nonlin.mish(x)) == ours(tag)
        assert keys(lambda x: torch.ops.nonlin.gelu.default(x)) == ours(tag)
        assert keys(lambda x: x @ x) == {tag}
        assert torch.compiler.config.cache_key_tag == tag


def test_every_build_has_keys_of_its_own_for_expressions():
    """A formula may be another one in the same version."""
    library = Path(nonlin.__file__).parent / "lib" / _library.build_facts()["library"]
    digest = hashlib.blake2b(library.read_bytes(), digest_size=8).hexdigest()
    assert _library.compiled_as() == f"{nonlin.__version__}-{digest}"


def test_subgraphs_count():
    def f(x):
        return torch.utils.checkpoint.checkpoint(nonlin.mish, x, use_reentrant=False)

    assert keys(f) == ours()


@needs_build
def test_who_meets_whose_caches(tmp_path: Path):
    """In processes that share a folder of caches."""
    other = tmp_path / "other" / "nonlin"
    stage = Path(nonlin.__file__).parent
    (other / "lib").mkdir(parents=True)
    for path in [*stage.iterdir(), *(stage / "lib").iterdir()]:
        if path.name not in ("lib", "build-info"):
            (other / path.relative_to(stage)).symlink_to(path)
    facts = (stage / "lib/build-info").read_text()
    newer = facts.replace(f"version={nonlin.__version__}", "version=9.9.9")
    (other / "lib/build-info").write_text(newer)

    def counts(*arguments: str, path: str = "", decompose: str = "1") -> list[str]:
        more = {"PYTHONPATH": path, "NONLIN_DECOMPOSE": decompose}
        return child(COMPILE, *arguments, TORCHINDUCTOR_CACHE_DIR=str(tmp_path / "caches"), **more)

    missed, hit = ["0", "1"], ["1", "0"]  # of AOTAutograd's cache and of Inductor's
    assert counts("theirs") == missed
    assert counts("theirs", "nonlin") == hit
    assert counts("ours", "nonlin") == missed
    assert counts("ours", "nonlin") == hit
    assert counts("ours", "nonlin", decompose="0") == missed
    assert counts("ours", "nonlin", decompose="0") == hit
    assert counts("ours", "nonlin") == hit
    # What is generated of an expression is its own, by whichever version: Inductor finds it.
    assert counts("ours", "nonlin", path=str(other.parent)) == ["0", "0"]
    assert counts("ours", "nonlin", path=str(other.parent), decompose="0") == missed
