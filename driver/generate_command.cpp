#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "driver/command.h"
#include "driver/config.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

bool takes_value(const OptionText& option) {
  return !option.value.empty() || !option.permitted.empty();
}

/// The words that an option's value is one of, or begins with; empty where any will do.
std::vector<std::string> values_of(const OptionText& option) {
  if (option.value == "VERSION") {
    std::vector<std::string> versions;
    for (const Release& release : known_releases()) versions.push_back(to_string(release.version));
    return versions;
  }
  return option.value == "ID,..." ? rule_ids({}) : option.permitted;
}

bool names_file(const OptionText& option) {
  return option.value.find("FILE") != std::string_view::npos ||
         option.value.find("DIR") != std::string_view::npos;
}

bool is_lower(char c) {
  return 'a' <= c && c <= 'z';
}

std::string list_of_commands() {
  std::string names = "help";
  for (const Command* command : all_commands()) names += fmt::format(" {}", command->syntax.name);
  return names;
}

/// Words that the first argument is one of, as "man|complete-bash" and "list|explain ID" have them; empty
/// where any word will do.
std::string choices_in(const Syntax& syntax) {
  std::string words;
  if (syntax.arguments.find('|') == std::string_view::npos) return words;
  std::istringstream ways{std::string(syntax.arguments)};
  for (std::string way; std::getline(ways, way, '|');) {
    if (!is_lower(way[0])) return {};  // it stands for a word
    words += (words.empty() ? "" : " ") + way.substr(0, way.find(' '));
  }
  return words;
}

// --- the manual: man(7) of groff

/// A line of text that is read as nothing else.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string manual_of(const OptionText& option) {
  std::string head = option.letter ? fmt::format("\\fB\\-{}\\fR, ", option.letter) : "";
  head += fmt::format("\\fB{}\\fR", roff(fmt::format("--{}", option.name)));
  if (takes_value(option)) head += fmt::format(" \\fI{}\\fR", roff(option.value));
  return fmt::format(".TP\n{}\n{}\n", head, roff(option.text));
}

std::string manual_of(const Syntax& syntax) {
  std::string out = fmt::format(".SS pg2crdb {}\n", syntax.name);
  out += fmt::format(".B pg2crdb {}\n", syntax.name);
  if (!syntax.arguments.empty()) out += fmt::format(".I {}\n", roff(syntax.arguments));
  out += "[\\fIoption\\fR...]\n";
  std::istringstream paragraphs{std::string(syntax.details)};
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    if (!paragraph.empty()) out += fmt::format(".PP\n{}\n", roff(paragraph));
  }
  for (const OptionText& option : options_of(syntax)) out += manual_of(option);
  for (size_t i = 0; i < syntax.examples.size(); ++i)
    out += fmt::format("{}.EX\n{}\n.EE\n", i == 0 ? ".PP\nExamples:\n.PP\n" : "", roff(syntax.examples[i]));
  return out;
}

std::string manual() {
  std::string out = fmt::format(
      ".TH PG2CRDB 1 \"\" \"pg2crdb {}\"\n.SH NAME\npg2crdb \\- compiles a pg_dump schema for CockroachDB, "
      "and "
      "moves and verifies the rows\n.SH SYNOPSIS\n.B pg2crdb\n.I COMMAND\n[\\fIargument\\fR...] "
      "[\\fIoption\\fR...]\n.SH COMMANDS\n",
      PG2CRDB_VERSION);
  for (const Command* command : all_commands()) out += manual_of(command->syntax);
  out += ".SH EXIT STATUS\n";
  for (size_t status = 0; status < std::size(exit_status_words); ++status)
    out += fmt::format(".TP\n{}\n{}\n", status, exit_status_words[status]);
  out +=
      ".SH ENVIRONMENT\n.TP\nPGPASSWORD, PGPASSFILE, PGSERVICE, PGSSLMODE and others of libpq\n"
      "for servers, where a URL does not say\n.TP\nPGCONNECT_TIMEOUT\nseconds to wait for a server; 10 where "
      "nobody says\n.TP\nNO_COLOR\nno colours on a terminal\n.TP\nPATH\nwhere pg_dump, pg_restore and git "
      "are looked for\n"
      ".SH FILES\n.TP\npg2crdb.toml\noptions and decisions; in the folder of the input, or the nearest one "
      "above it\n.TP\n"
      "~/.pgpass\npasswords, as libpq reads them\n";
  return out;
}

// --- what shells ask

