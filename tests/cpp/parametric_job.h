#pragma once
/// Jobs for kernels of the parametric family, in any layout, and their results element by element.
#include <algorithm>
#include <vector>

#include "units.h"

namespace nonlin {
namespace {
namespace storage {
#include "csrc/simd/half.h"
}

template <class T> T rounded(double x) {
  if constexpr (std::is_same_v<T, half>) return storage::to_half(float(x));
  if constexpr (std::is_same_v<T, bfloat16>) return storage::to_bfloat16(float(x));
  if constexpr (std::is_arithmetic_v<T>) return T(x);
}
template <class T> double real(T x) {
  if constexpr (std::is_arithmetic_v<T>) return x;
  if constexpr (!std::is_arithmetic_v<T>) return storage::to_float(x);
}
/// All NaN are one: which of two operands gives its bits to a result is the compiler's choice.
template <class T> std::uint64_t word(T x) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof(T));
  return std::isnan(real(x)) ? ~0ull : bits;
}

using Sizes = std::vector<std::int64_t>;

inline std::int64_t product(const Sizes& sizes) {
  std::int64_t n = 1;
  for (const std::int64_t size : sizes) n *= size;
  return n;
}

struct Shape {
  Sizes inner;
  std::int64_t channels;
  Sizes outer;

  Sizes sizes() const {
    Sizes all = inner;
    all.push_back(channels);
    all.insert(all.end(), outer.begin(), outer.end());
    return all;
  }
  std::int64_t size() const { return product(sizes()); }
  /// Whether the tile has element n.
  bool has(const parametric::tile& tile, std::int64_t n) const {
    const std::int64_t i = n % product(inner), o = n / product(inner) / channels, c = channel(n);
    const auto in = [](const std::int64_t* range, std::int64_t k) {
      return range[0] <= k && k < range[1];
    };
    return in(tile.inner, i) && in(tile.channel, c) && in(tile.outer, o);
  }
  std::int64_t channel(std::int64_t n) const { return n / product(inner) % channels; }
};

/// Strides, in elements.
using Layout = Sizes (*)(const Sizes&);
inline Sizes dense(const Sizes& sizes) {
  Sizes strides{1};
  for (const std::int64_t size : sizes) strides.push_back(strides.back() * size);
  strides.pop_back();
  return strides;
}
inline Sizes padded(const Sizes& sizes) {
  Sizes strides{1};
  for (const std::int64_t size : sizes) strides.push_back(strides.back() * size + 1);
  strides.pop_back();
  return strides;
}
inline Sizes times(Sizes strides, std::int64_t factor) {
  for (std::int64_t& stride : strides) stride *= factor;
  return strides;
}
inline Sizes spaced(const Sizes& sizes) { return times(dense(sizes), 2); }
inline Sizes backwards(const Sizes& sizes) { return times(dense(sizes), -1); }
inline Sizes expanded(const Sizes& sizes) { return times(dense(sizes), 0); }
inline Sizes turned(const Sizes& sizes) {
  Sizes strides = dense({sizes.rbegin(), sizes.rend()});
  std::reverse(strides.begin(), strides.end());
  return strides;
}
using Layouts = std::array<Layout, parametric::slots>;

/// A tensor in memory that is exactly as long as it must be.
template <class T> class Placed {
 public:
  Placed(const Sizes& sizes, const Sizes& strides) : sizes_(sizes), strides_(strides) {
    std::int64_t last = 0;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      (strides[d] < 0 ? first_ : last) += (sizes[d] - 1) * strides[d];
    }
    memory_.resize(last - first_ + 1, rounded<T>(untouched));
  }
  T& operator[](std::int64_t n) {
    std::int64_t offset = -first_;
    for (std::size_t d = 0; d < sizes_.size(); n /= sizes_[d++]) {
      offset += n % sizes_[d] * strides_[d];
    }
    return memory_[offset];
  }
  /// The elements of a tile, and zeros, provided that nothing else was written.
  std::vector<std::uint64_t> take(const Shape& shape, const parametric::tile& tile, bool& clean) {
    std::vector<std::uint64_t> words(shape.size());
    for (std::int64_t n = 0; n < shape.size(); ++n) {
      if (!shape.has(tile, n)) continue;
      words[n] = word((*this)[n]);
      (*this)[n] = rounded<T>(untouched);
    }
    for (const T x : memory_) clean = clean && word(x) == word(rounded<T>(untouched));
    return words;
  }

 private:
  static constexpr double untouched = 1.625;
  Sizes sizes_, strides_;
  std::int64_t first_ = 0;
  std::vector<T> memory_;
};

