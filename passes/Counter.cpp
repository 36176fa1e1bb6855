// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <string>

namespace saliency {
namespace {

struct Counters {
  std::mutex mutex;
  llvm::MapVector<std::pair<std::string, std::string>, int64_t,
                  std::map<std::pair<std::string, std::string>, unsigned>>
      values;
};

Counters &counters() {
  static Counters instance;
  return instance;
}

} // namespace

void count(llvm::StringRef pass, llvm::StringRef what, int64_t number) {
  std::lock_guard lock(counters().mutex);
  counters().values[{pass.str(), what.str()}] += number;
}

void printCounters(llvm::raw_ostream &os) {
  std::lock_guard lock(counters().mutex);
  for (const auto &[name, number] : counters().values)
    os << name.first << ": " << name.second << " = " << number << '\n';
}

} // namespace saliency
