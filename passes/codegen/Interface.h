// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compiled explainer takes and returns. The kernel interface pass reads
// it off the signature of @explain and keeps it as a module attribute; the
// emitter turns it into the `saliency_interface` that the C entry reads.
#ifndef SALIENCY_CODEGEN_INTERFACE_H
#define SALIENCY_CODEGEN_INTERFACE_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <string>

namespace saliency {

inline constexpr llvm::StringLiteral kKernelName = "explain";
inline constexpr llvm::StringLiteral kRequiredAttr = "saliency.required";
inline constexpr llvm::StringLiteral kInterfaceAttr = "saliency.interface";
inline constexpr llvm::StringLiteral kWeightsAttr = "saliency.weights";
inline constexpr llvm::StringLiteral kWeightsSizeAttr = "saliency.weights_size";
inline constexpr llvm::StringLiteral kWorkspaceSizeAttr = "saliency.workspace_size";

/// On the call that stands for a parallel loop: its number of iterations.
inline constexpr llvm::StringLiteral kParallelCountAttr = "saliency.parallel_count";
/// int (hooks, void (*body)(void *data, int64_t index), void *data, count)
inline constexpr llvm::StringLiteral kParallelHook = "saliency_parallel";

/// Of weights, workspace and everything placed inside them.
inline constexpr int64_t kAlignment = 64;

inline int64_t alignUp(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// Arguments of the kernel, in the order of the C entry's buffers. Behind the
/// named tensors follow the number of targets, the entries of each named tensor
/// (index) and the caller's hooks (!llvm.ptr).
enum KernelArgument : unsigned {
  Weights,
  Workspace,
  Input,
  Targets,
  Maps,
  Maps2d,
  Logits,
  Layers,
  FirstTensor
};

struct Interface {
  struct Layer {
    std::string name;
    /// In floats, from the start of one target's layers.
    int64_t offset = 0;
    llvm::SmallVector<int64_t> shape;
  };
  /// What one row of the report is about.
  struct ReportRow {
    std::string layer, kind, rule, conservation;
  };
  struct Tensor {
    std::string name;
    /// A set of classes, int64 [P][N]; otherwise floats [P][elements].
    bool classes = false;
    bool required = false;
    int64_t elements = 1;
  };

  /// What one method gives.
  struct Map {
    llvm::SmallVector<int64_t> shape;
    /// Height and width; 0 if the method has no two-dimensional map.
    llvm::SmallVector<int64_t> plane = {0, 0};
  };

  llvm::SmallVector<int64_t> input;
  /// In the order of the methods.
  llvm::SmallVector<Map> maps;
  int64_t classes = 0;
  llvm::SmallVector<Layer> layers;
  /// If there are rows, the last layer is the report, [rows][batch][columns].
  llvm::SmallVector<ReportRow> report;
  llvm::SmallVector<Tensor> tensors;

  int64_t batch() const { return input.front(); }
  int64_t layerElements() const;
  /// Rows as the attribution writes them on @explain.
  void readReport(mlir::ArrayAttr rows);

  /// Position of the kernel's argument for the number of targets.
  unsigned countArgument() const { return FirstTensor + tensors.size(); }
  unsigned hooksArgument() const { return countArgument() + 1 + tensors.size(); }

  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context) const;

  /// Fails with a diagnostic when the kernel interface pass has not run.
  static mlir::FailureOr<Interface> of(mlir::ModuleOp module);
};

/// The kernel of a module, or a diagnostic.
mlir::FailureOr<mlir::func::FuncOp> findKernel(mlir::ModuleOp module);

} // namespace saliency

#endif // SALIENCY_CODEGEN_INTERFACE_H
