#include "driver/decided_statements.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ast/describe.h"
#include "ast/reflect.h"
#include "driver/decided_causes.h"
#include "driver/decision_text.h"
#include "driver/deleted_objects.h"
#include "driver/findings.h"
#include "driver/findings_by_place.h"
#include "driver/kept_statements.h"
#include "driver/options.h"
#include "parser/parser.h"
#include "support/byte_source.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

bool is_change(const Decision& decision) {
  return decision.action == DecisionAction::remove || decision.action == DecisionAction::replace ||
         decision.adds_beside();
}

/// The file that a span points into, of those of a script that come from the input.
SourceFile& file_of(const Span& span, SourceFile& first) {
  const auto next = std::ranges::find(first.next(), span.file, [](const auto& one) { return one->index(); });
  return next == first.next().end() ? first : **next;
}

Error placed(Error error, const Decision& decision) {
  error.message = fmt::format("{}: {}", decision.place, error.message);
  return error;
}

Error escapes_there(const Decision& decision, uint64_t line) {
  return placed(usage_error(fmt::format("what is to stand in line {} has a backslash, which there begins an "
                                        "escape: standard_conforming_strings is off",
                                        line),
                            "dump with standard_conforming_strings on, or write the character itself"),
                decision);
}

/// Where what is added beside a statement has its place: a byte of what parts it from its neighbour, or,
/// where nothing does, the last byte of what stands before. Those that are added there share it: `added`.
Result<Span> place_beside(const Decision& decision, const ast::Script& script, ast::StatementId beside,
                          const std::set<ast::StatementId>& added) {
  const Span& span = script.statements[beside].span;
  if (added.contains(beside)) return span;
  if (decision.position == AddedPosition::above) {
    if (span.begin > 0) return Span{span.file, span.begin - 1, span.begin};
    return placed(usage_error("nothing can be added above a statement that begins its file",
                              "`position = \"first\"` adds it before all others"),
                  decision);
  }
  const ast::StatementId next = beside + 1;
  const bool touches = next < script.statements.size() && !added.contains(next) &&
                       share_file(script.statements[next].span, span) &&
                       script.statements[next].span.begin <= span.end;
  const uint64_t begin = touches ? span.end - 1 : span.end;
  return Span{span.file, begin, begin + 1};
}

void forget_offsets(const ast::TypeInfo& type, void* node) {
  type.forget_offset(node);
  ast::for_each_part(type, node,
                     [](const ast::TypeInfo& part, void* inside) { forget_offsets(part, inside); });
}

bool fits(const std::string& pattern, const std::string& object) {
  return ::fnmatch(pattern.c_str(), object.c_str(), FNM_NOESCAPE) == 0;
}

/// The object that the passes know a statement by, else that of its words.
std::string object_of(const ast::Statement& statement, const FoundBefore* known) {
  return known != nullptr && statement.id < known->objects.size() ? known->objects[statement.id]
                                                                  : ast::statement_object(statement.node);
}

bool needs_findings(const Decision& decision) {
  return !decision.rule.empty() || !decision.object.empty();
}

std::string reason_of(const Decision& decision, std::string_view what) {
  return fmt::format("{} in {}: {}", what, decision.place, decision.reason);
}

/// What is missing since `applied`, pairs of a decision and a statement of the script.
DecidedCauses causes(const ast::Script& script, const SourceFile& file,
                     const std::vector<Decision>& decisions,
                     const std::set<std::pair<size_t, ast::StatementId>>& applied) {
  DecidedCauses causes;
  for (const auto& [index, id] : applied) {
    const ast::Statement& statement = script.statements[id];
    const Decision& decision = decisions[index];
    if (!is_change(decision)) continue;
    const bool is_deleted = decision.action == DecisionAction::remove;
    std::string object = ast::statement_object(statement.node);
    if (!is_deleted) {
      // What it was stands in the dump alone.
      const ParsedStatement before = parse_statement(file.of(statement.span).text(statement.span));
      const std::string made_before = ast::statement_object(before.node);
      if (made_before == object) continue;
      object = made_before;
    }
    if (object.empty()) continue;
    const std::string name = name_in_messages(std::move(object));
    causes.emplace(name,
                   fmt::format("`{}` is {}", name, reason_of(decision, is_deleted ? "deleted" : "replaced")));
  }
  return causes;
}

