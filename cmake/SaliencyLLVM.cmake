# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# LLVM and MLIR 22, as Debian packages them. The version files accept 22.1 only, and the hint is needed because several
# LLVM versions may be installed beside each other.
find_package(MLIR 22.1 REQUIRED CONFIG PATHS /usr/lib/llvm-22)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})

find_program(SALIENCY_CLANG NAMES clang-22 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
