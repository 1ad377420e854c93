#pragma once
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::ast {

/// The schema as an index over a script: objects by qualified name ("public" where the dump said no schema). Views
/// into the script: rebuild after a pass that adds, drops or renames (the pipeline does it before every pass).
class Catalog {
 public:
  explicit Catalog(Script& script);

  /// The statement that creates the object, null where the script has none (or it was dropped).
  Statement* table(const Name& name) const;
  Statement* sequence(const Name& name) const;
  Statement* view(const Name& name) const;  ///< views and materialized views
  Statement* enum_type(const Name& name) const;
  Statement* composite_type(const Name& name) const;
  Statement* domain(const Name& name) const;
  Statement* index(const Name& name) const;  ///< indexes live in their table's schema
  bool has_schema(const std::string& name) const { return schemas_.contains(name); }
  bool has_role(const std::string& name) const { return roles_.contains(name); }
  /// Any overload of the name.
  bool has_function(const Name& name) const;
  /// The schema an extension was created in, "" where the dump creates no such extension.
  std::string extension_schema(const std::string& extension) const;

  /// Every live foreign key, wherever it is written.
  struct ForeignKey {
    Statement* statement;    ///< CREATE TABLE or ALTER TABLE that holds it
    Name table;
    const Constraint* constraint;
  };
  const std::vector<ForeignKey>& foreign_keys() const { return foreign_keys_; }

  /// The primary key's columns, written anywhere; empty where the table has none.
  std::vector<std::string> primary_key(const Name& table) const;

 private:
  using Index = std::unordered_map<std::string, Statement*>;
  static std::string key(const Name& name);
  static Statement* find(const Index& index, const Name& name);

  Index tables_, sequences_, views_, enums_, composites_, domains_, indexes_;
  std::unordered_set<std::string> schemas_, roles_, functions_;
  std::unordered_map<std::string, std::string> extensions_;
  std::unordered_map<std::string, std::vector<std::string>> primary_keys_;
  std::vector<ForeignKey> foreign_keys_;
};

/// A column of a CREATE TABLE by name, null where there is none.
Column* find_column(CreateTable& table, const std::string& name);

}  // namespace pg2crdb::ast
