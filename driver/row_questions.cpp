#include "driver/row_questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include "driver/row_condition.h"
#include "driver/row_sentences.h"
#include "driver/statements_besides.h"
#include "emit/load_plan.h"
#include "rows/printed_type.h"
#include "runtime/large_rows.h"
#include "scan/key_type.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

constexpr size_t nowhere = std::string::npos;

/// A script that is read a second time: a pipe is not.
bool can_be_read_again(const std::string& name) {
  std::error_code problem;
  const std::string path = name == "-" ? "/dev/stdin" : name;
  return std::filesystem::is_regular_file(path, problem) || std::filesystem::is_directory(path, problem);
}

Result<std::unique_ptr<ByteSource>> open_again(const std::string& name) {
  return open_input(name == "-" ? "/dev/stdin" : name);
}

constexpr std::string_view statements_besides = "statements about the table were not looked at";

class RowQuestions {
 public:
  RowQuestions(const Options& options, const Choices& choices, const CompiledInput& input,
               Diagnostics& diagnostics)
      : options_(options), choices_(choices), input_(input), diagnostics_(diagnostics) {
    plan_ =
        make_load_plan(input.script, input.output.statements, choices.target, *input.file, input.inputs[0]);
    plan_.inputs = input.inputs;
    for (LoadPlan::Table& table : plan_.tables) {
      for (LoadPlan::Column& column : table.columns) column.source_type = printed_type(column.source_type);
    }
    for (size_t i = 0; i < plan_.tables.size(); ++i) tables_.emplace(plan_.tables[i].target(), i);
    besides_ = std::make_unique<StatementsBesides>(input.script, plan_);
    for (size_t i = 0; i < diagnostics.all().size(); ++i) {
      const Diagnostic& finding = diagnostics.all()[i];
      if (!is_of_input(finding)) continue;
      by_object_.emplace(finding.object, i);
      by_place_.emplace(script_place(finding.span), i);
    }
  }

