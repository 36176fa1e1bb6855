// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops of attribution code: over the runs of a method that evaluates the network at several inputs, and over the classes that a
// call names. They say what is repeated and what is carried on; how the loop is written, lowering decides.

#ifndef SALIENCY_OPS_LOOPS_TD
#define SALIENCY_OPS_LOOPS_TD

include "dialect/ops/Base.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/LoopLikeInterface.td"

def Saliency_YieldOp : Saliency_Op<"yield", [Pure, ReturnLike, Terminator, ParentOneOf<["RepeatOp", "ForEachClassOp", "IfGivenOp"]>]> {
  let summary = "Ends a region: what a loop carries on to the next iteration, what a choice results in";
  let arguments = (ins Variadic<StaticF32Tensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ /* carries nothing */ }]>];
}

/// A loop whose body has one argument that says what iteration it is, then the tensors that are carried on: they start as
/// `starts`, the body yields the next ones, and the last ones are the results.
class Saliency_LoopOp<string mnemonic> : Saliency_Op<mnemonic, [
    DeclareOpInterfaceMethods<LoopLikeOpInterface, ["getLoopInductionVars", "getInitsMutable", "getRegionIterArgs",
                                                   "getYieldedValuesMutable", "getLoopResults"]>,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["getEntrySuccessorOperands"]>,
    SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects, RecursivelySpeculatable]> {
  let results = (outs Variadic<StaticF32Tensor>:$results);
  let regions = (region SizedRegion<1>:$region);
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  code loopDefinition = [{
    ::llvm::SmallVector<::mlir::Region *> $cppClass::getLoopRegions() { return {&getRegion()}; }
    ::std::optional<::llvm::SmallVector<::mlir::Value>> $cppClass::getLoopInductionVars() {
      return ::llvm::SmallVector<::mlir::Value>{getBody()->getArgument(0)};
    }
    ::llvm::MutableArrayRef<::mlir::OpOperand> $cppClass::getInitsMutable() { return getStartsMutable(); }
    ::mlir::Block::BlockArgListType $cppClass::getRegionIterArgs() { return getBody()->getArguments().drop_front(); }
    ::std::optional<::llvm::MutableArrayRef<::mlir::OpOperand>> $cppClass::getYieldedValuesMutable() {
      return ::mlir::cast<YieldOp>(getBody()->getTerminator()).getValuesMutable();
    }
    ::std::optional<::mlir::ResultRange> $cppClass::getLoopResults() { return getResults(); }
    ::mlir::OperandRange $cppClass::getEntrySuccessorOperands(::mlir::RegionSuccessor) { return getStarts(); }
    void $cppClass::getSuccessorRegions(::mlir::RegionBranchPoint,
                                        ::llvm::SmallVectorImpl<::mlir::RegionSuccessor> &regions) {
      regions.emplace_back(&getRegion(), getRegionIterArgs());
      regions.emplace_back(getOperation(), getOperation()->getResults());
    }
  }];
}

def Saliency_RepeatOp : Saliency_LoopOp<"repeat"> {
  let summary = "The runs 0, 1, ... count - 1, one after the other, and what they add up to";
  let description = [{
    A method that averages over several inputs (SmoothGrad, Integrated Gradients, RISE) evaluates the network once a run. The
    first argument of the body is the run's number, the others are carried on. `count` is a constant where no call changes it.
    Runs are ordered: a sum adds run 0 first.
    ```mlir
    %sum = saliency.repeat %run to %count carrying(%so_far = %zero) : tensor<1x3x8x8xf32> {
      %noise = saliency.draw %run {distribution = #saliency.distribution<normal>, seed = 0 : i64, stream = 0 : i64,
                                   shape = array<i64: 1, 3, 8, 8>} : tensor<1x3x8x8xf32>
      %next = arith.addf %so_far, %noise : tensor<1x3x8x8xf32>
      saliency.yield %next : tensor<1x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins Index:$count, Variadic<StaticF32Tensor>:$starts);
  let builders = [OpBuilder<(ins "::mlir::Value":$count, CArg<"::mlir::ValueRange", "{}">:$starts)>];
  let extraClassDeclaration = [{
    /// The run's number in the body.
    ::mlir::Value getRun() { return getBody()->getArgument(0); }
    /// Replaces this loop by one that also carries values which start as `starts`; `next` makes the ones to carry on, at the
    /// end of the body, from those at hand.
    RepeatOp carryingMore(::mlir::RewriterBase &rewriter, ::mlir::ValueRange starts,
                          ::llvm::function_ref<::llvm::SmallVector<::mlir::Value>(
                              ::mlir::OpBuilder &, ::llvm::ArrayRef<::mlir::BlockArgument>)> next);
  }];
  let extraClassDefinition = loopDefinition;
}

def Saliency_ForEachClassOp : Saliency_LoopOp<"for_each_class"> {
  let summary = "The classes that a call names, or a default where it names none, one row after the other";
  let description = [{
    `listed` has a row for each iteration and in it one class for every sample; a call that names no classes gives 0 rows, and
    the loop then runs once, with `otherwise`. The first argument of the body has the iteration's class of every sample, -1
    for a sample whose entry is negative or its `target`, so that `one_hot` of it is zero there. RSP's *hostile* classes,
    from which the target is to be told apart, are listed so.
    ```mlir
    %sum = saliency.for_each_class %class in %listed or %otherwise except %target : tensor<?x2xi64>
           carrying(%so_far = %zero) : tensor<2x10xf32> {
      %one_hot = saliency.one_hot %class {classes = 10 : i64} : (tensor<2xi64>) -> tensor<2x10xf32>
      %next = arith.addf %so_far, %one_hot : tensor<2x10xf32>
      saliency.yield %next : tensor<2x10xf32>
    }
    ```
  }];
  let arguments = (ins RankedI64Tensor:$listed, RankedI64Tensor:$otherwise, RankedI64Tensor:$target,
                       Variadic<StaticF32Tensor>:$starts);
  let builders = [OpBuilder<(ins "::mlir::Value":$listed, "::mlir::Value":$otherwise, "::mlir::Value":$target,
                                 "::mlir::ValueRange":$starts)>];
  let extraClassDeclaration = [{
    /// The classes of an iteration in the body.
    ::mlir::Value getClasses() { return getBody()->getArgument(0); }
  }];
  let extraClassDefinition = loopDefinition;
}

#endif // SALIENCY_OPS_LOOPS_TD
