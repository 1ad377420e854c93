#include "driver/finding_references.h"

#include <algorithm>
#include <iterator>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr RuleCapability table[] = {
    {"citext-as-text", "", Capability::citext},
    {"composite-attribute", "", Capability::composite_user_attributes},
    {"deferrable-constraint", "", Capability::deferrable_constraints},
    {"deferrable-foreign-key", "", Capability::deferrable_constraints},
    {"domain-altered", "", Capability::create_domain},
    {"domain-check-lost", "", Capability::create_domain},
    {"domain-expanded", "", Capability::create_domain},
    {"domain-in-body", "", Capability::create_domain},
    {"drop-extension", "", Capability::drop_extension},
    {"enum-cast-in-view", "", Capability::cast_to_user_type_in_view},
    {"exclude-constraint", "", Capability::exclude_constraints},
    {"extension-schema", "", Capability::extension_schema},
    {"function-feature", "VARIADIC", Capability::variadic},
    {"function-language", "", Capability::create_language},
    {"hstore-as-jsonb", "", Capability::hstore},
    {"json-array", "", Capability::json_arrays},
    {"nested-array", "", Capability::nested_arrays},
    {"row-level-security", "", Capability::row_level_security},
    {"rows-nested-array", "", Capability::nested_arrays},
    {"sequence-cycle", "", Capability::sequence_cycle},
    {"statement-dropped", "text search", Capability::text_search_objects},
    {"statement-dropped", "tablespaces", Capability::tablespaces},
    {"statement-unsupported", "aggregates", Capability::create_aggregate},
    {"statement-unsupported", "base types", Capability::base_types},
    {"statement-unsupported", "operators", Capability::create_operator},
    {"statement-unsupported", "range types", Capability::range_types},
    {"statement-unsupported", "text search", Capability::text_search_objects},
    {"statement-unsupported", "table inheritance", Capability::inherits},
    {"storage-parameter", "", Capability::storage_parameters},
    {"table-inheritance", "", Capability::inherits},
    {"trigger-arguments", "", Capability::trigger_arguments},
    {"trigger-cascade", "", Capability::trigger_changes_in_cascade},
    {"trigger-columns", "", Capability::update_of_triggers},
    {"trigger-constraint", "", Capability::constraint_triggers},
    {"trigger-drop-cascade", "", Capability::drop_cascade_keeps_tables},
    {"trigger-refused", "waits for the commit", Capability::constraint_triggers},
    {"trigger-refused", "is INSTEAD OF", Capability::instead_of_triggers},
    {"trigger-refused", "reads REFERENCING tables", Capability::transition_tables},
    {"trigger-refused", "fires on TRUNCATE", Capability::truncate_triggers},
    {"trigger-refused", "is FOR EACH STATEMENT", Capability::statement_triggers},
    {"trigger-upsert", "", Capability::upsert_with_before_trigger},
    {"type-as-text", "no geometric operators", Capability::geometric_types},
    {"type-as-text", "no range operators", Capability::range_types},
    {"type-cast-in-view", "", Capability::cast_to_user_type_in_view},
    {"type-mapped", "is cidr", Capability::cidr_type},
    {"type-mapped", "is macaddr", Capability::macaddr_type},
    {"type-mapped", "is money", Capability::money_type},
    {"type-mapped", "is xml", Capability::xml_type},
    {"unique-dropped", "", Capability::drop_unique_constraint},
    {"view-owner", "", Capability::view_owner_rights},
    {"view-query", "CUBE", Capability::grouping_sets},
    {"view-query", "GROUPING SETS", Capability::grouping_sets},
    {"view-query", "ROLLUP", Capability::grouping_sets},
};

/// The message without its names, which may be anything.
std::string without_names(std::string_view message) {
  std::string out;
  bool in_name = false;
  for (const char c : message) {
    if (c == '`') in_name = !in_name;
    if (!in_name) out += c;
  }
  return out;
}

}  // namespace

std::span<const RuleCapability> rule_capabilities() {
  return table;
}

std::vector<Reference> references_in(std::string_view evidence) {
  std::vector<Reference> found;
  constexpr std::string_view notes = "release notes ";
  for (size_t i = 0; i < evidence.size(); ++i) {
    const bool is_issue = evidence[i] == '#';
    if (!is_issue && !evidence.substr(i).starts_with(notes)) continue;
    const size_t begin = i + (is_issue ? 1 : notes.size());
    size_t end = begin;
    while (end < evidence.size() && (is_digit(evidence[end]) || (!is_issue && evidence[end] == '.'))) ++end;
    const std::string number(evidence.substr(begin, end - begin));
    if (is_issue ? number.empty() : !parse_version(number)) continue;
    if (is_issue)
      found.push_back({"issue #" + number, "https://github.com/cockroachdb/cockroach/issues/" + number});
    else
      found.push_back({"release notes " + number, "https://www.cockroachlabs.com/docs/releases/v" + number});
    i = end - 1;
  }
  return found;
}

std::vector<Reference> references_of(const Diagnostic& finding) {
  const std::string message = without_names(finding.message);
  const auto row = std::ranges::find_if(table, [&](const RuleCapability& one) {
    return one.rule == finding.rule->id && message.find(one.words) != std::string::npos;
  });
  return row == std::end(table) ? std::vector<Reference>() : references_in(info(row->capability).evidence);
}

}  // namespace pg2crdb
