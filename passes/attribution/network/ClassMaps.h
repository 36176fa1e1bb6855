// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Detectors: maps of class scores in place of an output of classes. Once the maps are pooled to one
// score a class, a detector is a classifier like any other, and every method explains it.
#ifndef SALIENCY_ATTRIBUTION_NETWORK_CLASSMAPS_H
#define SALIENCY_ATTRIBUTION_NETWORK_CLASSMAPS_H

#include "passes/attribution/network/Network.h"

#include <string>
#include <vector>

namespace saliency {

/// Which values of a network are maps of class scores: each samples x (anchors * classes) x
/// spatial, the anchors outermost.
struct ClassMapOptions {
  std::vector<std::string> values; ///< ONNX names; none: the network's own first output counts
  std::vector<int64_t> anchors;    ///< of each map, or one number for all; none: 1
};

/// Makes samples x classes the only output of `forward`: what a class scores at its best anchor and
/// position of all maps. Reports a name that no value has, a map that does not depend on the input,
/// maps of different numbers of classes, anchors that do not divide a map's channels.
mlir::LogicalResult scoreClassMaps(mlir::func::FuncOp forward, const ClassMapOptions &options);

/// The mean of the network's maps of class scores, each brought to `size` cells along every spatial
/// axis, or to the extents of the middle map (0). Reports a network without such maps, and a mean
/// of more than 2^31 entries.
mlir::FailureOr<mlir::Value> buildClassMaps(mlir::OpBuilder &builder, const Network &network,
                                            int64_t size);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_NETWORK_CLASSMAPS_H
