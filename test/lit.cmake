# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One test per folder of lit tests; `lit -v BUILD/test/dialect/ops/Conv.mlir` runs a single file.
find_program(SALIENCY_LIT NAMES lit lit-22 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
find_program(SALIENCY_FILECHECK NAMES FileCheck HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
configure_file(${CMAKE_CURRENT_LIST_DIR}/lit.site.cfg.py.in ${CMAKE_CURRENT_BINARY_DIR}/lit.site.cfg.py @ONLY)

foreach(folder dialect passes tools)
  add_test(NAME lit-${folder} COMMAND ${SALIENCY_LIT} -sv ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  set_tests_properties(lit-${folder} PROPERTIES LABELS fast)
endforeach()
