#pragma once
/// The arguments of a family's operators, sorted by what they are: one form for all of them, with
/// any number of hyper-parameters, which kernels are written for once.
#include "catalogue.h"
#include "signature.h"

namespace nonlin {

inline const Tensor no_tensor;  // stands for one that is not given

template <class Family> class Arguments {
  using F = facts<Family>;

 public:
  Arguments() {
    places_.fill(&no_tensor);
    wanted.fill(true);
  }

  Numbers numbers;
  std::array<std::int64_t, F::options> options{};
  /// Results that are wanted; of double backward the first is that of grad_output.
  std::array<bool, F::tensors + 1> wanted;

  const Tensor& at(std::size_t place) const { return *places_[place]; }
  void set(std::size_t place, const Tensor& t) { places_[place] = &t; }
  const Tensor& direction(std::size_t i) const { return at(i); }
  const Tensor& grad_output() const { return at(F::of_gradient); }
  const Tensor& tensor(std::size_t i) const { return at(F::tensors + 1 + i); }
  const Tensor& self() const { return tensor(0); }
  void set_tensor(std::size_t i, const Tensor& t) { set(F::tensors + 1 + i, t); }

  /// Those that an operator differentiates.
  at::ArrayRef<const Tensor*> differentiable(kind which) const {
    return at::ArrayRef(places_.data() + F::first(which), F::differentiable(which));
  }

 private:
  std::array<const Tensor*, F::places> places_;
};

/// Sorts those of one operator. What an out operator writes is left out.
template <class Family, kind which, class... Given>
Arguments<Family> sorted(const Given&... given) {
  using F = facts<Family>;
  Arguments<Family> result;
  std::size_t tensors = 0, options = 0;
  const auto place = [&](const Tensor& t) {
    if (tensors < F::count(which)) result.set(F::place(which, tensors), t);
    ++tensors;
  };
  const auto sort = [&]<class T>(const T& a) {
    if constexpr (std::is_same_v<T, Tensor>) {
      place(a);
    } else if constexpr (std::is_same_v<T, std::optional<Tensor>>) {
      place(a ? *a : no_tensor);
    } else if constexpr (std::is_same_v<T, c10::Scalar>) {
      result.numbers.push_back(a);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      result.options[options++] = a;
    } else {
      std::copy(a.begin(), a.end(), result.wanted.begin());
    }
  };
  (sort(given), ...);
  return result;
}

}  // namespace nonlin
