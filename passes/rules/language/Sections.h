// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All sections of a method (Sections.def), treated alike: one function that visits each, and one
// that visits the nodes that their entries read.
#ifndef SALIENCY_RULES_LANGUAGE_SECTIONS_H
#define SALIENCY_RULES_LANGUAGE_SECTIONS_H

#include "passes/rules/language/Entries.h"

#include <type_traits>

namespace saliency::rules {

/// Calls visit(section, ...) for each section of a draft or a table, with the same section of
/// further ones beside it.
template <class Visit, class... Methods>
constexpr void forEachSection(Visit &&visit, Methods &...methods) {
#define SECTION(entry, list, capacity) visit(methods.list...);
#include "passes/rules/language/Sections.def"
}

/// The members of an entry that name a node of the tape. There is no answer for a type that is not
/// listed here.
template <class Entry> struct RootsOf;
template <auto... members> struct Roots {
  template <class Entry, class Visit> static constexpr void visit(Entry &entry, Visit &&visitNode) {
    (visitNode(entry.*members), ...);
  }
};
template <> struct RootsOf<Row> : Roots<&Row::result> {};
template <> struct RootsOf<Seed> : Roots<&Seed::result> {};
template <> struct RootsOf<Finish> : Roots<&Finish::result> {};
template <> struct RootsOf<Refinement> : Roots<&Refinement::result> {};
template <> struct RootsOf<Meeting> : Roots<&Meeting::result> {};
template <> struct RootsOf<Collection> : Roots<&Collection::result> {};
template <> struct RootsOf<NormMask> : Roots<&NormMask::result> {};
template <> struct RootsOf<Demand> : Roots<&Demand::condition> {};
template <> struct RootsOf<Repeat> : Roots<&Repeat::count, &Repeat::point> {};
template <> struct RootsOf<Stream> : Roots<> {};
template <> struct RootsOf<Recording> : Roots<> {};
template <> struct RootsOf<Canonizer> : Roots<> {};
template <> struct RootsOf<Parameter> : Roots<> {};
template <> struct RootsOf<Implication> : Roots<> {};
template <> struct RootsOf<CallTensor> : Roots<> {};
template <> struct RootsOf<Convention> : Roots<> {};
template <> struct RootsOf<std::string_view> : Roots<> {};

/// Calls visit(id) for each node that an entry of the method names, and for that of its reference
/// input; the ids of a draft can be changed. kNone is left out.
template <class Method, class Id, class Visit>
constexpr void forEachRoot(Method &method, Id &reference, Visit &&visit) {
  const auto given = [&](auto &id) {
    if (id != kNone)
      visit(id);
  };
  given(reference);
  forEachSection(
      [&](auto &section) {
        for (auto &entry : section)
          RootsOf<std::remove_cvref_t<decltype(entry)>>::visit(entry, given);
      },
      method);
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_SECTIONS_H
