// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// If-1, 11, 13, 16, 19, 21, 23, 24, 25: exporters leave one where a shape decides what is computed;
// the shape is known here, so one branch is taken while the model is read.
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

LogicalResult importIf(Node &node) {
  const onnx::GraphProto *thenBranch = nullptr, *elseBranch = nullptr;
  if (failed(node.read("then_branch", thenBranch)) || failed(node.read("else_branch", elseBranch)))
    return failure();
  if (!thenBranch || !elseBranch)
    return node.badInput() << "a node has the graphs then_branch and else_branch, found "
                           << (thenBranch || elseBranch ? "one of them" : "none");
  FailureOr<HostTensor> condition = node.getConstant(0, "the condition of a branch");
  if (failed(condition))
    return failure();
  if (condition->getType() != ElementType::Bool || condition->size() != 1)
    return node.badInput() << "the condition of a branch is one bool, found "
                           << nameOf(condition->getType()) << " with extents "
                           << listText(condition->getShape());
  return node.replaceWith(condition->asInt(0) != 0 ? *thenBranch : *elseBranch);
}

} // namespace saliency
