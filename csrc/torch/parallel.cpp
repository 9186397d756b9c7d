#include "parallel.h"

#include <ATen/TensorIterator.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace nonlin {

void in_parallel(std::int64_t tasks,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& f) {
  // The loop of TensorIterator runs inside PyTorch, on its threads: this library needs no OpenMP of
  // its own. A byte stands for a task; it is neither read nor written, and few need no memory.
  static char few[256];
  const at::Tensor bytes = tasks <= std::int64_t{sizeof(few)}
                               ? at::from_blob(few, {tasks}, at::kByte)
                               : at::empty({tasks}, at::kByte);
  const char* const first = static_cast<const char*>(bytes.const_data_ptr());
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false).check_all_same_dtype(false).resize_outputs(false);
  config.add_output(bytes);
  auto iterator = config.build();
  iterator.for_each(
      [&](char** data, const std::int64_t*, std::int64_t count, std::int64_t) {
        const std::int64_t begin = data[0] - first;
        f(begin, begin + count);
      },
      /*grain_size=*/1);
}

}  // namespace nonlin
