# nonlin_add_activation(<target> <header>... [NAMESPACE <name>] [CUDA ON|OFF])
#
# Gives <target> operators with all derivatives for activations of your own: of the formula MyAct in
# my_act.h, torch.ops.<name>.my_act. A program or a shared library takes them; where there is no such
# target, a shared library is made. <name> is that of the target unless given. CUDA kernels are
# compiled where your project has enabled the language and nonlin has CUDA kernels, too; CPU kernels
# for all instruction sets that nonlin has, or those in NONLIN_INSTRUCTION_SETS.
function(nonlin_add_activation target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE;CUDA" "")
  set(NAMESPACE "${target}")
  if(DEFINED arg_NAMESPACE)
    set(NAMESPACE "${arg_NAMESPACE}")
  endif()
  if(NOT NAMESPACE MATCHES "^[A-Za-z_][A-Za-z0-9_]*$" OR NAMESPACE MATCHES "^(nonlin|aten|prim)$")
    message(FATAL_ERROR "nonlin_add_activation: NAMESPACE must be an identifier, and none of nonlin, "
      "aten and prim, got \"${NAMESPACE}\"")
  endif()
  if(NOT arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "nonlin_add_activation: ${target} needs a header")
  endif()
  nonlin_uses_cuda(cuda "${arg_CUDA}")
  set(sets ${NONLIN_SETS})
  if(NONLIN_INSTRUCTION_SETS)
    set(sets ${NONLIN_INSTRUCTION_SETS})
  endif()
  foreach(set IN LISTS sets)
    if(NOT set IN_LIST NONLIN_SETS)
      message(FATAL_ERROR "nonlin_add_activation: NONLIN_INSTRUCTION_SETS must be some of "
        "${NONLIN_SETS}, got \"${set}\"")
    endif()
  endforeach()
  if(NOT TARGET ${target})
    add_library(${target} SHARED)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type MATCHES "^(EXECUTABLE|SHARED_LIBRARY|MODULE_LIBRARY)$")
    message(FATAL_ERROR "nonlin_add_activation: ${target} must be a program, a SHARED or a MODULE "
      "library: of others a linker drops what registers operators")
  endif()

  set(made "${CMAKE_CURRENT_BINARY_DIR}/${target}.nonlin")
  foreach(header IN LISTS arg_UNPARSED_ARGUMENTS)
    cmake_path(ABSOLUTE_PATH header NORMALIZE OUTPUT_VARIABLE HEADER)
    cmake_path(GET header STEM OP)
    nonlin_check_header("${HEADER}" ${OP} TYPE)
    set(name ${target}_${OP})
    configure_file("${NONLIN_ENGINE}/csrc/torch/own_activation.cpp.in" "${made}/${OP}.cpp" @ONLY)
    nonlin_add_objects(${target} ${name} "${made}/${OP}.cpp" -O1)
    target_link_libraries(${name} PRIVATE TorchWheel::torch)
    foreach(ISA IN LISTS sets)
      configure_file("${NONLIN_ENGINE}/csrc/unit.cpp.in" "${made}/${ISA}/${OP}.cpp" @ONLY)
      nonlin_add_objects(${target} ${name}_${ISA} "${made}/${ISA}/${OP}.cpp"
        ${NONLIN_KERNEL_FLAGS} ${NONLIN_FLAGS_${ISA}})
    endforeach()
    if(cuda)
      configure_file("${NONLIN_ENGINE}/csrc/unit.cu.in" "${made}/${OP}.cu" @ONLY)
      nonlin_add_objects(${target} ${name}_cuda "${made}/${OP}.cu" ${NONLIN_CUDA_FLAGS})
    endif()
  endforeach()
  target_link_libraries(${target} PRIVATE nonlin::nonlin)
  target_link_options(${target} PRIVATE LINKER:-z,nodelete)  # operators stay registered
  if(cuda)
    target_link_libraries(${target} PRIVATE TorchWheel::cudart)
  endif()
endfunction()

# Whether CUDA kernels are compiled: what is `asked` for, or where they can be.
function(nonlin_uses_cuda result asked)
  set(can OFF)
  if(CMAKE_CUDA_COMPILER_LOADED AND NONLIN_CUDA AND TARGET TorchWheel::cudart)
    set(can ON)
  endif()
  if(asked AND NOT can)
    message(FATAL_ERROR "nonlin_add_activation: CUDA ON needs a project with enable_language(CUDA), "
      "a PyTorch with CUDA and a nonlin with CUDA kernels (${NONLIN_CUDA} here)")
  endif()
  if(NOT "${asked}" STREQUAL "")
    set(can ${asked})
  endif()
  if(can AND NOT CMAKE_CUDA_COMPILER_VERSION MATCHES "^${TORCH_CUDA_MAJOR}[.]")
    message(FATAL_ERROR "nonlin_add_activation: torch uses CUDA ${TORCH_CUDA_MAJOR}, but "
      "${CMAKE_CUDA_COMPILER} is of CUDA ${CMAKE_CUDA_COMPILER_VERSION}; say CUDA OFF, or use that toolkit")
  endif()
  set(${result} ${can} PARENT_SCOPE)
endfunction()

# MyAct for my_act.
function(nonlin_formula_type op result)
  set(type "")
  string(REPLACE "_" ";" words ${op})
  foreach(word IN LISTS words)
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND type "${first}${rest}")
  endforeach()
  set(${result} ${type} PARENT_SCOPE)
endfunction()

# The name of the formula in a header, which must be there.
function(nonlin_check_header header op result)
  if(NOT EXISTS "${header}")
    message(FATAL_ERROR "nonlin_add_activation: ${header} does not exist")
  endif()
  if(NOT op MATCHES "^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    message(FATAL_ERROR "nonlin_add_activation: ${header} must be called as its operator is to be, "
      "with lower-case letters, digits and single underscores, as my_act.h")
  endif()
  nonlin_formula_type(${op} type)
  file(STRINGS "${header}" found REGEX "struct[ \t]+${type}([^A-Za-z0-9_]|$)" LIMIT_COUNT 1)
  if(NOT found)
    message(FATAL_ERROR "nonlin_add_activation: ${header} must declare `struct ${type}`")
  endif()
  set(${result} ${type} PARENT_SCOPE)
endfunction()

# Compiles a file with these options and no others of the target that gets the object.
function(nonlin_add_objects target name source)
  add_library(${name} OBJECT "${source}")
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE ${ARGN})
  target_include_directories(${name} SYSTEM PRIVATE
    "${NONLIN_ENGINE}" "${NONLIN_ENGINE}/../..")
  set_target_properties(${name} PROPERTIES
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF UNITY_BUILD OFF
    CXX_VISIBILITY_PRESET hidden CUDA_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    CUDA_RUNTIME_LIBRARY None)
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${name}>)
endfunction()
