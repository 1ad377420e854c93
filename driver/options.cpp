#include "driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <variant>

#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

namespace po = boost::program_options;

struct Spec {
  OptionGroup group;
  std::string_view name;
  char letter;             // 0: none
  std::string_view value;  // "FILE"; all in lower case: the permitted values; empty: a switch
  std::string_view text;
  std::variant<bool Options::*, std::string Options::*, std::vector<std::string> Options::*,
               uint64_t Options::*>
      member;
};

using enum OptionGroup;

const Spec specs[] = {
    {input, "stdin-filename", 0, "NAME", "what standard input is called in findings",
     &Options::stdin_filename},
    {reading, "migrations", 0,
     "auto|none|goose|dbmate|sql-migrate|golang-migrate|flyway|prisma|diesel|sqitch",
     "whose marks and file names tell the ways up, which are read, from the ways down (default: auto, by "
     "what "
     "is found)",
     &Options::migrations},
    {reading, "database", 0, "NAME",
     "which of the databases is read that the script connects to, as pg_dumpall's does", &Options::database},
    {databases, "all-databases", 0, "",
     "each of them, into a database of the same name on the target, which is made where it is not there",
     &Options::all_databases},
    {ast_input, "ast", 0, "FILE",
     "read what `pg2crdb ast --format json` wrote, instead of INPUT; `-` is standard input: docs/ast.md",
     &Options::ast},
    {dialect, "dialect", 0, "postgresql|cockroachdb",
     "what the input is written for: a dump to be compiled, or SQL that CockroachDB is to run (default: "
     "postgresql)",
     &Options::dialect},

    {workload, "workload", 0, "FILE",
     "look at what an application asks, instead of INPUT, its schema: pg_stat_statements as CSV, or a log: "
     "docs/workload.md",
     &Options::workload},

    {release, "crdb", 0, "VERSION",
     "CockroachDB version to compile for, 25.2 or 25.2.9 (default: the newest regular release)",
     &Options::crdb},
    {releases, "crdb", 0, "VERSION", "CockroachDB versions to compile for, 25.2 or 25.2.9; repeatable",
     &Options::releases},
    {answers, "capabilities", 0, "FILE", "what `pg2crdb probe` wrote: compile for the cluster that answered",
     &Options::capabilities},
    {choices, "sequences", 0, "keep|unique-rowid|uuid|hash-sharded",
     "what becomes of a primary key that a sequence fills (default: keep)", &Options::sequences},
    {choices, "hstore", 0, "text|jsonb",
     "what columns of the extension hstore become; rows are rewritten (default: text)", &Options::hstore},
    {choices, "integers", 0, "int4|int8",
     "what columns of type integer become, with the sequences that fill them (default: int4)",
     &Options::integers},
    {choices, "passes", 0, "A,B,-C",
     "run only the passes named; with a minus: all but those. `pg2crdb passes list` names them",
     &Options::passes},
    {choices, "print-after", 0, "PASS", "print the SQL on stderr as it stands after a pass",
     &Options::print_after},
    {choices, "stop-after", 0, "PASS", "leave out the passes behind this one", &Options::stop_after},
    {choices, "explain-rule", 0, "NAME",
     "say on stderr for each candidate of a rewrite rule why it matched or did not", &Options::explain_rule},
    {choices, "no-self-check", 0, "", "do not read what is emitted with CockroachDB's grammar",
     &Options::no_self_check},

    {rows, "scan-data", 0, "",
     "look at the rows for what findings depend on, which those of files are anyhow: a pipe is kept in a "
     "temporary file, and where it cannot be done the command fails",
     &Options::scan_data},
    {rows, "no-scan-data", 0, "", "do not look at the rows for what findings depend on",
     &Options::no_scan_data},

    {outside, "rules", 0, "FILE|DIR",
     "rewrite and lint rules of your own, a folder's all *.rule; repeatable: docs/rule-language.md",
     &Options::rules},
    {outside, "plugin", 0, "FILE", "a shared object with passes of your own; repeatable: docs/plugins.md",
     &Options::plugins},

    {update, "update", 0, "", "write what came out into the tests that failed: read the difference",
     &Options::update},

    {findings, "all", 0, "", "show each finding, not only the first three of a rule where there are many",
     &Options::all},
    {findings, "select", 0, "ID,...", "report these rules alone", &Options::select},
    {findings, "ignore", 0, "ID,...", "do not report these rules", &Options::ignore},
    {findings, "severity", 0, "ID=LEVEL", "make a rule an error, a warning or an info", &Options::severity},
    {findings, "fail-on", 0, "error|warning|info",
     "findings from this level on make the exit status 1 (default: error)", &Options::fail_on},
    {settings, "config", 0, "FILE",
     "configuration (default: pg2crdb.toml beside the input or in a folder above)", &Options::config},
    {settings, "no-config", 0, "", "read no configuration", &Options::no_config},
    {origin, "origin", 0, "", "say behind each setting where it comes from", &Options::origin},
    {fixes, "fix", 0, "",
     "write into the files what CockroachDB would refuse or read otherwise, as it means the same there",
     &Options::fix},
    {fixes, "unsafe-fixes", 0, "", "what does something else than before, too; findings say what",
     &Options::unsafe_fixes},
    {fixes, "diff", 0, "", "print what would be written into them, and write nothing", &Options::diff},
    {counts, "statistics", 0, "", "print how many findings each rule has, the most first, instead of them",
     &Options::statistics},
    {decisions, "action", 0, "acknowledge|delete|keep|add-user|replace|add",
     "what becomes of the findings or their statements: docs/configuration.md (default: acknowledge)",
     &Options::action},
    {decisions, "rule", 0, "ID,...", "the rules whose findings it is about; repeatable",
     &Options::decided_rules},
    {decisions, "object", 0, "PATTERN",
     "of these objects alone, `*` and `?` stand for anything (default: of all)", &Options::decided_object},
    {decisions, "line", 0, "N",
     "of the statement alone that stands in this line of INPUT, whose text is written down (default: of all)",
     &Options::line},
    {decisions, "find", 0, "TEXT", "of the action replace: each such text in the statements is replaced",
     &Options::find},
    {decisions, "regular-expression", 0, "",
     "what is found is a regular expression of POSIX, as `grep -E` takes it; in what takes its place \\1 is "
     "what its "
     "first parentheses fit, \\& all of it",
     &Options::regular_expression},
    {decisions, "sql", 0, "SQL",
     "of the action replace: what takes the place of the statement, or of that text; of add: the statement",
     &Options::sql},
    {decisions, "position", 0, "first|last|above|below",
     "of the action add: before or behind all statements of INPUT, or above or below the one of a line "
     "(default: last)",
     &Options::position},
    {decisions, "reason", 0, "TEXT", "why, in words for those who read it later", &Options::reason},
    {decisions, "until", 0, "DAY", "the last day on which it holds, as 2030-12-31 (default: for good)",
     &Options::until},
    {old, "baseline", 0, "FILE",
     "findings that stand in the file are old: they are not shown, and do not count (default: the "
     "configuration's)",
     &Options::baseline},
    {old, "update-baseline", 0, "", "write the findings of this run into it", &Options::update_baseline},
    {old, "changed-since", 0, "REVISION",
     "findings of statements that git's revision has as they are now are old", &Options::changed_since},

    {output, "explain", 0, "OBJECT",
     "show on stderr what became of an object: the lines of the dump beside those of the output",
     &Options::explain},
    {output, "output", 'o', "FILE", "write the DDL of all phases to a file (default: stdout)",
     &Options::output},
    {output, "out-dir", 0, "DIR", "write one file a phase, load-plan.json, report.json and report.html",
     &Options::out_dir},
    {order, "in-order", 0, "",
     "keep each statement in its place, without phases and load plan, one file of output an INPUT: for "
     "migrations",
     &Options::in_order},
    {output, "annotate", 0, "",
     "say above each statement where in the dump it comes from, and which passes changed it",
     &Options::annotate},

    {answers_output, "output", 'o', "FILE", "where the answers go (default: capabilities.toml)",
     &Options::output},

    {jobs, "jobs", 0, "N",
     "threads that parse statements, and tables worked on at a time (default: 0, the number of cores)",
     &Options::jobs},

    {reports, "report", 0, "FORMAT=FILE",
     "write the findings to a file as well: text, gcc, json, jsonl, sarif, github, gitlab, junit, markdown, "
     "html; of what moves or compares rows, what was done and when: json, html",
     &Options::reports},

    {target, "target", 0, "URL",
     "the CockroachDB cluster and database, as libpq takes it; its password is better left to PGPASSWORD or "
     "~/.pgpass",
     &Options::target},
    {new_database, "create-database", 0, "", "make the target's database where it is not there",
     &Options::create_database},
    {new_database, "owner", 0, "ROLE", "the role that a database belongs to that is made", &Options::owner},
    {source, "source", 0, "URL", "the live PostgreSQL database, as libpq takes it; its password the same way",
     &Options::source},
    {phases, "phase", 0, "roles|pre-data|post-data|revalidate|load|verify",
     "do this alone: `apply` runs phases of the schema, repeatable (default: roles, pre-data, post-data), "
     "workers share load (default) or verify",
     &Options::phases},
    {plan, "plan", 0, "FILE", "a load-plan.json, instead of the folder that holds it", &Options::plan},

    {csv, "csv", 0, "DIR",
     "a folder with the rows: SCHEMA.TABLE.csv of each table, with a header, as COPY ... (FORMAT csv, "
     "HEADER) "
     "writes it",
     &Options::csv},
    {tables, "include", 0, "SCHEMA.TABLE,...",
     "these tables alone, `*` and `?` stand for anything; repeatable (default: all)", &Options::include},
    {tables, "exclude", 0, "SCHEMA.TABLE,...", "not these tables; repeatable", &Options::exclude},
    {limit, "row-limit", 0, "N", "at most so many rows a table: a quick trial (default: 0, all)",
     &Options::row_limit},

    {sample, "sample", 0, "N|P%",
     "count the rows of each table and compare N of them, or P percent, the same ones each time: no proof, "
     "and "
     "exit status 6 where they are equal (default: all rows)",
     &Options::sample},
    {push_down, "push-down", 0, "",
     "of a live source: both databases hash the rows, and only those travel whose hashes differ",
     &Options::push_down},
    {port, "port", 0, "N",
     "a port of this machine: of the console's page (default: 0, one that is free), of a run's metrics for "
     "Prometheus at http://127.0.0.1:N/metrics (default: none)",
     &Options::port},
    {certificate, "certificate", 0, "FILE",
     "write what was compared into a file: inputs, and of each table the numbers of rows and the hashes of "
     "both sides",
     &Options::certificate},
    {certificate, "check-certificate", 0, "FILE",
     "compare the target alone with such a file: neither source nor dump is read",
     &Options::check_certificate},
    {naming, "max-named-rows", 0, "N",
     "rows that are named of each table that differs and each constraint that is broken; all are counted "
     "(default: 100)",
     &Options::max_named_rows},

    {transfer, "method", 0, "copy|import-into", "how rows travel (default: copy)", &Options::method},
    {transfer, "host-files", 0, "DIR|URL",
     "where import files are put: a folder, s3://BUCKET/PREFIX?AWS_..., or the URL of a folder that others "
     "serve",
     &Options::host_files},
    {transfer, "compress", 0, "none|gzip", "compression of import files (default: none)", &Options::compress},
    {transfer, "max-bad-rows", 0, "N",
     "rows the cluster may refuse; they go to a file of their own (default: 0)", &Options::max_bad_rows},
    {memory, "memory", 0, "SIZE", "hard cap on the rows in flight (default: 256MB)", &Options::memory},
    {lease, "lease", 0, "SECONDS", "how long a part stays with a worker that is not heard of (default: 60)",
     &Options::lease},

    {state, "state-dir", 0, "DIR", "where the journal is kept (default: a folder under .pg2crdb)",
     &Options::state_dir},
    {state, "resume", 0, "", "go on where a stopped run was", &Options::resume},
    {dry_run, "dry-run", 0, "", "say what would be done, and do nothing", &Options::dry_run},
    {rehearse, "rehearse", 0, "",
     "try every statement in a database of the cluster that is made for it and dropped, and name all errors",
     &Options::rehearse},
    {dry_run, "yes", 'y', "", "do not ask before the target is changed", &Options::yes},

    {progress, "progress", 0, "auto|bar|plain|json|none",
     "how progress is shown (default: a bar on a terminal)", &Options::progress},
    {progress, "log-format", 0, "text|json", "log lines as text or as one object a line (default: text)",
     &Options::log_format},

    {format, "format", 0, "", "", &Options::format},
    {general, "color", 0, "auto|always|never", "colours (default: on a terminal, unless NO_COLOR is set)",
     &Options::color},
    {general, "quiet", 'q', "", "no summary, no progress", &Options::quiet},
    {general, "verbose", 'v', "", "say what is read and how long each stage takes", &Options::verbose},
    {general, "help", 'h', "", "this text", &Options::help},
};

