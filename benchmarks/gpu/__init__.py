"""Speed on a GPU, beside PyTorch's, beside torch.compile's, and beside a copy of as many bytes.

`python benchmarks/gpu/run.py --help` says how to run it; with --dry-run it needs no GPU.
"""
