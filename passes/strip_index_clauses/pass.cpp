// What pg_dump writes in CREATE INDEX and CockroachDB refuses: ON ONLY, COLLATE of an element, operator
// classes outside of inverted indexes, NULLS orders other than its own, storage parameters, index methods
// that it does not have. An index is no data: it is rewritten to the nearest that exists, and dropped where
// none would answer the same queries.
#include "rewrite/pass.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
    {"index-clause", Severity::info, "indexes",
     "a clause of CREATE INDEX that CockroachDB does not have or need", "Nothing to do."},
    {"index-collation", Severity::warning, "indexes", "CockroachDB's indexes have no collation of their own",
     "Check the queries that ORDER BY this collation; an index on `(column COLLATE x)` serves them."},
    {"operator-class", Severity::info, "indexes",
     "CockroachDB has no such operator class; its ordinary one answers the same queries",
     "Nothing to do; look at the plans of LIKE 'x%' queries."},
    {"index-method", Severity::warning, "indexes",
     "CockroachDB does not have this index method: it becomes an ordinary index",
     "Check that the index is worth its size: an ordinary one is larger than BRIN."},
    {"index-dropped", Severity::warning, "indexes", "CockroachDB has no index that answers the same queries",
     "Look for another way for the queries that used it."},
    {"index-nulls-order", Severity::info, "indexes",
     "CockroachDB sorts NULLs first; an index keeps its own order",
     "Add NULLS LAST to the query where it matters."},
    {"index-nulls-not-distinct", Severity::error, "indexes",
     "in CockroachDB NULLs are always distinct in unique indexes",
     "Add a partial unique index `WHERE column IS NULL`, or make the column NOT NULL."},
};
enum : size_t {
  index_clause,
  index_collation,
  operator_class,
  index_method,
  index_dropped,
  index_nulls_order,
  index_nulls_not_distinct,
};

/// Operator classes that mean something in CockroachDB. Emit forms 7.
constexpr std::string_view kept_operator_classes[] = {"gin_trgm_ops", "gist_trgm_ops", "vector_l2_ops",
                                                      "vector_ip_ops", "vector_cosine_ops"};

bool kept_class(std::string_view name) {
  return std::find(std::begin(kept_operator_classes), std::end(kept_operator_classes), name) !=
         std::end(kept_operator_classes);
}

class Stripper {
 public:
  Stripper(PassContext& context, ast::Statement& statement, ast::CreateIndex& index)
      : context_(context),
        statement_(statement),
        index_(index),
        object_("index `" + index.name + "` on `" + to_string(index.table) + "`") {}

  void run() {
    if (index_.only || !index_.options.empty() || !index_.tablespace.empty()) {
      found(index_clause, std::string(index_.only ? "ON ONLY" : "storage parameters") + " of " + object_ +
                              (index_.only ? " is" : " are") + " left out");
      index_.only = false;
      index_.options.clear();
      index_.tablespace.clear();
    }
    if (index_.nulls_not_distinct) {
      found(index_nulls_not_distinct, object_ + " is NULLS NOT DISTINCT");
      index_.nulls_not_distinct = false;
    }
    if (!method()) return;
    for (ast::IndexElement& element : index_.elements) this->element(element);
    without_key_columns();
  }

 private:
  void found(size_t rule, std::string message, int32_t offset = -1) {
    context_.report(rules[rule], statement_, index_.name, std::move(message), offset);
    context_.rewritten(statement_);
  }

  bool inverted() const {
    return index_.method == "gin" || index_.method == "gist" || index_.method == "hnsw";
  }

  const ast::TypeName* type_of(const ast::IndexElement& element) const {
    if (element.column.empty()) return nullptr;
    ast::Statement* statement = context_.catalog.table(index_.table);
    auto* create = statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
    if (create == nullptr) return nullptr;
    ast::Column* column = ast::find_column(*create, element.column);
    return column == nullptr ? nullptr : &column->type;
  }

  /// False where the index was dropped.
  bool method() {
    const std::string method = index_.method;
    if (method.empty() || method == "btree") return btree_keys();
    if (method == "gin" || method == "gist") return inverted_keys();
    if (method == "hash" || method == "brin" || method == "spgist") {
      if (method == "spgist" && !orderable()) return drop();
      found(index_method, object_ + " uses " + method);
      index_.method.clear();
      return true;
    }
    if ((method == "hnsw" || method == "ivfflat") && context_.target.has(Capability::vector_index)) {
      if (method == "ivfflat") {
        found(index_method, object_ + " uses ivfflat and becomes hnsw");
        index_.method = "hnsw";
      }
      return true;
    }
    return drop();
  }

