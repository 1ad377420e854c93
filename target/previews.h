#pragma once
#include <span>
#include <string_view>

#include "target/target.h"

namespace pg2crdb {

/// What some releases have as a preview: it may change, and the vendor does not support it as the rest.
enum class Preview {
#define PREVIEW(name, feature, since, until) name,
#include "target/previews.def"
#undef PREVIEW
};

constexpr Preview all_previews[] = {
#define PREVIEW(name, feature, since, until) Preview::name,
#include "target/previews.def"
#undef PREVIEW
};

/// "triggers are".
std::string_view feature_of(Preview preview);
bool is_preview(Preview preview, Version version);

}  // namespace pg2crdb