/// It means the same without rows behind it, and to who is not psql.
bool stands_alone(const ast::Statement& statement) {
  return !std::holds_alternative<ast::CopyFrom>(statement.node) &&
         !std::holds_alternative<ast::MetaCommand>(statement.node);
}

}  // namespace

bool is_about(const Decision& decision, const std::string& object, const std::string& text, const Span& place,
              const JudgedFindings& findings, const FindingsByPlace& by_place) {
  if (!decision.statement.empty() && statement_text(decision.statement) != text) return false;
  const bool has_it = decision.expression.empty() ? text.find(decision.find) != std::string::npos
                                                  : decision.expression.is_in(text);
  if (!decision.find.empty() && !has_it) return false;
  if (decision.rule.empty()) return decision.object.empty() || fits(decision.object, object);
  return std::ranges::any_of(by_place.within(place),
                             [&](size_t one) { return matches(decision, findings.diagnostics[one]); });
}

std::string_view source_text(const ast::Statement& statement, const SourceFile& file,
                             const DecidedTexts& texts) {
  const auto decided = texts.find(statement.id);
  return decided == texts.end() ? file.of(statement.span).text(statement.span)
                                : std::string_view(decided->second);
}

std::string statement_text(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(" \t\r\n;") + 1));
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
  }
  return out;
}

std::string text_after(const Decision& decision, const std::string& text) {
  if (decision.find.empty()) return statement_text(*decision.sql);
  std::string after;
  size_t from = 0;
  for (const TextHit& hit : hits_of(decision, text)) {
    after.append(text, from, hit.begin - from).append(hit.replacement);
    from = hit.end;
  }
  return statement_text(after.append(text, from));
}

std::vector<TextHit> hits_of(const Decision& decision, const std::string& text) {
  if (!decision.expression.empty()) return decision.expression.hits(text, *decision.sql);
  std::vector<TextHit> found;
  for (size_t at = text.find(decision.find); at != std::string::npos && !decision.find.empty();
       at = text.find(decision.find, found.back().end))
    found.push_back({at, at + decision.find.size(), *decision.sql});
  return found;
}

bool holds(const Decision& decision) {
  return decision.until.empty() || decision.until >= today();
}

bool DecidedStatements::change_any() const {
  return std::ranges::any_of(choices_.config.decisions,
                             [](const Decision& decision) { return is_change(decision) && holds(decision); });
}

bool DecidedStatements::need_findings() const {
  return std::ranges::any_of(choices_.config.decisions, [](const Decision& decision) {
    return is_change(decision) && needs_findings(decision) && holds(decision);
  });
}

void DecidedStatements::leave_out(ast::Script& script, ast::Statement& statement,
                                  const Decision& decision) const {
  const std::string reason = reason_of(decision, "deleted");
  // The passes hold back what needs it, as for any statement that does not go out.
  statement.fate = ast::Fate::needs_person;
  statement.reason = reason;
  const auto* table = std::get_if<ast::CreateTable>(&statement.node);
  for (ast::DataBlock& block : script.data) {
    const bool of_table = table != nullptr && block.table == table->name;
    if (!of_table && block.statement != statement.id) continue;
    block.left_out = reason;
    if (!of_table || block.statement == ast::no_statement) continue;
    script.statements[block.statement].fate = ast::Fate::dropped;
    script.statements[block.statement].reason = reason;
  }
}

Result<ast::Statement> read_decided_sql(const std::string& sql, SourceFile& file, Diagnostics& diagnostics) {
  const auto wrong = [&](std::string_view what) {
    return usage_error(fmt::format("the SQL of a decision has to be one statement: {}", what),
                       "`delete` leaves a statement out");
  };
  ScriptReader reader(diagnostics, {});
  const std::string whole = sql + "\n;";  // the end of the text is that of the statement
  const auto source = memory_source(whole);
  if (const auto done = reader.read(*source, file); !done) return wrong(done.error().message);
  auto parsed = reader.finish();
  if (!parsed) return wrong(parsed.error().message);
  const size_t count = parsed->script.statements.size();
  if (!parsed->script.data.empty()) return wrong("rows are loaded from the input alone");
  if (count != 1) return wrong(fmt::format("it is {}", count));
  for (const Diagnostic& finding : diagnostics.all()) {
    if (finding.rule->id != "unparsed-statement") continue;
    return usage_error(fmt::format("the SQL of a decision is not understood: {}", finding.message),
                       "correct it; it is PostgreSQL's SQL, as a dump has it");
  }
  return std::move(parsed->script.statements[0]);
}

