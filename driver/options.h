#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/nearest.h"
#include "support/result.h"

namespace pg2crdb {

/// Options that go together; a command names the groups it takes.
enum class OptionGroup {
  input,           ///< what standard input is called: --stdin-filename
  reading,         ///< which parts of a script are read: --migrations, --database
  databases,       ///< --all-databases
  ast_input,       ///< --ast
  dialect,         ///< --dialect
  workload,        ///< --workload
  release,         ///< --crdb
  releases,        ///< --crdb, several
  answers,         ///< --capabilities
  answers_output,  ///< -o of `probe`
  choices,         ///< what it is compiled into: --sequences, --passes ...
  outside,         ///< passes and rules from outside: --plugin, --rules
  findings,        ///< which findings, how bad, what they make of the exit status
  settings,        ///< --config
  origin,          ///< --origin
  old,             ///< which findings are not new: --baseline, --changed-since
  fixes,           ///< --fix, --diff
  counts,          ///< --statistics
  decisions,       ///< what `decide` writes: --action, --rule, --object, --line, --reason, --until ...
  reports,         ///< --report
  order,           ///< --in-order
  output,          ///< -o, --out-dir, --annotate
  target,          ///< --target
  new_database,    ///< --create-database, --owner
  source,          ///< --source
  phases,          ///< --phase
  plan,            ///< --plan
  jobs,            ///< --jobs
  naming,          ///< --max-named-rows
  limit,           ///< --row-limit
  sample,          ///< --sample
  push_down,       ///< --push-down
  port,            ///< --port
  certificate,     ///< --certificate, --check-certificate
  csv,             ///< --csv
  tables,          ///< --include, --exclude
  transfer,        ///< how rows travel
  memory,          ///< --memory
  lease,           ///< --lease
  state,           ///< --state-dir, --resume
  dry_run,         ///< --dry-run, --yes
  rehearse,        ///< --rehearse
  progress,        ///< --progress, --log-format
  update,          ///< --update
  format,          ///< --format, with the values that the command has
  rows,            ///< --scan-data, --no-scan-data
  general,         ///< -q, -v, --color, --help: every command's
};

/// A command line, read. Only the options of the command's groups can be set; what was not given is empty,
/// and its default is decided where it is used, because pg2crdb.toml comes in between.
struct Options {
  std::vector<std::string> arguments;  ///< what is no option: INPUT ...
  std::vector<std::string> words;      ///< the whole command line behind the command's name, word for word

  std::string stdin_filename;
  std::string migrations;
  std::string database;
  bool all_databases = false;
  std::string ast;
  std::string dialect;
  std::string workload;

  std::string crdb;
  std::vector<std::string> releases;  ///< --crdb, several
  std::string crdb_of_cluster;        ///< what the target runs; no option
  std::string capabilities;
  std::string sequences;
  std::string hstore;
  std::string integers;
  std::vector<std::string> passes;
  std::string print_after;
  std::string stop_after;
  std::vector<std::string> plugins;
  std::vector<std::string> rules;
  std::string explain;
  std::string explain_rule;
  bool update = false;
  bool no_self_check = false;

  bool scan_data = false;
  bool no_scan_data = false;
  bool asks_rows = false;  ///< the command asks rows what findings depend on; no option

  bool all = false;
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  std::vector<std::string> severity;
  std::string fail_on;
  std::string config;
  bool no_config = false;
  bool origin = false;

  const std::map<std::string, std::string>* held = nullptr;  ///< texts by canonical paths; no option

  bool statistics = false;
  std::string action;
  std::vector<std::string> decided_rules;
  std::string decided_object;
  uint64_t line = 0;
  std::string find;
  bool regular_expression = false;
  std::string sql;
  std::string position;
  std::string reason;
  std::string until;
  std::string baseline;
  bool update_baseline = false;
  std::string changed_since;
  bool fix = false;
  bool unsafe_fixes = false;
  bool diff = false;

  std::vector<std::string> reports;

  std::string output;
  std::string out_dir;
  bool in_order = false;
  bool annotate = false;

  std::string target;
  bool create_database = false;
  std::string owner;
  std::string source;
  std::vector<std::string> phases;
  std::string plan;

  std::string csv;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  uint64_t row_limit = 0;
  std::string sample;
  bool push_down = false;
  uint64_t port = 0;
  std::string certificate;
  std::string check_certificate;
  uint64_t max_named_rows = 100;
  uint64_t jobs = 0;
  std::string method;
  std::string host_files;
  std::string memory;
  std::string compress;
  uint64_t max_bad_rows = 0;
  uint64_t lease = 60;  ///< seconds

  std::string state_dir;
  bool resume = false;
  bool dry_run = false;
  bool rehearse = false;
  bool yes = false;

  std::string progress;
  std::string log_format;
  std::string format;
  std::string color;
  bool quiet = false;
  bool verbose = false;
  bool help = false;
};

/// How a command is called: enough to read its command line and to print its help.
struct Syntax {
  std::string_view name;
  std::string_view arguments;  ///< "INPUT", "INPUT..."
  std::string_view summary;    ///< half a line, for the list of commands
  std::string_view details;    ///< paragraphs for its own help
  std::vector<OptionGroup> groups;
  std::string_view formats;  ///< values of --format, the default first: "text|json"
  size_t least_arguments = 0;
  size_t most_arguments = 0;
  std::vector<std::string_view> examples;
  bool connects = false;  ///< works on servers: Ctrl-C stops it at a safe point
};

/// Reads a command line without the command's own name. An error is one sentence; a misspelt option's names
/// the nearest.
Result<Options> parse_options(const Syntax& syntax, std::span<const std::string> words);

/// One option of a command, for what is written about all of them.
struct OptionText {
  std::string_view heading;  ///< what it stands under in the help
  std::string_view name;     ///< without its dashes
  char letter = 0;           ///< 0: none
  std::string_view value;    ///< "FILE"; empty: a switch
  std::string text;
  std::vector<std::string> permitted;  ///< its values, where there are no others
};

/// In the order of the help.
std::vector<OptionText> options_of(const Syntax& syntax);

/// The command's help: usage, details, options by group, examples.
std::string help_text(const Syntax& syntax);

/// "256MB", "1GiB", "64k", "1048576" in bytes. Units are powers of two.
Result<uint64_t> parse_size(std::string_view text);

/// Entries of a repeatable option whose values may hold several, separated by commas.
std::vector<std::string> split_commas(std::span<const std::string> values);

/// A usage error of the form `sentence`, with advice if there is any.
Error usage_error(std::string message, std::string advice = {});

}  // namespace pg2crdb
