#include "autocast.h"

#include <ATen/autocast_mode.h>

namespace nonlin {
namespace {

template <c10::DispatchKey key, c10::DeviceType device>
void cast(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const c10::impl::ExcludeDispatchKeyGuard guard(key);
  const auto& arguments = op.schema().arguments();
  const auto begin = stack->size() - arguments.size();
  const bool writes = op.schema().is_mutable();
  const auto type = writes ? (*stack)[begin].toTensor().scalar_type()
                           : at::autocast::get_lower_precision_fp_from_device_type(device);
  for (std::size_t i = writes ? 1 : 0; i < arguments.size(); ++i) {
    at::IValue& value = (*stack)[begin + i];
    if (!value.isTensor() || arguments[i].is_out()) continue;
    value = at::autocast::cached_cast(type, value.toTensor(), device);
  }
  op.callBoxed(stack);
}

template <c10::DispatchKey key, c10::DeviceType device>
void implement(torch::Library& m, const std::string& name) {
  m.impl(name.c_str(),
         torch::dispatch(key, torch::CppFunction::makeFromBoxedFunction<&cast<key, device>>()));
}

}  // namespace

void implement_autocast(torch::Library& m, const std::string& name) {
  implement<c10::DispatchKey::AutocastCPU, c10::DeviceType::CPU>(m, name);
  implement<c10::DispatchKey::AutocastCUDA, c10::DeviceType::CUDA>(m, name);
}

}  // namespace nonlin
