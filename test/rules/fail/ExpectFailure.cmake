# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles SOURCE with COMPILER and FLAGS. Expects success, or, where SOURCE has lines `// expect: WORDS`, failure with a message
# that contains the words of each.

execute_process(COMMAND ${COMPILER} ${FLAGS} -std=c++20 -fsyntax-only ${SOURCE}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
file(STRINGS ${SOURCE} expectations REGEX "^// expect: ")

if(NOT expectations)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "must compile; found:\n${output}")
  endif()
  return()
endif()

if(status EQUAL 0)
  message(FATAL_ERROR "must not compile; found no error")
endif()
foreach(expectation IN LISTS expectations)
  string(REPLACE "// expect: " "" words "${expectation}")
  string(FIND "${output}" "${words}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "the error must say: ${words}\nfound:\n${output}")
  endif()
endforeach()
# One mistake, one error: what follows from it must not be reported again.
string(REGEX MATCHALL "error: " errors "${output}")
list(LENGTH errors errorCount)
list(LENGTH expectations expectationCount)
if(errorCount GREATER expectationCount)
  message(FATAL_ERROR "expected ${expectationCount} error(s), found ${errorCount}:\n${output}")
endif()
