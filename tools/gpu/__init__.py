"""A first look at a card, in a few minutes and with one command: `make gpu MINUTES=10`.

`python -m gpu --help` says how to run it. It needs PyTorch, CMake, Ninja, a compiler and nvcc, and
nothing else: no network, no pytest, no numpy. A parent that never touches the card (`__main__.py`)
builds the package, gives one step after the other to a child (`worker.py`), and writes each answer
down before it asks for the next. A step that ends the child, or does not end, is a result.
"""

# In order of value.
STAGES = {
    "agreement": "every operator and pass, beside the CPU",
    "sixteen": "all inputs of 16 bits, beside references",
    "gradients": "autograd, gradcheck, long sums",
    "layouts": "the bits of dense tensors, in every layout",
    "streams": "streams, graphs, no synchronization",
    "speed": "the benchmark, beside PyTorch and a copy",
    "tests": "the tests marked cuda",
}
