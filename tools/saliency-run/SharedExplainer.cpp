// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/SharedExplainer.h"
#include "saliency/weights.h"
#include "tools/saliency-run/LibraryFile.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace saliency {
namespace {

class SharedExplainer : public LoadedExplainer {
public:
  ~SharedExplainer() override {
    if (explainer.weights)
      munmap(const_cast<void *>(explainer.weights), explainer.weightsSize);
    if (library)
      dlclose(library);
  }

  bool load(const std::string &path, std::string &error);
  bool mapWeights(const std::string &path, std::string &error);
  bool verifyWeights(const std::string &path, std::string &error) const;

private:
  template <typename Function>
  bool find(const std::string &path, const char *name, Function &function, std::string &error) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (!function)
      error = path + ": an explainer exports " + name + "; found a library that does not";
    return function != nullptr;
  }

  void *library = nullptr;
};

bool SharedExplainer::load(const std::string &path, std::string &error) {
  if (!checkLibraryFile(path, error))
    return false;
  std::error_code ignored; // a path without a slash would be searched in the system's folders
  library = dlopen(std::filesystem::absolute(path, ignored).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    error = path + ": cannot load: " + (reason ? reason : "unknown reason");
    return false;
  }
  return find(path, "saliency_explainer_interface", explainer.interface, error) &&
         find(path, "saliency_explainer_explain", explainer.explain, error) &&
         find(path, "saliency_explainer_workspace_size", explainer.workspaceSize, error) &&
         find(path, "saliency_explainer_abi_version", explainer.abiVersion, error) &&
         find(path, "saliency_explainer_error_string", explainer.errorString, error);
}

bool SharedExplainer::mapWeights(const std::string &path, std::string &error) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  if (file < 0 || fstat(file, &status) != 0) {
    error = path + ": cannot read the weights: " + std::strerror(errno);
    if (file >= 0)
      close(file);
    return false;
  }
  auto size = static_cast<size_t>(status.st_size);
  void *address = S_ISREG(status.st_mode) && size
                      ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0)
                      : MAP_FAILED;
  close(file);
  if (address == MAP_FAILED) {
    error = path + ": the weights are a file that can be mapped, of " +
            std::to_string(explainer.interface()->weights_size) + " bytes; found " +
            std::to_string(size);
    return false;
  }
  explainer.weights = address;
  explainer.weightsSize = size;
  return true;
}

bool SharedExplainer::verifyWeights(const std::string &path, std::string &error) const {
  saliency_weights_header header;
  auto expected = static_cast<uint64_t>(explainer.interface()->weights_size);
  if (explainer.weightsSize != expected || expected < sizeof header) {
    error = path + ": the weights have " + std::to_string(expected) + " bytes; found " +
            std::to_string(explainer.weightsSize);
    return false;
  }
  std::memcpy(&header, explainer.weights, sizeof header);
  const char *payload = static_cast<const char *>(explainer.weights) + sizeof header;
  if (header.id != explainer.interface()->weights_id ||
      saliency_weights_checksum(payload, expected - sizeof header) != header.id) {
    error = path + ": the weights are those that the explainer was compiled with; found another or "
                   "damaged file";
    return false;
  }
  return true;
}

} // namespace

std::unique_ptr<LoadedExplainer> loadExplainer(const std::string &path, std::string &error,
                                               int &exitCode) {
  auto model = std::make_unique<SharedExplainer>();
  exitCode = 1;
  if (!model->load(path, error))
    return nullptr;
  if (int version = model->explainer.abiVersion(); version != SALIENCY_ABI_VERSION) {
    error = path + ": an explainer has ABI version " + std::to_string(SALIENCY_ABI_VERSION) +
            "; found " + std::to_string(version);
    exitCode = 2;
    return nullptr;
  }
  std::string weights = std::filesystem::path(path).replace_extension(".weights").string();
  if (!model->mapWeights(weights, error) || !model->verifyWeights(weights, error))
    return nullptr;
  return model;
}

} // namespace saliency
