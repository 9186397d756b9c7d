#pragma once
/// The operators of a family as expressions of ATen's own, by the same text of the formula: what a
/// compiler puts in their place, and what serves devices without kernels of ours. Results are made
/// and never written to, but for those of in-place and out operators.
#include "kernels.h"

namespace nonlin {

template <class Family> class Expressed {
  using F = facts<Family>;
  using Op = const Operators<Family>&;
  using Given = const Arguments<Family>&;

  static Job<Family> checked(const Caller& caller, kind which, Op op, Given given) {
    auto job = nonlin::checked<Family, /*symbols=*/true>(caller, which, op, given);
    const auto dense = [](const Tensor& t) { return !t.defined() || t.layout() == at::kStrided; };
    for (std::size_t i = 0; i < F::places; ++i) {
      const Tensor& t = given.at(i);
      TORCH_CHECK_NOT_IMPLEMENTED(dense(t), caller, ": `", name_at(op, which, i),
                                  "` must be dense, got a tensor with layout ", t.layout());
    }
    return job;
  }
  static const char* name_at(Op op, kind which, std::size_t place) {
    return Family::name_at(op.entry, which, place);
  }
  /// Tensors whose dimensions lie in memory in the order of a result's, and of a gradient's.
  static Tensor like_result(Given a) {
    if constexpr (Family::resizes) {
      return Family::new_result(a);
    } else {
      return a.self();
    }
  }
  static Tensor like_gradient(Given a, std::size_t i) {
    if constexpr (F::saves_index) {
      return Family::new_gradient(a, i);
    } else {
      return a.tensor(i);
    }
  }
  /// What ATen makes of one tensor is laid out as that tensor, on CPUs and CUDA devices and in what
  /// is traced; other devices may have kernels whose results are always contiguous.
  static bool keeps_order(const Tensor& t) {
    const auto type = t.device().type();
    return type == at::kCPU || type == at::kCUDA || t.key_set().has(c10::DispatchKey::Python);
  }
  /// Laid out as kernels lay out theirs, `like(i)`.
  template <std::size_t n, class Like>
  static Tensors<n> results(const Job<Family>& job, const Like& like) {
    Tensors<n> all;
    Family::express(job, all);
    constexpr bool alone = !Family::resizes && F::tensors == 1;
    for (std::size_t i = 0; i < n; ++i) {
      if (!all[i].defined() || (alone && keeps_order(all[i]))) continue;
      all[i] = in_order_of(all[i], like(i));
    }
    return all;
  }
  static Tensors<1> made(const Job<Family>& job) {
    return results<1>(job, [&](std::size_t) { return like_result(job.given); });
  }

 public:
  static Tensors<1> value(DispatchKeySet, Op op, Given given) {
    return made(checked({op.name}, kind::value, op, given));
  }
  static Tensor& in_place(DispatchKeySet, Op op, Given given, Tensor& self) {
    const Caller caller{op.name, "_"};
    auto job = checked(caller, kind::in_place, op, given);
    check_writable(caller, "self", self);
    const auto kept = readable(caller, job, "self", self, 1);
    return self.copy_(made(job)[0]);
  }
  static Tensor& out(DispatchKeySet, Op op, Given given, Tensor& out) {
    const Caller caller{op.name, ".out"};
    auto job = checked(caller, kind::out, op, given);
    check_options(caller, "out", out, given.self());
    const auto kept = readable_beside_out(caller, job, out);
    return out.copy_(made(job)[0]);
  }
  static Tensors<2> with_index(DispatchKeySet, Op op, Given given) {
    const auto job = checked({op.name, "_with_index"}, kind::with_index, op, given);
    return results<2>(job, [&](std::size_t i) {
      return i ? Family::new_index(job.given) : Family::new_result(job.given);
    });
  }
  static Tensors<F::results(kind::backward)> backward(DispatchKeySet, Op op, Given given) {
    const Caller caller{op.name, "_backward"};
    const auto job = checked(caller, kind::backward, op, given);
    Family::check_gradients(caller, kind::backward, op, job.given);
    return results<F::results(kind::backward)>(
        job, [&](std::size_t i) { return like_gradient(job.given, i); });
  }
  static Tensors<F::results(kind::double_backward)> double_backward(DispatchKeySet, Op op,
                                                                    Given given) {
    const Caller caller{op.name, suffix<Family>(kind::double_backward)};
    const auto job = checked(caller, kind::double_backward, op, given);
    if constexpr (!Family::linear) {
      Family::check_gradients(caller, kind::double_backward, op, job.given);
    }
    return results<F::results(kind::double_backward)>(job, [&](std::size_t i) {
      return i ? like_gradient(job.given, i - 1) : like_result(job.given);
    });
  }
};

}  // namespace nonlin
