/// Families of one's own, in a library of one's own. What is not said here, the layer derives.
#include <ATen/ATen.h>

#include "csrc/torch/registration.h"

namespace own {

using namespace nonlin;
using at::zeros_like;

/// The result of that number, where an operator has so many.
void set(std::span<Tensor> results, std::size_t i, const Tensor& t) {
  if (i < results.size()) results[i] = t;
}
/// A kernel that writes, where they are wanted, the results of the expression.
template <class Family> void write(const Job<Family>& job) {
  std::vector<Tensor> results(job.results.size());
  Family::express(job, results);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (job.results[i].defined()) job.results[i].copy_(results[i]);
  }
}

/// f(x, y) = x·y²
struct Family : declaration, OfFamily<Family> {
  static constexpr std::array tensors{tensor_argument{"self"}, tensor_argument{"other"}};
  using Entry = Activation;

  static void run_cpu(const Job<Family>& job) { write(job); }
  static void express(const Job<Family>& job, std::span<Tensor> results) {
    const Tensor &x = job.given.tensor(0), &y = job.given.tensor(1);
    const auto or_zero = [&](const Tensor& t) { return t.defined() ? t : zeros_like(x); };
    const Tensor g = or_zero(job.given.grad_output());
    if (job.which == kind::backward) {
      set(results, 0, g * y * y);
      set(results, 1, g * 2 * x * y);
    } else if (job.which == kind::double_backward) {
      const Tensor u = or_zero(job.given.direction(0)), v = or_zero(job.given.direction(1));
      set(results, 0, u * y * y + v * 2 * x * y);
      set(results, 1, g * 2 * y * v);
      set(results, 2, g * 2 * (y * u + x * v));
    } else {
      set(results, 0, x * y * y);
    }
  }

  static Third<2> third(const Point<Family>& point, const Tensors<2>& u, const Tensors<2>& b,
                        const Tensor& g, bool, const Wanted<2>& wanted) {
    const Tensor &x = point.at.tensor(0), &y = point.at.tensor(1);
    const auto or_zero = [&](const Tensor& t) { return t.defined() ? t : zeros_like(x); };
    const Tensor u0 = or_zero(u[0]), u1 = or_zero(u[1]), b0 = or_zero(b[0]), b1 = or_zero(b[1]);
    Third<2> result{2 * y * (u0 * b1 + u1 * b0) + 2 * x * u1 * b1, {}};
    if (wanted[0]) result.gradients[0] = g * 2 * u1 * b1;
    if (wanted[1]) result.gradients[1] = g * 2 * (u0 * b1 + u1 * b0);
    return result;
  }
};

/// f(x) = eˣ, whose derivatives are all made of its result.
struct Exponential : declaration, OfFamily<Exponential> {
  static constexpr bool elementwise = true;
  static constexpr saves saved = saves::result;
  using Entry = Activation;

  static void run_cpu(const Job<Exponential>& job) { write(job); }
  static void express(const Job<Exponential>& job, std::span<Tensor> results) {
    const Tensor &y = job.given.tensor(0), &g = job.given.grad_output();
    if (job.which == kind::backward) {
      set(results, 0, g * y);
    } else if (job.which == kind::double_backward) {
      set(results, 0, job.given.direction(0) * y);
      set(results, 1, job.given.direction(0) * g);  // by y
    } else {
      set(results, 0, y.exp());  // which is x here
    }
  }
  static Third<1> third(const Point<Exponential>&, const Tensors<1>& u, const Tensors<1>& b,
                        const Tensor&, bool, const Wanted<1>&) {
    return {u[0] * b[0], {}};
  }
};

template <class F> void add(torch::Library& m, const char* name) {
  static const Nodes nodes = make_nodes<F>(name);
  static const Activation activation{name, &nodes, autocast::lower_precision};
  register_activation<F>(m, activation, "own");
}

TORCH_LIBRARY(own, m) {
  add<Family>(m, "product");
  add<Exponential>(m, "exponential");
}

}  // namespace own
