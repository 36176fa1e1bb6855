# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# `cmake --install`: the tools, the C headers, a CMake package and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Saliency)

set_target_properties(saliency_runtime_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(saliency-opt saliency-patterns saliency-run PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS saliency_runtime_headers saliency-opt saliency-patterns saliency-run EXPORT SaliencyTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT SaliencyTargets NAMESPACE Saliency:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/SaliencyConfig.cmake.in ${CMAKE_BINARY_DIR}/SaliencyConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/SaliencyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_BINARY_DIR}/SaliencyConfig.cmake
  ${CMAKE_BINARY_DIR}/SaliencyConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/SaliencyAddExplainer.cmake
  DESTINATION ${package_dir})

configure_file(${CMAKE_CURRENT_LIST_DIR}/saliency.pc.in ${CMAKE_BINARY_DIR}/saliency.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/saliency.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig) # two folders below the prefix
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