struct Heading {
  OptionGroup group;
  std::string_view text;
};

// Groups with the same heading follow one another.
const Heading headings[] = {
    {input, "Input"},
    {reading, "Input"},
    {databases, "Input"},
    {ast_input, "Input"},
    {dialect, "Input"},
    {workload, "Input"},
    {plan, "Input"},
    {csv, "Input"},
    {release, "Choices"},
    {releases, "Choices"},
    {answers, "Choices"},
    {choices, "Choices"},
    {outside, "Choices"},
    {update, "Choices"},
    {findings, "Findings"},
    {rows, "Findings"},
    {settings, "Findings"},
    {origin, "Output"},
    {old, "Findings"},
    {counts, "Findings"},
    {decisions, "Decision"},
    {fixes, "Files"},
    {format, "Output"},
    {reports, "Output"},
    {order, "Output"},
    {output, "Output"},
    {answers_output, "Output"},
    {source, "Databases"},
    {target, "Databases"},
    {new_database, "Databases"},
    {phases, "What is run"},
    {rehearse, "What is run"},
    {tables, "What is run"},
    {limit, "What is run"},
    {sample, "What is run"},
    {push_down, "What is run"},
    {port, "Page"},
    {naming, "What is run"},
    {certificate, "Certificate"},
    {transfer, "Transfer of rows"},
    {memory, "Transfer of rows"},
    {lease, "Transfer of rows"},
    {state, "Stopping and going on"},
    {dry_run, "Stopping and going on"},
    {jobs, "Speed"},
    {progress, "Terminal"},
    {general, "Terminal"},
};

