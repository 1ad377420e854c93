#include "target/previews.h"

#include "target/since_words.h"

namespace pg2crdb {
namespace {

struct Row {
  std::string_view feature;
  Version since;
  Version until;
};

constexpr Row rows[] = {
#define PREVIEW(name, feature, since, until) {feature, since, until},
#include "target/previews.def"
#undef PREVIEW
};

}  // namespace

std::string_view feature_of(Preview preview) {
  return rows[static_cast<size_t>(preview)].feature;
}

bool is_preview(Preview preview, Version version) {
  const Row& row = rows[static_cast<size_t>(preview)];
  return row.since <= version && version < row.until;
}

}  // namespace pg2crdb
