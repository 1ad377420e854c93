#include "driver/findings.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "support/json.h"

namespace pg2crdb {

bool is_within(const Span& statement, const Span& place) {
  return statement.file == place.file && statement.begin <= place.begin && place.begin < statement.end;
}

Diagnostic about(const FindingKind& rule, const Span& span, std::string object, std::string message) {
  Diagnostic finding;
  finding.rule = &rule;
  finding.severity = rule.severity;
  finding.span = span;
  finding.object = std::move(object);
  finding.message = std::move(message);
  return finding;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm day = {};
  localtime_r(&now, &day);
  return fmt::format("{:04}-{:02}-{:02}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

namespace {

/// What a statement has brought into another one has no place of its own there: it is found at the whole.
bool is_of_merged(const InlineIgnore& ignore, const Diagnostic& finding) {
  const Span& into = ignore.merged_into;
  if (into.empty() || finding.span.file != into.file || finding.span.begin != into.begin) return false;
  return std::ranges::any_of(ignore.names, [&](const std::string& name) {
    return finding.object == name || finding.object.ends_with("." + name);
  });
}

bool matches(const InlineIgnore& ignore, const Diagnostic& finding) {
  return ignore.rule == finding.rule->id &&
         (is_within(ignore.statement, finding.span) || is_of_merged(ignore, finding));
}

bool is_in(const std::vector<std::string>& ids, std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

void choose(std::vector<Diagnostic>& findings, const Choices& choices) {
  std::erase_if(findings, [&](const Diagnostic& finding) {
    return (!choices.select.empty() && !is_in(choices.select, finding.rule->id)) ||
           is_in(choices.ignore, finding.rule->id);
  });
  for (Diagnostic& finding : findings) {
    const auto severity = choices.severity.find(std::string(finding.rule->id));
    if (severity != choices.severity.end()) finding.severity = severity->second;
  }
}

// Why a comment cannot be taken; empty where it is good.
std::string problem_of(const InlineIgnore& ignore, const Choices& choices) {
  if (!ignore.misspelt.empty()) return "acknowledges nothing: did you mean `pg2crdb: ignore`?";
  if (!find_any_rule(ignore.rule, choices.pipeline.placed)) return "names no rule";
  if (ignore.reason.empty()) return "gives no reason: write reason=\"...\" behind the rule";
  return ignore.statement.empty() ? "stands before no statement" : "";
}

struct Marks {
  std::vector<std::optional<Acknowledged>> acknowledged;
  std::vector<Diagnostic> unused;
};

// A finding of a statement that an option took away still makes its decision used: --select must not
// turn decisions into findings. So this looks at all findings.
Marks mark(const std::vector<Diagnostic>& all, const Choices& choices, uint32_t config_index,
           const std::vector<InlineIgnore>& ignores, const DecidedStatements* decided) {
  Marks marks;
  marks.acknowledged.resize(all.size());
  const auto acknowledge = [&](const auto& about_them, const Acknowledged& by) {
    bool used = false;
    for (size_t i = 0; i < all.size(); ++i) {
      if (!matches(about_them, all[i])) continue;
      used = true;
      if (!marks.acknowledged[i]) marks.acknowledged[i] = by;
    }
    return used;
  };
  // What is kept word for word is as somebody wants it, unless CockroachDB does not read it.
  const auto keep = [&](const Decision& decision, const DecidedStatement& kept, const Acknowledged& by) {
    for (size_t i = 0; i < all.size(); ++i) {
      const Diagnostic& finding = all[i];
      if (finding.rule == &not_cockroachdb || finding.span.file != kept.in_dump.file ||
          finding.span.begin < kept.in_dump.begin || finding.span.begin >= kept.in_dump.end)
        continue;
      if ((decision.rule.empty() || matches(decision, finding)) && !marks.acknowledged[i])
        marks.acknowledged[i] = by;
    }
  };
  const auto decide = [&](size_t index, const Acknowledged& by) {
    const Decision& decision = choices.config.decisions[index];
    if (decision.action == DecisionAction::acknowledge || decision.action == DecisionAction::add_user)
      return acknowledge(decision, by);
    bool used = false;
    for (const DecidedStatement& one : decided->all()) {
      if (one.decision != index) continue;
      used = true;
      if (decision.action == DecisionAction::keep) keep(decision, one, by);
    }
    return used;
  };
  const std::string day = today();
  for (size_t index = 0; index < choices.config.decisions.size(); ++index) {
    const Decision& decision = choices.config.decisions[index];
    const std::string what = decision.rule.empty() ? std::string(to_string(decision.action)) : decision.rule;
    Span span = decision.span;
    span.file = config_index;
    if (!decision.until.empty() && decision.until < day) {
      marks.unused.push_back(about(expired_decision, span, decision.object,
                                   fmt::format("the decision on `{}` held until {}", what, decision.until)));
    } else if (decided == nullptr && decision.action != DecisionAction::acknowledge) {
      marks.unused.push_back(
          about(unused_decision, span, decision.object,
                fmt::format(
                    "the decision to {} is not followed: migrations that stay in their order, trees and SQL "
                    "for CockroachDB are changed where they are written; only `acknowledge` counts",
                    to_string(decision.action))));
    } else if (!decide(index, {choices.config.path, decision.reason, false})) {
      if (decision.action == DecisionAction::add && !decision.adds_beside()) {
        marks.unused.push_back(
            about(unused_decision, span, {},
                  "the decision to add a statement is not followed: it goes with one input"));
        continue;
      }
      const std::string idle = decided == nullptr ? std::string() : decided->why_idle(index);
      if (!idle.empty()) {
        marks.unused.push_back(about(unused_decision, span, decision.object,
                                     fmt::format("the decision on `{}` has nothing to do: {}", what, idle)));
        continue;
      }
      marks.unused.push_back(
          about(unused_decision, span, decision.object,
                fmt::format("the decision on `{}`{} matches no {}", what,
                            decision.object.empty() ? "" : fmt::format(" for `{}`", decision.object),
                            decision.rule.empty() ? "statement" : "finding")));
    }
  }
  for (const InlineIgnore& ignore : ignores) {
    std::string problem = problem_of(ignore, choices);
    const std::string_view word = ignore.misspelt.empty() ? "ignore" : std::string_view(ignore.misspelt);
    if (problem.empty() && !acknowledge(ignore, {"inline comment", ignore.reason, true}))
      problem = "matches no finding";
    if (problem.empty()) continue;
    const Span& place = ignore.comment.empty() ? ignore.statement : ignore.comment;
    marks.unused.push_back(about(unused_decision, place, {},
                                 fmt::format("the comment `pg2crdb: {} {}` {}", word, ignore.rule, problem)));
  }
  return marks;
}

RenderOptions render_options(const TextStyle& style = {}) {
  RenderOptions options;
  options.tool_version = PG2CRDB_VERSION;
  options.text = style;
  return options;
}

// diag's object, and in it who acknowledged the finding.
std::string json_object(const JudgedFindings& findings, size_t i) {
  std::string out;
  append_findings_json(out, {std::span(findings.diagnostics).subspan(i, 1), findings.files});
  const size_t begin = out.find('{');
  const size_t end = out.rfind('}');
  out = out.substr(begin, end - begin);
  if (const auto& acknowledged = findings.acknowledged[i]) {
    out += ",\"acknowledged\":{\"by\":";
    append_json_string(out, acknowledged->by);
    out += ",\"reason\":";
    append_json_string(out, acknowledged->reason);
    out += '}';
  }
  return out + "}";
}

}  // namespace

size_t JudgedFindings::count(Severity severity) const {
  size_t count = 0;
  for (size_t i = 0; i < diagnostics.size(); ++i) {
    count += diagnostics[i].severity == severity && !acknowledged[i] ? 1 : 0;
  }
  return count;
}

size_t JudgedFindings::count_acknowledged() const {
  return static_cast<size_t>(std::count_if(acknowledged.begin(), acknowledged.end(),
                                           [](const auto& one) { return one.has_value(); }));
}

bool JudgedFindings::any_from(Severity severity) const {
  for (size_t i = 0; i < diagnostics.size(); ++i) {
    if (diagnostics[i].severity >= severity && !acknowledged[i]) return true;
  }
  return false;
}

void JudgedFindings::append_json(std::string& out) const {
  out += '[';
  for (size_t i = 0; i < diagnostics.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    out += json_object(*this, i);
  }
  out += diagnostics.empty() ? "]" : "\n]";
}

std::string JudgedFindings::render_as(FindingsFormat format, const TextStyle& style) const {
  std::string out;
  if (format == FindingsFormat::jsonl) {
    for (size_t i = 0; i < diagnostics.size(); ++i) out += json_object(*this, i) + "\n";
    return out;
  }
  if (format == FindingsFormat::sarif)
    return render(format, {diagnostics, files, acknowledged}, render_options(style));
  const bool any_acknowledged = count_acknowledged() != 0;
  std::vector<Diagnostic> shown = any_acknowledged ? diagnostics : std::vector<Diagnostic>();
  for (size_t i = 0; i < shown.size(); ++i) {
    if (!acknowledged[i]) continue;
    shown[i].notes.push_back(fmt::format("this {} is acknowledged ({}): {}", to_string(shown[i].severity),
                                         acknowledged[i]->by, acknowledged[i]->reason));
    shown[i].severity = Severity::info;
  }
  const bool asks_for_work = format == FindingsFormat::github || format == FindingsFormat::gitlab;
  size_t number = 0;
  std::erase_if(shown, [&](const Diagnostic&) {
    const std::optional<Acknowledged>& by = acknowledged[number++];
    return by && (asks_for_work || by->is_old);
  });
  return render(format, {any_acknowledged ? shown : diagnostics, files}, render_options(style));
}

bool matches(const Decision& decision, const Diagnostic& finding) {
  return decision.rule == finding.rule->id &&
         (decision.object.empty() ||
          fnmatch(decision.object.c_str(), finding.object.c_str(), FNM_NOESCAPE) == 0);
}

JudgedFindings judge(Diagnostics diagnostics, const Choices& choices, std::vector<const SourceFile*> files,
                     const std::vector<InlineIgnore>& ignores, const DecidedStatements* decided) {
  JudgedFindings judged;
  judged.files = std::move(files);
  const auto config_index = static_cast<uint32_t>(judged.files.size());
  if (!choices.config.path.empty()) {
    judged.config_file = std::make_unique<SourceFile>(config_index, choices.config.path);
    judged.config_file->keep(0, 1, 1, choices.config.text);
    judged.files.push_back(judged.config_file.get());
  }
  diagnostics.sort();
  Marks marks = mark(diagnostics.all(), choices, config_index, ignores, decided);
  std::vector<std::optional<Acknowledged>> all_marks = std::move(marks.acknowledged);
  std::vector<Diagnostic> all = std::move(diagnostics.all());
  for (Diagnostic& finding : marks.unused) {
    all.push_back(std::move(finding));
    all_marks.emplace_back();
  }
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<Diagnostic> one;
    one.push_back(std::move(all[i]));
    choose(one, choices);
    if (one.empty()) continue;
    judged.diagnostics.push_back(std::move(one[0]));
    judged.acknowledged.push_back(std::move(all_marks[i]));
  }
  return judged;
}

TextStyle text_style(const Options& options, int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = options.color.empty() || options.color == "auto"
                          ? !(no_color && *no_color) && isatty(descriptor)
                          : options.color == "always";
  return {wanted, !options.all};
}

}  // namespace pg2crdb
