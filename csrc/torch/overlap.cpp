#include "overlap.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "compatibility.h"

namespace nonlin {
namespace {

/// A step between elements, in elements, which is taken from `low` to `high` times.
struct Steps {
  std::int64_t stride, low, high;
};

/// Looks for numbers of steps that lead to a distance. Strides of views of one tensor leave one or
/// two numbers to try in each dimension, so that few places are visited; others give up.
class Search {
 public:
  void add(std::int64_t stride, std::int64_t low, std::int64_t high) {
    for (Steps& s : steps_) {
      if (s.stride != stride) continue;
      s.low += low;
      s.high += high;
      return;
    }
    steps_.push_back({stride, low, high});
  }

  /// `moved`: standing still is no solution.
  Overlap find(std::int64_t distance, bool moved) {
    std::sort(steps_.begin(), steps_.end(),
              [](const Steps& a, const Steps& b) { return a.stride > b.stride; });
    const auto count = steps_.size();
    low_.assign(count + 1, 0);
    high_.assign(count + 1, 0);
    divisor_.assign(count + 1, 0);
    for (auto i = count; i-- > 0;) {
      low_[i] = low_[i + 1] + steps_[i].low * steps_[i].stride;
      high_[i] = high_[i + 1] + steps_[i].high * steps_[i].stride;
      divisor_[i] = std::gcd(divisor_[i + 1], steps_[i].stride);
    }
    moved_ = moved;
    const bool found = from(0, distance, false);
    return found ? Overlap::some : visited_ > most ? Overlap::undecided : Overlap::none;
  }

 private:
  static constexpr int most = 10000;

  bool from(std::size_t i, std::int64_t distance, bool has_moved) {
    if (i == steps_.size()) return distance == 0 && (has_moved || !moved_);
    if (distance < low_[i] || distance > high_[i] || distance % divisor_[i] != 0) return false;
    const auto& [stride, low, high] = steps_[i];
    // Rounded towards zero: at most one number too many at each end.
    const auto first = std::max(low, -((high_[i + 1] - distance) / stride)),
               last = std::min(high, (distance - low_[i + 1]) / stride);
    for (auto n = first; n <= last && visited_ <= most; ++n) {
      ++visited_;
      if (from(i + 1, distance - n * stride, has_moved || n != 0)) return true;
    }
    return false;
  }

  c10::SmallVector<Steps, 8> steps_;
  c10::SmallVector<std::int64_t, 8> low_, high_, divisor_;  // of the steps from i on
  bool moved_ = false;
  int visited_ = 0;
};

/// Calls f(stride, last index) for every dimension that leads to other elements.
template <class F> void for_dimensions(const at::Tensor& t, const F& f) {
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (t.size(d) > 1 && t.stride(d) != 0) f(t.stride(d), t.size(d) - 1);
  }
}

/// From the first element to the last one, in elements.
std::int64_t extent(const at::Tensor& t) {
  std::int64_t sum = 0;
  for_dimensions(t, [&](auto stride, auto last) { sum += stride * last; });
  return sum;
}

bool has_symbols(const at::Tensor& t) {
  return t.unsafeGetTensorImpl()->has_symbolic_sizes_strides();
}

/// From the first element of `a` to that of `b`, in bytes, if they may lie in one piece of memory.
/// An address is one on CPUs and CUDA devices; elsewhere it may be a handle, as on MPS, and what
/// compilers trace has none. There only tensors of one storage can share memory.
std::optional<std::int64_t> distance_between(const at::Tensor& a, const at::Tensor& b) {
  const auto type = a.device().type();
  if ((type == at::kCPU || type == at::kCUDA) && !a.key_set().has(c10::DispatchKey::Python)) {
    return reinterpret_cast<std::intptr_t>(b.const_data_ptr()) -
           reinterpret_cast<std::intptr_t>(a.const_data_ptr());
  }
  if (!a.has_storage() || !b.has_storage() || !a.is_alias_of(b)) return std::nullopt;
  return (b.storage_offset() - a.storage_offset()) * static_cast<std::int64_t>(a.element_size());
}

bool same_elements(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return false;
  for (std::int64_t d = 0; d < a.dim(); ++d) {
    if (a.size(d) > 1 && a.stride(d) != b.stride(d)) return false;
  }
  return true;
}

}  // namespace

Overlap overlap_of(const at::Tensor& a, const at::Tensor& b) {
  if (has_symbols(a) || has_symbols(b)) return Overlap::none;  // of a compiler, which knows
  if (a.numel() == 0 || b.numel() == 0 || a.device() != b.device()) return Overlap::none;
  if (is_lazy_clone(a) || is_lazy_clone(b)) return Overlap::none;
  const auto size = static_cast<std::int64_t>(a.element_size());
  const auto found = distance_between(a, b);
  if (!found) return Overlap::none;
  const auto distance = *found;
  if (distance >= (extent(a) + 1) * size || -distance >= (extent(b) + 1) * size) {
    return Overlap::none;
  }
  if (distance % size != 0) return Overlap::undecided;
  if (distance == 0 && same_elements(a, b)) return Overlap::same;
  Search search;
  for_dimensions(a, [&](auto stride, auto last) { search.add(stride, 0, last); });
  for_dimensions(b, [&](auto stride, auto last) { search.add(stride, -last, 0); });
  return search.find(distance / size, /*moved=*/false);
}

Overlap inner_overlap_of(const at::Tensor& t) {
  if (t.numel() < 2 || t.is_non_overlapping_and_dense()) return Overlap::none;
  for (std::int64_t d = 0; d < t.dim(); ++d) {
    if (t.size(d) > 1 && t.stride(d) == 0) return Overlap::some;
  }
  // Two dimensions of one stride meet where one of them goes back.
  Search search;
  c10::SmallVector<std::int64_t, 8> strides;
  bool twice = false;
  for_dimensions(t, [&](auto stride, auto last) {
    twice = twice || std::find(strides.begin(), strides.end(), stride) != strides.end();
    strides.push_back(stride);
    search.add(stride, -last, last);
  });
  return twice ? Overlap::some : search.find(0, /*moved=*/true);
}

}  // namespace nonlin
