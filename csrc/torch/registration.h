#pragma once
/// Registers a family: for each of its activations the schemas of its operators, and for every
/// dispatch key their kernels.
#include <sstream>

#include "autocast.h"
#include "batching.h"
#include "differentiate.h"
#include "expressed.h"
#include "mutation.h"
#include "nested.h"

namespace nonlin {

/// "f_backward(Tensor grad_output, Tensor self, Scalar beta=1.0) -> Tensor", say.
template <class Family> std::string schema_of(const typename Family::Entry& entry, kind which) {
  using F = facts<Family>;
  std::ostringstream text;
  text << std::showpoint << entry.name << suffix<Family>(which) << '(';
  const char* comma = "";
  const auto add = [&](const auto&... words) {
    text << comma;
    (text << ... << words);
    comma = ", ";
  };
  for (std::size_t i = 0; i < F::count(which); ++i) {
    const auto place = F::place(which, i);
    const bool optional = F::has_mask(which) && which == kind::double_backward;
    const char* type = which == kind::in_place && i == 0     ? "Tensor(a!) "
                       : optional && place <= F::of_gradient ? "Tensor? "
                                                             : "Tensor ";
    add(type, Family::name_at(entry, which, place));
  }
  if constexpr (Family::takes_numbers) {
    for (int i = 0; i < entry.parameter_count(); ++i) {
      add("Scalar ", entry.parameter(i).name, "=", entry.parameter(i).value);
    }
  }
  for (const option& o : Family::options) {
    add("int ", o.name, o.value ? "=" : "", o.value ? o.value : "");
  }
  const auto results = F::results(which);
  if (F::has_mask(which)) {
    add("bool[", results, "] output_mask=[");
    for (std::size_t i = 0; i < results; ++i) text << (i ? ", True" : "True");
    text << ']';
  }
  if (which == kind::out) add("*, Tensor(a!) out");
  text << (results > 1 ? ") -> (" : ") -> ");
  for (std::size_t i = 0; i < results; ++i) {
    text << (i ? ", " : "") << (F::writes(which) ? "Tensor(a!)" : "Tensor");
  }
  if (results > 1) text << ')';
  return text.str();
}

/// Operators work under torch.compile and torch.export; some are pointwise besides. The tag `out`
/// is left out: PyTorch 2.15's AOTInductor then calls a C function that it never declares.
template <class Family>
void define(torch::Library& m, const typename Family::Entry& entry, kind which) {
  std::vector<at::Tag> list{at::Tag::pt2_compliant_tag};
  const bool one_shape = which != kind::out && which != kind::double_backward;
  if (Family::elementwise && one_shape) list.push_back(at::Tag::pointwise);
  const auto& tags = list;
  m.def(torch::schema(schema_of<Family>(entry, which).c_str()), tags);
}

/// The kernels of a dispatch key, each for sorted arguments.
template <class Family> struct Kernels {
  template <class R, class... More>
  using Kernel = R (*)(DispatchKeySet, const Operators<Family>&, const Arguments<Family>&, More...);
  template <kind which> using Computes = Kernel<Tensors<facts<Family>::results(which)>>;
  using Writes = Kernel<Tensor&, Tensor&>;

  std::tuple<Computes<kind::value>, Writes, Writes, Computes<kind::with_index>,
             Computes<kind::backward>, Computes<kind::double_backward>>
      of;  // in the order of `kind`

  void implement(torch::Library& m, c10::DispatchKey key, const Operators<Family>& op) const {
    with_count<Family>(
        op.count, [&]<std::size_t... C>(std::index_sequence<C...>) {
          for_each_kind<Family>([&]<kind which>(std::integral_constant<kind, which>) {
            const auto type = std::type_identity<signature<Family, which, sizeof...(C)>>();
            m.impl(op.name_of(which).c_str(), torch::dispatch(key, typed<which>(op, type)));
          });
        });
  }

 private:
  template <kind which, class R, class... Given>
  auto typed(const Operators<Family>& op, std::type_identity<R(Given...)>) const {
    return [&op, kernel = std::get<static_cast<int>(which)>(of)](DispatchKeySet keys,
                                                                 Given... given) -> R {
      const auto arguments = sorted<Family, which>(given...);
      if constexpr (facts<Family>::writes(which)) {
        constexpr auto written = which == kind::in_place ? 0 : sizeof...(Given) - 1;
        return kernel(keys, op, arguments, std::get<written>(std::tie(given...)));
      } else {
        return as_results<R>(kernel(keys, op, arguments));
      }
    };
  }
};

template <class Family, Run<Family> run> Kernels<Family> device_kernels() {
  using D = DeviceKernels<Family, run>;
  Kernels<Family> kernels{{D::value, nullptr, D::out, nullptr, D::backward, D::double_backward}};
  if constexpr (Family::in_place) std::get<1>(kernels.of) = D::in_place;
  if constexpr (facts<Family>::saves_index) std::get<3>(kernels.of) = D::with_index;
  return kernels;
}
template <class Family> Kernels<Family> expressed_kernels() {
  using E = Expressed<Family>;
  Kernels<Family> kernels{{E::value, nullptr, E::out, nullptr, E::backward, E::double_backward}};
  if constexpr (Family::in_place) std::get<1>(kernels.of) = E::in_place;
  if constexpr (facts<Family>::saves_index) std::get<3>(kernels.of) = E::with_index;
  return kernels;
}
template <class Family> Kernels<Family> autograd_kernels() {
  using namespace autograd;
  Kernels<Family> kernels{
      {value<Family>, nullptr, out<Family>, nullptr, backward<Family>, double_backward<Family>}};
  if constexpr (Family::in_place) std::get<1>(kernels.of) = in_place<Family>;
  if constexpr (facts<Family>::saves_index) std::get<3>(kernels.of) = with_index<Family>;
  return kernels;
}

/// Defines the operators of one activation in the library `m` and gives them kernels.
template <class Family>
void register_activation(torch::Library& m, const typename Family::Entry& entry,
                         const std::string& library = "nonlin") {
  using c10::DispatchKey;
  using F = facts<Family>;
  for_each_kind<Family>([&](auto which) { define<Family>(m, entry, which); });
  // Never destroyed: kernels refer to it for as long as the process runs.
  const auto& op = *new Operators<Family>(entry, library);
  device_kernels<Family, Family::run_cpu>().implement(m, DispatchKey::CPU, op);
  if constexpr (requires { &Family::run_cuda; }) {
    if (entry.unit->cuda) {
      device_kernels<Family, Family::run_cuda>().implement(m, DispatchKey::CUDA, op);
    }
  }
  device_kernels<Family, run_nothing<Family>>().implement(m, DispatchKey::Meta, op);
  expressed_kernels<Family>().implement(m, DispatchKey::CompositeExplicitAutograd, op);
  for (const auto key : autograd_keys) autograd_kernels<Family>().implement(m, key, op);
  for_each_kind<Family>([&](auto which) {
    const std::string name = op.name_of(which);
    const bool writes = F::writes(which);
    if (writes) implement_mutation(m, name);
    if (which != kind::out) implement_batching(m, name, Family::vmap);
    implement_nested(m, name, F::has_weight);
    if (entry.casts != autocast::none && (writes || which == kind::value)) {
      implement_autocast(m, name, entry.casts);
    }
  });
}

}  // namespace nonlin
