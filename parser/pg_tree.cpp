#include "parser/pg_tree.h"

#include <simdjson.h>

#include <mutex>

extern "C" {
#include <pg_query.h>
// After the one that it needs.
#include <pg_query_internal.h>
}

#include "parser/grammar_version.h"
#include "parser/sql_tokens.h"

namespace pg2crdb {

std::string_view grammar_version() {
  return PG_VERSION;
}

}  // namespace pg2crdb

namespace pg2crdb::transform {
namespace {

int parser_option(PgTree::ReadAs as) {
  switch (as) {
    case PgTree::ReadAs::statements:
      return PG_QUERY_PARSE_DEFAULT;
    case PgTree::ReadAs::type:
      return PG_QUERY_PARSE_TYPE_NAME;
    case PgTree::ReadAs::plpgsql_expression:
      return PG_QUERY_PARSE_PLPGSQL_EXPR;
  }
  return PG_QUERY_PARSE_DEFAULT;
}

}  // namespace

void begin_thread() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  pg_query_init();
}

/// libpg_query catches the jumps that PostgreSQL reports errors by: none crosses a frame of ours.
PgTree::PgTree(const std::string& sql, ReadAs as) {
  if (!simdjson::validate_utf8(sql)) {
    error_ = "the statement is not valid UTF-8";
    return;
  }
  memory_ = pg_query_enter_memory_context();
  PgQueryInternalParsetreeAndError result = pg_query_raw_parse(sql.c_str(), parser_option(as));
  roots_ = result.tree;
  std::free(result.stderr_buffer);
  if (result.error != nullptr) {
    error_ = result.error->message;
    error_offset_ = byte_offset(sql, result.error->cursorpos);
    pg_query_free_error(result.error);
  }
}

PgTree::~PgTree() {
  if (memory_ != nullptr) pg_query_exit_memory_context(memory_);
}

bool nested_deeper(const Node* node, int levels) {
  struct Open {
    const Node* node;
    int level;
  };
  std::vector<Open> open = {{node, 1}};
  while (!open.empty()) {
    const Open one = open.back();
    open.pop_back();
    if (one.level > levels) return true;
    auto add = [&](const void* child) {
      if (child != nullptr) open.push_back({static_cast<const Node*>(child), one.level + 1});
    };
    switch (tag_of(one.node)) {
      case T_List:
        for (const Node* item : Nodes<Node>(&node_as<List>(one.node))) add(item);
        break;
#define PG2CRDB_NODE(type)                    \
  case T_##type:                              \
    each_child(node_as<type>(one.node), add); \
    break;
#include "parser/pg_nodes.def"
      default:
        break;
    }
  }
  return false;
}

}  // namespace pg2crdb::transform
