#include "runtime/compare_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/connection_error.h"
#include "runtime/made_objects.h"
#include "support/plurals.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// What stands in a table, or a table in its schema.
using Place = std::tuple<std::string, std::string, std::string>;

struct FoundColumn {
  std::string type;  ///< as format_type() has it
  bool not_null = false;
  bool has_default = false;
  bool computed = false;  ///< or an identity: what it has is no default
};

constexpr std::string_view post_data = "post-data";

/// The columns that CockroachDB makes for hash-sharded indexes and for indexes over expressions.
bool is_made(std::string_view column) {
  return column.starts_with("crdb_internal_");
}

/// A column that the cluster may have made by itself, hidden: for tables without a primary key, of the
/// system, and of REGIONAL BY ROW.
bool may_be_made(std::string_view column) {
  return is_made(column) || column.starts_with("rowid") || column == "tableoid" || column == "crdb_region";
}

/// A name as the plan's statements have it.
std::string plain_name(const std::string& schema, const std::string& name) {
  return schema + "." + name;
}

std::string_view word_of(MadeObject::Kind kind) {
  switch (kind) {
    case MadeObject::Kind::view:
      return "view";
    case MadeObject::Kind::routine:
      return "routine";
    case MadeObject::Kind::trigger:
      return "trigger";
  }
  return {};
}

/// What its text may call the table: a name may hold " on ", too.
std::vector<std::string> tables_of_trigger(const MadeObject& trigger) {
  constexpr std::string_view before = " on ";
  std::vector<std::string> tables;
  const std::string& text = trigger.object;
  for (size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1))
    tables.push_back(text.substr(at + before.size()));
  return tables;
}

class SchemaComparison {
 public:
  SchemaComparison(const LoadPlan& plan, Connection& target, bool rows_are_whole, bool post_data_applied)
      : plan_(plan),
        target_(target),
        rows_are_whole_(rows_are_whole),
        post_data_applied_(post_data_applied),
        made_(made_objects(plan)) {
    for (std::string& table : tables_of_known_columns(plan)) known_columns_.insert(std::move(table));
    std::set<std::string> chosen;
    for (const LoadPlan::Table& table : plan.tables) chosen.insert(plain_name(table.schema, table.name));
    std::erase_if(made_.objects, [&](const MadeObject& one) {
      if (one.kind != MadeObject::Kind::trigger) return false;
      const std::vector<std::string> tables = tables_of_trigger(one);
      return std::ranges::none_of(tables, [&](const std::string& table) { return chosen.contains(table); });
    });
  }

  Result<SchemaDifferences> run() {
    for (Result<void> (SchemaComparison::*step)() :
         {&SchemaComparison::read_columns, &SchemaComparison::read_indexes,
          &SchemaComparison::read_constraints, &SchemaComparison::read_enums,
          &SchemaComparison::read_policies, &SchemaComparison::read_views, &SchemaComparison::read_routines,
          &SchemaComparison::read_triggers}) {
      if (Result<void> read = (this->*step)(); !read) return read.error();
    }
    post_data_applied_ = post_data_applied_ || shows_post_data();
    for (const LoadPlan::Table& table : plan_.tables) compare_table(table);
    for (const LoadPlan::Index& index : plan_.indexes) compare_index(index);
    for (const LoadPlan::Constraint& constraint : plan_.constraints) compare_constraint(constraint);
    for (const LoadPlan::Enum& labels : plan_.enums) compare_enum(labels);
    for (const LoadPlan::Policy& policy : plan_.policies) {
      if (!is_there(policy) || policies_.contains(place_of(policy))) continue;
      not_there(policy, "the policy " + quote_identifier(policy.name));
    }
    for (const MadeObject& object : made_.objects) compare_object(object);
    if (made_.unknown) {
      differences_.not_yet.push_back(
          "views, routines and triggers were not compared: the plan drops with CASCADE, and does not say "
          "what "
          "goes with it");
    }
    if (!post_data_applied_) tell_of_post_data();
    return std::move(differences_);
  }

 private:
  // --- what the target has

  Result<void> read_columns() {
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, c.relname, c.relrowsecurity, a.attname, pg_catalog.format_type(a.atttypid, "
        "a.atttypmod), a.attnotnull, a.atthasdef, a.attgenerated <> '' OR a.attidentity <> '', a.attnum FROM "
        "pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_attribute a ON "
        "a.attrelid = "
        "c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relkind IN ('r', 'p')");
    if (!rows) return rows.error();
    for (size_t i = 0; i < rows->size(); ++i) {
      const std::vector<std::string>& row = rows->values[i];
      tables_[{row[0], row[1]}] = row[2] == "t";
      if (!rows->nulls[i][3])
        columns_[{row[0], row[1], row[3]}] = {row[4], row[5] == "t", row[6] == "t", row[7] == "t"};
    }
    return {};
  }

