// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/Schedule.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

StringRef name(LaneForm form) {
  switch (form) {
  case LaneForm::Broadcast:
    return "broadcast";
  case LaneForm::Pairwise:
    return "pairwise";
  case LaneForm::Dot:
    return "dot";
  }
  llvm_unreachable("all lane forms have a name");
}

std::optional<LaneForm> parseForm(StringRef text) {
  return llvm::StringSwitch<std::optional<LaneForm>>(text)
      .Case("broadcast", LaneForm::Broadcast)
      .Case("pairwise", LaneForm::Pairwise)
      .Case("dot", LaneForm::Dot)
      .Default(std::nullopt);
}

ArrayAttr toAttr(Builder &builder, ArrayRef<LoopBlock> blocks) {
  SmallVector<Attribute> pairs;
  for (LoopBlock block : blocks)
    pairs.push_back(builder.getI64ArrayAttr({block.loop, block.size}));
  return builder.getArrayAttr(pairs);
}

template <typename List> LogicalResult readList(Attribute attr, List &list) {
  auto array = dyn_cast_or_null<ArrayAttr>(attr);
  if (!array)
    return failure();
  for (Attribute element : array) {
    auto integer = dyn_cast<IntegerAttr>(element);
    if (!integer)
      return failure();
    list.push_back(integer.getInt());
  }
  return success();
}

template <typename List> LogicalResult readBlocks(Attribute attr, List &list) {
  auto array = dyn_cast_or_null<ArrayAttr>(attr);
  if (!array)
    return failure();
  for (Attribute element : array) {
    SmallVector<int64_t, 2> pair;
    if (failed(readList(element, pair)) || pair.size() != 2)
      return failure();
    list.push_back({pair[0], pair[1]});
  }
  return success();
}

template <typename List> LogicalResult readDense(Attribute attr, List &list) {
  auto array = dyn_cast_or_null<DenseI64ArrayAttr>(attr);
  if (!array)
    return failure();
  list.assign(array.asArrayRef().begin(), array.asArrayRef().end());
  return success();
}

LogicalResult read(DictionaryAttr attr, Schedule &schedule) {
  auto loops = dyn_cast_or_null<ArrayAttr>(attr.get("loops"));
  auto form = dyn_cast_or_null<StringAttr>(attr.get("form"));
  SmallVector<int64_t> lanes;
  if (!loops || !form || failed(readDense(attr.get("lanes"), lanes)) || lanes.size() != 3)
    return failure();
  for (Attribute group : loops)
    if (failed(readList(group, schedule.loops.emplace_back())))
      return failure();
  std::optional<LaneForm> parsed = parseForm(form.getValue());
  if (!parsed)
    return failure();
  schedule.form = *parsed;
  schedule.lane = lanes[0];
  schedule.width = lanes[1];
  schedule.vectors = lanes[2];
  return success(succeeded(readBlocks(attr.get("registers"), schedule.registers)) &&
                 succeeded(readBlocks(attr.get("blocks"), schedule.blocks)) &&
                 succeeded(readDense(attr.get("unroll"), schedule.unroll)) &&
                 succeeded(readDense(attr.get("order"), schedule.order)));
}

/// The rule that `schedule` breaks, or nothing.
StringRef brokenRule(const Schedule &schedule, const Contraction &contraction) {
  int64_t count = contraction.loops.size();
  auto isLoop = [&](int64_t loop) { return loop >= 0 && loop < count; };
  if (!isLoop(schedule.lane) || schedule.vectors < 1 || !llvm::isPowerOf2_64(schedule.width))
    return "lanes name a loop, a power of two and at least one vector";

  const ContractionLoop &lane = contraction.loops[schedule.lane];
  int64_t lhs = lane.stride[Lhs], rhs = lane.stride[Rhs];
  bool fits = false;
  switch (schedule.form) {
  case LaneForm::Broadcast:
    fits = lane.stride[Out] == 1 && lhs + rhs == 1 && lhs * rhs == 0;
    break;
  case LaneForm::Pairwise:
    fits = lane.stride[Out] == 1 && lhs == 1 && rhs == 1;
    break;
  case LaneForm::Dot:
    fits = lane.sums() && lhs == 1 && rhs == 1;
    break;
  }
  if (!fits)
    return "the lane loop has the strides its form asks for";

  for (LoopBlock block : schedule.registers)
    if (!isLoop(block.loop) || block.size < 1 || block.loop == schedule.lane ||
        contraction.loops[block.loop].stride[Out] == 0)
      return "a register loop moves the output and is not the lane loop";
  for (LoopBlock block : schedule.blocks)
    if (!isLoop(block.loop) || block.size < 1 || block.loop == schedule.lane ||
        !contraction.loops[block.loop].sums() || !schedule.isOuter(block.loop))
      return "a blocked loop is a reduction in the order";
  for (int64_t loop : schedule.unroll)
    if (!isLoop(loop) || !contraction.loops[loop].sums() || loop == schedule.lane ||
        schedule.isOuter(loop))
      return "an unrolled loop is a reduction inside the accumulators";

  SmallVector<bool> held(count, false);
  for (LoopBlock block : schedule.registers) {
    if (held[block.loop])
      return "registers name each loop at most once";
    held[block.loop] = true;
  }

  SmallVector<bool> seen(count, false);
  for (int64_t loop : schedule.order) {
    if (!isLoop(loop) || seen[loop])
      return "the order names each loop at most once";
    seen[loop] = true;
  }
  for (int64_t loop = 0; loop < count; ++loop)
    if (!seen[loop] && !contraction.loops[loop].sums())
      return "the order names every loop that moves the output";
  if (schedule.form == LaneForm::Dot && seen[schedule.lane])
    return "the lane loop of a dot is inside the accumulators";
  if (meetsItself(contraction, schedule))
    return "no two accumulators of a tile are one output element";
  SmallVector<int64_t, 4> meeting = contraction.meeting();
  if (llvm::is_contained(meeting, schedule.lane) ||
      llvm::any_of(schedule.registers,
                   [&](LoopBlock block) { return llvm::is_contained(meeting, block.loop); }))
    return "loops that share output elements stay out of tiles";
  if (!keepsOrder(contraction, meeting, schedule.order))
    return "loops that share output elements keep their order, outside the others that scatter";
  return {};
}

} // namespace

