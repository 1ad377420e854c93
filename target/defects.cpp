#include "target/defects.h"

#include "target/since_words.h"

namespace pg2crdb {
namespace {

const Defect defects[] = {
#define DEFECT(concerns, fixed, evidence, sentence) {Defect::Concerns::concerns, fixed, evidence, sentence},
#include "target/defects.def"
#undef DEFECT
};

}  // namespace

std::vector<Defect> defects_of(Version version) {
  std::vector<Defect> found;
  for (const Defect& defect : defects) {
    if (!defect.fixed.holds(version)) found.push_back(defect);
  }
  return found;
}

}  // namespace pg2crdb
