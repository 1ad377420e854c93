#pragma once
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bind/binder.h"
#include "bind/guard_condition.h"
#include "rewrite/pass.h"

namespace pg2crdb::bind {

/// INSERT, UPDATE and DELETE where the script's order is kept: what CockroachDB would refuse where it stands,
/// or do otherwise.
class RowsInOrder {
 public:
  RowsInOrder(PassContext& context, const Binder& binder) : context_(context), binder_(binder) {}

  /// True where a statement is left for a person. To be called with each, once it is bound.
  bool hold_back(ast::Statement& statement);
  /// Deferrable foreign keys that a statement makes.
  void note_keys(const ast::Statement& statement);
  /// What is rolled back keeps the numbers that it took: queries that take them.
  std::vector<ast::SelectStatement> numbers_of_undone(const ast::Statement& undone);

 private:
  struct Key {
    ObjectId constraint = ast::no_object;
    ObjectId referenced = ast::no_object;
    std::vector<std::string> columns = {};
  };
  /// Rows of the transaction that refer to a table which has none yet.
  struct Waiting {
    ast::StatementId statement = ast::no_statement;
    ObjectId table = ast::no_object;
    ObjectId referenced = ast::no_object;
  };

  ObjectId moved_by(const ast::SelectStatement& select) const;
  ObjectId changed_in(const ast::StatementNode& node) const;
  bool has_trigger(ObjectId table) const;
  bool wait_for_rows(ast::Statement& statement, const ast::Insert& insert, ObjectId table);
  bool gives(const ast::Insert& insert, ObjectId table, const std::vector<std::string>& columns) const;
  Holds drew_for_good(const ast::Statement& undone, const std::string& table) const;

  PassContext& context_;
  const Binder& binder_;
  std::unordered_map<ObjectId, std::vector<Key>> keys_;  ///< deferrable foreign keys, by table
  std::unordered_set<ObjectId> filled_;                  ///< tables that rows were inserted into
  std::vector<Waiting> waiting_;
};

}  // namespace pg2crdb::bind
