#include "parser/pg_tree.h"

#include <pg_query.h>
#include <pthread.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace pg2crdb::transform {
namespace {

/// libpg_query writes its tree as JSON by recursion without a limit; a left-deep chain of operators needs two
/// bytes of text a level. Longer statements get a stack in proportion.
constexpr size_t longest_on_our_stack = size_t{64} << 10;
constexpr size_t stack_bytes_a_byte = 512;
constexpr size_t largest_stack = size_t{4} << 30;

/// Deeper JSON than `ast::max_depth` levels of SQL can make is refused by the reader.
constexpr size_t json_depth = 16384;

struct Task {
  const char* sql;
  PgQueryParseResult result{};
};

void* run(void* task) {
  auto* parse = static_cast<Task*>(task);
  parse->result = pg_query_parse(parse->sql);
  return nullptr;
}

/// False where the system gives no such thread.
bool run_on_large_stack(Task& task, size_t size) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread;
  const bool started =
      pthread_attr_setstacksize(&attributes, std::min(size * stack_bytes_a_byte, largest_stack)) == 0 &&
      pthread_create(&thread, &attributes, run, &task) == 0;
  pthread_attr_destroy(&attributes);
  return started && pthread_join(thread, nullptr) == 0;
}

/// libpg_query counts characters from 1; 0 where it does not know the place.
int32_t byte_offset(std::string_view sql, int cursor_position) {
  if (cursor_position <= 0) return -1;
  int characters = 0;
  for (size_t i = 0; i < sql.size(); ++i) {
    if ((static_cast<unsigned char>(sql[i]) & 0xC0) != 0x80 && ++characters == cursor_position) {
      return static_cast<int32_t>(i);
    }
  }
  return static_cast<int32_t>(sql.size());
}

}  // namespace

struct PgTree::Answer {
  explicit Answer(PgQueryParseResult its) : result(its) {}
  ~Answer() { pg_query_free_parse_result(result); }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  PgQueryParseResult result;
};

PgTree::~PgTree() = default;

simdjson::dom::parser new_reader() {
  simdjson::dom::parser reader;
  if (reader.allocate(size_t{64} << 10, json_depth) != simdjson::SUCCESS) throw std::bad_alloc();
  return reader;
}

PgTree::PgTree(const std::string& sql) {
  Task task{sql.c_str()};
  if (sql.size() <= longest_on_our_stack || !run_on_large_stack(task, sql.size())) run(&task);
  answer_ = std::make_unique<Answer>(task.result);
  if (const PgQueryError* error = task.result.error) {
    error_ = error->message;
    error_offset_ = byte_offset(sql, error->cursorpos);
  }
}

bool PgTree::read(simdjson::dom::parser& reader, Json& document) {
  const char* json = answer_->result.parse_tree;
  const simdjson::error_code code = reader.parse(json, std::strlen(json)).get(document);
  switch (code) {
    case simdjson::SUCCESS:
      return true;
    case simdjson::DEPTH_ERROR:
      error_ = "the statement is nested too deeply";
      return false;
    case simdjson::UTF8_ERROR:
      error_ = "the statement is not valid UTF-8";
      return false;
    default:
      error_ = simdjson::error_message(code);
      return false;
  }
}

}  // namespace pg2crdb::transform