bool takes(const Syntax& syntax, OptionGroup group) {
  return group == general ||
         std::find(syntax.groups.begin(), syntax.groups.end(), group) != syntax.groups.end();
}

std::string_view value_of(const Spec& spec, const Syntax& syntax) {
  return spec.group == format ? syntax.formats : spec.value;
}

std::string text_of(const Spec& spec, const Syntax& syntax) {
  if (spec.group != format) return std::string(spec.text);
  return fmt::format("form of what is printed (default: {})",
                     syntax.formats.substr(0, syntax.formats.find('|')));
}

bool is_list_of_choices(std::string_view value) {
  return value.find('|') != std::string_view::npos &&
         std::none_of(value.begin(), value.end(), [](unsigned char c) { return std::isupper(c); });
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<Error> wrong_choice(const Spec& spec, const Syntax& syntax, const std::string& given) {
  const std::string_view value = value_of(spec, syntax);
  if (!is_list_of_choices(value) && spec.group != format) return {};
  const std::vector<std::string> permitted = split(value, '|');
  if (std::find(permitted.begin(), permitted.end(), given) != permitted.end()) return {};
  return usage_error(fmt::format("`--{}` cannot be `{}`: it is one of {}", spec.name, redacted(given),
                                 fmt::join(permitted, ", ")));
}

void describe(const Spec& spec, Options& options, po::options_description& description) {
  const std::string name =
      spec.letter ? fmt::format("{},{}", spec.name, spec.letter) : std::string(spec.name);
  auto add = description.add_options();
  if (const auto* member = std::get_if<bool Options::*>(&spec.member)) {
    add(name.c_str(), po::bool_switch(&(options.**member)));
  } else if (const auto* text = std::get_if<std::string Options::*>(&spec.member)) {
    add(name.c_str(), po::value(&(options.**text)));
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&spec.member)) {
    add(name.c_str(), po::value(&(options.**list))->composing());
  } else {
    // Read as text: lexical_cast would take "-1" for a very large number.
    add(name.c_str(), po::value<std::string>());
  }
}

