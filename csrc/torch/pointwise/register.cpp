/// Registers the pointwise operators: for every activation its schemas, and for every dispatch key
/// its kernels.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <sstream>

#include "../families.h"
#include "../mutation.h"
#include "operator.h"

namespace nonlin::pointwise {
namespace {

/// The operators of an activation with as many hyper-parameters as there are indices.
template <class Indices> class OperatorsOf;
template <std::size_t... I> class OperatorsOf<std::index_sequence<I...>> final : public Operators {
  template <std::size_t> using real = double;
  template <class Signature> using Handle = c10::TypedOperatorHandle<Signature>;

 public:
  explicit OperatorsOf(const Activation& a)
      : Operators(a),
        value_handle_(find<decltype(value_handle_)>("")),
        in_place_handle_(find<decltype(in_place_handle_)>("_")),
        out_handle_(find<decltype(out_handle_)>("", "out")),
        backward_handle_(find<decltype(backward_handle_)>("_backward")),
        double_backward_handle_(find<decltype(double_backward_handle_)>("_double_backward")) {}

  Tensor value(const Tensor& self, const Parameters& p, Keys keys) const override {
    return run(value_handle_, keys, self, p[I]...);
  }
  Tensor& value_(Tensor& self, const Parameters& p, Keys keys) const override {
    return run(in_place_handle_, keys, self, p[I]...);
  }
  Tensor& value_out(Tensor& out, const Tensor& self, const Parameters& p,
                    Keys keys) const override {
    return run(out_handle_, keys, self, p[I]..., out);
  }
  Tensor backward(const Tensor& grad_output, const Tensor& self, const Parameters& p,
                  Keys keys) const override {
    return run(backward_handle_, keys, grad_output, self, p[I]...);
  }
  TensorPair double_backward(const Tensor& grad_grad, const Tensor& grad_output, const Tensor& self,
                             const Parameters& p, Keys keys) const override {
    return run(double_backward_handle_, keys, grad_grad, grad_output, self, p[I]...);
  }

  void implement(torch::Library& m, c10::DispatchKey key, const Kernels& kernels) const {
    const auto add = [&](const char* suffix, auto kernel) {
      m.impl((name + suffix).c_str(), torch::dispatch(key, std::move(kernel)));
    };
    const Operators& op = *this;
    if (kernels.value) {
      add("", [&op, f = kernels.value](DispatchKeySet keys, const Tensor& self, real<I>... p) {
        return f(keys, op, self, {p...});
      });
    }
    if (kernels.in_place) {
      add("_",
          [&op, f = kernels.in_place](DispatchKeySet keys, Tensor& self, real<I>... p) -> Tensor& {
            return f(keys, op, self, {p...});
          });
    }
    if (kernels.out) {
      add(".out",
          [&op, f = kernels.out](DispatchKeySet keys, const Tensor& self, real<I>... p, Tensor& out)
              -> Tensor& { return f(keys, op, self, {p...}, out); });
    }
    if (kernels.backward) {
      add("_backward", [&op, f = kernels.backward](DispatchKeySet keys, const Tensor& grad_output,
                                                   const Tensor& self, real<I>... p) {
        return f(keys, op, grad_output, self, {p...});
      });
    }
    if (kernels.double_backward) {
      add("_double_backward", [&op, f = kernels.double_backward](
                                  DispatchKeySet keys, const Tensor& grad_grad,
                                  const Tensor& grad_output, const Tensor& self, real<I>... p) {
        return f(keys, op, grad_grad, grad_output, self, {p...});
      });
    }
  }

 private:
  template <class H, class... Arguments>
  static decltype(auto) run(const H& handle, Keys keys, Arguments&&... arguments) {
    if (keys) return handle.redispatch(*keys, std::forward<Arguments>(arguments)...);
    return handle.call(std::forward<Arguments>(arguments)...);
  }
  template <class S> static Handle<S> typed(const c10::OperatorHandle& handle, Handle<S>*) {
    return handle.typed<S>();
  }
  template <class H> H find(const char* suffix, const char* overload = "") const {
    const auto handle =
        c10::Dispatcher::singleton().findSchemaOrThrow((name + suffix).c_str(), overload);
    return typed(handle, static_cast<H*>(nullptr));
  }

  Handle<Tensor(const Tensor&, real<I>...)> value_handle_;
  Handle<Tensor&(Tensor&, real<I>...)> in_place_handle_;
  Handle<Tensor&(const Tensor&, real<I>..., Tensor&)> out_handle_;
  Handle<Tensor(const Tensor&, const Tensor&, real<I>...)> backward_handle_;
  Handle<TensorPair(const Tensor&, const Tensor&, const Tensor&, real<I>...)>
      double_backward_handle_;
};

/// ", float beta=1.0" for every hyper-parameter.
std::string parameter_schema(const descriptor& unit) {
  std::ostringstream text;
  for (int i = 0; i < unit.cpu[0]->parameter_count; ++i) {
    const auto& parameter = unit.cpu[0]->parameters[i];
    text << ", float " << parameter.name << "=" << std::showpoint << parameter.value;
  }
  return text.str();
}

void define(torch::Library& m, const descriptor& unit) {
  const std::string name = unit.name, p = parameter_schema(unit);
  const std::vector<at::Tag> pt2{at::Tag::pt2_compliant_tag};
  const std::vector<at::Tag> pointwise{at::Tag::pt2_compliant_tag, at::Tag::pointwise};
  const auto add = [&](const std::string& schema, const std::vector<at::Tag>& tags) {
    m.def(torch::schema((name + schema).c_str()), tags);
  };
  add("(Tensor self" + p + ") -> Tensor", pointwise);
  add("_(Tensor(a!) self" + p + ") -> Tensor(a!)", pt2);
  // Without the tag `out`: PyTorch 2.15's AOTInductor then calls a C function that it never
  // declares.
  add(".out(Tensor self" + p + ", *, Tensor(a!) out) -> Tensor(a!)", pt2);
  add("_backward(Tensor grad_output, Tensor self" + p + ") -> Tensor", pointwise);
  add("_double_backward(Tensor grad_grad, Tensor grad_output, Tensor self" + p +
          ") -> (Tensor, Tensor)",
      pt2);
}

template <int Count> void implement(torch::Library& m, const Activation& activation) {
  using c10::DispatchKey;
  // Never destroyed: kernels refer to it for as long as the process runs.
  const auto& op = *new OperatorsOf<std::make_index_sequence<Count>>(activation);
  op.implement(m, DispatchKey::CPU, cpu_kernels());
#ifdef NONLIN_CUDA
  op.implement(m, DispatchKey::CUDA, cuda_kernels());
#endif
  op.implement(m, DispatchKey::Meta, meta_kernels());
  op.implement(m, DispatchKey::Autograd, autograd_kernels());
  implement_mutation(m, op.name + "_");
  implement_mutation(m, op.name + ".out");
  for (const char* suffix : {"", "_", "_backward", "_double_backward"}) {
    m.impl((op.name + suffix).c_str(),
           torch::dispatch(DispatchKey::FuncTorchBatched,
                           torch::CppFunction::makeFromBoxedFunction<&batch>()));
  }
}

template <int... Count>
void implement(torch::Library& m, const Activation& activation,
               std::integer_sequence<int, Count...>) {
  const int wanted = activation.unit->cpu[0]->parameter_count;
  ((wanted == Count ? implement<Count>(m, activation) : void()), ...);
}

}  // namespace

Operators::Operators(const Activation& a)
    : Differentiable(*a.nodes),
      activation(a),
      unit(*a.unit),
      name(std::string("nonlin::") + a.unit->name) {}

void register_operators(torch::Library& m) {
  for (const Activation& activation : catalogue().pointwise) {
    define(m, *activation.unit);
    implement(m, activation, std::make_integer_sequence<int, max_parameters + 1>{});
  }
}

}  // namespace nonlin::pointwise
