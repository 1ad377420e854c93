// Whether an index of CockroachDB answers the queries of the dump's depends on its method and on the types of
// its columns: inverted indexes want a column with parts, ordinary ones a column with an order. Where none
// does, it is dropped; an index is no data. What it may store besides (INCLUDE) depends on the keys.
//
// Operator classes say what an inverted index is for, so they are taken off later.
#include "rewrite/pass.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"index-clause", Severity::info, "indexes",
     "a clause of CREATE INDEX that CockroachDB does not have or need", "Nothing to do."},
    {"index-method", Severity::warning, "indexes",
     "CockroachDB does not have this index method: it becomes an ordinary index",
     "In place of BRIN, check that an ordinary index is worth its size; in place of gist and spgist, look at "
     "the "
     "plans of its queries. In place of hash, nothing is to do."},
    {"index-dropped", Severity::warning, "indexes", "CockroachDB has no index that answers the same queries",
     "Look for another way for the queries that used it."},
    {"vector-index-setting", Severity::warning, "indexes",
     "before CockroachDB 25.4 vector indexes are off until a setting of the cluster switches them on",
     "Run SET CLUSTER SETTING feature.vector_index.enabled = true before the schema is applied."},
};
enum : size_t { index_clause, index_method, index_dropped, vector_index_setting };

/// Operator classes that mean something in CockroachDB. Emit forms 7.
constexpr std::string_view kept_operator_classes[] = {"gin_trgm_ops", "gist_trgm_ops", "vector_l2_ops",
                                                      "vector_ip_ops", "vector_cosine_ops"};

bool kept_class(std::string_view name) {
  return std::find(std::begin(kept_operator_classes), std::end(kept_operator_classes), name) !=
         std::end(kept_operator_classes);
}

class Chooser {
 public:
  Chooser(PassContext& context, ast::Statement& statement, ast::CreateIndex& index)
      : context_(context),
        statement_(statement),
        index_(index),
        object_("index `" + index.name + "` on `" + to_string(index.table) + "`") {}

  void run() {
    if (method()) without_key_columns();
  }

 private:
  void found(size_t rule, std::string message, std::string advice = {}) {
    context_.report(rules[rule], statement_, index_.name, std::move(message), -1, std::move(advice));
    context_.rewritten(statement_);
  }

  bool inverted() const {
    return index_.method == "gin" || index_.method == "gist" || index_.method == "hnsw" ||
           index_.method == "ivfflat";
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
    // index-methods makes them ordinary ones.
    if (method == "hash" || method == "brin" || method == "lsm" || method == "bitmap") return true;
    if (method == "spgist") {
      if (unordered_type() != nullptr) return drop();
      found(index_method, object_ + " uses spgist");
      index_.method.clear();
      return true;
    }
    const bool vectors = method == "hnsw" || method == "ivfflat";
    if (index_.unique && !vectors) {  // that is never lost
      found(index_method, object_ + " uses " + method);
      index_.method.clear();
      return btree_keys();
    }
    if (!vectors || !has_distance() || !context_.target.has(Capability::vector_index)) return drop();
    if (!context_.target.has(Capability::vector_index_by_default))
      context_.report(rules[vector_index_setting], statement_, index_.name, object_ + " is a vector index");
    return true;
  }

  /// Of vectors: how far from each other they are goes by the operator class.
  bool has_distance() const {
    return context_.target.has(Capability::vector_index_distances) ||
           std::ranges::none_of(index_.elements, [](const ast::IndexElement& element) {
             const std::string& name = element.operator_class->name;
             return name == "vector_ip_ops" || name == "vector_cosine_ops";
           });
  }

  /// Of an ordinary index.
  bool drop_of_type(const std::string& type) {
    found(
        index_dropped,
        object_ + " has a column of the type `" + type + "`, which no ordinary index takes, and is left out",
        type == "tsvector" ? "Create it USING gin, where queries search it with @@." : "");
    context_.drop(statement_, "no ordinary index takes the type " + type);
    return false;
  }

  bool drop() {
    found(index_dropped,
          object_ + " uses " + (index_.method.empty() ? "btree" : index_.method) + " and is left out");
    context_.drop(statement_, "no index of CockroachDB answers the same queries");
    return false;
  }

  /// Of the first column whose values are in no order; null where there is none.
  const ast::TypeName* unordered_type() const {
    for (const ast::IndexElement& element : index_.elements) {
      const ast::TypeName* type = type_of(element);
      if (type == nullptr) continue;
      const std::string& name = type->name.name;
      if (name == "geometry" || name == "geography" || name == "tsvector" || name == "tsquery" ||
          name == "vector")
        return type;
    }
    return nullptr;
  }

  bool btree_keys() {
    const ast::TypeName* type = unordered_type();
    return type == nullptr || drop_of_type(type->name.name);
  }

  /// An inverted index needs a column that has parts: emit forms 7.
  bool inverted_keys() {
    const ast::IndexElement& last = index_.elements.back();
    const ast::TypeName* type = type_of(last);
    if (kept_class(last.operator_class->name)) {
      const auto trigrams = std::count_if(index_.elements.begin(), index_.elements.end(),
                                          [](const auto& e) { return kept_class(e.operator_class->name); });
      if (trigrams > 1) {
        found(index_dropped, object_ + " has several columns of trigrams and is left out",
              "Create an index for each of them: an inverted index has one such column, the last.");
        context_.drop(statement_, "an inverted index has one column of trigrams");
        return false;
      }
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

  /// A key column or one of the primary key may not be stored again (42701); inverted indexes store none.
  void without_key_columns() {
    if (index_.including.empty()) return;
    const std::vector<std::string>& key = context_.catalog.primary_key(index_.table);
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
      Chooser(context, statement, *index).run();
  }
}

}  // namespace

extern const Pass index_columns;
const Pass index_columns = {
    .name = "index-columns",
    .category = "indexes",
    .fidelity = Fidelity::changes_behaviour,
    .summary =
        "drops indexes that CockroachDB cannot have on their columns, and columns that they need not store",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
