# The catalogue and the translation units: one for each activation in ops/ and each instruction set.
# The folder is the list.
#   defines  NONLIN_OPS, NONLIN_UNITS (object libraries, free of torch)
file(GLOB headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/ops/*.h")
set(NONLIN_OPS "")
set(catalogue "")
set(includes "")
foreach(header IN LISTS headers)
  cmake_path(GET header STEM OP)
  list(APPEND NONLIN_OPS ${OP})
  string(APPEND catalogue "NONLIN_OP(${OP})\n")
  string(APPEND includes "#include \"ops/${OP}.h\"\n")
endforeach()
set(units "${PROJECT_BINARY_DIR}/units")
file(CONFIGURE OUTPUT "${units}/catalogue.inc" CONTENT "${catalogue}" @ONLY)
file(CONFIGURE OUTPUT "${units}/ops.inc" CONTENT "${includes}" @ONLY)

# Contraction would undo the formulas' compensated arithmetic; they ask for fma where they want it.
add_library(nonlin_arithmetic INTERFACE)
target_compile_options(nonlin_arithmetic INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-O2;-ffp-contract=off;-fno-math-errno;-Wno-psabi>)

set(NONLIN_UNITS "")
foreach(ISA IN LISTS NONLIN_SETS)
  add_library(nonlin_${ISA} OBJECT csrc/unit.cpp.in)
  foreach(OP IN LISTS NONLIN_OPS)
    configure_file(csrc/unit.cpp.in "${units}/${ISA}/${OP}.cpp" @ONLY)
    target_sources(nonlin_${ISA} PRIVATE "${units}/${ISA}/${OP}.cpp")
  endforeach()
  target_compile_options(nonlin_${ISA} PRIVATE ${NONLIN_FLAGS_${ISA}})
  target_link_libraries(nonlin_${ISA} PRIVATE nonlin_options nonlin_arithmetic)
  list(APPEND NONLIN_UNITS nonlin_${ISA})
endforeach()

if(NONLIN_CUDA)
  add_library(nonlin_cuda OBJECT csrc/unit.cu.in)
  foreach(OP IN LISTS NONLIN_OPS)
    configure_file(csrc/unit.cu.in "${units}/cuda/${OP}.cu" @ONLY)
    target_sources(nonlin_cuda PRIVATE "${units}/cuda/${OP}.cu")
  endforeach()
  # CMake 3.25 accepts CUDA_STANDARD 20 for nvcc and then adds no flag. The two warnings are about
  # GCC's pragmas, which nvcc passes on unknown (1675), and about member variable templates that are
  # defined below their first use (114).
  target_compile_options(nonlin_cuda PRIVATE
    -std=c++20 --expt-relaxed-constexpr --diag-suppress=1675,114)
  target_link_libraries(nonlin_cuda PRIVATE nonlin_options)
  set_target_properties(nonlin_cuda PROPERTIES CUDA_RUNTIME_LIBRARY None)
  list(APPEND NONLIN_UNITS nonlin_cuda)
endif()