Result<void> DecidedStatements::replace(ast::Statement& statement, const Decision& decision,
                                        const std::string& sql, Diagnostics& diagnostics) const {
  SourceFile text(0, decision.place);
  Diagnostics found;
  auto read = read_decided_sql(sql, text, found);
  if (!read) return placed(read.error(), decision);
  // It stands nowhere in the dump: what is found in it is about the whole of what stands there.
  for (Diagnostic& finding : found.all()) {
    finding.span = statement.span;
    diagnostics.add(std::move(finding));
  }
  forget_offsets(ast::type_info<ast::StatementNode>(), &read->node);
  statement.node = std::move(read->node);
  statement.fate = read->live() ? ast::Fate::rewritten : read->fate;
  statement.reason = std::move(read->reason);
  statement.as_written = false;  // its text in the dump is another one
  statement.passes = {"pg2crdb.toml"};
  return {};
}

void DecidedStatements::begin() {
  deleted_.clear();
  applied_.clear();
  added_beside_.clear();
}

void DecidedStatements::note_added(const ast::Script& script, const std::map<uint32_t, size_t>& added) {
  all_before_ = all_.size();
  if (added.empty()) return;
  for (const ast::Statement& statement : script.statements) {
    const auto by = added.find(statement.span.file);
    if (by != added.end()) all_.push_back({by->second, statement.id, statement.span});
  }
}

bool is_open_to_keep(const ast::Statement& statement) {
  using enum ast::Fate;
  return statement.fate == needs_person || statement.fate == dropped || statement.fate == rewritten;
}

void DecidedStatements::keep(size_t index, ast::Statement& statement, std::string text, ast::Script& script) {
  const Decision& decision = choices_.config.decisions[index];
  if (!is_open_to_keep(statement) || deleted_.contains(statement.id)) {
    idle_.emplace(index,
                  fmt::format("the {} of line {} is {}", ast::statement_kind(statement.node), statement.line,
                              deleted_.contains(statement.id) ? "deleted" : to_string(statement.fate)));
    return;
  }
  if (const std::string why = why_not_kept(script, statement, text); !why.empty()) {
    if (!refused_) {
      refused_ =
          usage_error(fmt::format("{}: the {} of line {} cannot be kept word for word: {}", decision.place,
                                  ast::statement_kind(statement.node), statement.line, why),
                      "take the decision out, or write with `replace` what it shall be");
    }
    return;
  }
  const std::string kind = ast::statement_kind(statement.node);
  statement.node = ast::Opaque{kind, std::move(text)};
  statement.fate = ast::Fate::kept;
  statement.reason = std::string();
  if (std::ranges::find(script.order, statement.id) == script.order.end()) {
    const auto behind = std::find_if(script.order.rbegin(), script.order.rend(), [&](ast::StatementId one) {
      return script.statements[one].phase <= statement.phase;
    });
    script.order.insert(behind.base(), statement.id);
  }
  note(index, statement);
}

std::string DecidedStatements::why_idle(size_t decision) const {
  const auto found = idle_.find(decision);
  return found == idle_.end() ? std::string() : found->second;
}

void DecidedStatements::note(size_t decision, const ast::Statement& statement) {
  if (applied_.emplace(decision, statement.id).second)
    all_.push_back({decision, statement.id, statement.span});
}

