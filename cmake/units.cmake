# The catalogue and the translation units: one for each activation in ops/ and each instruction set.
# The folder is the list.
#   defines  NONLIN_OPS, NONLIN_UNITS (object libraries, free of torch), NONLIN_ACTIVATIONS (sources)
file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/ops/*.h")
set(NONLIN_OPS "")
set(catalogue "")
set(ADD_DECLARED "")
set(ADD_CALLED "")
set(includes "")
foreach(header IN LISTS headers)
  cmake_path(GET header STEM OP)
  list(APPEND NONLIN_OPS ${OP})
  string(APPEND catalogue "NONLIN_OP(${OP})\n")
  string(APPEND ADD_DECLARED "void add_${OP}(Catalogue&);\n")
  string(APPEND ADD_CALLED "add_${OP}(result);\n    ")
  string(APPEND includes "#include \"ops/${OP}.h\"\n")
endforeach()
set(units "${PROJECT_BINARY_DIR}/units")
set(made "${PROJECT_BINARY_DIR}/activations")  # for the torch layer
configure_file(csrc/torch/catalogue.cpp.in "${made}/catalogue.cpp" @ONLY)
set(NONLIN_ACTIVATIONS "${made}/catalogue.cpp")
foreach(OP IN LISTS NONLIN_OPS)
  configure_file(csrc/torch/activation.cpp.in "${made}/${OP}.cpp" @ONLY)
  list(APPEND NONLIN_ACTIVATIONS "${made}/${OP}.cpp")
endforeach()
file(CONFIGURE OUTPUT "${units}/catalogue.inc" CONTENT "${catalogue}" @ONLY)
file(CONFIGURE OUTPUT "${units}/ops.inc" CONTENT "${includes}" @ONLY)

# An object library of these files, or the objects that another folder made of them.
function(nonlin_add_units target)
  if(NONLIN_UNITS_FROM)
    list(TRANSFORM ARGN PREPEND "${NONLIN_UNITS_FROM}/CMakeFiles/${target}.dir/" OUTPUT_VARIABLE made)
    list(TRANSFORM made APPEND ".o")
    add_library(${target} OBJECT IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES IMPORTED_OBJECTS "${made}")
  else()
    list(TRANSFORM ARGN PREPEND "${PROJECT_BINARY_DIR}/")
    add_library(${target} OBJECT ${ARGN})
  endif()
  set(NONLIN_UNITS ${NONLIN_UNITS} ${target} PARENT_SCOPE)
endfunction()

# Contraction would undo the formulas' compensated arithmetic; they ask for fma where they want it.
add_library(nonlin_arithmetic INTERFACE)
target_compile_options(nonlin_arithmetic INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-O2;-ffp-contract=off;-fno-math-errno;-Wno-psabi>)

# Another build folder of this checkout, whose objects serve here: they do not depend on PyTorch.
set(NONLIN_UNITS_FROM "" CACHE PATH "A build folder that has the units; empty: compile them here")

set(NONLIN_UNITS "")
foreach(ISA IN LISTS NONLIN_SETS)
  set(sources "")
  foreach(OP IN LISTS NONLIN_OPS)
    configure_file(csrc/unit.cpp.in "${units}/${ISA}/${OP}.cpp" @ONLY)
    list(APPEND sources "units/${ISA}/${OP}.cpp")
  endforeach()
  nonlin_add_units(nonlin_${ISA} ${sources})
  if(NOT NONLIN_UNITS_FROM)
    target_compile_options(nonlin_${ISA} PRIVATE ${NONLIN_FLAGS_${ISA}})
    target_link_libraries(nonlin_${ISA} PRIVATE nonlin_options nonlin_arithmetic)
  endif()
endforeach()

if(NONLIN_CUDA)
  set(sources "")
  foreach(OP IN LISTS NONLIN_OPS)
    configure_file(csrc/unit.cu.in "${units}/cuda/${OP}.cu" @ONLY)
    list(APPEND sources "units/cuda/${OP}.cu")
  endforeach()
  nonlin_add_units(nonlin_cuda ${sources})
  if(NOT NONLIN_UNITS_FROM)
    # CMake 3.25 accepts CUDA_STANDARD 20 for nvcc and then adds no flag. The two warnings are about
    # GCC's pragmas, which nvcc passes on unknown (1675), and about member variable templates that
    # are defined below their first use (114).
    target_compile_options(nonlin_cuda PRIVATE
      -std=c++20 --expt-relaxed-constexpr --diag-suppress=1675,114)
    target_link_libraries(nonlin_cuda PRIVATE nonlin_options)
    set_target_properties(nonlin_cuda PROPERTIES CUDA_RUNTIME_LIBRARY None)
  endif()
endif()
add_custom_target(nonlin_units)
add_dependencies(nonlin_units ${NONLIN_UNITS})
