// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_CLASSPROBABILITYMAP_H
#define SALIENCY_RULES_METHODS_CLASSPROBABILITYMAP_H

#include "passes/rules/families/CamRules.h"

namespace saliency::rules::methods {

struct ClassProbabilityMap {
  static constexpr std::string_view name = "class-probability-map";
  static consteval void write(Method &m) {
    m.title = "Detection class-probability map";
    m.source = "OpenVINO XAI, DetClassProbabilityMap; OpenVINO training extensions for size=0";
    m.help = "How probable the class is at each position, from the maps of class scores that a "
             "detector's heads give; forward only.";
    const auto size = m.classMaps("size", 23,
                                  "rows and columns that all maps of class scores are brought to; "
                                  "0: those of the middle one in the order named");
    const auto by = m.choice("probability", {"softmax", "sigmoid", "none"},
                             "what makes a class's scores probabilities, if anything does");
    const auto scores = m.layer();
    const auto grown = exp(scores - maxOverChannels(scores));
    const auto probability = choose(by.is("softmax"), overNonZero(grown, sumOverChannels(grown)),
                                    choose(by.is("sigmoid"), sigmoid(scores), scores));
    finishScores(m, sumOverChannels(probability * atClasses(m.target())));
    m.convention("openvino-xai", size.at(23), by.is("softmax"));
    m.convention("training-extensions", size.at(0), by.is("softmax"));
    m.note("layer is the mean of all maps of class scores, the best anchor's score at each "
           "position; --class-maps and --anchors name "
           "them. Without, they are those that a pool behind makes class scores of");
    m.note("of a single class the softmax is 1 everywhere: take sigmoid");
    m.note("OpenVINO XAI gives the map of each class brought to 0 ... 255, not resized; the map in "
           "two dimensions is that on the input's pixels, 0 ... 1");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_CLASSPROBABILITYMAP_H
