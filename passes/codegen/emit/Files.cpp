// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace saliency {
namespace {

std::string beside(StringRef path, StringRef extension) {
  SmallString<128> result(path);
  sys::path::replace_extension(result, extension);
  return result.str().str();
}

Error emitCompanions(const CompiledModel &model, StringRef path,
                     OutputSet &outputs) {
  if (Error error = outputs.add(beside(path, "weights"), model.weights.bytes()))
    return error;
  return outputs.add(beside(path, "h"), [&](raw_pwrite_stream &os) {
    model.printHeader(os, sys::path::stem(path));
    return Error::success();
  });
}

/// The first program found, and what makes it a linker of shared libraries.
Expected<std::vector<std::string>> findLinker(const Triple &triple) {
  bool host = triple.getArch() == Triple(sys::getDefaultTargetTriple()).getArch();
  for (StringRef name : {"ld.lld-22", "ld.lld", "lld-22", "ld", "cc"}) {
    // The system's own linker knows the system's own processor only.
    if (!host && (name == "ld" || name == "cc"))
      continue;
    ErrorOr<std::string> program = sys::findProgramByName(name);
    if (!program)
      program = sys::findProgramByName(name, {"/usr/lib/llvm-22/bin"});
    if (!program)
      continue;
    std::vector<std::string> command = {*program};
    if (name == "lld-22")
      command.insert(command.end(), {"-flavor", "gnu"});
    if (name == "cc")
      command.push_back("-nostdlib");
    return command;
  }
  return createStringError("a shared library needs a linker: none of ld.lld-22, "
                           "ld.lld, ld and cc was found");
}

/// Runs a linker; its own words on failure.
Error link(const Triple &triple, StringRef object, StringRef library) {
  auto command = findLinker(triple);
  if (!command)
    return command.takeError();
  for (StringRef argument : {StringRef("-shared"), StringRef("-o"), library,
                             object})
    command->push_back(argument.str());
  SmallString<128> log;
  if (std::error_code code =
          sys::fs::createTemporaryFile("saliency-link", "log", log))
    return createStringError(code, "cannot write a temporary file: " +
                                       code.message());
  FileRemover removeLog(log);
  SmallVector<StringRef> arguments(command->begin(), command->end());
  std::optional<StringRef> redirects[] = {std::nullopt, log.str(), log.str()};
  std::string problem;
  int status = sys::ExecuteAndWait(arguments[0], arguments, std::nullopt,
                                   redirects, 0, 0, &problem);
  if (status == 0)
    return Error::success();
  if (auto words = MemoryBuffer::getFile(log))
    problem += (*words)->getBuffer();
  return createStringError("the linker " + arguments[0] + " failed: " + problem);
}

} // namespace

Error emitObject(const CompiledModel &model, StringRef path,
                 OutputSet &outputs) {
  if (Error error = outputs.add(path, [&](raw_pwrite_stream &os) {
        return model.printObject(os);
      }))
    return error;
  return emitCompanions(model, path, outputs);
}

Error emitLLVM(const CompiledModel &model, StringRef path, OutputSet &outputs) {
  if (Error error = outputs.add(path, [&](raw_pwrite_stream &os) {
        model.printLLVM(os);
        return Error::success();
      }))
    return error;
  return emitCompanions(model, path, outputs);
}

Error emitSharedLibrary(const CompiledModel &model, StringRef path,
                        OutputSet &outputs) {
  OutputSet temporaries;
  std::string object = (path + ".o").str();
  Expected<std::string> objectFile = temporaries.reserve(object);
  if (!objectFile)
    return objectFile.takeError();
  {
    std::error_code code;
    raw_fd_ostream os(*objectFile, code);
    if (code)
      return createStringError(code, "cannot write '" + object +
                                         "': " + code.message());
    if (Error error = model.printObject(os))
      return error;
    os.close();
    code = os.error();
    os.clear_error();
    if (code)
      return createStringError(code, "cannot write '" + object +
                                         "': " + code.message());
  }
  Expected<std::string> library = outputs.reserve(path);
  if (!library)
    return library.takeError();
  if (Error error =
          link(model.machine->getTargetTriple(), *objectFile, *library))
    return error;
  return emitCompanions(model, path, outputs);
}

} // namespace saliency
