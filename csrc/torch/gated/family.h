#pragma once
#include "../coalesce.h"
#include "../family.h"

namespace nonlin::gated {

struct Family : family, OfFamily<Family> {
  using Entry = gated::Entry;
  static void run_cpu(const Job<Family>&);
  static void express(const Job<Family>&, std::span<Tensor> results);
  static void run_cuda(const Job<Family>&) __attribute__((weak));
  static Third<2> third(const Point<Family>&, const Tensors<2>& u, const Tensors<2>& b,
                        const Tensor& g, bool in_value, const Wanted<2>&);
};

struct PackedFamily : packed_family, OfFamily<PackedFamily> {
  using Entry = PackedEntry;
  static dtype check(const Caller&, kind, const Operators<PackedFamily>&, Arguments<PackedFamily>&);
  static void check_gradients(const Caller&, kind, const Operators<PackedFamily>&,
                              const Arguments<PackedFamily>&);
  static c10::SymDimVector result_sizes(const Arguments<PackedFamily>&);
  static Tensor new_result(const Arguments<PackedFamily>&);
  static void run_cpu(const Job<PackedFamily>&);
  static void express(const Job<PackedFamily>&, std::span<Tensor> results);
  static void run_cuda(const Job<PackedFamily>&) __attribute__((weak));
  static Third<1> third(const Point<PackedFamily>&, const Tensors<1>& u, const Tensors<1>& b,
                        const Tensor& g, bool in_value, const Wanted<1>&);
};

/// Sets `to` to the tensors of a job, and returns how many elements each has.
std::int64_t describe(operands& to, const Job<Family>&);
std::int64_t describe(operands& to, const Job<PackedFamily>&);

/// The places of gates, and of what they let up, in one tensor of both. `dim` counts from 0.
struct Places {
  std::int64_t dim, layout;

  explicit Places(const Arguments<PackedFamily>& a) : dim(a.options[0]), layout(a.options[1]) {}
  static constexpr int interleaved = 2;

  /// The entry of `dim` that comes first.
  std::int64_t gate(std::int64_t half) const { return layout == 1 ? half : 0; }
  std::int64_t up(std::int64_t half) const {
    return layout == interleaved ? 1 : layout == 1 ? 0 : half;
  }
  /// As views, and from such tensors one of both.
  Tensors<2> split(const Tensor&) const;
  Tensor joined(const Tensors<2>&) const;
};

}  // namespace nonlin::gated
