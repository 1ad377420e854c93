#include "runtime/verify_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/connection.h"
#include "runtime/verify_log.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {

Result<SchemaDifferences> verify_schema(const LoadPlan& plan, const VerifyOptions& options,
                                        Observer& observer) {
  const auto at_target = [&](Error error) {
    error.message = redacted(options.target) + ": " + error.message;
    return error;
  };
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<Rows> set = target->query("SELECT set_config('search_path', '', false)");
  if (!set) return at_target(set.error());
  Result<SchemaDifferences> schema = compare_schema(
      plan, *target, options.row_limit == 0 && !options.left_unvalidated, options.post_data_applied);
  if (!schema) return at_target(schema.error());
  Result<SequenceDifferences> sequences = compare_sequences(plan, *target);
  if (!sequences) return at_target(sequences.error());
  std::vector<std::string>& sentences = schema->sentences;
  sentences.insert(sentences.end(), sequences->differing.begin(), sequences->differing.end());
  schema->otherwise = schema->otherwise || !sequences->differing.empty();
  const SchemaLog log(options.json_log, observer);
  for (const std::string& difference : sentences) log.difference(difference);
  for (const std::vector<std::string>* notes : {&schema->not_yet, &sequences->noted}) {
    for (const std::string& note : *notes) log.note(note);
  }
  log.finished(plan, sentences.size());
  return schema;
}

void tell_complete(const VerifyOptions& options, Observer& observer) {
  const std::string_view end =
      options.sample.wanted()
          ? "verification of a sample complete: of the rows that were not compared it proves nothing"
          : "verification complete";
  observer.log(options.json_log ? fmt::format(R"({{"level":"info","type":"complete","message":"{}"}})", end)
                                : std::string(end));
}

bool differs(const VerifiedTable& table) {
  return table.missing + table.mismatch + table.extraneous > 0;
}

std::optional<Error> verdict(const std::vector<VerifiedTable>& tables, size_t schema_differences,
                             std::string advice) {
  const auto differing = static_cast<size_t>(std::ranges::count_if(tables, differs));
  if (differing == 0 && schema_differences == 0) return std::nullopt;
  std::string message;
  for (const VerifiedTable& table : tables) {
    if (!differs(table)) continue;
    message += fmt::format("{}{} (missing: {}, mismatch: {}, extraneous: {})", message.empty() ? "" : ", ",
                           quote_name(table.table.schema, table.table.name), table.missing, table.mismatch,
                           table.extraneous);
  }
  if (differing > 0)
    message = fmt::format("rows differ in {} of {}: {}", differing, counted(tables.size(), "table"), message);
  if (schema_differences > 0)
    message += fmt::format("{}the schema differs in {}", message.empty() ? "" : "; ",
                           counted(schema_differences, "place"));
  return Error{.kind = Error::Kind::differs,
               .message = std::move(message),
               .sqlstate = {},
               .advice = std::move(advice)};
}

}  // namespace pg2crdb
