#pragma once
/// The feed-forward block of transformers: two linear layers, or three, around a gated activation.
#include <torch/nn/modules/linear.h>
#include <torch/serialize/archive.h>

#include <optional>
#include <string>

#include "special_gated.h"

namespace nonlin::nn {

struct GatedMLPOptions {
  GatedMLPOptions(int64_t in_features, int64_t hidden_features)
      : in_features_(in_features), hidden_features_(hidden_features) {}
  TORCH_ARG(int64_t, in_features);
  TORCH_ARG(int64_t, hidden_features);
  /// That of `in_features` where there is none.
  TORCH_ARG(std::optional<int64_t>, out_features) = std::nullopt;
  TORCH_ARG(bool, bias) = false;
  /// "glu", "bilinear", "reglu", "geglu", "geglu_tanh", "swiglu" or "swiglu_clamped".
  TORCH_ARG(std::string, activation) = "swiglu";
  /// One layer for gate and up, whose first rows are the gate's.
  TORCH_ARG(bool, packed) = true;
};

namespace detail {
/// A gated activation with its default numbers: of two tensors, and of both in one.
struct Gate {
  const char* name;
  at::Tensor (*apart)(const at::Tensor& gate, const at::Tensor& up);
  at::Tensor (*together)(const at::Tensor& both);
};
inline const Gate& gate_of(const std::string& name) {
  using at::Tensor;
  static const Gate all[] = {
      {"glu", [](const Tensor& a, const Tensor& b) { return nonlin::glu(a, b); },
       [](const Tensor& both) { return nonlin::glu_packed(both, -1, 0); }},
      {"bilinear", [](const Tensor& a, const Tensor& b) { return nonlin::bilinear(a, b); },
       [](const Tensor& both) { return nonlin::bilinear_packed(both, -1, 0); }},
      {"reglu", [](const Tensor& a, const Tensor& b) { return nonlin::reglu(a, b); },
       [](const Tensor& both) { return nonlin::reglu_packed(both, -1, 0); }},
      {"geglu", [](const Tensor& a, const Tensor& b) { return nonlin::geglu(a, b); },
       [](const Tensor& both) { return nonlin::geglu_packed(both, -1, 0); }},
      {"geglu_tanh", [](const Tensor& a, const Tensor& b) { return nonlin::geglu_tanh(a, b); },
       [](const Tensor& both) { return nonlin::geglu_tanh_packed(both, -1, 0); }},
      {"swiglu", [](const Tensor& a, const Tensor& b) { return nonlin::swiglu(a, b, 1); },
       [](const Tensor& both) { return nonlin::swiglu_packed(both, 1, -1, 0); }},
      {"swiglu_clamped",
       [](const Tensor& a, const Tensor& b) { return nonlin::swiglu_clamped(a, b, 7, 1.702); },
       [](const Tensor& both) { return nonlin::swiglu_clamped_packed(both, 7, 1.702, -1, 0); }},
  };
  for (const Gate& gate : all) {
    if (name == gate.name) return gate;
  }
  TORCH_CHECK_VALUE(false,
                    "nonlin::nn::GatedMLP: `activation` must be one of \"glu\", \"bilinear\", "
                    "\"reglu\", \"geglu\", \"geglu_tanh\", \"swiglu\", \"swiglu_clamped\", got \"",
                    name, "\"");
}
inline void check_features(const char* option, int64_t features) {
  TORCH_CHECK_VALUE(features >= 1, "nonlin::nn::GatedMLP: `", option, "` must be at least 1, got ",
                    features);
}
}  // namespace detail

/// down(act(gate(x))·up(x)). Layers that the form does not have are empty. Archives of either form
/// can be loaded; a module is saved in its own.
class GatedMLPImpl : public torch::nn::Cloneable<GatedMLPImpl> {
 public:
  GatedMLPImpl(int64_t in_features, int64_t hidden_features)
      : GatedMLPImpl(GatedMLPOptions(in_features, hidden_features)) {}
  explicit GatedMLPImpl(const GatedMLPOptions& options_) : options(options_) { reset(); }
  void reset() override {
    const int64_t in = options.in_features(), hidden = options.hidden_features();
    const int64_t out = options.out_features().value_or(in);
    detail::check_features("in_features", in);
    detail::check_features("hidden_features", hidden);
    detail::check_features("out_features", out);
    gate_ = &detail::gate_of(options.activation());
    if (options.packed()) {
      gate_up_proj = register_module("gate_up_proj", linear(in, 2 * hidden));
    } else {
      gate_proj = register_module("gate_proj", linear(in, hidden));
      up_proj = register_module("up_proj", linear(in, hidden));
    }
    down_proj = register_module("down_proj", linear(hidden, out));
  }
  at::Tensor forward(const at::Tensor& input) {
    if (options.packed()) return down_proj(gate_->together(gate_up_proj(input)));
    return down_proj(gate_->apart(gate_proj(input), up_proj(input)));
  }
  /// The parameters by the names that Llama's checkpoints have; they share the module's memory.
  torch::OrderedDict<std::string, at::Tensor> unpacked_parameters() const {
    torch::OrderedDict<std::string, at::Tensor> all;
    for (const int64_t half : {0, 1}) {
      const std::string layer = half == 0 ? "gate_proj." : "up_proj.";
      for (const char* kind : {"weight", "bias"}) {
        if (options.bias() || kind == std::string("weight")) {
          all.insert(layer + kind, part(half, kind).detach());
        }
      }
    }
    for (const auto& parameter : down_proj->named_parameters()) {
      all.insert("down_proj." + parameter.key(), parameter.value().detach());
    }
    return all;
  }
  void load(torch::serialize::InputArchive& archive) override {
    torch::serialize::InputArchive both, gate, up, down;
    const bool packed = archive.try_read("gate_up_proj", both);
    if (packed == options.packed()) {
      torch::nn::Module::load(archive);
      return;
    }
    torch::NoGradGuard no_grad;
    archive.read("down_proj", down);
    if (!packed) {
      archive.read("gate_proj", gate);
      archive.read("up_proj", up);
    }
    for (const char* kind : {"weight", "bias"}) {
      if (!options.bias() && kind != std::string("weight")) continue;
      at::Tensor halves[2];
      if (packed) {
        at::Tensor whole;
        both.read(kind, whole);
        halves[0] = whole.chunk(2)[0];
        halves[1] = whole.chunk(2)[1];
      } else {
        gate.read(kind, halves[0]);
        up.read(kind, halves[1]);
      }
      for (const int64_t half : {0, 1}) {
        at::Tensor own = part(half, kind);
        TORCH_CHECK_VALUE(halves[half].sizes() == own.sizes(), "nonlin::nn::GatedMLP: the ", kind,
                          half == 0 ? " of the gate" : " of up", " must have the shape ",
                          own.sizes(), ", got ", halves[half].sizes());
        own.copy_(halves[half]);
      }
    }
    down_proj->load(down);
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "nonlin::nn::GatedMLP(activation=" << options.activation() << ")";
  }
  GatedMLPOptions options;
  torch::nn::Linear gate_up_proj{nullptr}, gate_proj{nullptr}, up_proj{nullptr}, down_proj{nullptr};

 private:
  torch::nn::Linear linear(int64_t in, int64_t out) const {
    return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(options.bias()));
  }
  /// The gate's weight or bias, or up's.
  at::Tensor part(int64_t half, const std::string& kind) const {
    const torch::nn::Linear& layer =
        options.packed() ? gate_up_proj : (half == 0 ? gate_proj : up_proj);
    const at::Tensor& whole = kind == "weight" ? layer->weight : layer->bias;
    return options.packed() ? whole.chunk(2)[half] : whole;
  }
  const detail::Gate* gate_ = nullptr;
};
TORCH_MODULE(GatedMLP);

}  // namespace nonlin::nn