  bool drop() {
    found(index_dropped,
          object_ + " uses " + (index_.method.empty() ? "btree" : index_.method) + " and is left out");
    context_.drop(statement_, "no index of CockroachDB answers the same queries");
    return false;
  }

  bool orderable() const {
    return std::all_of(index_.elements.begin(), index_.elements.end(), [&](const ast::IndexElement& element) {
      const ast::TypeName* type = type_of(element);
      if (type == nullptr) return true;
      const std::string& name = type->name.name;
      return name != "geometry" && name != "geography" && name != "tsvector" && name != "tsquery" &&
             name != "vector";
    });
  }

  bool btree_keys() { return orderable() || drop(); }

  /// An inverted index needs a column that has parts: emit forms 7.
  bool inverted_keys() {
    const ast::IndexElement& last = index_.elements.back();
    const ast::TypeName* type = type_of(last);
    if (kept_class(last.operator_class.name)) {
      const auto trigrams = std::count_if(index_.elements.begin(), index_.elements.end(),
                                          [](const auto& e) { return kept_class(e.operator_class.name); });
      if (trigrams > 1) return drop();
      return type == nullptr || type->name.name != "citext" || drop();
    }
    if (type == nullptr) return true;
    const std::string& name = type->name.name;
    const bool parts = !type->array_bounds.empty() || name == "json" || name == "jsonb" ||
                       name == "tsvector" || name == "geometry" || name == "geography";
    if (parts && !(index_.method == "gist" && !type->array_bounds.empty())) return true;
    if (name == "ltree") {  // an ordinary index answers <@ and @> (type facts 5)
      found(index_method, object_ + " uses " + index_.method + " on ltree");
      index_.method.clear();
      return true;
    }
    return drop();
  }

  void element(ast::IndexElement& element) {
    const int32_t offset = element.expr ? element.expr->offset : -1;
    if (!element.collation.empty()) {
      found(element.collation.name == "C" || element.collation.name == "POSIX" ||
                    element.collation.name == "default"
                ? index_clause
                : index_collation,
            "COLLATE \"" + element.collation.name + "\" of " + object_ + " is left out", offset);
      element.collation = {};
    }
    if (!element.operator_class.empty()) {
      const std::string name = element.operator_class.name;
      if (!kept_class(name) || !inverted()) {
        found(operator_class, "operator class `" + name + "` of " + object_ + " is left out", offset);
        element.operator_class = {};
      } else if (!element.operator_class.schema.empty()) {  // the extension's; what is built in has none
        found(index_clause, "the schema of operator class `" + name + "` of " + object_ + " is left out",
              offset);
        element.operator_class.schema.clear();
      }
      if (!element.operator_class.empty() && !element.operator_class_options.empty()) {
        found(index_clause, "parameters of the operator class `" + name + "` of " + object_ + " are left out",
              offset);
      }
      element.operator_class_options.clear();
    }
    const bool descending = element.order == ast::SortOrder::descending;
    if ((!descending && element.nulls == ast::NullsOrder::last) ||
        (descending && element.nulls == ast::NullsOrder::first)) {
      found(index_nulls_order,
            "NULLS " + std::string(descending ? "FIRST" : "LAST") + " of " + object_ + " is left out",
            offset);
      element.nulls = ast::NullsOrder::unspecified;
    }
  }

  /// A key column or one of the primary key may not be stored again (42701); inverted indexes store none.
  void without_key_columns() {
    const std::vector<std::string> key = context_.catalog.primary_key(index_.table);
    const size_t before = index_.including.size();
    if (inverted()) {
      index_.including.clear();
    } else {
      std::erase_if(index_.including, [&](const std::string& column) {
        return std::find(key.begin(), key.end(), column) != key.end() ||
               std::any_of(index_.elements.begin(), index_.elements.end(),
                           [&](const auto& e) { return e.column == column; });
      });
    }
    if (index_.including.size() < before)
      found(index_clause, "INCLUDE of " + object_ + " loses columns that are stored anyway");
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::CreateIndex& index_;
  std::string object_;
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* index = std::get_if<ast::CreateIndex>(&statement.node);
    if (index != nullptr && statement.live() && !index->elements.empty())
      Stripper(context, statement, *index).run();
  }
}

}  // namespace

extern const Pass strip_index_clauses;
const Pass strip_index_clauses = {
    .name = "strip-index-clauses",
    .category = "indexes",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "rewrites indexes to the methods, operator classes and orders that CockroachDB has",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
