#pragma once
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <functional>

namespace nonlin {

/// Calls f(begin, end) for ranges that make up [0, tasks), on PyTorch's threads.
void in_parallel(std::int64_t tasks,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& f);

/// Elements below which a second thread does not pay; ATen's own figure.
inline constexpr std::int64_t grain_size = 32768;

/// Calls f(begin, end) for ranges that make up [0, elements), one for each thread that pays; all
/// but the last end at multiples of 256.
template <class F> void in_ranges(std::int64_t elements, const F& f) {
  const std::int64_t threads = elements > grain_size ? at::get_num_threads() : 1;
  const auto most = (elements + grain_size - 1) / grain_size;
  const auto ranges = std::min(threads, most);
  if (ranges <= 1) return f(0, elements);
  const auto each = (elements / ranges / 256 + 1) * 256;
  in_parallel(ranges, [&](std::int64_t begin, std::int64_t end) {
    if (begin * each < elements) f(begin * each, std::min(end * each, elements));
  });
}

}  // namespace nonlin
