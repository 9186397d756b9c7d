#pragma once
/// What the torch layer asks of a family besides its declaration. A family is a struct derived from
/// that and from OfFamily, and replaces what is odd about it. It names its `Entry`, one activation
/// with its kernels, and has
///
///   run_cpu(job), run_cuda(job)                  the kernels; run_cuda where there are some
///   express(job, results)                        the same by ATen's operators: makes the results
///                                                that are wanted; `job.results` is empty
///   third(point, u, b, g, in_value, wanted)      T₀ and T of derivatives.h, unless it is linear
#include "allocate.h"
#include "check.h"
#include "derivatives.h"

namespace nonlin {

/// A call on one device, checked. `results` are to be written: y (and an index), or the gradients
/// that the operator returns, of which those that are not wanted are undefined.
template <class Family> struct Job {
  const Operators<Family>& op;
  kind which;
  dtype type;
  Arguments<Family> given;  // `dim` counts from 0
  Parameters parameters;
  at::ArrayRef<Tensor> results;
};

/// Results of an expression, in the type of an operator's.
inline void round_to(at::ScalarType type, std::span<Tensor> results) {
  for (Tensor& t : results) {
    if (t.defined()) t = t.to(type);
  }
}

/// The pass of the elementwise families that an operator runs.
inline pass pass_of(kind which) {
  return which == kind::backward          ? pass::backward
         : which == kind::double_backward ? pass::double_backward
                                          : pass::value;
}

template <class Family> class OfFamily {
  using F = facts<Family>;

 public:
  /// The name of a tensor. Where the declaration leaves it open, the activation's.
  static const char* name_of(const auto& entry, std::size_t i) {
    const char* name = Family::tensors[i].name;
    if constexpr (requires { entry.weight; }) name = name ? name : entry.weight;
    return name;
  }
  static const char* direction_name(std::size_t i) {
    if (!F::masked) return Family::linear ? "input" : "grad_grad";
    static const auto names = [] {
      std::array<std::string, F::tensors> list;
      for (std::size_t t = 0; t < F::tensors; ++t) {
        list[t] = "grad_grad_";
        list[t] += Family::tensors[t].is_weight ? "weight" : Family::tensors[t].name;
      }
      return list;
    }();
    return names[i].c_str();
  }

  /// That of any tensor of an operator.
  static const char* name_at(const auto& entry, kind which, std::size_t place) {
    if (place < F::tensors) return direction_name(place);
    if (place == F::of_gradient) return "grad_output";
    const bool inputs = which < kind::backward || Family::saved == saves::inputs;
    return inputs ? name_of(entry, place - F::tensors - 1) : F::saves_index ? "index" : "result";
  }

  /// Checks the tensors and options of an operator, and counts `dim` from 0.
  static dtype check(const Caller& caller, kind which, const Operators<Family>& op,
                     Arguments<Family>& a) {
    const dtype type = type_of(caller, name_at(op.entry, which, F::tensors + 1), a.self());
    for (std::size_t i = 1; i < F::saved; ++i) {
      const char* name = name_of(op.entry, i);
      if (Family::tensors[i].is_weight) {
        a.options[0] = check_weight(caller, name, a.tensor(i), a.self(), a.options[0]);
      } else {
        check_like(caller, name, a.tensor(i), a.self());
      }
    }
    return type;
  }
  /// Checks what gradients are made of, but for the tensors.
  static void check_gradients(const Caller& caller, kind which, const Operators<Family>& op,
                              const Arguments<Family>& a) {
    if (which == kind::double_backward) {
      for (std::size_t i = 0; i < F::tensors; ++i) {
        if (F::masked && !a.direction(i).defined()) continue;
        check_like(caller, direction_name(i), a.direction(i), a.tensor(i), name_of(op.entry, i));
      }
    }
    const auto gradients = a.wanted.begin() + (which == kind::double_backward ? 1 : 0);
    const bool needed = which == kind::backward || !F::masked ||
                        std::find(gradients, a.wanted.end(), true) != a.wanted.end();
    if (needed || a.grad_output().defined()) {
      check_like(caller, "grad_output", a.grad_output(), a.self());
    }
  }

  /// Refuses hyper-parameters that are finite, where a unit says what is wrong with them.
  static void check_parameters(const Caller& caller, const Operators<Family>& op, dtype type,
                               const Parameters& given) {
    if constexpr (requires { op.entry.unit->cpu[0]->refused; }) {
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
      const char* note = refused(given.data()) == nullptr ? ", as float32 rounds it" : "";
      TORCH_CHECK_VALUE(false, caller, ": ", words, ", got ", values, note);
    }
  }
  /// Whether the derivatives of a call are computed from its result in place of its input.
  static bool saves_result(const Operators<Family>&, const Arguments<Family>&) {
    return Family::saved == saves::result;
  }

  static c10::SymIntArrayRef result_sizes(const Arguments<Family>& a) {
    return a.self().sym_sizes();
  }
  /// y, and the gradient of a tensor, as they are allocated.
  static Tensor new_result(const Arguments<Family>& a) { return new_like(a.self()); }
  static Tensor new_gradient(const Arguments<Family>& a, std::size_t i) {
    return new_like(a.tensor(i));
  }
};

}  // namespace nonlin
