# Installation: lib/, include/ and share/cmake/nonlin/, the same below a prefix, in a wheel and in
# the build's own package. The component `python` makes an installed prefix the wheel's package; it
# is never installed by default. `link` is libnonlin.so, which leads to the library; a wheel, in
# which it would be a second copy, has none.
include(CMakePackageConfigHelpers)
set(package_cmake "${NONLIN_PACKAGE}/share/cmake/nonlin")
configure_package_config_file(cmake/nonlin-config.cmake.in "${package_cmake}/nonlin-config.cmake"
  INSTALL_DESTINATION share/cmake/nonlin)
write_basic_package_version_file("${package_cmake}/nonlin-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
configure_file(cmake/FindTorchWheel.cmake "${package_cmake}/FindTorchWheel.cmake" COPYONLY)
include(engine)

# The library finds torch beside itself when it lies in site-packages, and where it was at build
# time otherwise. INSTALL_RPATH_USE_LINK_PATH would leave out what lies in the source tree, as .venv
# does.
set(relocatable "$ORIGIN/../../torch/lib")
set(absolute "${TORCH_ROOT}/lib")
if(NONLIN_CUDA)
  cmake_path(GET TORCH_ROOT PARENT_PATH site_packages)
  cmake_path(RELATIVE_PATH TORCH_CUDART_DIR BASE_DIRECTORY "${site_packages}"
    OUTPUT_VARIABLE cudart_dir)
  list(APPEND relocatable "$ORIGIN/../../${cudart_dir}")
  list(APPEND absolute "${TORCH_CUDART_DIR}")
endif()
set_target_properties(nonlin PROPERTIES INSTALL_RPATH "${relocatable};${absolute}")
install(TARGETS nonlin LIBRARY DESTINATION lib COMPONENT library NAMELINK_COMPONENT link)
install(FILES "${NONLIN_PACKAGE}/lib/build-info" DESTINATION lib COMPONENT library)
install(DIRECTORY csrc/include/nonlin DESTINATION include COMPONENT library)
install(DIRECTORY "${package_cmake}" DESTINATION share/cmake COMPONENT library)

if(NONLIN_PYTHON)
  set_target_properties(nonlin_python PROPERTIES INSTALL_RPATH "$ORIGIN/lib;$ORIGIN/../torch/lib")
  install(TARGETS nonlin_python LIBRARY DESTINATION . COMPONENT python EXCLUDE_FROM_ALL)
  # A wheel moves to other machines: only the paths that lead from it to the torch beside it stay.
  list(JOIN relocatable ":" runpath)
  set(installed "\${CMAKE_INSTALL_PREFIX}/lib/${NONLIN_LIBRARY}")
  install(CODE "file(RPATH_SET FILE \"${installed}\" NEW_RPATH \"${runpath}\")"
    COMPONENT python EXCLUDE_FROM_ALL)
endif()
