"""Every float32 input through every activation, on each instruction set, beside PyTorch's own.

`python -m sweep`, with this folder's parent on PYTHONPATH, measures and writes docs/accuracy.md.
"""
