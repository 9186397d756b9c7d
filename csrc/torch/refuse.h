#pragma once
#include "family.h"

namespace nonlin {

/// Refuses hyper-parameters that are finite, in the words of the formula.
template <class Family>
void refuse(const Caller& caller, const Operators<Family>& op, dtype type,
            const Parameters& given) {
  const auto refused = op.entry.unit->cpu[0]->refused;
  if (refused == nullptr) return;
  Parameters rounded = given;
  if (type != dtype::float64) {
    for (std::size_t i = 0; i < op.count; ++i) rounded[i] = static_cast<float>(given[i]);
  }
  const char* words = refused(rounded.data());
  if (words == nullptr) return;
  std::string values;
  for (std::size_t i = 0; i < op.count; ++i) {
    values += (i ? ", " : "") + c10::str(op.entry.parameter(i).name, "=", given[i]);
  }
  TORCH_CHECK_VALUE(false, caller, ": ", words, ", got ", values);
}

}  // namespace nonlin
