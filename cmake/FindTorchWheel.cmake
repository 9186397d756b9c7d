# Imported targets for an installed torch: a pip wheel or a LibTorch archive. find_package(Torch) is
# not used because it demands a CUDA toolkit of everyone who links a CUDA torch, chooses the CUDA
# architectures itself, and leaves flags behind that affect every target after it.
#
#   reads    TORCH_ROOT, TorchWheel_HINTS, CMAKE_PREFIX_PATH, Python_EXECUTABLE (each optional)
#   defines  TORCH_ROOT, TORCH_VERSION, TORCH_CUDART_DIR, TORCH_CUDA_MAJOR
#            TorchWheel::torch    headers, libtorch_cpu, libc10; executables also keep libtorch_cuda
#            TorchWheel::cudart   libc10_cuda and the very libcudart that torch loads, if it has CUDA
#            TorchWheel::python   libtorch_python
set(version_file share/cmake/Torch/TorchConfigVersion.cmake)
if(NOT TORCH_ROOT)
  find_path(TORCH_ROOT ${version_file} HINTS ${TorchWheel_HINTS}
    NO_CACHE NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
endif()
if(NOT TORCH_ROOT)  # torch.utils.cmake_prefix_path is torch/share/cmake
  find_path(TORCH_ROOT Torch/TorchConfigVersion.cmake
    NO_CACHE NO_CMAKE_SYSTEM_PATH NO_SYSTEM_ENVIRONMENT_PATH)
  if(TORCH_ROOT)
    cmake_path(SET TORCH_ROOT NORMALIZE "${TORCH_ROOT}/../..")
  endif()
endif()
if(NOT TORCH_ROOT)
  find_package(Python QUIET COMPONENTS Interpreter)
  if(Python_FOUND)  # find_spec, because importing torch takes seconds
    string(CONCAT locate "import importlib.util as util\n"
      "print(*util.find_spec('torch').submodule_search_locations)")
    execute_process(COMMAND "${Python_EXECUTABLE}" -c "${locate}"
      OUTPUT_VARIABLE TORCH_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()

set(TORCH_VERSION "")
if(EXISTS "${TORCH_ROOT}/${version_file}")
  file(STRINGS "${TORCH_ROOT}/${version_file}" version_line REGEX "set\\(PACKAGE_VERSION ")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" TORCH_VERSION "${version_line}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(TorchWheel
  REQUIRED_VARS TORCH_ROOT TORCH_VERSION VERSION_VAR TORCH_VERSION REASON_FAILURE_MESSAGE
  "Give -DPython_EXECUTABLE=<a Python with torch>, or -DTORCH_ROOT=<folder of torch or LibTorch>.")

if(NOT TorchWheel_FOUND OR TARGET TorchWheel::torch)
  return()
endif()

add_library(TorchWheel::torch INTERFACE IMPORTED)
target_compile_features(TorchWheel::torch INTERFACE cxx_std_20)
target_include_directories(TorchWheel::torch SYSTEM INTERFACE
  "${TORCH_ROOT}/include" "${TORCH_ROOT}/include/torch/csrc/api/include")
target_link_libraries(TorchWheel::torch INTERFACE
  "${TORCH_ROOT}/lib/libtorch_cpu.so" "${TORCH_ROOT}/lib/libc10.so")

add_library(TorchWheel::python INTERFACE IMPORTED)
target_link_libraries(TorchWheel::python INTERFACE
  TorchWheel::torch "${TORCH_ROOT}/lib/libtorch_python.so")

if(EXISTS "${TORCH_ROOT}/lib/libc10_cuda.so")
  # torch's CUDA half enters a program through static initialisers, so a linker sees no use of it.
  set(kept "-Wl,--push-state,--no-as-needed,${TORCH_ROOT}/lib/libtorch_cuda.so,--pop-state")
  target_link_libraries(TorchWheel::torch INTERFACE
    $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${kept}>)
  # The toolkit's libcudart has the same soname but may be older than what torch was built with.
  file(GLOB cudart
    "${TORCH_ROOT}/../nvidia/*/lib/libcudart.so.*" "${TORCH_ROOT}/lib/libcudart*.so*")
  if(cudart)
    list(GET cudart 0 cudart)
    cmake_path(NORMAL_PATH cudart)
    cmake_path(GET cudart PARENT_PATH TORCH_CUDART_DIR)
    string(REGEX REPLACE "^.*[.]so[.]([0-9]+).*$" "\\1" TORCH_CUDA_MAJOR "${cudart}")
    add_library(TorchWheel::cudart INTERFACE IMPORTED)
    target_link_libraries(TorchWheel::cudart INTERFACE
      TorchWheel::torch "${TORCH_ROOT}/lib/libc10_cuda.so" "${cudart}")
  endif()
endif()
