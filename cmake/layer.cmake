# The torch layer: what it consists of, and the part that knows no activation.
#   defines  torch_sources (the rest), nonlin_torch_headers, nonlin_layer
file(GLOB torch_sources CONFIGURE_DEPENDS csrc/torch/*.cpp csrc/torch/*/*.cpp)
list(FILTER torch_sources EXCLUDE REGEX "/python\\.cpp$")
if(NOT NONLIN_CUDA)
  list(FILTER torch_sources EXCLUDE REGEX "/cuda\\.cpp$")
endif()
# What knows no family of ours, for libraries with families of their own as well.
set(layer_sources ${torch_sources})
list(FILTER layer_sources EXCLUDE REGEX
  "/(library|own|version|instruction_set)\\.cpp$|/torch/[a-z]+/[a-z]+\\.cpp$")
list(REMOVE_ITEM torch_sources ${layer_sources})
# functorch's headers include one that torch does not ship; the stub must lose against a real one.
add_library(nonlin_torch_headers INTERFACE)
target_link_libraries(nonlin_torch_headers INTERFACE TorchWheel::torch nonlin_options)
target_compile_options(nonlin_torch_headers INTERFACE
  "SHELL:-idirafter \"${PROJECT_SOURCE_DIR}/csrc/torch/third_party\"")

add_library(nonlin_layer OBJECT ${layer_sources})
target_link_libraries(nonlin_layer PRIVATE nonlin_torch_headers)
nonlin_precompile(nonlin_layer <torch/csrc/autograd/VariableTypeUtils.h> <torch/library.h>)
nonlin_share_compilations(layer 7 ${layer_sources})
set_target_properties(nonlin_layer PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
