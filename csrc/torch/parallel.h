#pragma once
#include <cstdint>
#include <functional>

namespace nonlin {

/// Calls f(begin, end) for ranges that make up [0, tasks), on PyTorch's threads.
void in_parallel(std::int64_t tasks,
                 const std::function<void(std::int64_t begin, std::int64_t end)>& f);

/// Elements below which a second thread does not pay; ATen's own figure.
inline constexpr std::int64_t grain_size = 32768;

}  // namespace nonlin
