#pragma once
#include "../family.h"

namespace nonlin::groupwise {

struct Family : family, OfFamily<Family> {
  using Entry = groupwise::Entry;
  static dtype check(const Caller&, kind, const Operators<Family>&, Arguments<Family>&);
  static void check_gradients(const Caller&, kind, const Operators<Family>&,
                              const Arguments<Family>&) {}
  /// What f checks, in its name, before f_with_index runs in its place; `self` may be nested.
  static void check_value(const Operators<Family>&, const Arguments<Family>&);
  static c10::SymDimVector result_sizes(const Arguments<Family>&);
  static Tensor new_result(const Arguments<Family>&);
  static Tensor new_index(const Arguments<Family>&);
  static Tensor new_gradient(const Arguments<Family>&, std::size_t);
  static void run_cpu(const Job<Family>&);
  static void express(const Job<Family>&, std::span<Tensor> results);
  static void run_cuda(const Job<Family>&) __attribute__((weak));
};

/// The tensors of a job: with groups, with an entry for each group, and the places, which may be
/// undefined in value.
struct Operands {
  explicit Operands(const Job<Family>&);
  const Tensor *groups, *chosen, *index;
  groupwise::pass pass;

  /// As kernels see them, where there is at least one element.
  job strided(const Job<Family>&) const;

 private:
  void set(const Tensor& with_groups, const Tensor& entries, const Tensor& places,
           groupwise::pass which) {
    groups = &with_groups;
    chosen = &entries;
    index = &places;
    pass = which;
  }
};

}  // namespace nonlin::groupwise
