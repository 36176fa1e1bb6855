// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/SaliencyDialect.h"

#include "dialect/LoopOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace saliency;

#include "dialect/SaliencyDialect.cpp.inc"
#include "dialect/SaliencyEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/Capabilities.cpp.inc"
#include "dialect/SaliencyAttributes.cpp.inc"

void SaliencyDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/SaliencyAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/SaliencyOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/LoopOps.cpp.inc"
      >();
}

Operation *SaliencyDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                                Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getShapedType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

LogicalResult WindowAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                                 ArrayRef<int64_t> dilations) {
  size_t rank = kernel.size();
  if (strides.size() != rank || low.size() != rank || high.size() != rank ||
      dilations.size() != rank)
    return emitError() << "a window has one kernel extent, stride, low and high padding and "
                          "dilation per spatial axis, found "
                       << rank << ", " << strides.size() << ", " << low.size() << ", "
                       << high.size() << " and " << dilations.size();
  auto check = [&](StringRef what, ArrayRef<int64_t> values, int64_t least) -> LogicalResult {
    for (int64_t value : values)
      if (value < least || value > (int64_t(1) << 30))
        return emitError() << "a window's " << what << " lies in [" << least << ", 2^30], found "
                           << value;
    return success();
  };
  return success(
      succeeded(check("kernel extent", kernel, 1)) && succeeded(check("stride", strides, 1)) &&
      succeeded(check("low padding", low, 0)) && succeeded(check("high padding", high, 0)) &&
      succeeded(check("dilation", dilations, 1)));
}

int64_t WindowAttr::getOutputExtent(size_t axis, int64_t extent, bool ceil) const {
  int64_t stride = getStrides()[axis], low = getLow()[axis];
  int64_t room = extent + low + getHigh()[axis] - getSpan(axis);
  if (room < 0 && !(ceil && room + stride > 0))
    return 0;
  int64_t outputs = (ceil ? llvm::divideCeilSigned(room, stride) : room / stride) + 1;
  if (ceil && (outputs - 1) * stride >= extent + low)
    --outputs;
  return outputs;
}

void Sign::print(llvm::raw_ostream &os) const {
  if (isUninitialized())
    os << "none";
  for (auto [present, symbol] :
       {std::pair(mayBeNegative(), '-'), {mayBeZero(), '0'}, {mayBePositive(), '+'}})
    if (present)
      os << symbol;
}
