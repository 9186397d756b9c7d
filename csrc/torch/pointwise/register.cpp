/// Registers the pointwise operators: for every activation its schemas, and for every dispatch key
/// its kernels.
#include <sstream>

#include "../families.h"
#include "../mutation.h"
#include "../nested.h"
#include "../registration.h"
#include "operator.h"

namespace nonlin::pointwise {
namespace {

/// The operators of an activation with as many hyper-parameters as there are indices.
template <class Indices> class OperatorsOf;
template <std::size_t... I> class OperatorsOf<std::index_sequence<I...>> final : public Operators {
  template <class Signature> using Handle = c10::TypedOperatorHandle<Signature>;
  using types = signature<std::index_sequence<I...>>;

 public:
  explicit OperatorsOf(const Activation& a)
      : Operators(a),
        value_handle_(find<typename types::value>(name)),
        in_place_handle_(find<typename types::in_place>(name + "_")),
        out_handle_(find<typename types::out>(name, "out")),
        backward_handle_(find<typename types::backward>(name + "_backward")),
        double_backward_handle_(find<typename types::double_backward>(name + "_double_backward")) {}

  Tensor value(const Tensor& self, const Numbers& p, Keys keys) const override {
    return run(value_handle_, keys, self, p[I]...);
  }
  Tensor& value_(Tensor& self, const Numbers& p, Keys keys) const override {
    return run(in_place_handle_, keys, self, p[I]...);
  }
  Tensor& value_out(Tensor& out, const Tensor& self, const Numbers& p, Keys keys) const override {
    return run(out_handle_, keys, self, p[I]..., out);
  }
  Tensor backward(const Tensor& grad_output, const Tensor& self, const Numbers& p,
                  Keys keys) const override {
    return run(backward_handle_, keys, grad_output, self, p[I]...);
  }
  TensorPair double_backward(const Tensor& grad_grad, const Tensor& grad_output, const Tensor& self,
                             const Numbers& p, Keys keys) const override {
    return run(double_backward_handle_, keys, grad_grad, grad_output, self, p[I]...);
  }

  void implement(torch::Library& m, c10::DispatchKey key, const Kernels& kernels) const {
    const auto add = [&](const char* suffix, auto kernel) {
      m.impl((name + suffix).c_str(), torch::dispatch(key, std::move(kernel)));
    };
    const Operators& op = *this;
    add("", [&op, f = kernels.value](DispatchKeySet keys, const Tensor& self, number<I>... p) {
      return f(keys, op, self, Numbers(p...));
    });
    add("_",
        [&op, f = kernels.in_place](DispatchKeySet keys, Tensor& self, number<I>... p) -> Tensor& {
          return f(keys, op, self, Numbers(p...));
        });
    add(".out",
        [&op, f = kernels.out](DispatchKeySet keys, const Tensor& self, number<I>... p, Tensor& out)
            -> Tensor& { return f(keys, op, self, Numbers(p...), out); });
    add("_backward", [&op, f = kernels.backward](DispatchKeySet keys, const Tensor& grad_output,
                                                 const Tensor& self, number<I>... p) {
      return f(keys, op, grad_output, self, Numbers(p...));
    });
    add("_double_backward", [&op, f = kernels.double_backward](
                                DispatchKeySet keys, const Tensor& grad_grad,
                                const Tensor& grad_output, const Tensor& self, number<I>... p) {
      return f(keys, op, grad_grad, grad_output, self, Numbers(p...));
    });
  }

 private:
  template <class H, class... Arguments>
  static decltype(auto) run(const H& handle, Keys keys, Arguments&&... arguments) {
    if (keys) return handle.redispatch(*keys, std::forward<Arguments>(arguments)...);
    return handle.call(std::forward<Arguments>(arguments)...);
  }

  Handle<typename types::value> value_handle_;
  Handle<typename types::in_place> in_place_handle_;
  Handle<typename types::out> out_handle_;
  Handle<typename types::backward> backward_handle_;
  Handle<typename types::double_backward> double_backward_handle_;
};

/// ", Scalar beta=1.0" for every hyper-parameter.
std::string parameter_schema(const descriptor& unit) {
  std::ostringstream text;
  for (int i = 0; i < unit.cpu[0]->parameter_count; ++i) {
    const auto& parameter = unit.cpu[0]->parameters[i];
    text << ", Scalar " << parameter.name << "=" << std::showpoint << parameter.value;
  }
  return text.str();
}

void define_all(torch::Library& m, const descriptor& unit) {
  const std::string name = unit.name, p = parameter_schema(unit);
  const std::vector<at::Tag> pointwise{at::Tag::pt2_compliant_tag, at::Tag::pointwise};
  define(m, name + "(Tensor self" + p + ") -> Tensor", pointwise);
  define(m, name + "_(Tensor(a!) self" + p + ") -> Tensor(a!)", pointwise);
  // Without the tag `out`: PyTorch 2.15's AOTInductor then calls a C function that it never
  // declares.
  define(m, name + ".out(Tensor self" + p + ", *, Tensor(a!) out) -> Tensor(a!)");
  define(m, name + "_backward(Tensor grad_output, Tensor self" + p + ") -> Tensor", pointwise);
  define(m, name + "_double_backward(Tensor grad_grad, Tensor grad_output, Tensor self" + p +
                ") -> (Tensor, Tensor)");
}

template <class Indices> void implement(torch::Library& m, const Activation& activation, Indices) {
  using c10::DispatchKey;
  // Never destroyed: kernels refer to it for as long as the process runs.
  const auto& op = *new OperatorsOf<Indices>(activation);
  op.implement(m, DispatchKey::CPU, cpu_kernels());
  if (op.unit.cuda) op.implement(m, DispatchKey::CUDA, cuda_kernels());
  op.implement(m, DispatchKey::Meta, meta_kernels());
  for (const auto key : autograd_keys) op.implement(m, key, autograd_kernels());
  implement_mutation(m, op.name + "_");
  implement_mutation(m, op.name + ".out");
  for (const char* suffix : {"", "_", ".out", "_backward", "_double_backward"}) {
    implement_nested(m, op.name + suffix);
  }
  for (const char* suffix : {"", "_", "_backward", "_double_backward"}) {
    implement_batching<&batch>(m, op.name + suffix);
  }
}

}  // namespace

Operators::Operators(const Activation& a)
    : Differentiable(*a.nodes),
      activation(a),
      unit(*a.unit),
      name(std::string("nonlin::") + a.unit->name) {}

void register_operators(torch::Library& m) {
  for (const Activation& activation : catalogue().pointwise) {
    define_all(m, *activation.unit);
    with_indices(*activation.unit, [&](auto indices) { implement(m, activation, indices); });
  }
}

}  // namespace nonlin::pointwise