/// `--source "$URL"` of a variable that nobody set would be no --source at all. Of a decision, texts may be
/// empty.
std::optional<Error> no_value(const Spec& spec, const std::string& given) {
  if (!given.empty() || spec.group == decisions) return {};
  return usage_error(fmt::format("`--{}` is given an empty value", spec.name),
                     "give it one, or leave the option out");
}

std::optional<Error> take_values(const Spec& spec, const Syntax& syntax, const po::variables_map& values,
                                 Options& options) {
  if (const auto* text = std::get_if<std::string Options::*>(&spec.member)) {
    if (!values.count(std::string(spec.name))) return {};
    if (auto error = no_value(spec, options.**text)) return error;
    return wrong_choice(spec, syntax, options.**text);
  } else if (const auto* list = std::get_if<std::vector<std::string> Options::*>(&spec.member)) {
    for (const std::string& value : options.**list) {
      if (auto error = no_value(spec, value)) return error;
      if (auto error = wrong_choice(spec, syntax, value)) return error;
    }
  } else if (const auto* number = std::get_if<uint64_t Options::*>(&spec.member)) {
    const auto& value = values[std::string(spec.name)];
    if (value.empty()) return {};
    const std::string& digits = value.as<std::string>();
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), options.**number);
    if (problem != std::errc() || end != digits.data() + digits.size()) {
      return usage_error(
          fmt::format("`--{}` needs a whole number from 0, not `{}`", spec.name, redacted(digits)));
    }
  }
  return {};
}

