#pragma once
/// Kernels with planted faults: what the emulator must find.
#include <cstdint>

namespace faulty {

enum class fault {
  none,
  // of twice()
  head,        // one element more is taken before the first vector
  tail,        // the run ends one element late
  short_tail,  // … or early
  narrowed,    // elements of a vector are loaded one by one
  misaligned,  // vectors where none begins
  overlap,     // one vector is written twice
  neighbour,   // an element is read that another thread writes
  endless,     // a loop
  parameter,   // one more number is read than the launch was given
  unknown,     // an instruction that the emulator does not have
  // of channel_sums()
  missing_barrier,    // a sum is read before all have written their part
  diverging_barrier,  // half of the threads wait at a barrier of their own
  slice,              // the last one ends behind the last row
  channel,            // after the last one does not come the first
  partial,            // the sums of one slice are read, but never written
  everyone,           // all threads write the result of a block
  lonely_shuffle,     // of lanes that are not all there
  // of gather()
  place,  // is not compared with the size of its group
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
