# Compiling nothing twice: a compiler cache where there is one, and precompiled headers.
#   defines  nonlin_precompile(target headers...)

# Build folders of one checkout share what does not depend on PyTorch, as paths are hashed relative to
# it. ccache wants to be told that a precompiled header's macros and time do not matter.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
  foreach(language CXX CUDA)
    set(CMAKE_${language}_COMPILER_LAUNCHER "${launcher}" CACHE STRING "Compiler launcher")
  endforeach()
endif()

# Torch's headers take ten times as long as what includes them. Sources include what they use all the
# same: CMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds, too.
function(nonlin_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endfunction()
