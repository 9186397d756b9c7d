# What activations of users are made of: headers of the engine and templates of units, installed
# below include/nonlin/engine/, and lib/compile-flags, which nonlin.load_activation reads.
configure_file(cmake/nonlin-activation.cmake "${package_cmake}/nonlin-activation.cmake" COPYONLY)
install(DIRECTORY csrc DESTINATION include/nonlin/engine COMPONENT library FILES_MATCHING
  PATTERN "csrc/include" EXCLUDE PATTERN "csrc/torch" EXCLUDE
  PATTERN "*.h" PATTERN "*.cuh" PATTERN "unit.*.in")
set(layer activation.h catalogue.h expression_lane.h operators_on_tensors.h own.h
  own_activation.cpp.in symbols.h tensor_lane.h)
list(TRANSFORM layer PREPEND csrc/torch/)
install(FILES ${layer} DESTINATION include/nonlin/engine/csrc/torch COMPONENT library)

set(lines "")
foreach(name IN ITEMS KERNEL_FLAGS CUDA_FLAGS FLAGS_scalar FLAGS_avx2 FLAGS_avx512)
  list(JOIN NONLIN_${name} " " flags)
  string(APPEND lines "${name}=${flags}\n")
endforeach()
file(CONFIGURE OUTPUT "${NONLIN_PACKAGE}/lib/compile-flags" CONTENT "${lines}" @ONLY)
install(FILES "${NONLIN_PACKAGE}/lib/compile-flags" DESTINATION lib COMPONENT library)

# In the build's own package, links to the sources.
set(include "${NONLIN_PACKAGE}/include")
set(sources "${PROJECT_SOURCE_DIR}/csrc/include")
if(IS_SYMLINK "${include}")
  file(REMOVE "${include}")
endif()
file(GLOB_RECURSE linked "${include}/*")
foreach(name IN LISTS linked)
  if(IS_SYMLINK "${name}" AND NOT EXISTS "${name}")
    file(REMOVE "${name}")
  endif()
endforeach()
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${sources}" "${sources}/*")
foreach(name IN LISTS headers)
  cmake_path(GET name PARENT_PATH folder)
  file(MAKE_DIRECTORY "${include}/${folder}")
  file(CREATE_LINK "${sources}/${name}" "${include}/${name}" SYMBOLIC)
endforeach()
file(MAKE_DIRECTORY "${include}/nonlin/engine")
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/csrc" "${include}/nonlin/engine/csrc" SYMBOLIC)
