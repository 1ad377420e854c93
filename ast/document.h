#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ast/script.h"
#include "support/result.h"
#include "support/source_file.h"

namespace pg2crdb::ast {

/// A dump as it was read, before any pass, as one JSON text that another program may change and hand back:
/// all that the passes, the findings and the load plan need. docs/ast.md describes it for that program,
/// docs/ast.schema.json says the same to a machine.
struct Document {
  static constexpr int64_t current_version = 1;

  struct Input {
    std::string path;  ///< as given on the command line
    std::string name;  ///< what findings call it
    uint64_t bytes = 0;
    std::string sha256;
  };
  /// What the front end found. `rule` is an id.
  struct Finding {
    std::string rule;
    std::string object;
    Span span;
    std::string message;
    std::string advice;
  };
  /// An inline `pg2crdb: ignore` comment. The span of its statement is empty where it stands before none.
  struct Ignore {
    std::string rule;
    std::string reason;
    Span statement;
    Span comment;
  };

  Input input;
  Script script;
  std::vector<Finding> findings;
  std::vector<Ignore> ignores;
};

/// `file` has the statements' texts.
std::string to_json(Document document, const SourceFile& file);

/// What was read back: the texts, and the names that `Statement::passes` of the script point to.
struct ReadDocument {
  Document document;
  std::unique_ptr<SourceFile> file;
  std::unique_ptr<std::deque<std::string>> pass_names;
};

/// The document of a JSON text that `to_json` wrote and others may have changed. Each statement that was read
/// still has one fate: one whose tree is another than was written counts as rewritten, and one that is
/// missing is an error. So are an unknown or missing member, a wrong type or word, trees deeper than
/// `max_depth` and whatever no tree of the parser looks like; the message begins with the place:
/// `statements[3].node.columns[0].type`. `file_index` is the file of all spans.
Result<ReadDocument> parse_document(std::string_view json, uint32_t file_index);

/// The JSON Schema of such a text.
std::string document_schema();

}  // namespace pg2crdb::ast
