#include "runtime/verify_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/verify_log.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

uint64_t differing_rows(const VerifiedTable& table) {
  return table.missing + table.mismatch + table.extraneous;
}

uint64_t changing_rows(const std::vector<VerifiedTable>& tables) {
  uint64_t rows = 0;
  for (const VerifiedTable& table : tables) rows += table.changing;
  return rows;
}

}  // namespace

Result<SchemaDifferences> verify_schema(const LoadPlan& plan, const VerifyOptions& options,
                                        Observer& observer) {
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<Rows> set = target->query("SELECT set_config('search_path', '', false)");
  if (!set) return at_server(options.target, set.error());
  Result<SchemaDifferences> schema = compare_schema(
      plan, *target, options.row_limit == 0 && !options.left_unvalidated, options.post_data_applied);
  if (!schema) return at_server(options.target, schema.error());
  Result<SequenceDifferences> sequences = compare_sequences(plan, *target);
  if (!sequences) return at_server(options.target, sequences.error());
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

std::string advice_for(const std::vector<VerifiedTable>& tables, const SchemaDifferences& schema) {
  const bool rows_change = changing_rows(tables) > 0;
  const bool rows_differ = std::ranges::any_of(
      tables, [](const VerifiedTable& table) { return differing_rows(table) > table.changing; });
  struct Kind {
    bool is_there;
    std::string_view advice;
  };
  const Kind kinds[] = {
      {rows_differ,
       "rows: the log names them; correct them on the target, or empty the table and load it again "
       "(`pg2crdb load DIR --include TABLE`)"},
      {rows_change,
       "rows that still change: run verify again when nobody writes, and what was written has arrived"},
      {schema.missing,
       "what is not there: `pg2crdb apply DIR` runs what was not applied yet; what was dropped since is made "
       "by "
       "its statement in DIR's files"},
      {schema.not_validated, "constraints that are not validated: `pg2crdb revalidate`"},
      {schema.otherwise, "what is there and otherwise: alter it on the target"},
  };
  std::string advice;
  for (const Kind& kind : kinds) {
    if (kind.is_there) advice += fmt::format("{}{}", advice.empty() ? "" : "\n        ", kind.advice);
  }
  return advice;
}

std::optional<Error> verdict(const std::vector<VerifiedTable>& tables, size_t schema_differences,
                             std::string advice) {
  const auto differs = [](const VerifiedTable& table) { return differing_rows(table) > 0; };
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
  if (const uint64_t changing = changing_rows(tables); changing > 0)
    message += fmt::format("; still changing: {}", counted(changing, "row"));
  if (schema_differences > 0)
    message += fmt::format("{}the schema differs in {}", message.empty() ? "" : "; ",
                           counted(schema_differences, "place"));
  return Error{.kind = Error::Kind::differs,
               .message = std::move(message),
               .sqlstate = {},
               .advice = std::move(advice)};
}

}  // namespace pg2crdb
