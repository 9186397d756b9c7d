"""What the machine code of the CUDA kernels costs, held to committed budgets. Needs no GPU.

`python -m budget`, with this folder's parent on PYTHONPATH, compares the built library with
`sm_90.csv` beside this file, and with the file of every other architecture that has one.

A kernel is measured where its time goes: in the innermost loop that loads in its widest accesses
(or stores so, if none loads), else from its entry to its end. Other loops count once, as they were
compiled. The number of all instructions has a budget too, for what lies on other ways.

* Where a branch depends on numbers out of memory, the threads of a warp may part, and *both*
  sides are counted: of an IEEE division, the routine for rare operands too.
* Any other branch is taken by whole warps. There the side counts that moves more memory, else the
  one with fewer accesses, else the one that calls no routine, else the longer one: whole vectors
  instead of single elements, and index arithmetic in 32 bits, as larger indices are divided in a
  routine.
* Where the first branch of a kernel chooses between layouts, each of the two has figures and a
  name: `vectors` and `in_rows`.
* An instruction whose guard is false takes its slot. Of accesses under opposite guards the wider
  ones are the traffic.
* Bytes are those of the tensors: what is loaded beyond a pass's own inputs is weights, which
  caches hold.

Not modelled: latencies, bank conflicts, and how much runs side by side. Which unit executes an
instruction is an assumption where the vendor's tables are silent.
"""
