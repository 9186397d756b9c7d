# The module nonlin._C, and links to the Python sources, which make the build's package importable.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
Python_add_library(nonlin_python MODULE WITH_SOABI csrc/torch/python.cpp)
set_target_properties(nonlin_python PROPERTIES
  OUTPUT_NAME _C LIBRARY_OUTPUT_DIRECTORY "${NONLIN_PACKAGE}")
# pybind11 comes with torch: its internals must be those of libtorch_python.
target_link_libraries(nonlin_python PRIVATE nonlin nonlin_options TorchWheel::python)
nonlin_precompile_as(nonlin_python nonlin_layer)

set(python_sources "${PROJECT_SOURCE_DIR}/python/nonlin")
file(GLOB_RECURSE staged RELATIVE "${NONLIN_PACKAGE}" "${NONLIN_PACKAGE}/*")
foreach(name IN LISTS staged)
  if(IS_SYMLINK "${NONLIN_PACKAGE}/${name}" AND NOT EXISTS "${NONLIN_PACKAGE}/${name}")
    file(REMOVE "${NONLIN_PACKAGE}/${name}")
  endif()
endforeach()
file(GLOB_RECURSE modules CONFIGURE_DEPENDS RELATIVE "${python_sources}"
  "${python_sources}/*.py" "${python_sources}/*.pyi" "${python_sources}/py.typed")
foreach(name IN LISTS modules)
  cmake_path(GET name PARENT_PATH folder)
  file(MAKE_DIRECTORY "${NONLIN_PACKAGE}/${folder}")
  file(CREATE_LINK "${python_sources}/${name}" "${NONLIN_PACKAGE}/${name}" SYMBOLIC)
endforeach()