  Result<RowScan> run() {
    for (const ast::Statement& statement : input_.script.statements) {
      if (!statement.live()) continue;
      if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) ask_table(statement, *create);
      if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node))
        ask_constraints(statement, *alter);
    }
    if (!options_.scan_data) leave_out_besides();
    if (questions_.empty()) return RowScan();
    if (const auto name = std::find_if_not(input_.files.up.begin(), input_.files.up.end(), can_be_read_again);
        name != input_.files.up.end())
      return not_read_again(*name);
    ScanOptions scan;
    scan.jobs = options_.jobs != 0 ? static_cast<unsigned>(options_.jobs)
                                   : std::max(std::thread::hardware_concurrency(), 1U);
    const auto answers = scan_rows(plan_, questions_, scan, open_again);
    if (!answers && answers.error().kind == Error::Kind::interrupted) return answers.error();
    if (!answers) return not_scanned(answers.error());
    return take(*answers);
  }

 private:
  /// What a question is for; one a question.
  struct Asker {
    size_t finding = nowhere;           ///< of the diagnostics; none: rows that are found become one
    const ValueCheck* check = nullptr;  ///< of values
    std::string object;
    Span span;  ///< of a finding of its own
    std::string what;
    bool besides = false;  ///< not worth reading the table for it
  };

  bool is_of_input(const Diagnostic& finding) const {
    const SourceFile& file = *input_.file;
    return finding.span.file + file.before().size() >= file.index() &&
           finding.span.file <= file.index() + file.next().size();
  }

  /// The finding of the rule among some, whose message ends so.
  template <class Range>
  size_t first_of(std::string_view rule, const Range& range, std::string_view end = {}) const {
    for (auto one = range.first; one != range.second; ++one) {
      const Diagnostic& finding = diagnostics_.all()[one->second];
      if (finding.rule->id == rule && finding.message.ends_with(end)) return one->second;
    }
    return nowhere;
  }
  size_t find_about(std::string_view rule, const std::string& object, std::string_view end = {}) const {
    return first_of(rule, by_object_.equal_range(object), end);
  }
  size_t find_at(std::string_view rule, const Span& span) const {
    return first_of(rule, by_place_.equal_range(script_place(span)));
  }

  size_t table_of(const ast::Name& name) const {
    const auto found = tables_.find({name.schema.empty() ? "public" : name.schema, name.name});
    return found == tables_.end() ? nowhere : found->second;
  }

  /// Of a table that the input has no rows of, nor a COPY without any, nothing is known: it may be a schema
  /// with the rows of a few tables.
  bool has_data(size_t table) const { return table != nowhere && !plan_.tables[table].data.empty(); }

  void add(Question question, Asker asker) {
    questions_.push_back(std::move(question));
    askers_.push_back(std::move(asker));
  }

  /// A table that is asked for growth alone is read in part.
  void leave_out_besides() {
    std::vector<bool> is_read(plan_.tables.size(), false);
    for (size_t i = 0; i < questions_.size(); ++i) {
      if (askers_[i].besides || questions_[i].kind == Question::Kind::growth) continue;
      is_read[questions_[i].table] = true;
      if (questions_[i].kind == Question::Kind::reference) is_read[questions_[i].referenced] = true;
    }
    size_t kept = 0;
    for (size_t i = 0; i < questions_.size(); ++i) {
      if (askers_[i].besides && !is_read[questions_[i].table]) continue;
      if (kept != i) {
        questions_[kept] = std::move(questions_[i]);
        askers_[kept] = std::move(askers_[i]);
      }
      ++kept;
    }
    questions_.resize(kept);
    askers_.resize(kept);
  }

  static Span place(const ast::Statement& statement, int64_t offset) {
    Span span = statement.span;
    if (offset >= 0) span.begin = span.end = span.begin + static_cast<uint64_t>(offset);
    return span;
  }

  void ask_table(const ast::Statement& statement, const ast::CreateTable& create) {
    const size_t table = table_of(create.name);
    if (!has_data(table)) return;
    for (const ast::Column& column : create.columns) ask_values(statement, create, table, column);
    const std::vector<LoadPlan::Data>& data = plan_.tables[table].data;
    const bool may_be_large = std::any_of(data.begin(), data.end(), [](const LoadPlan::Data& block) {
      return block.end - block.begin > large_row;
    });
    if (may_be_large)
      add({.kind = Question::Kind::row_size, .table = table, .columns = {}, .limit = large_row},
          {nowhere, nullptr, to_string(create.name), statement.span,
           fmt::format("more than {} bytes", with_commas(large_row)), true});
  }

  void ask_values(const ast::Statement& statement, const ast::CreateTable& create, size_t table,
                  const ast::Column& column) {
    const std::vector<LoadPlan::Column>& columns = plan_.tables[table].columns;
    const auto planned = std::find_if(columns.begin(), columns.end(),
                                      [&](const LoadPlan::Column& one) { return one.name == column.name; });
    if (planned == columns.end() || planned->generated) return;
    const auto index = static_cast<size_t>(planned - columns.begin());
    const std::string object = to_string(create.name) + "." + column.name;
    // What rows leave out is a default, which is not known here; it may be left out of the output.
    const bool is_refused = find_about("expression-refused", object) != nowhere;
    const bool is_default = (planned->has_default || is_refused || besides_->have_default(create, column)) &&
                            !are_in_rows(plan_.tables[table], {index});
    for (const ValueCheck& check : value_checks) {
      if (is_default) break;
      if (!check.make(*planned)) continue;
      size_t finding = find_about(check.answers, object);
      if (finding == nowhere)  // who read the statements may have said so of a row already
        finding = find_about(check.reports, to_string(create.name), "`" + column.name + "`");
      if (finding == nowhere && check.reports.empty()) continue;
      add({.table = table, .columns = {index}, .make = check.make},
          {finding, &check, object, place(statement, column.offset),
           fmt::format(fmt::runtime(check.what), fmt::arg("type", planned->target_type)), check.besides});
    }
    const Span at = place(statement, column.offset);
    const size_t key = find_at("sequence-primary-key", at);
    if (key != nowhere)
      add({.kind = Question::Kind::growth, .table = table, .columns = {index}},
          {key, nullptr, object, at, {}});
  }

  void ask_constraints(const ast::Statement& statement, const ast::AlterTable& alter) {
    for (const ast::AlterCommand& command : alter.commands) {
      const auto* added = std::get_if<ast::AddConstraint>(&command);
      if (added == nullptr) continue;
      if (added->constraint.kind == ast::Constraint::Kind::check)
        ask_check(statement, alter.name, added->constraint);
      if (added->constraint.kind != ast::Constraint::Kind::foreign_key) continue;
      const size_t finding = find_at("foreign-key-not-valid", place(statement, added->constraint.offset));
      if (finding != nowhere) ask_reference(alter.name, added->constraint, finding);
    }
  }

  /// What rows leave out is a default, which is not known here.
  static bool are_in_rows(const LoadPlan::Table& table, const std::vector<size_t>& columns) {
    return std::ranges::all_of(table.data, [&](const LoadPlan::Data& data) {
      return std::ranges::all_of(columns, [&](size_t column) {
        return std::ranges::find(data.columns, table.columns[column].source_name) != data.columns.end();
      });
    });
  }

  /// One that was never validated: that of others holds.
  void ask_check(const ast::Statement& statement, const ast::Name& name, const ast::Constraint& constraint) {
    const size_t table = table_of(name);
    if (!constraint.not_valid || !constraint.check || !has_data(table) || besides_->change(table)) return;
    auto condition = row_condition(*constraint.check, plan_.tables[table]);
    if (!condition || condition->columns.empty() || !are_in_rows(plan_.tables[table], condition->columns))
      return;
    add({.kind = Question::Kind::condition,
         .table = table,
         .columns = std::move(condition->columns),
         .condition = std::move(condition->holds)},
        {nowhere, nullptr, to_string(name), place(statement, constraint.offset),
         fmt::format("values that the constraint `{}` does not allow", constraint.name)});
  }

  void ask_reference(const ast::Name& name, const ast::Constraint& constraint, size_t finding) {
    const size_t table = table_of(name);
    const size_t referenced = table_of(constraint.referenced);
    if (!has_data(table) && !has_data(referenced)) return;
    const std::string why_not = add_reference(table, referenced, constraint, to_string(name), finding);
    if (!why_not.empty()) add_note(finding, "the rows were not asked: " + why_not);
  }

  /// Why the question cannot be asked; empty where it is.
  std::string add_reference(size_t table, size_t referenced, const ast::Constraint& constraint,
                            std::string object, size_t finding) {
    if (!has_data(table)) return "the input has none of `" + object + "`";
    if (!has_data(referenced)) return "the input has none of `" + to_string(constraint.referenced) + "`";
    if (besides_->change(table) || besides_->change(referenced)) return std::string(statements_besides);
    const std::vector<std::string>& referenced_columns =
        constraint.referenced_columns.empty() ? plan_.tables[referenced].key : constraint.referenced_columns;
    const auto columns = indexes_of(plan_.tables[table], constraint.columns);
    const auto others = indexes_of(plan_.tables[referenced], referenced_columns);
    if (!columns || !others || columns->size() != others->size())
      return "a column of the key has no rows of its own";
    if (!are_in_rows(plan_.tables[table], *columns) || !are_in_rows(plan_.tables[referenced], *others))
      return "they leave a column of the key to its default";
    for (size_t i = 0; i < columns->size(); ++i) {
      const std::string& type = plan_.tables[table].columns[(*columns)[i]].source_type;
      const std::string& other = plan_.tables[referenced].columns[(*others)[i]].source_type;
      if (compare_alike(type, other)) continue;
      return type == other ? "equal values of type " + type + " may have several texts"
                           : "values of the types " + type + " and " + other + " are not compared";
    }
    add({.kind = Question::Kind::reference,
         .table = table,
         .columns = *columns,
         .referenced = referenced,
         .referenced_columns = *others,
         .all_or_none_null = constraint.match == ast::ForeignKeyMatch::full},
        {finding, nullptr, std::move(object), {}, {}});
    return {};
  }

  /// Whether values of the types that are equal have one text.
  bool compare_alike(std::string_view type, std::string_view other) const {
    const std::optional<KeyType> one = KeyType::of(type);
    const std::optional<KeyType> another = KeyType::of(other);
    if (one || another) return one && another && one->compares_with(*another);
    return type == other && std::ranges::any_of(plan_.enums, [&](const LoadPlan::Enum& labels) {
             return type == labels.schema + "." + labels.name ||
                    (labels.schema == "public" && type == labels.name);
           });
  }

  static std::optional<std::vector<size_t>> indexes_of(const LoadPlan::Table& table,
                                                       const std::vector<std::string>& names) {
    std::vector<size_t> indexes;
    for (const std::string& name : names) {
      const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                      [&](const LoadPlan::Column& column) { return column.name == name; });
      if (found == table.columns.end()) return std::nullopt;
      indexes.push_back(static_cast<size_t>(found - table.columns.begin()));
    }
    return indexes.empty() ? std::nullopt : std::optional(std::move(indexes));
  }

  /// Findings that asked say so; nobody else is bothered with it.
  Result<RowScan> not_read_again(const std::string& name) {
    if (options_.scan_data)
      return usage_error(
          fmt::format("--scan-data: the rows of {} cannot be read twice", shown_name(options_, name)),
          "write them to a file, and name that");
    for (size_t i = 0; i < questions_.size(); ++i) {
      if (askers_[i].finding == nowhere) continue;
      add_note(askers_[i].finding,
               fmt::format("the rows were not looked at, since a pipe is read once: {}",
                           name == "-" ? "--scan-data keeps what comes through it" : "write them to a file"));
    }
    return RowScan();
  }

  Result<RowScan> not_scanned(const Error& error) {
    if (options_.scan_data) return error;
    Diagnostic finding;
    finding.rule = &rows_not_scanned;
    finding.severity = rows_not_scanned.severity;
    finding.span.file = input_.file->index();
    finding.message = "the rows were not looked at: " + error.message;
    finding.advice = error.advice;
    diagnostics_.add(std::move(finding));
    return RowScan();
  }

  void add_note(size_t finding, std::string note) {
    std::vector<std::string>& notes = diagnostics_.all()[finding].notes;
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
  }

  /// Of the finding that asked, or that there is where rows are found.
  std::string_view rule_of(const Question& question, const Asker& asker) const {
    if (asker.finding != nowhere) return diagnostics_.all()[asker.finding].rule->id;
    if (question.kind == Question::Kind::condition) return rows_break_check.id;
    return asker.check != nullptr ? asker.check->reports : rows_too_large.id;
  }

  RowScan take(const std::vector<Answer>& answers) {
    RowScan scan;
    std::vector<bool> counted(plan_.tables.size(), false);
    for (size_t i = 0; i < answers.size(); ++i) {
      const size_t table = questions_[i].table;
      if (!counted[table]) scan.rows += answers[i].rows;
      counted[table] = true;
      switch (questions_[i].kind) {
        case Question::Kind::growth:
          tell_growth(askers_[i], answers[i], rows_of(plan_.tables[table]));
          break;
        case Question::Kind::reference:
          tell_reference(askers_[i], answers[i]);
          break;
        default:
          tell_values(questions_[i], askers_[i], answers[i]);
      }
      scan.answers.push_back(
          {rule_of(questions_[i], askers_[i]), askers_[i].object, askers_[i].what, answers[i]});
    }
    for (const auto& [finding, severity] : severities_) diagnostics_.all()[finding].severity = severity;
    return scan;
  }

  void rows_as_notes(const Answer& answer, std::vector<std::string>& notes) const {
    for (const SeenRow& row : answer.first) {
      std::string note = fmt::format("{}:{}", shown_name(options_, row.file), row.line);
      if (!row.key.empty()) note += ": " + row.key;
      if (!row.value.empty()) note += ": " + row.value;
      notes.push_back(std::move(note));
    }
  }

  /// Of several answers to one finding the worst counts.
  void judge(size_t finding, Severity severity) {
    const auto [known, first] = severities_.emplace(finding, severity);
    if (!first) known->second = std::max(known->second, severity);
  }

  bool tell_empty(const Asker& asker, const Answer& answer) {
    if (answer.rows > 0 || answer.unread > 0) return false;
    add_note(asker.finding, "the table has no rows in this input");
    return true;
  }

  void tell_values(const Question& question, const Asker& asker, const Answer& answer) {
    if (asker.finding == nowhere) {
      if (answer.found > 0) report(question, asker, answer);
      return;
    }
    const ValueCheck& check = *asker.check;
    Diagnostic& finding = diagnostics_.all()[asker.finding];
    const bool is_changed = besides_->change(question.table);
    const bool are_none = answer.found == 0 && answer.unread == 0 && !is_changed;
    judge(asker.finding, answer.found > 0 ? check.found : are_none ? check.none : finding.severity);
    if (is_changed) add_note(asker.finding, std::string(statements_besides));
    if (answer.unread > 0) add_note(asker.finding, not_understood(answer.unread));
    if (answer.found == 0 && !are_none) return;
    if (tell_empty(asker, answer)) return;
    add_note(asker.finding, sentence(answer, asker.what));
    rows_as_notes(answer, finding.notes);
    if (are_none && !check.settled.empty()) finding.advice = check.settled;
  }

  void report(const Question& question, const Asker& asker, const Answer& answer) {
    const FindingKind& rule = *find_any_rule(rule_of(question, asker), choices_.pipeline.placed);
    Diagnostic finding;
    finding.rule = &rule;
    finding.severity = rule.severity;
    finding.object = asker.object;
    finding.span = asker.span;
    finding.message = fmt::format("`{}` has rows with {}", asker.object, asker.what);
    finding.notes.push_back(sentence(answer, asker.what));
    rows_as_notes(answer, finding.notes);
    diagnostics_.add(std::move(finding));
  }

  static uint64_t rows_of(const LoadPlan::Table& table) {
    uint64_t rows = 0;
    for (const LoadPlan::Data& data : table.data) rows += data.rows;
    return rows;
  }

  void tell_growth(Asker& asker, const Answer& answer, uint64_t all_rows) {
    asker.what = "a key above that of the row before";
    if (tell_empty(asker, answer)) return;
    if (answer.lowest > answer.highest) return;  // the rows leave the key to its default
    const std::string rows =
        answer.rows == all_rows
            ? counted_rows(answer.rows)
            : fmt::format("the first {} of {}", with_commas(answer.rows), counted_rows(all_rows));
    add_note(asker.finding, fmt::format("{}, keys {} to {}, {} of them above that of the row before", rows,
                                        answer.lowest, answer.highest, with_commas(answer.found)));
    if (2 * answer.found > answer.rows)
      add_note(
          asker.finding,
          "so the key grows with time: `--sequences hash-sharded` spreads its inserts and keeps its values");
  }

  void tell_reference(Asker& asker, const Answer& answer) {
    asker.what = "a reference to a row that is not there";
    if (tell_empty(asker, answer)) return;
    const bool sampled = answer.one_key_in > 1;
    if (answer.unread > 0) add_note(asker.finding, not_understood(answer.unread));
    if (answer.found == 0 && answer.unread > 0) return;
    std::string note = sentence(answer, asker.what);
    if (sampled)
      note += fmt::format("; there are too many keys to hold, so that one in {} was looked at",
                          answer.one_key_in);
    add_note(asker.finding, std::move(note));
    Diagnostic& finding = diagnostics_.all()[asker.finding];
    rows_as_notes(answer, finding.notes);
    if (answer.found > 0)
      judge(asker.finding, Severity::error);
    else if (!sampled)
      judge(asker.finding, Severity::info);
    if (answer.found == 0 && !sampled) finding.advice = "Nothing to do: its validation holds for these rows.";
  }

  const Options& options_;
  const Choices& choices_;
  const CompiledInput& input_;
  Diagnostics& diagnostics_;
  LoadPlan plan_;
  std::map<ObjectName, size_t> tables_;           ///< of the plan
  std::unique_ptr<StatementsBesides> besides_;    ///< the rows
  std::multimap<std::string, size_t> by_object_;  ///< findings
  std::multimap<ScriptPlace, size_t> by_place_;   ///< findings
  std::vector<Question> questions_;
  std::vector<Asker> askers_;
  std::map<size_t, Severity> severities_;  ///< of findings that were answered
};

}  // namespace

Result<RowScan> ask_rows(const Options& options, const Choices& choices, const CompiledInput& input,
                         Diagnostics& diagnostics) {
  if (options.scan_data && options.no_scan_data)
    return usage_error("--scan-data and --no-scan-data: one of them");
  const bool has_rows = std::any_of(input.script.data.begin(), input.script.data.end(),
                                    [](const ast::DataBlock& block) { return block.rows > 0; });
  const bool rows_elsewhere = !options.source.empty() || !options.csv.empty() || !options.ast.empty();
  if (!options.asks_rows || options.no_scan_data || options.in_order || rows_elsewhere || !has_rows)
    return RowScan();
  return RowQuestions(options, choices, input, diagnostics).run();
}

}  // namespace pg2crdb
