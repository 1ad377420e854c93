#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::ast {

/// The schema as an index over a script: objects by qualified name ("public" where the dump said no schema).
/// There is one for all passes. It is filled at the first question, names and keys each at theirs, and kept
/// right from then on: PassContext notes what a pass changes, and `catch_up` reads that again before the next
/// pass. So a pass sees the schema as it was when the pass began.
class Catalog {
 public:
  explicit Catalog(Script& script) : script_(script) {}

  /// The statement was changed, added or left out; its content may still change until `catch_up`.
  void changed(const Statement& statement) {
    changed_.push_back(statement.id);
    if (changes_.size() <= statement.id) changes_.resize(statement.id + size_t{1});
    ++changes_[statement.id];
  }
  /// From 1 on, another after each change.
  uint32_t version(StatementId id) const { return id < changes_.size() ? changes_[id] + 1 : 1; }
  /// Takes in what was changed since the last time.
  void catch_up();
  /// Reads what is else read at the first question, so that several threads may ask.
  void fill() const {
    names();
    keys();
  }

  /// The statement that creates the object, null where the script has none (or it was dropped).
  Statement* table(const Name& name) const { return find(names().tables, name); }
  Statement* sequence(const Name& name) const { return find(names().sequences, name); }
  Statement* view(const Name& name) const { return find(names().views, name); }  ///< and materialized views
  Statement* enum_type(const Name& name) const { return find(names().enums, name); }
  Statement* composite_type(const Name& name) const { return find(names().composites, name); }
  Statement* domain(const Name& name) const { return find(names().domains, name); }
  /// Whether it is a type that the script makes: a table's or view's rows are one too.
  bool is_user_type(const Name& name) const;
  /// Indexes live in their table's schema.
  Statement* index(const Name& name) const { return find(names().indexes, name); }
  bool has_schema(const std::string& name) const { return names().schemas.find({}, name) != nullptr; }
  bool has_role(const std::string& name) const { return names().roles.find({}, name) != nullptr; }
  /// Any routine or aggregate of the name, one that is kept word for word included.
  bool has_function(const Name& name) const { return find(names().functions, name) != nullptr; }
  /// All overloads of the name, in the script's order.
  std::vector<Statement*> functions(const Name& name) const;
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
  const std::vector<std::string>& primary_key(const Name& table) const;

 private:
  /// Statements by name. A table of its own, because a name of two parts is looked up without making a string
  /// of it, and filling it does not allocate for each.
  class Index {
   public:
    /// The first in the script's order.
    Statement* find(std::string_view schema, std::string_view name) const;
    /// The same; `hash` is `hash_of` both.
    Statement* find(uint64_t hash, std::string_view schema, std::string_view name) const;
    static uint64_t hash_of(std::string_view schema, std::string_view name);
    /// In the script's order, but that what is kept word for word comes last.
    std::vector<Statement*> all(std::string_view schema, std::string_view name) const;
    void add(std::string_view schema, std::string_view name, Statement* statement);
    void remove(std::string_view schema, std::string_view name, const Statement& statement);

   private:
    struct Slot {
      uint64_t hash = 0;
      size_t name = 0;             ///< where in names_ it begins: "schema", a zero byte, "name"
      size_t size = 0;             ///< 0: free
      Statement* first = nullptr;  ///< null: none has the name any more
    };
    size_t slot_of(uint64_t hash, std::string_view schema, std::string_view name) const;
    void grow();

    std::vector<Slot> slots_;  ///< as many as a power of two, at most half of them taken
    std::string names_;
    std::unordered_map<size_t, std::vector<Statement*>>
        shared_;  ///< by Slot::name: all, where they are several
    size_t count_ = 0;
  };

  struct Names {
    explicit Names(Script& script);
    /// Takes in a statement that was changed. False where all has to be read again.
    bool take_in(Statement& statement);

    Index tables, sequences, views, enums, composites, domains, indexes, functions, schemas, roles,
        extensions;

   private:
    /// Where a statement is listed, and under which name.
    struct Entry {
      Index Names::*index = nullptr;  ///< null: nowhere
      std::string_view schema = {};
      std::string_view name = {};
    };
    static Entry entry_of(const Statement& statement);
    /// As what a statement is listed that is still there: changes with its kind and its name. 0 for what is
    /// not.
    static uint64_t digest_of(const StatementNode& node, const Entry& entry);

    std::vector<uint64_t> digests_;  ///< by StatementId: as what it is listed
  };
  struct Keys {
    explicit Keys(Script& script);
    /// Whether a statement that was changed has the keys that it had when it was read, where they were.
    bool holds(const Statement& statement) const;

    std::unordered_map<std::string, std::vector<std::string>> primary_keys;
    std::vector<ForeignKey> foreign_keys;

   private:
    /// Changes with the primary key, and with where foreign keys lie: what those say is read where they are.
    static uint64_t digest_of(const Statement& statement);

    std::vector<uint64_t> digests_;  ///< by StatementId
  };
  static Statement* find(const Index& index, const Name& name);
  const Names& names() const {
    if (!names_) names_ = std::make_unique<Names>(script_);
    return *names_;
  }
  const Keys& keys() const {
    if (!keys_) keys_ = std::make_unique<Keys>(script_);
    return *keys_;
  }

  Script& script_;
  std::vector<StatementId> changed_;
  std::vector<uint32_t> changes_;  ///< by StatementId: how many
  mutable std::unique_ptr<Names> names_;
  mutable std::unique_ptr<Keys> keys_;
};

/// A column of a CREATE TABLE by name, null where there is none.
Column* find_column(CreateTable& table, const std::string& name);

}  // namespace pg2crdb::ast
