// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_ATTRIBUTION_PASSES_TD
#define SALIENCY_ATTRIBUTION_PASSES_TD

include "mlir/Pass/PassBase.td"

def AttributePass : Pass<"saliency-attribute", "::mlir::ModuleOp"> {
  let summary = "Appends one method's backward attribution code to a network";
  let description = [{
    Turns `func @forward(input) -> logits` into `func @explain(input, target, ...) -> (map, map2d, logits, target, ...)`: the
    forward pass is kept, then relevance is seeded and walked back op by op. Each op takes the row of the method's table
    for its capability. An op without a row is an error that names it; nothing is skipped.

    ```
    saliency-opt net.mlir --saliency-attribute="method=lrp-epsilon params=epsilon=0.1 target=2"
    ```
    A value that is itself a list stands in braces with its key, `params={low=-1,0},high=2`; alone, in two pairs of braces.
    Every method also has a pass of its own, `--saliency-attribute-<method>`, with the same options.
  }];
  let options = [
    Option<"method", "method", "std::string", "\"gradient\"", "Name of the method; `forward` keeps the forward pass only">,
    Option<"conventions", "conventions", "std::string", "\"\"", "Named set of parameter values (default: paper)">,
    Option<"composite", "composite", "std::string", "\"\"", "Composite, by name or as a .yaml file">,
    ListOption<"params", "params", "std::string", "Parameters as key=value">,
    Option<"target", "target", "int64_t", "-1", "Class to explain, fixed at compile time; -1: chosen at run time">,
    ListOption<"conditions", "conditions", "std::string", "Channels through which alone relevance is carried on, as value:channel,channel,...">,
    Option<"requireConservation", "require-conservation", "bool", "false", "Refuse layers whose rule does not keep the sum of relevance">,
    Option<"report", "report", "bool", "false", "Also return where relevance went at every layer">,
    Option<"dumpRelevance", "dump-relevance", "bool", "false", "Also return the relevance of every named value">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::saliency::SaliencyDialect"];
}

def LayerStatisticsPass : Pass<"saliency-layer-statistics", "::mlir::ModuleOp"> {
  let summary = "Appends sums over what each layer with weights sees to a network";
  let description = [{
    Turns `func @forward(input) -> logits` into `func @explain(input) -> (map, logits, statistic:NAME:xy ...)`, where the map is
    the class scores: for each layer with weights the sums of x y and of x over its input patches, in the shape of the weights, the
    number of outputs that count, and the sum of y; each for every sample. From these saliency-patterns estimates signals.

    ```
    saliency-opt net.mlir --saliency-layer-statistics="active=rectified"
    ```
  }];
  let options = [
    Option<"active", "active", "::saliency::ActiveUnits", "::saliency::ActiveUnits::Rectified", "Which outputs of a unit count",
           [{::llvm::cl::values(
               clEnumValN(::saliency::ActiveUnits::Always, "always", "all"),
               clEnumValN(::saliency::ActiveUnits::Rectified, "rectified", "those above 0 where a rectifier follows, else all"),
               clEnumValN(::saliency::ActiveUnits::Positive, "positive", "those above 0"))}]>
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::saliency::SaliencyDialect"];
}

#endif // SALIENCY_ATTRIBUTION_PASSES_TD
