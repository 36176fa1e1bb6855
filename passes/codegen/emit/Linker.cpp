// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Linker.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace saliency {
namespace {

/// The first program found, and what makes it a linker.
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

/// A file that is removed with this object.
struct Temporary {
  SmallString<128> path;
  FileRemover remover;

  Error create(StringRef extension) {
    if (std::error_code code = sys::fs::createTemporaryFile("saliency-link", extension, path))
      return createStringError(code, "cannot write a temporary file: " + code.message());
    remover.setFile(path);
    return Error::success();
  }

  Error write(ArrayRef<char> bytes) {
    if (Error error = create("o"))
      return error;
    std::error_code code;
    raw_fd_ostream os(path, code);
    if (!code) {
      os.write(bytes.data(), bytes.size());
      os.close();
      code = os.error();
      os.clear_error();
    }
    return code ? createStringError(code, "cannot write '" + path + "': " + code.message())
                : Error::success();
  }
};

Error run(const std::vector<std::string> &command) {
  Temporary log;
  if (Error error = log.create("log"))
    return error;
  SmallVector<StringRef> arguments(command.begin(), command.end());
  std::optional<StringRef> redirects[] = {std::nullopt, log.path.str(), log.path.str()};
  std::string problem;
  int status =
      sys::ExecuteAndWait(arguments[0], arguments, std::nullopt, redirects, 0, 0, &problem);
  if (status == 0)
    return Error::success();
  if (auto words = MemoryBuffer::getFile(log.path))
    problem += (*words)->getBuffer();
  return createStringError("the linker " + command[0] + " failed: " + problem);
}

Error link(const Triple &triple, StringRef mode, ArrayRef<ObjectCode> objects, StringRef output) {
  auto command = findLinker(triple);
  if (!command)
    return command.takeError();
  command->insert(command->end(), {mode.str(), "-o", output.str()});
  std::vector<Temporary> files(objects.size());
  for (auto [file, object] : zip(files, objects)) {
    if (Error error = file.write(object))
      return error;
    command->push_back(file.path.str().str());
  }
  return run(*command);
}

Expected<ObjectCode> localiseHidden(StringRef path) {
  auto binary = object::ObjectFile::createObjectFile(path);
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  config.ELF.LocalizeHidden = true;
  config.Common.DiscardMode = objcopy::DiscardType::Locals;
  ObjectCode result;
  raw_svector_ostream os(result);
  if (Error error = objcopy::executeObjcopyOnBinary(config, *binary->getBinary(), os))
    return std::move(error);
  return result;
}

} // namespace

bool hasLinker(const Triple &triple) {
  auto linker = findLinker(triple);
  if (linker)
    return true;
  consumeError(linker.takeError());
  return false;
}

Error linkShared(const Triple &triple, ArrayRef<ObjectCode> objects, StringRef library) {
  return link(triple, "-shared", objects, library);
}

Expected<ObjectCode> joinObjects(const Triple &triple, ArrayRef<ObjectCode> objects) {
  if (objects.size() == 1)
    return objects.front();
  Temporary joined;
  if (Error error = joined.create("o"))
    return std::move(error);
  if (Error error = link(triple, "-r", objects, joined.path))
    return std::move(error);
  return localiseHidden(joined.path);
}

} // namespace saliency
