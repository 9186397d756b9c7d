#include "autocast.h"

#include <ATen/autocast_mode.h>
#include <c10/core/ScalarType.h>

namespace nonlin {
namespace {

/// The type that holds the numbers of all tensors among the arguments.
at::ScalarType widest(at::ArrayRef<at::IValue> arguments) {
  std::optional<at::ScalarType> type;
  for (const at::IValue& value : arguments) {
    if (!value.isTensor()) continue;
    const auto own = value.toTensor().scalar_type();
    type = type ? at::promote_types(*type, own) : own;
  }
  return *type;
}

template <c10::DispatchKey key, c10::DeviceType device, autocast casts>
void cast(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const c10::impl::ExcludeDispatchKeyGuard guard(key);
  const auto& arguments = op.schema().arguments();
  const auto begin = stack->size() - arguments.size();
  const bool writes = op.schema().is_mutable();
  const auto type = writes ? (*stack)[begin].toTensor().scalar_type()
                    : casts == autocast::widest
                        ? widest(at::ArrayRef(*stack).slice(begin))
                        : at::autocast::get_lower_precision_fp_from_device_type(device);
  for (std::size_t i = writes ? 1 : 0; i < arguments.size(); ++i) {
    at::IValue& value = (*stack)[begin + i];
    if (!value.isTensor() || arguments[i].is_out()) continue;
    value = at::autocast::cached_cast(type, value.toTensor(), device);
  }
  op.callBoxed(stack);
}

template <c10::DispatchKey key, c10::DeviceType device>
void implement(torch::Library& m, const std::string& name, autocast casts) {
  using torch::CppFunction;
  m.impl(name.c_str(),
         torch::dispatch(
             key, casts == autocast::widest
                      ? CppFunction::makeFromBoxedFunction<&cast<key, device, autocast::widest>>()
                      : CppFunction::makeFromBoxedFunction<
                            &cast<key, device, autocast::lower_precision>>()));
}

}  // namespace

/// The devices where PyTorch casts prelu, and those of others.
void implement_autocast(torch::Library& m, const std::string& name, autocast casts) {
  using c10::DeviceType, c10::DispatchKey;
  implement<DispatchKey::AutocastCPU, DeviceType::CPU>(m, name, casts);
  implement<DispatchKey::AutocastCUDA, DeviceType::CUDA>(m, name, casts);
  implement<DispatchKey::AutocastXPU, DeviceType::XPU>(m, name, casts);
  implement<DispatchKey::AutocastMPS, DeviceType::MPS>(m, name, casts);
  implement<DispatchKey::AutocastPrivateUse1, DeviceType::PrivateUse1>(m, name, casts);
}

}  // namespace nonlin
