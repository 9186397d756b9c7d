# What activations of users are made of: headers of the engine and templates of units, installed
# below include/nonlin/engine/, and lib/compile-flags, which nonlin.load_activation reads.
configure_file(cmake/nonlin-activation.cmake "${package_cmake}/nonlin-activation.cmake" COPYONLY)
install(DIRECTORY csrc DESTINATION include/nonlin/engine COMPONENT library FILES_MATCHING
  PATTERN "csrc/include" EXCLUDE PATTERN "csrc/torch" EXCLUDE
  PATTERN "*.h" PATTERN "*.cuh" PATTERN "unit.*.in")
set(layer activation.h catalogue.h operators_on_tensors.h own.h own_activation.cpp.in tensor_lane.h)
list(TRANSFORM layer PREPEND csrc/torch/)
install(FILES ${layer} DESTINATION include/nonlin/engine/csrc/torch COMPONENT library)

set(lines "")
foreach(name IN ITEMS KERNEL_FLAGS CUDA_FLAGS FLAGS_scalar FLAGS_avx2 FLAGS_avx512)
  list(JOIN NONLIN_${name} " " flags)
  string(APPEND lines "${name}=${flags}\n")
endforeach()
file(CONFIGURE OUTPUT "${NONLIN_PACKAGE}/lib/compile-flags" CONTENT "${lines}" @ONLY)
install(FILES "${NONLIN_PACKAGE}/lib/compile-flags" DESTINATION lib COMPONENT library)

# In the build's own package, links: a folder that is one itself would be the sources'.
set(include "${NONLIN_PACKAGE}/include")
if(IS_SYMLINK "${include}")
  file(REMOVE "${include}")
endif()
file(MAKE_DIRECTORY "${include}/nonlin/engine")
file(GLOB headers CONFIGURE_DEPENDS csrc/include/nonlin/*)
foreach(header IN LISTS headers)
  cmake_path(GET header FILENAME name)
  file(CREATE_LINK "${header}" "${include}/nonlin/${name}" SYMBOLIC)
endforeach()
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/csrc" "${include}/nonlin/engine/csrc" SYMBOLIC)
