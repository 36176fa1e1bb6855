// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several ops for one node, written as a formula. A step that is refused (its error names the node)
// gives null, and null operands give null, so that only the end of a formula is checked:
//
//   Composer c(node);
//   Value mean = c.mean(c.power(x, 2), axes);
//   return c.finish(c.make<DivOp>({x, c.power(mean, 0.5)}));
#ifndef SALIENCY_IMPORT_COMPOSER_H
#define SALIENCY_IMPORT_COMPOSER_H

#include "dialect/import/Node.h"

namespace saliency {

class Composer {
public:
  explicit Composer(Node &node) : node(node) {}

  template <typename OpT>
  mlir::Value make(mlir::ValueRange operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    if (llvm::is_contained(operands, mlir::Value()))
      return {};
    return orNull(node.build<OpT>(operands, attributes));
  }
  mlir::Value orNull(mlir::FailureOr<mlir::Value> value) {
    return mlir::failed(value) ? mlir::Value() : *value;
  }

  /// A constant of one number, which broadcasts to everything.
  mlir::Value number(double value);
  mlir::NamedAttribute attr(llvm::StringRef name, double value) const;

  mlir::Value power(mlir::Value x, double exponent);
  mlir::Value times(mlir::Value x, double factor);
  mlir::Value plus(mlir::Value x, double summand);
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> permutation);
  /// Reductions over `axes` (sorted, without the samples'), which stay with extent 1.
  mlir::Value mean(mlir::Value x, llvm::ArrayRef<int64_t> axes);
  mlir::Value largest(mlir::Value x, llvm::ArrayRef<int64_t> axes);
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes);
  /// x with the entries of `axis` replaced by the matrix's (result x data) products with them.
  mlir::Value alongAxis(mlir::Value x, int64_t axis, mlir::Value matrix);

  /// The node's first result; null is a failure that was reported.
  mlir::LogicalResult finish(mlir::Value result);

private:
  template <typename PoolT> mlir::Value pool(mlir::Value x, llvm::ArrayRef<int64_t> axes);

  Node &node;
};

} // namespace saliency

#endif // SALIENCY_IMPORT_COMPOSER_H
