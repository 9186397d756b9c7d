# Compiling nothing twice: a compiler cache where there is one, and precompiled headers.
#   defines  nonlin_precompile(target headers...), nonlin_precompile_as(target other),
#            nonlin_share_compilations(name count sources...)

# Paths are hashed relative to the checkout. ccache wants to be told that a precompiled header's
# macros and time do not matter.
find_program(CCACHE ccache)
if(CCACHE)
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
  foreach(language CXX CUDA)
    set(CMAKE_${language}_COMPILER_LAUNCHER "${launcher}" CACHE STRING "Compiler launcher")
  endforeach()
endif()

# Torch's headers take ten times as long as what includes them, and those of the standard library and
# of processors' instructions as long as a light kernel. Sources include what they use all the same:
# CMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds, too.
function(nonlin_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  nonlin_precompile_options(${target})
endfunction()

# With those of another target, whose options must be the same.
function(nonlin_precompile_as target other)
  target_precompile_headers(${target} REUSE_FROM ${other})
  nonlin_precompile_options(${target})
endfunction()

function(nonlin_precompile_options target)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endfunction()

# Compile so many of these files at a time, where their target has UNITY_BUILD_MODE GROUP: torch's
# headers take five seconds of each compilation, precompiled as they are.
function(nonlin_share_compilations name count)
  set(index 0)
  foreach(source IN LISTS ARGN)
    math(EXPR group "${index} / ${count}")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${name}_${group}")
    math(EXPR index "${index} + 1")
  endforeach()
endfunction()