DictionaryAttr Schedule::toAttr(MLIRContext *context) const {
  Builder builder(context);
  SmallVector<Attribute> groups;
  for (const auto &group : loops)
    groups.push_back(builder.getI64ArrayAttr(group));
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("loops", builder.getArrayAttr(groups)),
       builder.getNamedAttr("form", builder.getStringAttr(name(form))),
       builder.getNamedAttr("lanes", builder.getDenseI64ArrayAttr({lane, width, vectors})),
       builder.getNamedAttr("registers", contraction::toAttr(builder, registers)),
       builder.getNamedAttr("blocks", contraction::toAttr(builder, blocks)),
       builder.getNamedAttr("unroll", builder.getDenseI64ArrayAttr(unroll)),
       builder.getNamedAttr("order", builder.getDenseI64ArrayAttr(order))});
}

FailureOr<Schedule> Schedule::fromAttr(Attribute attr, Contraction &contraction, std::string &why) {
  Schedule schedule;
  auto dictionary = dyn_cast_or_null<DictionaryAttr>(attr);
  if (!dictionary || failed(read(dictionary, schedule))) {
    why = "a schedule is a dictionary of loops, form, lanes, registers, "
          "blocks, unroll and order";
    return failure();
  }
  if (failed(contraction.collapse(schedule.loops))) {
    why = "loops hold every dim of extent > 1 once, and only dims that every "
          "operand walks through with one stride are one loop";
    return failure();
  }
  StringRef rule = brokenRule(schedule, contraction);
  if (!rule.empty()) {
    why = rule.str();
    return failure();
  }
  return schedule;
}

int64_t Schedule::blockOf(int64_t loop) const {
  if (loop == lane)
    return width * vectors;
  for (const auto &list : {ArrayRef(registers), ArrayRef(blocks)})
    for (LoopBlock block : list)
      if (block.loop == loop)
        return block.size;
  return 1;
}

bool meetsItself(const Contraction &contraction, const Schedule &schedule) {
  ArrayRef<ContractionLoop> loops = contraction.loops;
  SmallVector<std::pair<int64_t, int64_t>> walks;
  bool scatters = false;
  auto add = [&](int64_t loop, int64_t size) {
    scatters |= loops[loop].scatters();
    walks.push_back({std::abs(loops[loop].stride[Out]), size});
  };
  for (LoopBlock block : schedule.registers)
    add(block.loop, block.size);
  if (schedule.form != LaneForm::Dot)
    add(schedule.lane, schedule.width * schedule.vectors);
  return scatters && reachesTwice(walks);
}

bool keepsOrder(const Contraction &contraction, ArrayRef<int64_t> meeting,
                ArrayRef<int64_t> order) {
  auto *next = meeting.begin();
  for (int64_t loop : order) {
    if (next == meeting.end())
      break;
    if (loop == *next)
      ++next;
    else if (contraction.loops[loop].scatters())
      return false;
  }
  return next == meeting.end();
}

SmallVector<Piece> cutLoop(int64_t extent, int64_t block) {
  SmallVector<Piece> pieces;
  int64_t full = extent / block;
  if (full)
    pieces.push_back({0, full, block, {}});
  if (extent % block)
    pieces.push_back({full * block, 1, extent % block, {}});
  return pieces;
}

SmallVector<Piece> cutLanes(int64_t extent, int64_t width, int64_t vectors) {
  SmallVector<Piece> pieces;
  int64_t block = width * vectors, full = extent / block;
  if (full)
    pieces.push_back({0, full, block, SmallVector<int64_t, 4>(vectors, width)});
  int64_t begin = full * block;
  Piece rest{begin, 1, 0, {}};
  auto flush = [&] {
    if (rest.size)
      pieces.push_back(rest);
    begin += rest.size;
    rest = {begin, 1, 0, {}};
  };
  for (int64_t lanes = width; lanes >= 1; lanes /= 2)
    while (extent - rest.begin - rest.size >= lanes) {
      rest.vectors.push_back(lanes);
      rest.size += lanes;
      if (int64_t(rest.vectors.size()) == vectors)
        flush();
    }
  flush();
  return pieces;
}

} // namespace saliency::contraction
