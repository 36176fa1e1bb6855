# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#[[
saliency_add_explainer(<target> MODEL <model.onnx> METHOD <method>
                       [PREFIX <prefix>] [PARAMS <key>=<value>...] [OPTIONS <option of saliency-opt>...])

Compiles a model and a method into the static library <target>. Programs that link it can say #include "<prefix>.h" and
call <prefix>_explain; the prefix is <target> if not given. The weights file, which they map or read, is

    get_target_property(weights <target> SALIENCY_WEIGHTS)
]]
function(saliency_add_explainer target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;METHOD;PREFIX" "PARAMS;OPTIONS")
  if(NOT arg_MODEL OR NOT arg_METHOD OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "saliency_add_explainer(<target> MODEL <model> METHOD <method> [PREFIX ..] [PARAMS ..] [OPTIONS ..]); "
                        "found model '${arg_MODEL}', method '${arg_METHOD}', others '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_PREFIX)
    string(MAKE_C_IDENTIFIER ${target} arg_PREFIX)
  endif()
  get_filename_component(model ${arg_MODEL} ABSOLUTE)
  list(TRANSFORM arg_PARAMS PREPEND --param=)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target}.saliency)
  set(files ${dir}/${arg_PREFIX}.o ${dir}/${arg_PREFIX}.h ${dir}/${arg_PREFIX}.weights)

  add_custom_command(
    OUTPUT ${files}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}
    COMMAND Saliency::saliency-opt ${model} --emit-${arg_METHOD} ${arg_PARAMS} ${arg_OPTIONS} -o ${dir}/${arg_PREFIX}.o
    DEPENDS ${model} Saliency::saliency-opt
    COMMENT "Compiling ${arg_METHOD} for ${arg_MODEL}"
    VERBATIM)
  add_library(${target} STATIC ${files})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C SALIENCY_WEIGHTS ${dir}/${arg_PREFIX}.weights)
  target_include_directories(${target} INTERFACE ${dir})
  target_link_libraries(${target} INTERFACE Saliency::headers)
endfunction()
