// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <string>

namespace saliency {
namespace {

using Values = llvm::MapVector<std::pair<std::string, std::string>, int64_t,
                               std::map<std::pair<std::string, std::string>, unsigned>>;

struct Counters {
  std::mutex mutex;
  Values values;
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

struct ScopedCounters::Saved {
  Values values;
};

ScopedCounters::ScopedCounters() : saved(std::make_unique<Saved>()) {
  std::lock_guard lock(counters().mutex);
  std::swap(saved->values, counters().values);
}

ScopedCounters::~ScopedCounters() {
  std::lock_guard lock(counters().mutex);
  std::swap(saved->values, counters().values);
}

int64_t ScopedCounters::get(llvm::StringRef pass, llvm::StringRef what) const {
  std::lock_guard lock(counters().mutex);
  return counters().values.lookup({pass.str(), what.str()});
}

void printCounters(llvm::raw_ostream &os) {
  std::lock_guard lock(counters().mutex);
  for (const auto &[name, number] : counters().values)
    os << name.first << ": " << name.second << " = " << number << '\n';
}

} // namespace saliency
