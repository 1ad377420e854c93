#include "rewrite/rule_file.h"

#include <algorithm>

#include "rewrite/rule_reader.h"
#include "support/utf8.h"

namespace pg2crdb::rewrite {

std::string RuleProblem::text() const {
  std::string out = path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": error: " + message +
                    "\n" + excerpt;
  if (!advice.empty()) out += "  help: " + advice + "\n";
  return out;
}

RuleProblem problem_at(std::string_view path, std::string_view text, Place place, std::string message,
                       std::string advice) {
  RuleProblem problem;
  problem.path = path;
  problem.message = std::move(message);
  problem.advice = std::move(advice);
  const size_t at = std::min(place.begin, text.size());
  const size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  const size_t end = std::min(text.find('\n', at), text.size());
  problem.line = static_cast<uint64_t>(
                     std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) +
                 1;
  std::string shown, indent;
  problem.column = 1;
  for (size_t i = begin; i < end;) {
    const Utf8Character character = decode_utf8(text.substr(i));
    const bool control = character.code < 0x20;
    shown += !character.valid ? replacement_character
             : control        ? std::string_view(" ")
                              : text.substr(i, character.length);
    if (i < at) {
      indent += ' ';
      ++problem.column;
    }
    i += character.length;
  }
  const std::string number = std::to_string(problem.line);
  const size_t stop = std::clamp(place.end, at + 1, std::max(end, at + 1));
  problem.excerpt = "  " + number + " | " + shown + "\n  " + std::string(number.size(), ' ') + " | " +
                    indent + "^" + std::string(stop - at - 1, '~') + "\n";
  return problem;
}

bool TargetCondition::holds(const Target& target) const {
  switch (kind) {
    case Kind::negation:
      return !parts[0].holds(target);
    case Kind::conjunction:
      return parts[0].holds(target) && parts[1].holds(target);
    case Kind::disjunction:
      return parts[0].holds(target) || parts[1].holds(target);
    case Kind::capability:
      return target.has(capability) != lacks;
    case Kind::version: {
      // Where the rule names no patch, none counts.
      const auto order = (version.patch == 0 ? target.version().release() : target.version()) <=> version;
      if (op == "=") return order == 0;
      if (op == "<>") return order != 0;
      if (op == "<") return order < 0;
      if (op == "<=") return order <= 0;
      if (op == ">") return order > 0;
      return order >= 0;
    }
  }
  return false;
}

std::string RewriteRule::shown() const {
  return file + ":" + std::to_string(line) + " (" + name + ")";
}

ReadRules read_rule_file(std::string path, std::string text) {
  auto file = std::make_unique<RuleFile>();
  file->path = std::move(path);
  file->text = std::move(text);
  try {
    RuleReader(*file).read();
  } catch (const Failed& failed) {
    return problem_at(file->path, file->text, failed.place, failed.message, failed.advice);
  }
  return file;
}

}  // namespace pg2crdb::rewrite
