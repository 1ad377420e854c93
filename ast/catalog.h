#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::ast {

/// The schema as an index over a script: objects by qualified name ("public" where the dump said no schema).
/// Views into the script: rebuild after a pass that adds, drops or renames (the pipeline makes one for every
/// pass). It is filled at the first question, names and keys each at theirs, so that a pass which asks
/// nothing costs nothing.
class Catalog {
 public:
  explicit Catalog(Script& script) : script_(script) {}

  /// The statement that creates the object, null where the script has none (or it was dropped).
  Statement* table(const Name& name) const { return names().tables.find(name); }
  Statement* sequence(const Name& name) const { return names().sequences.find(name); }
  Statement* view(const Name& name) const { return names().views.find(name); }  ///< and materialized views
  Statement* enum_type(const Name& name) const { return names().enums.find(name); }
  Statement* composite_type(const Name& name) const { return names().composites.find(name); }
  Statement* domain(const Name& name) const { return names().domains.find(name); }
  /// Indexes live in their table's schema.
  Statement* index(const Name& name) const { return names().indexes.find(name); }
  bool has_schema(const std::string& name) const { return names().schemas.contains(name); }
  bool has_role(const std::string& name) const { return names().roles.contains(name); }
  /// Any overload of the name.
  bool has_function(const Name& name) const { return names().functions.find(name) != nullptr; }
  /// The schema an extension was created in, "" where the dump creates no such extension.
  std::string extension_schema(const std::string& extension) const;

  /// Every live foreign key, wherever it is written.
  struct ForeignKey {
    Statement* statement;  ///< CREATE TABLE or ALTER TABLE that holds it
    Name table;
    const Constraint* constraint;
  };
  const std::vector<ForeignKey>& foreign_keys() const { return keys().foreign_keys; }

  /// The primary key's columns, written anywhere; empty where the table has none.
  std::vector<std::string> primary_key(const Name& table) const;

 private:
  /// Statements by name, the first one of each. A table of its own, because a name of two parts is looked up
  /// without making a string of it, and filling it does not allocate for each.
  class Index {
   public:
    Statement* find(const Name& name) const;
    void add(const Name& name, Statement* statement);

   private:
    struct Slot {
      uint64_t hash = 0;
      size_t name = 0;  ///< where in names_ it begins: "schema", a zero byte, "name"
      size_t size = 0;
      Statement* statement = nullptr;  ///< null: free
    };
    size_t slot_of(uint64_t hash, std::string_view schema, std::string_view name) const;
    void grow();

    std::vector<Slot> slots_;  ///< as many as a power of two, at most half of them taken
    std::string names_;
    size_t count_ = 0;
  };

  struct Names {
    explicit Names(Script& script);

    Index tables, sequences, views, enums, composites, domains, indexes, functions;
    std::unordered_set<std::string> schemas, roles;
    std::unordered_map<std::string, std::string> extensions;
  };
  struct Keys {
    explicit Keys(Script& script);
    void note(Statement& statement, const Name& table, const Constraint& constraint,
              const std::string& column);

    std::unordered_map<std::string, std::vector<std::string>> primary_keys;
    std::vector<ForeignKey> foreign_keys;
  };
  const Names& names() const {
    if (!names_) names_ = std::make_unique<Names>(script_);
    return *names_;
  }
  const Keys& keys() const {
    if (!keys_) keys_ = std::make_unique<Keys>(script_);
    return *keys_;
  }

  Script& script_;
  mutable std::unique_ptr<Names> names_;
  mutable std::unique_ptr<Keys> keys_;
};

/// A column of a CREATE TABLE by name, null where there is none.
Column* find_column(CreateTable& table, const std::string& name);

}  // namespace pg2crdb::ast
