#pragma once
/// The activations of ops/, by family, with what only templates over their formulas can give the
/// torch layer: evaluation with ATen operators, and classes of autograd nodes. activation.cpp.in
/// instantiates them.
#include <ATen/core/Tensor.h>

#include <span>
#include <string>
#include <vector>

#include "../descriptor.h"
#include "symbols.h"

namespace nonlin {

struct Nodes;

/// The hyper-parameters of a call, unread. What a compiler traces may stand for a number that
/// changes from call to call; whoever reads it then keeps the value of one call for all. So numbers
/// are handed on as they come, and the kernels of the devices read them.
class Numbers {
 public:
  Numbers() = default;
  explicit Numbers(at::ArrayRef<c10::Scalar> list) {
    for (const c10::Scalar& number : list) push_back(number);
  }
  void push_back(const c10::Scalar& number) { at_[size_++] = &number; }
  const c10::Scalar& operator[](std::size_t i) const { return *at_[i]; }
  std::size_t size() const { return size_; }

 private:
  std::array<const c10::Scalar*, max_parameters> at_{};
  std::size_t size_ = 0;
};
/// The same, read.
using Parameters = std::array<double, max_parameters>;

/// An activation of any family.
struct Activation {
  /// What nodes of the last of its differentiable operators are called after.
  static constexpr const char* last_derivative = "DoubleBackward";
  const char* name;
  const Nodes* nodes;
  autocast casts;
};

/// A pass by ATen's operators, element by element, in float32 for the 16-bit types. `from` are its
/// inputs in the order of descriptor.h, which broadcast with the last tensor of them that has the
/// shape of a result; what may be absent may be undefined. Of the outputs in `to` those are
/// computed that are `wanted`. A number that a compiler traces is not read: see Numbers.
using Expression = void (*)(pass, at::ArrayRef<at::Tensor> from, const Numbers&,
                            at::ArrayRef<bool> wanted, std::span<at::Tensor> to);

namespace pointwise {
struct Entry : Activation {
  const descriptor* unit;
  Expression expression;
  /// f, f′, f″ or f‴ as differentiable ATen operations, in float32 for the 16-bit types.
  at::Tensor (*derivative)(int order, const at::Tensor& x, const Numbers&);

  int parameter_count() const { return unit->cpu[0]->parameter_count; }
  const parameter_info& parameter(int i) const { return unit->cpu[0]->parameters[i]; }
};
}  // namespace pointwise

namespace parametric {
/// The derivative of f(x, w) along one direction after another, and its derivatives in x and w.
struct Mixed {
  at::Tensor value, x, w;
};
struct Entry : Activation {
  const descriptor* unit;
  /// Of (x, w, g, u, v), in every pass; the third output is the weight gradient before its sum.
  Expression expression;
  const char* weight;  // its name
  /// Mixed along (u, v) and (b, c) as differentiable ATen operations, element by element, in
  /// float32 for the 16-bit types. Directions may be undefined, for zero; all broadcast with x.
  Mixed (*mixed)(const at::Tensor& x, const at::Tensor& w, const at::Tensor& u, const at::Tensor& v,
                 const at::Tensor& b, const at::Tensor& c);
  /// f, f_x, f_w, f_xx, f_xw or f_ww, in the same way.
  at::Tensor (*member)(int which, const at::Tensor& x, const at::Tensor& w);
};
}  // namespace parametric

namespace gated {
struct Entry : Activation {
  const descriptor* unit;
  Expression expression;
  /// act(gate) or a derivative of it as pointwise::Entry has it, and what becomes of `up`, which is
  /// null where that stays what it is.
  at::Tensor (*derivative)(int order, const at::Tensor& gate, const Numbers&);
  at::Tensor (*up)(int order, const at::Tensor& up, const Numbers&);

  int parameter_count() const { return unit->cpu[0]->parameter_count; }
  const parameter_info& parameter(int i) const { return unit->cpu[0]->parameters[i]; }
};
/// The same as "f_packed", but for its nodes.
struct PackedEntry : Entry {
  explicit PackedEntry(const Entry& entry) : Entry(entry) {
    // Never destroyed: operators refer to it for as long as the process runs.
    name = (new std::string(std::string(entry.name) + "_packed"))->c_str();
  }
};
}  // namespace gated

namespace groupwise {
struct Entry : Activation {
  static constexpr const char* last_derivative = "Gather";
  const descriptor* unit;
  /// Whether the next entry of a group takes the place of the best one before it, for each group.
  at::Tensor (*replaces)(const at::Tensor& best, const at::Tensor& next);
  /// The one of both that is chosen, by an operator of its own; null where there is none.
  at::Tensor (*choice)(const at::Tensor& best, const at::Tensor& next);
};
}  // namespace groupwise

/// Each in alphabetical order.
struct Catalogue {
  std::vector<pointwise::Entry> pointwise;
  std::vector<parametric::Entry> parametric;
  std::vector<gated::Entry> gated;
  std::vector<gated::PackedEntry> packed;
  std::vector<groupwise::Entry> groupwise;

  void add(const pointwise::Entry& entry) { pointwise.push_back(entry); }
  void add(const parametric::Entry& entry) { parametric.push_back(entry); }
  void add(const gated::Entry& entry) { gated.push_back(entry); }
  void add(const gated::PackedEntry& entry) { packed.push_back(entry); }
  void add(const groupwise::Entry& entry) { groupwise.push_back(entry); }
};

NONLIN_EXPORT const Catalogue& catalogue();

}  // namespace nonlin