  Result<void> read_indexes() {
    const Result<Rows> attributes =
        target_.query("SELECT attrelid, attnum, attname FROM pg_catalog.pg_attribute WHERE attnum > 0");
    if (!attributes) return attributes.error();
    std::map<std::pair<std::string, std::string>, std::string> names;
    for (const std::vector<std::string>& row : attributes->values) names[{row[0], row[1]}] = row[2];
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, t.relname, i.relname, x.indisunique, x.indrelid, x.indkey::TEXT, "
        "x.indisprimary FROM "
        "pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class t "
        "ON "
        "t.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values) {
      FoundIndex& index = indexes_[{row[0], row[1], row[2]}];
      index.unique = row[3] == "t";
      std::string number;
      for (const char c : row[5] + " ") {
        if (c >= '0' && c <= '9') number += c;
        if (c != ' ' && c != ',') continue;
        if (number.empty()) continue;
        const std::string name = names[{row[4], std::exchange(number, {})}];
        if (row[6] == "t") primary_keys_.insert({row[0], row[1], name});
        if (!name.starts_with("crdb_internal_") || name.find("_shard_") == std::string::npos)
          index.columns.push_back(is_made(name) ? std::string() : name);
      }
    }
    return {};
  }

  Result<void> read_constraints() {
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, t.relname, k.conname, k.contype, k.convalidated FROM pg_catalog.pg_constraint k "
        "JOIN "
        "pg_catalog.pg_class t ON t.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
        "t.relnamespace");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values)
      constraints_[{row[0], row[1], row[2]}] = {row[3] == "c"   ? "CHECK"
                                                : row[3] == "f" ? "FOREIGN KEY"
                                                                : "",
                                                row[4] == "t"};
    return {};
  }

  Result<void> read_enums() {
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, t.typname, e.enumlabel FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON "
        "t.oid = "
        "e.enumtypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ORDER BY n.nspname, t.typname, "
        "e.enumsortorder");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values) enums_[{row[0], row[1]}].push_back(row[2]);
    return {};
  }

  Result<void> read_policies() {
    if (plan_.policies.empty()) return {};
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, t.relname, p.polname FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class t ON "
        "t.oid = "
        "p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values) policies_.insert({row[0], row[1], row[2]});
    return {};
  }

  bool makes(MadeObject::Kind kind) const {
    return std::ranges::any_of(made_.objects, [&](const MadeObject& one) { return one.kind == kind; });
  }

  /// And what else may have a table's name.
  Result<void> read_views() {
    const bool one_is_no_table = std::ranges::any_of(
        plan_.tables, [&](const LoadPlan::Table& table) { return !tables_.contains(table.target()); });
    if (!makes(MadeObject::Kind::view) && !one_is_no_table) return {};
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
        "n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm', 'S', 'f')");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values) {
      const std::string_view kind = row[2] == "v"   ? "view"
                                    : row[2] == "m" ? "materialized view"
                                    : row[2] == "S" ? "sequence"
                                                    : "foreign table";
      no_tables_[{row[0], row[1]}] = kind;
      if (kind.ends_with("view")) objects_[{MadeObject::Kind::view, plain_name(row[0], row[1])}] = 1;
    }
    return {};
  }

  Result<void> read_routines() {
    if (!makes(MadeObject::Kind::routine)) return {};
    const Result<Rows> rows = target_.query(
        "SELECT n.nspname, p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = "
        "p.pronamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'crdb_internal')");
    if (!rows) return rows.error();
    for (const std::vector<std::string>& row : rows->values)
      ++objects_[{MadeObject::Kind::routine, plain_name(row[0], row[1])}];
    return {};
  }

  /// By SHOW TRIGGERS (24.3.3): pg_trigger is filled from 25.3 on (crdb-releases 8.11).
  Result<void> read_triggers() {
    std::set<std::string> wanted;
    for (const MadeObject& one : made_.objects) {
      if (one.kind != MadeObject::Kind::trigger) continue;
      for (std::string& table : tables_of_trigger(one)) wanted.insert(std::move(table));
    }
    for (const auto& [table, row_security] : tables_) {
      const std::string name = plain_name(table.schema, table.name);
      if (!wanted.contains(name)) continue;
      const Result<Rows> rows = target_.query("SHOW TRIGGERS FROM " + quote_name(table.schema, table.name));
      if (!rows && is_passing(rows.error())) return rows.error();
      if (!rows) {  // a patch that does not tell
        std::erase_if(made_.objects,
                      [](const MadeObject& one) { return one.kind == MadeObject::Kind::trigger; });
        differences_.not_yet.push_back(
            "triggers were not compared, because the cluster does not show them: " + rows.error().message);
        return {};
      }
      for (const std::vector<std::string>& row : rows->values)
        objects_[{MadeObject::Kind::trigger, row[0] + " on " + name}] = 1;
    }
    return {};
  }

  /// Of routines: how many.
  size_t found(const MadeObject& object) const {
    auto it = objects_.find({object.kind, object.object});
    if (it == objects_.end()) it = objects_.find({object.kind, "public." + object.object});
    return it == objects_.end() ? 0 : it->second;
  }

  // --- which phases the target has seen

  template <class Part>
  static Place place_of(const Part& part) {
    return {part.schema, part.table, part.name};
  }

  /// Whether the target has something of what post-data makes; also where that makes nothing that is known.
  bool shows_post_data() const {
    size_t made = 0;
    const auto one_is_there = [&](const auto& parts, const auto& found) {
      return std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
        if (part.phase != post_data) return false;
        ++made;
        return found.contains(place_of(part));
      });
    };
    return one_is_there(plan_.indexes, indexes_) || one_is_there(plan_.constraints, constraints_) ||
           one_is_there(plan_.policies, policies_) || an_object_is_there(made) || row_security_is_enabled() ||
           made == 0;
  }

  bool an_object_is_there(size_t& made) const {
    return std::ranges::any_of(made_.objects, [&](const MadeObject& one) {
      if (one.phase != post_data) return false;
      ++made;
      return found(one) > 0;
    });
  }

  bool row_security_is_enabled() const {
    return std::any_of(plan_.tables.begin(), plan_.tables.end(), [&](const LoadPlan::Table& table) {
      const auto found = tables_.find({table.schema, table.name});
      return table.row_security && found != tables_.end() && found->second;
    });
  }

  void tell_of_post_data() {
    const auto count = [](const auto& parts) {
      return static_cast<uint64_t>(std::ranges::count(
          parts, post_data, [](const auto& part) { return std::string_view(part.phase); }));
    };
    differences_.not_yet.push_back(fmt::format(
        "nothing of what post-data makes is there, and it was not compared: {}, {}, {} and {} of views, "
        "routines and triggers. Either it is yet to be applied (`pg2crdb apply DIR "
        "--phase post-data`), or all of it was "
        "dropped since: which of the two, the target does not show; the journal of `apply` does, where "
        "verify "
        "is given its --state-dir",
        counted(count(plan_.indexes), "index", "indexes"), counted(count(plan_.constraints), "constraint"),
        counted(count(plan_.policies), "policy", "policies"), count(made_.objects)));
  }

  // --- what the plan has

  void differs(const std::string& schema, const std::string& name, const std::string& what) {
    differences_.sentences.push_back(quote_name(schema, name) + ": " + what);
    differences_.otherwise = true;
  }
  template <class Part>
  void differs(const Part& part, const std::string& what) {
    differs(part.schema, part.table, what);
  }
  void not_there(const std::string& schema, const std::string& name, const std::string& what) {
    differences_.sentences.push_back(fmt::format("{}: {} is not there", quote_name(schema, name), what));
    differences_.missing = true;
  }
  template <class Part>
  void not_there(const Part& part, const std::string& what) {
    if (part.phase == post_data && !post_data_applied_) return;
    not_there(part.schema, part.table, what);
  }
  /// A table that is missing, or a view, is spoken of once.
  template <class Part>
  bool is_there(const Part& part) const {
    return tables_.contains({part.schema, part.table});
  }

  void compare_table(const LoadPlan::Table& table) {
    const auto found = tables_.find({table.schema, table.name});
    if (found == tables_.end()) {
      const auto other = no_tables_.find(table.target());
      if (other == no_tables_.end()) return not_there(table.schema, table.name, "the table");
      return differs(table.schema, table.name, fmt::format("it is a {}, and no table", other->second));
    }
    if (table.row_security && !found->second && post_data_applied_)
      differs(table.schema, table.name, "row level security is not enabled");
    for (const LoadPlan::Column& column : table.columns) {
      const std::string name = "column " + quote_identifier(column.name);
      const auto there = columns_.find({table.schema, table.name, column.name});
      if (there == columns_.end()) {
        not_there(table.schema, table.name, name);
        continue;
      }
      const std::string type = formatted_type(column.target_type);
      if (!type.empty() && type != there->second.type)
        differs(table.schema, table.name, fmt::format("{} is {}, not {}", name, there->second.type, type));
      if (column.not_null && !there->second.not_null)
        differs(table.schema, table.name, name + " may be NULL, and is NOT NULL in the plan");
      if (knows_columns(table) && !column.not_null && there->second.not_null && !there->second.computed &&
          !primary_keys_.contains({table.schema, table.name, column.name}))
        differs(table.schema, table.name, name + " is NOT NULL, and may be NULL in the plan");
      if (column.has_default && !there->second.has_default)
        differs(table.schema, table.name, name + " has no default");
      if (knows_columns(table) && !column.has_default && !column.generated && there->second.has_default &&
          !there->second.computed)
        differs(table.schema, table.name, name + " has a default, and none in the plan");
    }
    if (knows_columns(table)) compare_further_columns(table);
  }

  bool knows_columns(const LoadPlan::Table& table) const {
    return !table.columns.empty() && (known_columns_.contains(plain_name(table.schema, table.name)) ||
                                      (table.schema == "public" && known_columns_.contains(table.name)));
  }

  void compare_further_columns(const LoadPlan::Table& table) {
    for (auto found = columns_.lower_bound({table.schema, table.name, {}}); found != columns_.end();
         ++found) {
      const auto& [schema, name, column] = found->first;
      if (schema != table.schema || name != table.name) return;
      if (may_be_made(column) ||
          std::ranges::find(table.columns, column, &LoadPlan::Column::name) != table.columns.end())
        continue;
      differs(schema, name, fmt::format("column {} is not in the plan", quote_identifier(column)));
    }
  }

  void compare_object(const MadeObject& object) {
    const size_t there = found(object);
    if (there >= object.count || (object.phase == post_data && !post_data_applied_)) return;
    differences_.missing = true;
    differences_.sentences.push_back(
        there == 0 ? fmt::format("{}: the {} is not there", object.object, word_of(object.kind))
                   : fmt::format("{}: {} of the {} routines of that name are there", object.object, there,
                                 object.count));
  }

  void compare_index(const LoadPlan::Index& index) {
    if (!is_there(index)) return;
    const std::string name = "the index " + quote_identifier(index.name);
    const auto found = indexes_.find(place_of(index));
    if (found == indexes_.end()) return not_there(index, name);
    if (index.unique && !found->second.unique) differs(index, name + " is not unique");
    // What is stored in it stands behind its keys.
    const std::vector<std::string>& columns = found->second.columns;
    const bool same =
        index.columns.size() <= columns.size() &&
        std::equal(index.columns.begin(), index.columns.end(), columns.begin(),
                   [](const std::string& ours, const std::string& theirs) { return ours == theirs; });
    if (!same) {
      differs(index, fmt::format("{} is over ({}), not ({})", name, shown(columns), shown(index.columns)));
    }
  }

  static std::string shown(const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& column : columns) {
      if (!out.empty()) out += ", ";
      out += column.empty() ? "an expression" : quote_identifier(column);
    }
    return out;
  }

  void compare_constraint(const LoadPlan::Constraint& constraint) {
    if (!is_there(constraint)) return;
    const std::string name =
        fmt::format("the constraint {} ({})", quote_identifier(constraint.name), constraint.kind);
    const auto found = constraints_.find(place_of(constraint));
    if (found == constraints_.end() || found->second.first != constraint.kind)
      return not_there(constraint, name);
    if (!rows_are_whole_ || !post_data_applied_ || found->second.second) return;
    differences_.sentences.push_back(
        fmt::format("{}: {} is not validated", quote_name(constraint.schema, constraint.table), name));
    differences_.not_validated = true;
  }

  void compare_enum(const LoadPlan::Enum& labels) {
    const auto found = enums_.find({labels.schema, labels.name});
    if (found == enums_.end()) return not_there(labels.schema, labels.name, "the enum");
    if (found->second == labels.labels) return;
    differs(labels.schema, labels.name,
            fmt::format("the enum's labels are ({}), not ({})", shown(found->second), shown(labels.labels)));
  }

  struct FoundIndex {
    bool unique = false;
    std::vector<std::string> columns;  ///< empty for expressions
  };

  const LoadPlan& plan_;
  Connection& target_;
  const bool rows_are_whole_;
  bool post_data_applied_;
  MadeObjects made_;
  std::set<std::string> known_columns_;  ///< tables of which the plan has all columns
  std::map<std::pair<MadeObject::Kind, std::string>, size_t> objects_;
  std::map<ObjectName, bool> tables_;                 ///< whether row level security is enabled
  std::map<ObjectName, std::string_view> no_tables_;  ///< and what they are
  std::map<Place, FoundColumn> columns_;
  std::map<Place, FoundIndex> indexes_;
  std::set<Place> primary_keys_;                               ///< their columns
  std::map<Place, std::pair<std::string, bool>> constraints_;  ///< kind, whether validated
  std::map<ObjectName, std::vector<std::string>> enums_;
  std::set<Place> policies_;
  SchemaDifferences differences_;
};

}  // namespace

Result<SchemaDifferences> compare_schema(const LoadPlan& plan, Connection& target, bool rows_are_whole,
                                         bool post_data_applied) {
  return SchemaComparison(plan, target, rows_are_whole, post_data_applied).run();
}

}  // namespace pg2crdb
