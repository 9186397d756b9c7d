"""What compilers refuse to write, as the operator itself does."""

import nonlin
import pytest
import torch
from compiling import compiled
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functionalize

WORDS = "`self` must not overlap itself, as an expanded tensor does; clone it first"
each = pytest.mark.parametrize(
    "write",
    [nonlin.elu_, lambda x: nonlin.prelu(x, torch.ones(1), inplace=True)],
    ids=["elu_", "prelu_"],
)


@each
@pytest.mark.usefixtures("fresh_compiler")
def test_in_place_on_an_expanded_tensor(write):
    def f(x):
        return write(x[:1].expand(4))

    for run in (f, functionalize(f), torch.compile(f, backend="aot_eager"), compiled(f)):
        x = torch.tensor([1.0, -1.0])
        with pytest.raises(Exception, match=WORDS):
            run(x)
        assert x.tolist() == [1.0, -1.0]
    with FakeTensorMode(), pytest.raises(RuntimeError, match=WORDS):
        f(torch.ones(2))


@each
def test_in_place_on_symbolic_sizes(write):
    """Nothing is asked of a size that is not known yet."""
    from torch.fx.experimental.proxy_tensor import make_fx

    traced = make_fx(functionalize(lambda x: write(x + 1)), tracing_mode="symbolic")(torch.ones(3))
    x = torch.linspace(-2, 2, 7)
    torch.testing.assert_close(traced(x), write(x + 1))