std::string bash() {
  std::string out =
      "# bash completion of pg2crdb\n"
      "_pg2crdb() {\n"
      "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "    COMPREPLY=()\n"
      // Bash makes three words of `--crdb=26.2`.
      "    if [ \"$word\" = = ]; then\n        word=\n"
      "    elif [ \"$before\" = = ]; then\n        before=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
      "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
  out += fmt::format("        COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n        return\n    fi\n",
                     list_of_commands());
  out += "    local options= arguments=\n    case ${COMP_WORDS[1]} in\n";
  for (const Command* command : all_commands()) {
    const Syntax& syntax = command->syntax;
    std::string names;
    out += fmt::format("    {})\n        case $before in\n", syntax.name);
    for (const OptionText& option : options_of(syntax)) {
      names += fmt::format("{}--{}", names.empty() ? "" : " ", option.name);
      if (!takes_value(option)) continue;
      const std::string pattern = option.letter ? fmt::format("-{}|--{}", option.letter, option.name)
                                                : fmt::format("--{}", option.name);
      const std::vector<std::string> values = values_of(option);
      const std::string reply =
          !values.empty() ? fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))", fmt::join(values, " "))
          : names_file(option) ? "COMPREPLY=($(compgen -f -- \"$word\"))"
                               : "";
      out += fmt::format("        {})\n            {}return\n            ;;\n", pattern,
                         reply.empty() ? "" : reply + "\n            ");
    }
    out += "        esac\n";
    out += fmt::format("        options='{}'\n", names);
    if (const std::string words = choices_in(syntax); !words.empty())
      out += fmt::format("        arguments='{}'\n", words);
    out += "        ;;\n";
  }
  out += fmt::format("    help)\n        arguments='{}'\n        ;;\n    esac\n", list_of_commands());
  out +=
      "    case $word in\n"
      "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
      "    *)\n"
      "        if [ -n \"$arguments\" ] && [ \"$COMP_CWORD\" -eq 2 ]; then\n"
      "            COMPREPLY=($(compgen -W \"$arguments\" -- \"$word\"))\n"
      "        else\n"
      "            COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "        fi\n"
      "        ;;\n"
      "    esac\n"
      "}\n"
      "complete -o filenames -F _pg2crdb pg2crdb\n";
  return out;
}

/// Within single quotes of a shell; zsh also keeps brackets and colons for itself.
std::string quoted(std::string_view text, bool zsh) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (zsh && (c == '[' || c == ']' || c == ':')) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string zsh() {
  std::string out = "#compdef pg2crdb\n_pg2crdb() {\n    local -a commands\n    commands=(\n";
  for (const Command* command : all_commands())
    out += fmt::format("        '{}:{}'\n", command->syntax.name, quoted(command->syntax.summary, true));
  out +=
      "        'help:what a command does and all of its options'\n    )\n"
      "    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
      "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n";
  for (const Command* command : all_commands()) {
    const Syntax& syntax = command->syntax;
    out += fmt::format("    {})\n        _arguments -s", syntax.name);
    for (const OptionText& option : options_of(syntax)) {
      std::string value;
      if (const std::vector<std::string> values = values_of(option); !values.empty()) {
        value = fmt::format(":value:({})", fmt::join(values, " "));
      } else if (takes_value(option)) {
        value = fmt::format(":{}:{}", quoted(option.value, true), names_file(option) ? "_files" : " ");
      }
      const std::string text = quoted(option.text, true);
      const std::string_view equals = takes_value(option) ? "=" : "";
      out += fmt::format(" \\\n            '*--{}{}[{}]{}'", option.name, equals, text, value);
      if (option.letter) out += fmt::format(" \\\n            '*-{}[{}]{}'", option.letter, text, value);
    }
    const std::string words = choices_in(syntax);
    if (!words.empty()) out += fmt::format(" \\\n            '1:argument:({})'", words);
    if (syntax.most_arguments > (words.empty() ? 0 : 1)) {
      out += " \\\n            '*:argument:_files'";
    }
    out += "\n        ;;\n";
  }
  out += "    help) _describe command commands ;;\n    esac\n}\n_pg2crdb \"$@\"\n";
  return out;
}

std::string fish() {
  std::string out = "# fish completion of pg2crdb\n";
  out +=
      "complete -c pg2crdb -n __fish_use_subcommand -f -a help -d 'what a command does and all of its "
      "options'\n";
  for (const Command* command : all_commands()) {
    const Syntax& syntax = command->syntax;
    out += fmt::format("complete -c pg2crdb -n __fish_use_subcommand -f -a {} -d '{}'\n", syntax.name,
                       quoted(syntax.summary, false));
    const std::string here =
        fmt::format("complete -c pg2crdb -n '__fish_seen_subcommand_from {}'", syntax.name);
    for (const OptionText& option : options_of(syntax)) {
      out += fmt::format("{} -l {}", here, option.name);
      if (option.letter) out += fmt::format(" -s {}", option.letter);
      if (takes_value(option)) out += names_file(option) ? " -r -F" : " -x";
      if (const std::vector<std::string> values = values_of(option); !values.empty())
        out += fmt::format(" -a '{}'", fmt::join(values, " "));
      out += fmt::format(" -d '{}'\n", quoted(option.text, false));
    }
    if (const std::string words = choices_in(syntax); !words.empty())
      out += fmt::format("{} {}-a '{}'\n", here, syntax.most_arguments > 1 ? "" : "-f ", words);
  }
  return out;
}

int run(const Options& options) {
  const std::string& what = options.arguments.front();
  if (what == "man") {
    fmt::print("{}", manual());
  } else if (what == "complete-bash") {
    fmt::print("{}", bash());
  } else if (what == "complete-zsh") {
    fmt::print("{}", zsh());
  } else if (what == "complete-fish") {
    fmt::print("{}", fish());
  } else {
    return fail(usage_error(fmt::format(
        "`pg2crdb generate` writes man, complete-bash, complete-zsh or complete-fish, not `{}`", what)));
  }
  return exit_clean;
}

}  // namespace

const Command generate_command = {
    {.name = "generate",
     .arguments = "man|complete-bash|complete-zsh|complete-fish",
     .summary = "write the manual page, or what a shell completes",
     .details = "Writes to standard output. An installation has all four in their places.",
     .groups = {},
     .formats = {},
     .least_arguments = 1,
     .most_arguments = 1,
     .examples = {"pg2crdb generate complete-bash > ~/.local/share/bash-completion/completions/pg2crdb"}},
    run};

}  // namespace pg2crdb
