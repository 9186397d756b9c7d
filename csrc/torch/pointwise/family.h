#pragma once
#include "../family.h"

namespace nonlin::pointwise {

struct Family : family, OfFamily<Family> {
  using Entry = pointwise::Entry;
  static void run_cpu(const Job<Family>&);
  static void express(const Job<Family>&, std::span<Tensor> results);
  static void run_cuda(const Job<Family>&) __attribute__((weak));
  static bool saves_result(const Operators<Family>&, const Arguments<Family>&);
  static Third<1> third(const Point<Family>&, const Tensors<1>& u, const Tensors<1>& b,
                        const Tensor& g, bool in_value, const Wanted<1>&);
};

/// The tensors of a job: those that it writes, then those that it reads.
class Operands {
 public:
  explicit Operands(const Job<Family>&);
  int outputs = 0, size = 0;
  const Tensor* at[max_outputs + max_inputs];

  /// Writes them to `to`, as far as its rank and their number go. `name` is that of the operator.
  void describe(operands& to, const std::string& name) const;
};

}  // namespace nonlin::pointwise