Result<bool> DecidedStatements::change(ast::Script& script, SourceFile& file, const FoundBefore* known,
                                       DecidedTexts& texts, Diagnostics& diagnostics) {
  const std::vector<Decision>& decisions = choices_.config.decisions;
  bool changed = false;
  for (size_t i = 0; i < decisions.size();) {
    std::vector<size_t> changes;
    for (; i < decisions.size() && !decisions[i].adds_beside(); ++i) {
      if (is_change(decisions[i]) && holds(decisions[i]) &&
          needs_findings(decisions[i]) == (known != nullptr))
        changes.push_back(i);
    }
    const auto done = change_statements(changes, script, file, known, texts, diagnostics);
    if (!done) return done.error();
    changed = changed || *done;
    if (i == decisions.size()) break;
    if (known == nullptr && holds(decisions[i])) {
      if (auto added = add_beside(i, script, file, texts, diagnostics); !added) return added.error();
    }
    ++i;
  }
  return changed;
}

void DecidedStatements::make_room(ast::StatementId first, ast::Script& script, DecidedTexts& texts) {
  const auto next = [&](ast::StatementId& id) {
    if (id != ast::no_statement && id >= first) ++id;
  };
  for (ast::Statement& statement : script.statements) {
    next(statement.id);
    next(statement.merged_into);
  }
  for (ast::DataBlock& block : script.data) next(block.statement);
  for (size_t i = all_before_; i < all_.size(); ++i) next(all_[i].statement);
  const auto shifted = [&](const std::set<ast::StatementId>& ids) {
    std::set<ast::StatementId> out;
    for (ast::StatementId id : ids) next(id), out.insert(id);
    return out;
  };
  deleted_ = shifted(deleted_);
  added_beside_ = shifted(added_beside_);
  std::set<std::pair<size_t, ast::StatementId>> applied;
  for (auto [decision, id] : applied_) next(id), applied.emplace(decision, id);
  applied_ = std::move(applied);
  DecidedTexts moved;
  for (auto& [id, text] : texts) {
    ast::StatementId now = id;
    next(now);
    moved.emplace(now, std::move(text));
  }
  texts = std::move(moved);
}

Result<void> DecidedStatements::add_beside(size_t index, ast::Script& script, SourceFile& file,
                                           DecidedTexts& texts, Diagnostics& diagnostics) {
  const Decision& decision = choices_.config.decisions[index];
  std::vector<ast::StatementId> fitting;
  for (const ast::Statement& statement : script.statements) {
    const std::string_view source = source_text(statement, file, texts);
    if (may_be_about(decision, source) && statement_text(source) == statement_text(decision.statement))
      fitting.push_back(statement.id);
  }
  if (fitting.empty()) return {};
  if (fitting.size() > 1)
    return placed(
        usage_error(fmt::format("{} statements read as the one that it is to be added beside: those of "
                                "lines {} and {}",
                                fitting.size(), script.statements[fitting[0]].line,
                                script.statements[fitting[1]].line),
                    "add it beside another one, or with `position = \"first\"` or `\"last\"`"),
        decision);
  const ast::Statement& beside = script.statements[fitting[0]];
  const Result<Span> place = place_beside(decision, script, beside.id, added_beside_);
  if (!place) return place.error();
  std::string text = statement_text(*decision.sql);
  if (text.find('\\') != std::string::npos && has_escapes_in_strings(script, beside))
    return escapes_there(decision, beside.line);
  const bool is_above = decision.position == AddedPosition::above;
  SourceFile& its_file = file_of(*place, file);
  // What is found in it is said of the line of the statement that it stands above, not of the one before.
  if (is_above && !added_beside_.contains(beside.id)) {
    const Location at = its_file.locate(beside.span.begin);
    its_file.keep(place->begin, at.line, at.column, {});
  }
  ast::Statement added;
  added.line = its_file.locate(place->begin).line;
  added.span = *place;
  if (auto read = replace(added, decision, text, diagnostics); !read) return read.error();
  if (added.live()) added.fate = ast::Fate::kept;
  added.id = is_above ? beside.id : beside.id + 1;
  make_room(added.id, script, texts);
  const ast::StatementId id = added.id;
  script.statements.insert(script.statements.begin() + static_cast<std::ptrdiff_t>(id), std::move(added));
  texts[id] = std::move(text);
  added_beside_.insert(id);
  note(index, script.statements[id]);
  return {};
}

