"""`make try OP=mish`: what an edit of a formula did, seconds after it, without the library.

One header and one definition are enough: nothing has to be registered. The header is compiled alone
for the lanes of every instruction set, for those of CUDA as the host models them, and for dual
numbers; what they return is compared with the definition (`nonlin.testing.definitions`, or a file
of one's own). Where nvcc is, four of its CUDA kernels are compiled too and their instructions
counted. Tests and `make sweep` look at more inputs; `make budget` at all kernels.
"""
