#pragma once
/// Kernels with planted faults: what the emulator must find.
#include <cstdint>

namespace faulty {

enum class fault : int {
  none,
  missing_barrier,   // a sum is read before all have written their part
  diverging_barrier, // half of the threads wait for the others at another one
  head,             // one element more is taken before the first vector
  tail,             // the run ends one element late
  short_tail,       // … or early
  narrowed,         // elements of a vector are loaded one by one
  misaligned,       // vectors where none begins
  overlap,          // the last vector once more
  slice,            // of the sums, ends behind the last row
  channel,          // does not begin anew after the last
  partial,          // the sums of one slice are read before they are written
  everyone,         // all threads write the result of a block
  neighbour,        // an element is read that another thread writes
  place,            // of a group, is not compared with its size
  endless,          // a loop
  parameter,        // one more number is read than the launch was given
  unknown,          // an instruction that the emulator does not have
  lonely_shuffle,   // of lanes that are not all there
};

/// y = 2·x, elements of float in vectors of four.
int twice(fault, float* y, const float* x, std::int64_t size, void* stream);
/// sums[c] = Σ x[row·channels + c], in `slices` slices with as many sums in the workspace.
int channel_sums(fault, float* sums, const float* x, int channels, int rows, int slices,
                 float* workspace, void* stream);
/// y[g] = x[g·group + place[g]], or 0 where a place is none.
int gather(fault, float* y, const float* x, const unsigned char* place, int groups, int group,
           void* stream);

}  // namespace faulty