Result<bool> DecidedStatements::change_statements(const std::vector<size_t>& changes, ast::Script& script,
                                                  const SourceFile& file, const FoundBefore* known,
                                                  DecidedTexts& texts, Diagnostics& diagnostics) {
  if (changes.empty()) return false;
  JudgedFindings findings;
  if (known != nullptr) findings.diagnostics = known->findings.all();
  const FindingsByPlace by_place(findings);
  const std::vector<Decision>& decisions = choices_.config.decisions;
  std::vector<Span> gone;
  Diagnostics of_new;
  for (ast::Statement& statement : script.statements) {
    if (statement.fate == ast::Fate::dropped || deleted_.contains(statement.id)) continue;
    const std::string_view source = source_text(statement, file, texts);
    if (std::ranges::none_of(changes, [&](size_t i) { return may_be_about(decisions[i], source); })) continue;
    std::string text = statement_text(source);
    const std::string object = object_of(statement, known);
    const Decision* last = nullptr;
    for (const size_t i : changes) {
      const Decision& decision = decisions[i];
      if (applied_.contains({i, statement.id}) ||
          !is_about(decision, object, text, statement.span, findings, by_place))
        continue;
      if (decision.action == DecisionAction::replace) {
        if (std::holds_alternative<ast::CopyFrom>(statement.node)) continue;  // its rows go with its words
        text = text_after(decision, text);
      }
      note(i, statement);
      last = &decision;
      if (decision.action == DecisionAction::remove) break;
    }
    if (last == nullptr) continue;
    gone.push_back(statement.span);
    if (last->action == DecisionAction::remove) {
      leave_out(script, statement, *last);
      deleted_.insert(statement.id);
      continue;
    }
    if (text.find('\\') != std::string::npos && has_escapes_in_strings(script, statement))
      return escapes_there(*last, statement.line);
    if (auto replaced = replace(statement, *last, text, of_new); !replaced) return replaced.error();
    texts[statement.id] = std::move(text);
  }
  std::ranges::sort(gone, {}, script_place);
  std::erase_if(diagnostics.all(), [&](const Diagnostic& finding) {
    const auto behind = std::ranges::upper_bound(gone, script_place(finding.span), {}, script_place);
    return behind != gone.begin() && share_file(*std::prev(behind), finding.span) &&
           finding.span.begin < std::prev(behind)->end;
  });
  for (Diagnostic& finding : of_new.all()) diagnostics.add(std::move(finding));
  return !gone.empty();
}

void DecidedStatements::finish(ast::Script& script, const SourceFile& file, const DecidedTexts& texts,
                               Diagnostics& diagnostics) {
  refused_.reset();
  for (const ast::StatementId id : deleted_) script.statements[id].fate = ast::Fate::dropped;
  if (!deleted_.empty()) {
    hold_back_what_needs_deleted(script, deleted_, diagnostics);
    std::erase_if(script.order,
                  [&](ast::StatementId id) { return script.statements[id].fate == ast::Fate::dropped; });
  }
  const std::vector<Decision>& decisions = choices_.config.decisions;
  note_decided_causes(script, causes(script, file, decisions, applied_), diagnostics);
  if (std::ranges::none_of(decisions, [](const Decision& decision) {
        return (decision.action == DecisionAction::keep || decision.action == DecisionAction::add_user) &&
               holds(decision);
      }))
    return;
  JudgedFindings findings;
  findings.diagnostics = diagnostics.all();
  const FindingsByPlace by_place(findings);
  for (size_t i = 0; i < decisions.size(); ++i) {
    const Decision& decision = decisions[i];
    if (!holds(decision)) continue;
    for (ast::Statement& statement : script.statements) {
      auto* role = std::get_if<ast::CreateRole>(&statement.node);
      if (decision.action == DecisionAction::add_user && role != nullptr &&
          statement.fate == ast::Fate::added &&
          (decision.object.empty() || fits(decision.object, role->name)))
        role->login = true;
      if (decision.action != DecisionAction::keep || statement.fate == ast::Fate::added ||
          !stands_alone(statement))
        continue;
      std::string text = statement_text(source_text(statement, file, texts));
      if (text.empty() || !is_about(decision, ast::statement_object(statement.node), text, statement.span,
                                    findings, by_place))
        continue;
      keep(i, statement, std::move(text), script);
    }
  }
}

}  // namespace pg2crdb
