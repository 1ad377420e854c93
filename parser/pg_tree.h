#pragma once
#include <cstdint>
#include <string>

#include "parser/pg_nodes.h"

namespace pg2crdb::transform {

/// What each of several threads calls before it parses or scans: libpg_query sets a thread's memory up when
/// it is first used, and writes then to a variable that all threads share.
void begin_thread();

/// What PostgreSQL's grammar makes of a text, or an error. The nodes live as long as this.
class PgTree {
 public:
  /// A type is one node; an expression of PL/pgSQL is a SELECT, whose word is not written.
  enum class ReadAs { statements, type, plpgsql_expression };

  /// `sql` has no zero byte.
  explicit PgTree(const std::string& sql, ReadAs as = ReadAs::statements);
  ~PgTree();
  PgTree(const PgTree&) = delete;
  PgTree& operator=(const PgTree&) = delete;

  bool good() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  int32_t error_offset() const { return error_offset_; }  ///< bytes of the text, -1 where it is not known

  Nodes<RawStmt> statements() const { return Nodes<RawStmt>(roots_); }
  Nodes<Node> roots() const { return Nodes<Node>(roots_); }

 private:
  MemoryContextData* memory_ = nullptr;  ///< of the nodes; PostgreSQL's
  const List* roots_ = nullptr;
  std::string error_;
  int32_t error_offset_ = -1;
};

/// Whether there are more than `levels` nodes and lists inside each other.
bool nested_deeper(const Node* node, int levels);

}  // namespace pg2crdb::transform
