"""Speed on the CPU, beside PyTorch's, beside torch.compile's, and beside a copy of as many bytes.

`python benchmarks/run.py --help` says how to run it; benchmarks/results/ has what it found.
"""
