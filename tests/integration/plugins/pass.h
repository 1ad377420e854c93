#pragma once
#include "rewrite/plugin.h"

/// What the plugins of this folder have in common: a rule, and a function that does nothing.
inline constexpr pg2crdb::FindingKind test_rules[] = {
    {"test-rule", pg2crdb::Severity::info, "tests", "a rule of a test", "Nothing."}};

inline void do_nothing(pg2crdb::PassContext&) {}
