// PostgreSQL takes a foreign key wherever both types have an operator `=` in common, CockroachDB where the
// types are the same but for how wide integers and strings are: INT to DECIMAL is 42804 (DDL facts 7.3).
#include "rewrite/pass.h"

#include <algorithm>
#include <array>

#include "ast/foreign_key.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"foreign-key-types", Severity::error, "constraints",
     "CockroachDB refuses a foreign key whose columns have another type than those that they refer to",
     "Give both columns one type, rows that do not fit first, and then add the foreign key."},
    {"foreign-key-citext", Severity::warning, "constraints",
     "a foreign key between citext and text, which CockroachDB may refuse as one between two types",
     "Give both columns one type, or try the statement on the release that you move to."},
};
enum : size_t { foreign_key_types_rule, foreign_key_citext };

constexpr std::string_view text_kind = "text";
constexpr std::string_view citext_kind = "citext";

/// Types that PostgreSQL compares with each other, and of which CockroachDB's foreign keys take none together
/// but those of one kind. Empty for all other types, of which nothing is said.
std::string_view kind_of(const ast::TypeName& type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kinds = {
      {{"int2", "an integer"},
       {"int4", "an integer"},
       {"int8", "an integer"},
       {"numeric", "numeric"},
       {"float4", "a float"},
       {"float8", "a float"},
       {"date", "a date"},
       {"timestamp", "a timestamp"},
       {"timestamptz", "a timestamptz"},
       {"text", text_kind},
       {"varchar", text_kind},
       {"bpchar", text_kind},
       {"citext", citext_kind}}};
  const auto found =
      std::ranges::find(kinds, type.name.name, &std::pair<std::string_view, std::string_view>::first);
  return found == kinds.end() || !type.array_bounds.empty() ? std::string_view() : found->second;
}

class Looker {
 public:
  explicit Looker(PassContext& context) : context_(context) {}

  void look_at(const ast::Catalog::ForeignKey& key, const std::vector<std::string>& columns) {
    const ast::Constraint& constraint = *key.constraint;
    const std::vector<std::string>& referenced = constraint.referenced_columns.empty()
                                                     ? context_.catalog.primary_key(constraint.referenced)
                                                     : constraint.referenced_columns;
    for (size_t i = 0; i < std::min(columns.size(), referenced.size()); ++i) {
      const ast::Column* from = column(key.table, columns[i]);
      const ast::Column* to = column(constraint.referenced, referenced[i]);
      if (from == nullptr || to == nullptr) continue;
      const std::string_view one = kind_of(from->type);
      const std::string_view other = kind_of(to->type);
      if (one.empty() || other.empty() || one == other) continue;
      std::string message = "`" + from->name + "` of `" + to_string(key.table) + "` is ";
      message.append(one)
          .append(", and `" + to->name + "` of `" + to_string(constraint.referenced) + "` is ")
          .append(other);
      const bool is_known = one != citext_kind && other != citext_kind;
      if (!is_known && one != text_kind && other != text_kind) continue;
      context_.report(rules[is_known ? foreign_key_types_rule : foreign_key_citext], *key.statement,
                      to_string(key.table), std::move(message), constraint.offset);
      if (!is_known) continue;
      context_.needs_person(*key.statement, "the types of a foreign key differ");
      return;
    }
  }

 private:
  const ast::Column* column(const ast::Name& table, const std::string& name) const {
    ast::Statement* made = context_.catalog.table(table);
    auto* create = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    return create == nullptr ? nullptr : ast::find_column(*create, name);
  }

  PassContext& context_;
};

void run(PassContext& context) {
  Looker looker(context);
  const std::vector<ast::Catalog::ForeignKey> keys = context.catalog.foreign_keys();
  for (const ast::Catalog::ForeignKey& key : keys) {
    if (key.statement->live()) looker.look_at(key, ast::columns_of(key));
  }
}

}  // namespace

extern const Pass foreign_key_types;
const Pass foreign_key_types = {
    .name = "foreign-key-types",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "holds back foreign keys between types that CockroachDB does not take together",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