/// What a kernel is asked for.
struct Wanted {
  bool u = true, v = true, result = true, grad_grad_output = true, sums = true;
};

struct Outcome {
  std::vector<std::uint64_t> result, grad_grad_output;
  std::vector<double> sums;
  bool clean = true;  // nothing was written beside the tile
};

/// A pass, its inputs and its weights.
template <class T> struct Problem {
  parametric::cpu_kernel kernel;
  parametric::pass pass;
  Shape shape;
  std::vector<T> input[parametric::slots], weight, grad_grad_weight;
  Wanted wanted;

  /// With inputs that `value` gives, one after another.
  template <class Value>
  Problem(const parametric::cpu_unit& unit, parametric::pass p, nonlin::dtype type, Shape s,
          Value value)
      : kernel(unit.at[static_cast<int>(p)][static_cast<int>(type)]), pass(p), shape(std::move(s)) {
    const auto fill = [&](std::vector<T>& list, std::int64_t count) {
      for (; count > 0; --count) list.push_back(rounded<T>(value()));
    };
    for (const auto slot :
         {parametric::self, parametric::grad_output, parametric::grad_grad_self}) {
      fill(input[slot], shape.size());
    }
    fill(weight, shape.channels);
    fill(grad_grad_weight, shape.channels);
  }

  bool has(int slot) const {
    if (pass == parametric::pass::value) {
      return slot == parametric::self || slot == parametric::result;
    }
    const bool twice = pass == parametric::pass::double_backward;
    if (slot == parametric::grad_grad_self) return twice && wanted.u;
    if (slot == parametric::grad_grad_output) return twice && wanted.grad_grad_output;
    return slot != parametric::result || wanted.result;
  }

  /// `in_place`: the result takes the place of self.
  Outcome run(const Layouts& layouts, parametric::tile tile, bool in_place = false) const {
    const Sizes sizes = shape.sizes();
    std::vector<Placed<T>> tensors;
    parametric::job job{};
    for (int s = 0; s < parametric::slots; ++s) {
      const Sizes strides = layouts[s](sizes);
      tensors.emplace_back(sizes, strides);
      for (std::size_t n = 0; n < input[s].size(); ++n) tensors[s][n] = input[s][n];
      if (has(s)) job.data[s] = &tensors[s][0];
      for (std::size_t d = 0; d < sizes.size(); ++d) job.stride[s][d] = strides[d] * sizeof(T);
    }
    if (in_place) job.data[parametric::result] = job.data[parametric::self];
    std::copy(sizes.begin(), sizes.end(), job.size);
    job.rank = static_cast<int>(sizes.size());
    job.channel = static_cast<int>(shape.inner.size());
    set_weights(job, 0);
    Outcome y;
    y.sums.resize(
        wanted.sums && pass != parametric::pass::value ? tile.channel[1] - tile.channel[0] : 0, -7);
    tile.sums = y.sums.empty() ? nullptr : y.sums.data();
    kernel(job, tile);
    y.result = tensors[in_place ? parametric::self : parametric::result].take(shape, tile, y.clean);
    y.grad_grad_output = tensors[parametric::grad_grad_output].take(shape, tile, y.clean);
    return y;
  }

  /// Each element in a job of its own; `sums` are the terms.
  Outcome one_by_one() const {
    Outcome y;
    for (std::int64_t n = 0; n < shape.size(); ++n) {
      T value[parametric::slots] = {};
      parametric::job job{};
      for (int s = 0; s < parametric::slots; ++s) {
        if (!input[s].empty()) value[s] = input[s][n];
        if (has(s)) job.data[s] = value + s;
      }
      job.size[0] = job.rank = 1;
      set_weights(job, shape.channel(n));
      double sum = 0;
      kernel(job, {{0, 1}, {0, 1}, {0, 1}, pass == parametric::pass::value ? nullptr : &sum});
      y.result.push_back(word(value[parametric::result]));
      y.grad_grad_output.push_back(word(value[parametric::grad_grad_output]));
      y.sums.push_back(sum);
    }
    return y;
  }

 private:
  void set_weights(parametric::job& job, std::int64_t channel) const {
    job.weight = &weight[channel];
    if (wanted.v) job.grad_grad_weight = &grad_grad_weight[channel];
    job.weight_stride = job.grad_grad_weight_stride = sizeof(T);
  }
};

}  // namespace
}  // namespace nonlin
