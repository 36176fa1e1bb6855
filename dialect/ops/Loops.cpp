// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text, checks and changes of the loops over runs and over classes.
#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace saliency;

/// Adds the body of a loop: a block with the iteration's argument and one for each value carried.
static void addBody(OpBuilder &builder, OperationState &state, Type iteration, ValueRange starts) {
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<Type> types = {iteration};
  llvm::append_range(types, starts.getTypes());
  SmallVector<Location> locations(types.size(), state.location);
  state.addOperands(starts);
  state.addTypes(starts.getTypes());
  builder.createBlock(state.addRegion(), {}, types, locations);
}

/// `carrying(%so_far = %start, ...) : types attributes {...} { body }`, as far as there is any.
static ParseResult parseRest(OpAsmParser &parser, OperationState &state,
                             OpAsmParser::Argument iteration) {
  SmallVector<OpAsmParser::Argument> carried;
  SmallVector<OpAsmParser::UnresolvedOperand> starts;
  SmallVector<Type> types;
  SMLoc where = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalKeyword("carrying")) &&
      (parser.parseAssignmentList(carried, starts) || parser.parseColonTypeList(types)))
    return failure();
  if (parser.resolveOperands(starts, types, where, state.operands))
    return failure();
  SmallVector<OpAsmParser::Argument> arguments = {iteration};
  for (auto [argument, type] : llvm::zip_equal(carried, types)) {
    argument.type = type;
    arguments.push_back(argument);
  }
  state.addTypes(types);
  return failure(parser.parseOptionalAttrDictWithKeyword(state.attributes) ||
                 parser.parseRegion(*state.addRegion(), arguments));
}

template <typename Loop> static void printRest(Loop loop, OpAsmPrinter &printer) {
  if (!loop.getStarts().empty()) {
    printer << " carrying(";
    llvm::interleaveComma(
        llvm::zip_equal(loop.getRegionIterArgs(), loop.getStarts()), printer,
        [&](auto pair) { printer << std::get<0>(pair) << " = " << std::get<1>(pair); });
    printer << ") : " << loop.getStarts().getTypes();
  }
  printer.printOptionalAttrDictWithKeyword(loop->getAttrs());
  printer << ' ';
  printer.printRegion(loop.getRegion(), /*printEntryBlockArgs=*/false,
                      /*printBlockTerminators=*/!loop.getStarts().empty());
}

/// The body has an argument of this type, then those carried. (That starts, arguments, yielded
/// values and results agree, LoopLikeOpInterface checks.)
template <typename Loop> static LogicalResult checkBody(Loop loop, Type iteration) {
  Block *body = loop.getBody();
  if (body->getNumArguments() != 1 + loop.getStarts().size())
    return loop.emitOpError("has a body with an argument for the iteration and one for each of "
                            "the values carried (")
           << loop.getStarts().size() << "), found " << body->getNumArguments();
  if (Type found = body->getArgument(0).getType(); found != iteration)
    return loop.emitOpError("has a body whose first argument has the type ")
           << iteration << ", found " << found;
  return success();
}

//===------------------------------------------------------------------------------------------===//
// repeat
//===------------------------------------------------------------------------------------------===//

void RepeatOp::build(OpBuilder &builder, OperationState &state, Value count, ValueRange starts) {
  state.addOperands(count);
  addBody(builder, state, builder.getIndexType(), starts);
  if (starts.empty())
    ensureTerminator(*state.regions.front(), builder, state.location);
}

ParseResult RepeatOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::Argument run;
  OpAsmParser::UnresolvedOperand count;
  run.type = parser.getBuilder().getIndexType();
  if (parser.parseArgument(run) || parser.parseKeyword("to") || parser.parseOperand(count) ||
      parser.resolveOperand(count, run.type, state.operands) || parseRest(parser, state, run))
    return failure();
  ensureTerminator(*state.regions.front(), parser.getBuilder(), state.location);
  return success();
}

void RepeatOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getRun() << " to " << getCount();
  printRest(*this, printer);
}

LogicalResult RepeatOp::verify() { return checkBody(*this, IndexType::get(getContext())); }

RepeatOp RepeatOp::carryingMore(
    RewriterBase &rewriter, ValueRange more,
    function_ref<SmallVector<Value>(OpBuilder &, ArrayRef<BlockArgument>)> next) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(*this);
  SmallVector<Value> starts(getStarts());
  llvm::append_range(starts, more);
  auto loop = RepeatOp::create(rewriter, getLoc(), getCount(), starts);
  Block *body = loop.getBody();
  if (!body->empty()) // carries nothing, then either
    rewriter.eraseOp(body->getTerminator());
  ArrayRef<BlockArgument> arguments = body->getArguments();
  // In the old body: `next` may read the run's number there, which the merge replaces.
  auto yield = cast<YieldOp>(getBody()->getTerminator());
  rewriter.setInsertionPoint(yield);
  SmallVector<Value> added = next(rewriter, arguments.take_back(more.size()));
  rewriter.modifyOpInPlace(yield, [&] { yield.getValuesMutable().append(added); });
  SmallVector<Value> kept(arguments.drop_back(more.size()));
  rewriter.mergeBlocks(getBody(), body, kept);
  rewriter.replaceOp(*this, loop.getResults().drop_back(more.size()));
  return loop;
}

//===------------------------------------------------------------------------------------------===//
// for_each_class
//===------------------------------------------------------------------------------------------===//

/// One class for each sample.
static RankedTensorType classesOf(RankedTensorType listed) {
  return RankedTensorType::get(listed.getShape().drop_front(), listed.getElementType());
}

void ForEachClassOp::build(OpBuilder &builder, OperationState &state, Value listed, Value otherwise,
                           Value target, ValueRange starts) {
  state.addOperands({listed, otherwise, target});
  addBody(builder, state, classesOf(cast<RankedTensorType>(listed.getType())), starts);
  if (starts.empty())
    ensureTerminator(*state.regions.front(), builder, state.location);
}

ParseResult ForEachClassOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::Argument classes;
  OpAsmParser::UnresolvedOperand listed, otherwise, target;
  RankedTensorType type;
  SMLoc where;
  if (parser.parseArgument(classes) || parser.parseKeyword("in") || parser.parseOperand(listed) ||
      parser.parseKeyword("or") || parser.parseOperand(otherwise) ||
      parser.parseKeyword("except") || parser.parseOperand(target) ||
      parser.getCurrentLocation(&where) || parser.parseColonType(type))
    return failure();
  if (type.getRank() != 2)
    return parser.emitError(where, "classes are listed in rows of one for each sample, found ")
           << type;
  classes.type = classesOf(type);
  if (parser.resolveOperand(listed, type, state.operands) ||
      parser.resolveOperands({otherwise, target}, classes.type, state.operands) ||
      parseRest(parser, state, classes))
    return failure();
  ensureTerminator(*state.regions.front(), parser.getBuilder(), state.location);
  return success();
}

void ForEachClassOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getClasses() << " in " << getListed() << " or " << getOtherwise() << " except "
          << getTarget() << " : " << getListed().getType();
  printRest(*this, printer);
}

LogicalResult ForEachClassOp::verify() {
  RankedTensorType listed = getListed().getType();
  if (listed.getRank() != 2)
    return emitOpError("lists classes in rows of one for each sample, found ") << listed;
  RankedTensorType classes = classesOf(listed);
  for (Value value : {getOtherwise(), getTarget()})
    if (value.getType() != classes)
      return emitOpError("has a target and a default for each sample (")
             << classes << "), found " << value.getType();
  return checkBody(*this, classes);
}
