# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
file(REMOVE_RECURSE ${FOUND})
file(MAKE_DIRECTORY ${FOUND})
execute_process(
  COMMAND ${PROGRAM} -seed=1 -runs=${RUNS} -max_len=${LENGTH} -timeout=20 -rss_limit_mb=4096 -artifact_prefix=${FOUND}/
          ${FOUND} ${ARGUMENTS}
  RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} failed: ${code}")
endif()
