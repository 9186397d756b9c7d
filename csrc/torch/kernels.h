#pragma once
/// The kernels of a family on one device: check, allocate, run. Outputs are laid out as their
/// inputs are, on every device and for Meta tensors too, so that compilers know their strides.
#include "family.h"

namespace nonlin {

template <class Family> using Run = void (*)(const Job<Family>&);

/// A Meta tensor has no elements to compute.
template <class Family> void run_nothing(const Job<Family>&) {}

/// A call whose arguments are right, but for gradients. A number that is a symbol stands for others
/// and is not read.
template <class Family, bool symbols>
Job<Family> checked(const Caller& caller, kind which, const Operators<Family>& op,
                    const Arguments<Family>& given) {
  Job<Family> job{op, which, {}, given, {}, {}};
  job.type = Family::check(caller, which, op, job.given);
  if constexpr (Family::takes_numbers) {
    bool known = true;
    for (std::size_t i = 0; i < op.count; ++i) {
      if (symbols && given.numbers[i].isSymbolic()) {
        known = false;
        continue;
      }
      job.parameters[i] =
          check_parameter(caller, op.entry.parameter(i).name, given.numbers[i], given.self());
    }
    if (known) Family::check_parameters(caller, op, job.type, job.parameters);
  }
  return job;
}

/// The tensors as they can be read while `written` is written, which may be the first of them.
template <class Family>
Tensors<facts<Family>::tensors> readable(const Caller& caller, Job<Family>& job, const char* target,
                                         const Tensor& written, std::size_t from) {
  Tensors<facts<Family>::tensors> kept;
  for (std::size_t i = from; i < kept.size(); ++i) {
    const char* name = Family::name_of(job.op.entry, i);
    const bool apart = Family::resizes || Family::tensors[i].is_weight;
    kept[i] =
        (apart ? read_apart : read_beside)(caller, target, written, name, job.given.tensor(i));
    job.given.set_tensor(i, kept[i]);
  }
  return kept;
}

/// The same where `out` is written, which has the sizes of the result then.
template <class Family>
Tensors<facts<Family>::tensors> readable_beside_out(const Caller& caller, Job<Family>& job,
                                                    const Tensor& out) {
  const auto sizes = Family::result_sizes(job.given);
  if constexpr (Family::resizes) check_writable(caller, "out", out);
  if (!equal(out.sym_sizes(), sizes)) {
    for (std::size_t i = 0; i < facts<Family>::tensors; ++i) {  // before anything is written
      if (!Family::resizes && !Family::tensors[i].is_weight) continue;
      check_apart(caller, "out", out, Family::name_of(job.op.entry, i), job.given.tensor(i));
    }
    resize_out(out, sizes);
  }
  if constexpr (!Family::resizes) check_writable(caller, "out", out);
  return readable(caller, job, "out", out, 0);
}

template <class Family, Run<Family> run> class DeviceKernels {
  using F = facts<Family>;
  using Op = const Operators<Family>&;
  using Given = const Arguments<Family>&;
  template <Run<Family> r> using constant = std::integral_constant<Run<Family>, r>;
  static constexpr bool meta = std::is_same_v<constant<run>, constant<run_nothing<Family>>>;

  static Job<Family> checked(const Caller& caller, kind which, Op op, Given given) {
    return nonlin::checked<Family, meta>(caller, which, op, given);
  }
  static void finish(Job<Family>& job, at::ArrayRef<Tensor> results) {
    if (std::none_of(results.begin(), results.end(), [](auto& t) { return t.defined(); })) return;
    job.results = results;
    run(job);
  }

 public:
  static Tensors<1> value(DispatchKeySet, Op op, Given given) {
    auto job = checked({op.name}, kind::value, op, given);
    Tensors<1> results{Family::new_result(job.given)};
    finish(job, results);
    return results;
  }

  static Tensor& in_place(DispatchKeySet, Op op, Given given, Tensor& self) {
    const Caller caller{op.name, "_"};
    auto job = checked(caller, kind::in_place, op, given);
    check_writable(caller, "self", self);
    if constexpr (!meta) {
      const auto kept = readable(caller, job, "self", self, 1);
      finish(job, {self});
    }
    return self;
  }

  static Tensor& out(DispatchKeySet, Op op, Given given, Tensor& out) {
    const Caller caller{op.name, ".out"};
    auto job = checked(caller, kind::out, op, given);
    check_options(caller, "out", out, given.self());
    if constexpr (meta) {
      resize_out(out, Family::result_sizes(job.given));
    } else {
      const auto kept = readable_beside_out(caller, job, out);
      finish(job, {out});
    }
    return out;
  }

  static Tensors<2> with_index(DispatchKeySet, Op op, Given given) {
    auto job = checked({op.name, "_with_index"}, kind::with_index, op, given);
    Tensors<2> results{Family::new_result(job.given), Family::new_index(job.given)};
    finish(job, results);
    return results;
  }

  static Tensors<F::results(kind::backward)> backward(DispatchKeySet, Op op, Given given) {
    const Caller caller{op.name, "_backward"};
    auto job = checked(caller, kind::backward, op, given);
    Family::check_gradients(caller, kind::backward, op, job.given);
    Tensors<F::results(kind::backward)> results;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (given.wanted[i]) results[i] = Family::new_gradient(job.given, i);
    }
    finish(job, results);
    return results;
  }

  static Tensors<F::results(kind::double_backward)> double_backward(DispatchKeySet, Op op,
                                                                    Given given) {
    const Caller caller{op.name, suffix<Family>(kind::double_backward)};
    auto job = checked(caller, kind::double_backward, op, given);
    Tensors<F::results(kind::double_backward)> results;
    if constexpr (Family::linear) {
      results[0] = Family::new_result(job.given);
    } else {
      Family::check_gradients(caller, kind::double_backward, op, job.given);
      bool zero = F::masked;  // along no direction
      for (std::size_t i = 0; i < F::tensors; ++i) zero = zero && !given.direction(i).defined();
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (!given.wanted[i]) continue;
        results[i] = i == 0 && Family::resizes ? Family::new_result(job.given)
                                               : Family::new_gradient(job.given, i ? i - 1 : 0);
        if (zero) results[i].zero_();
      }
      if (zero) return results;
    }
    finish(job, results);
    return results;
  }
};

}  // namespace nonlin
