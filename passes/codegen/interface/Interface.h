// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compiled explainer takes and returns. The kernel interface pass reads
// it off the signature of @explain and keeps it as a module attribute; the
// emitter turns it into the `saliency_interface` that the C entry reads.
#ifndef SALIENCY_CODEGEN_INTERFACE_INTERFACE_H
#define SALIENCY_CODEGEN_INTERFACE_INTERFACE_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/entry/kernel_abi.h"

#include <cstdint>
#include <string>

namespace saliency {

inline constexpr llvm::StringLiteral kRequiredAttr = "saliency.required";
inline constexpr llvm::StringLiteral kInterfaceAttr = "saliency.interface";
inline constexpr llvm::StringLiteral kWeightsAttr = "saliency.weights";
inline constexpr llvm::StringLiteral kWeightsSizeAttr = "saliency.weights_size";
inline constexpr llvm::StringLiteral kWorkspaceSizeAttr = "saliency.workspace_size";
/// On an scf.execute_region whose operations become one function.
inline constexpr llvm::StringLiteral kGroupAttr = "saliency.group";

/// Of weights and workspace, as the C interface promises it to the kernel. A target may ask for
/// more between the buffers inside them.
inline constexpr int64_t kAlignment = SALIENCY_ALIGNMENT;

/// The next multiple of `alignment`.
inline constexpr int64_t alignUp(int64_t bytes, int64_t alignment = kAlignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

/// Bytes of one element in a buffer: single bits take a byte, indices are as wide as a pointer.
int64_t elementBytes(mlir::Type element);

/// Bytes of a tensor or buffer of static shape.
int64_t bytesOf(mlir::ShapedType type);

/// Arguments of the kernel, in the order of the C entry's buffers (kernel_abi.h). Behind the named
/// tensors follow the number of targets, the entries of each named tensor (index) and the caller's
/// hooks (!llvm.ptr).
enum KernelArgument : unsigned {
  Weights = SALIENCY_KERNEL_WEIGHTS,
  Workspace = SALIENCY_KERNEL_WORKSPACE,
  Input = SALIENCY_KERNEL_INPUT,
  Targets = SALIENCY_KERNEL_TARGETS,
  Maps = SALIENCY_KERNEL_MAPS,
  Maps2d = SALIENCY_KERNEL_MAPS2D,
  Logits = SALIENCY_KERNEL_LOGITS,
  Layers = SALIENCY_KERNEL_LAYERS,
  FirstTensor = SALIENCY_KERNEL_FIRST_TENSOR
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

#endif // SALIENCY_CODEGEN_INTERFACE_INTERFACE_H