std::string without_dashes(std::string name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

/// What is misspelt comes with its value, which may be a URL.
Error unknown_option(const Syntax& syntax, const std::string& word) {
  const std::string given = redacted(word.substr(0, word.find('=')));
  const std::string message = fmt::format("`pg2crdb {}` has no option `{}`", syntax.name, given);
  std::vector<std::string> known;
  for (const Spec& spec : specs) {
    if (takes(syntax, spec.group)) known.emplace_back(spec.name);
  }
  const std::string near = nearest(without_dashes(given), known);
  if (!near.empty()) return usage_error(fmt::format("{}: did you mean `--{}`?", message, near));
  return usage_error(message, fmt::format("`pg2crdb help {}` lists them", syntax.name));
}

/// An argument that would be taken for a file, and printed as such, though it holds a password.
std::optional<Error> misspelt_url(const std::string& argument) {
  std::error_code ignored;
  if (is_connection_string(argument) || redacted(argument) == argument ||
      std::filesystem::exists(argument, ignored))
    return {};
  return usage_error(fmt::format("`{}` is neither a file nor a URL of a database", redacted(argument)),
                     "a URL begins with postgresql://");
}

// Breaks at blanks; lines after the first are indented.
void append_wrapped(std::string& out, std::string_view text, size_t indent, size_t width) {
  size_t column = indent;
  bool first = true;
  for (const std::string& word : split(text, ' ')) {
    if (!first && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
  out += '\n';
}

void append_option(std::string& out, const OptionText& option) {
  constexpr size_t indent = 26;
  std::string head = option.letter ? fmt::format("  -{}, --{}", option.letter, option.name)
                                   : fmt::format("      --{}", option.name);
  if (!option.value.empty() || !option.permitted.empty()) head += fmt::format(" {}", option.value);
  out += head;
  if (head.size() + 2 > indent) {
    out += '\n';
    out.append(indent, ' ');
  } else {
    out.append(indent - head.size(), ' ');
  }
  append_wrapped(out, option.text, indent, 100);
}

}  // namespace

Error usage_error(std::string message, std::string advice) {
  return Error{Error::Kind::usage, std::move(message), {}, std::move(advice)};
}

Result<Options> parse_options(const Syntax& syntax, std::span<const std::string> words) {
  Options options;
  options.words.assign(words.begin(), words.end());
  po::options_description description;
  for (const Spec& spec : specs) {
    if (takes(syntax, spec.group)) describe(spec, options, description);
  }
  description.add_options()("argument", po::value(&options.arguments));
  po::positional_options_description positional;
  positional.add("argument", -1);

  po::variables_map values;
  try {
    // Abbreviated options would make every new option a breaking change.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(
        po::command_line_parser(options.words).options(description).positional(positional).style(style).run(),
        values);
    po::notify(values);
  } catch (const po::unknown_option& problem) {
    return unknown_option(syntax, problem.get_option_name());
  } catch (const po::multiple_occurrences& problem) {
    return usage_error(
        fmt::format("`--{}` is given more than once", without_dashes(problem.get_option_name())));
  } catch (const po::invalid_command_line_syntax& problem) {
    const std::string name = without_dashes(problem.get_option_name());
    if (problem.kind() == po::invalid_syntax::extra_parameter) {
      return usage_error(fmt::format("`--{}` takes no value", name));
    }
    return usage_error(fmt::format("`--{}` needs a value", name));
  } catch (const po::error& problem) {
    return usage_error(redacted(problem.what()));
  }
  if (options.help) return options;
  for (const Spec& spec : specs) {
    if (!takes(syntax, spec.group)) continue;
    if (auto error = take_values(spec, syntax, values, options)) return *error;
  }
  if (options.jobs > 1024)
    return usage_error(fmt::format("`--jobs` cannot be {}: at most 1024", options.jobs));
  if (!options.memory.empty()) {
    if (const auto size = parse_size(options.memory); !size) return size.error();
  }
  if (options.arguments.size() < syntax.least_arguments) {
    return usage_error(fmt::format("`pg2crdb {}` needs {}", syntax.name, syntax.arguments),
                       fmt::format("pg2crdb help {}", syntax.name));
  }
  if (options.arguments.size() > syntax.most_arguments) {
    return usage_error(fmt::format("`pg2crdb {}` does not take `{}`", syntax.name,
                                   redacted(options.arguments[syntax.most_arguments])),
                       fmt::format("pg2crdb help {}", syntax.name));
  }
  for (const std::string& argument : options.arguments) {
    if (auto error = misspelt_url(argument)) return *error;
  }
  return options;
}

std::vector<OptionText> options_of(const Syntax& syntax) {
  std::vector<OptionText> all;
  for (const Heading& heading : headings) {
    if (!takes(syntax, heading.group)) continue;
    for (const Spec& spec : specs) {
      if (spec.group != heading.group) continue;
      const std::string_view value = value_of(spec, syntax);
      const bool has_choices = is_list_of_choices(value) || spec.group == format;
      all.push_back({heading.text, spec.name, spec.letter, value, text_of(spec, syntax),
                     has_choices ? split(value, '|') : std::vector<std::string>()});
    }
  }
  return all;
}

std::string help_text(const Syntax& syntax) {
  std::string out =
      fmt::format("pg2crdb {} - {}\n\nusage: pg2crdb {}{}{} [option...]\n\n", syntax.name, syntax.summary,
                  syntax.name, syntax.arguments.empty() ? "" : " ", syntax.arguments);
  std::istringstream paragraphs{std::string(syntax.details)};
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    append_wrapped(out, paragraph, 0, 100);
  }
  std::string_view last_heading;
  for (const OptionText& option : options_of(syntax)) {
    if (option.heading != last_heading) out += fmt::format("\n{}:\n", option.heading);
    last_heading = option.heading;
    append_option(out, option);
  }
  if (!syntax.examples.empty()) out += "\nExamples:\n";
  for (std::string_view example : syntax.examples) out += fmt::format("  {}\n", example);
  return out;
}

Result<uint64_t> parse_size(std::string_view text) {
  uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  const size_t shift = unit.empty() || unit == "b"                    ? 0
                       : unit == "k" || unit == "kb" || unit == "kib" ? 10
                       : unit == "m" || unit == "mb" || unit == "mib" ? 20
                       : unit == "g" || unit == "gb" || unit == "gib" ? 30
                                                                      : 64;
  if (problem != std::errc() || shift == 64 || number > (UINT64_MAX >> shift)) {
    return usage_error(fmt::format("`{}` is no size", redacted(text)), "write it as 64MB or 1GB");
  }
  return number << shift;
}

std::vector<std::string> split_commas(std::span<const std::string> values) {
  std::vector<std::string> all;
  for (const std::string& value : values) {
    for (std::string& part : split(value, ',')) all.push_back(std::move(part));
  }
  return all;
}

}  // namespace pg2crdb
