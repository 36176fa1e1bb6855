// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/Naming.h"

using namespace mlir;
using namespace saliency;

std::string saliency::nodeName(Operation *op) {
  auto name = dyn_cast<NameLoc>(op->getLoc());
  return name ? name.getName().str() : op->getName().stripDialect().str();
}

std::string saliency::placeName(Value value) {
  StringRef name = valueName(value);
  Operation *op = value.getDefiningOp();
  return !name.empty() ? name.str() : op ? nodeName(op) : "the input";
}

SmallVector<StringRef> saliency::namesOf(StringRef list) {
  SmallVector<StringRef> names;
  list.split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return names;
}
