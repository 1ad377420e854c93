#include "driver/execution.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "ast/describe.h"
#include "driver/command.h"
#include "driver/pg_dump.h"
#include "driver/target_database.h"
#include "driver/unacknowledged.h"
#include "rows/hash128.h"
#include "runtime/cluster_version.h"
#include "runtime/connection.h"
#include "runtime/csv_folder.h"
#include "runtime/object_location.h"
#include "runtime/secrets.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

Result<LoadPlan> read_plan(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream || fs::is_directory(path)) {
    return usage_error(fmt::format("the load plan {} cannot be read", path),
                       "`pg2crdb compile INPUT --out-dir DIR` writes it");
  }
  std::ostringstream text;
  text << stream.rdbuf();
  auto plan = parse_load_plan(text.str());
  if (plan) return plan;
  Error error = plan.error();
  error.message = fmt::format("{}: {}", path, error.message);
  return error;
}

bool is_plan_file(const std::string& path) {
  return fs::path(path).extension() == ".json";
}

void print_resume_command(std::string_view command, const Options& options) {
  std::string out = fmt::format("pg2crdb {}", command);
  size_t left_out = 0;
  bool keys_left_out = false;
  for (const std::string& word : options.words) {
    if (word == "--resume") continue;
    const std::string shown = without_password(word);
    if (shown != word && ObjectLocation::is_one(options.host_files) && word.ends_with(options.host_files)) {
      keys_left_out = true;
    } else if (shown != word) {
      ++left_out;
    }
    out += " " + shell_word(shown);
  }
  fmt::print(stderr, "  to go on: {} --resume\n", out);
  if (left_out == 1) {
    fmt::print(stderr,
               "  its password is left out: give it in PGPASSWORD, or in the password file ~/.pgpass\n");
  } else if (left_out > 1) {
    fmt::print(stderr, "  its passwords are left out: give them in the password file ~/.pgpass\n");
  }
  if (keys_left_out) {
    fmt::print(stderr,
               "  the keys of object storage are left out: give them in AWS_ACCESS_KEY_ID and "
               "AWS_SECRET_ACCESS_KEY\n");
  }
}

/// `compiled_here`: it was not read from a file.
std::optional<LoadPlan> plan_of_options(const Options& given, std::string_view command, int& status,
                                        bool& compiled_here) {
  Options options = given;
  compiled_here = false;
  const auto taken = [&](Result<LoadPlan> plan) -> std::optional<LoadPlan> {
    if (plan) return std::move(*plan);
    status = fail(plan.error());
    return {};
  };
  if (!options.plan.empty()) return taken(read_plan(options.plan));
  if (options.arguments.empty()) {
    return taken(
        usage_error("what to work on is missing", "name the compiled folder, --plan FILE, or the dump"));
  }
  const std::string& name = options.arguments[0];
  const fs::path in_folder = fs::path(name) / "load-plan.json";
  std::error_code problem;
  if (fs::exists(in_folder, problem)) return taken(read_plan(in_folder.string()));
  if (is_plan_file(name)) return taken(read_plan(name));
  if (auto again = check_is_read_again(name); !again) return taken(again.error());
  if (auto asked = ask_release(options); !asked) {
    status = fail_resumable(asked.error(), command, given);
    return {};
  }
  auto compiled = compile_inputs(options, {name});
  if (!compiled) return taken(compiled.error());
  compiled_here = true;
  if (!compiled->failed()) return plan_of(*compiled);
  status = refuse(*compiled, options);
  return {};
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-_./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string out = "'";
  for (char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Result<void> check_is_read_again(const std::string& input) {
  std::error_code none;
  const fs::file_status status = fs::status(input, none);
  const bool pipe = fs::is_fifo(status) || fs::is_character_file(status) || fs::is_socket(status);
  if (input != "-" && !pipe) return {};
  return usage_error(fmt::format("a dump's rows cannot come from {}, because they are read more than once",
                                 pipe ? fmt::format("the pipe {}", input) : "standard input"),
                     "write the dump to a file");
}

std::optional<Error> missing_target(const Options& options) {
  if (!options.target.empty()) return {};
  return usage_error("`--target URL` is missing",
                     "write --target postgresql://root@localhost:26257/database");
}

Result<void> ask_release(Options& options) {
  if (options.target.empty()) return {};
  const auto release = [&]() -> Result<std::optional<ClusterVersion>> {
    const Result<std::string> url = url_of_cluster(options);
    if (!url) return url.error();
    Result<Connection> target = Connection::open(*url);
    if (!target) return target.error();
    return cluster_version(*target);
  }();
  if (release) {
    if (*release) options.crdb_of_cluster = to_string((*release)->usable());
    return {};
  }
  if (!options.dry_run) return release.error();
  fmt::print(stderr, "  note: the cluster's release is not known, and the run may find something else: {}\n",
             without_secrets(release.error().message));
  return {};
}

int refuse(const Compiled& compiled, const Options& options) {
  fmt::print(stderr, "{}",
             compiled.findings.render_as(FindingsFormat::text, text_style(options, STDERR_FILENO)));
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.fate != ast::Fate::needs_person) continue;
      const SourceFile& file = input.file->of(statement.span);
      fmt::print(stderr, "needs a person: {}:{}: {} {}: {}\n", file.name(),
                 file.locate(statement.span.begin).line, ast::statement_kind(statement.node),
                 ast::statement_object(statement.node), statement.reason);
    }
  }
  const std::string unacknowledged = unacknowledged_lines(compiled);
  const std::string why = unacknowledged.empty() ? fmt::format("there are findings at or above `{}`",
                                                               to_string(compiled.choices.fail_on))
                                                 : "statements need a person, which nobody acknowledged";
  fmt::print(stderr,
             "{}\n{}pg2crdb: error: the dump is not executed: {}\n"
             "  help: correct the dump, or acknowledge in pg2crdb.toml what you can do without:\n"
             "        [[decision]]\n        rule = \"...\"\n        object = \"...\"\n"
             "        action = \"acknowledge\"\n        reason = \"...\"\n",
             summary_line(compiled), unacknowledged, why);
  return exit_findings;
}

std::optional<LoadPlan> plan_for(const Options& options, std::string_view command, int& status) {
  bool compiled_here = false;
  return plan_of_options(options, command, status, compiled_here);
}

std::optional<LoadPlan> plan_with_rows_for(const Options& options, std::string_view command, int& status) {
  bool compiled_here = false;
  std::optional<LoadPlan> plan = plan_of_options(options, command, status, compiled_here);
  if (plan && !options.csv.empty()) {
    if (const auto taken = take_csv(*plan, options); !taken) {
      status = fail(taken.error());
      return {};
    }
    return plan;  // each file was just read
  }
  const bool just_read = compiled_here && options.ast.empty();
  if (!plan || just_read || options.dry_run || !options.source.empty()) return plan;
  const Result<void> checked = check_inputs(*plan);
  if (checked) return plan;
  status = fail(checked.error());
  return {};
}

Result<void> take_csv(LoadPlan& plan, const Options& options) {
  if (options.csv.empty()) return {};
  if (!options.source.empty())
    return usage_error("--csv does not go with --source", "the rows come from one of them");
  plan.left_out.clear();  // they are the dump's
  return take_rows_of_folder(plan, options.csv);
}

Result<void> check_csv(const LoadPlan& plan, const Options& options) {
  if (options.csv.empty()) return {};
  return check_files_of_tables(plan, options.csv);
}

std::string state_dir_for(const Options& options, std::string_view command, const LoadPlan& plan) {
  if (!options.state_dir.empty()) return options.state_dir;
  std::string input = plan.inputs.empty() ? std::string() : plan.inputs[0].path;
  input =
      is_connection_string(input) ? without_password(input) : fs::absolute(input).lexically_normal().string();
  const std::string folder =
      fmt::format("{}-{:08x}", database_of(options.target), hash128(input, 0).low & 0xffffffffU);
  return (fs::path(".pg2crdb") / (command == "migrate" ? folder : fmt::format("{}-{}", folder, command)))
      .string();
}

std::string hash_of_statements(const LoadPlan& plan) {
  std::string statements;
  for (const LoadPlan::Statement& statement : plan.statements) statements += statement.sql + ";";
  for (const LoadPlan::Table& table : plan.tables) {
    const std::string name = quote_name(table.schema, table.name);
    if (table.renamed())
      statements += name + " was " + quote_name(table.source_schema, table.source_name) + ";";
    for (const LoadPlan::Column& column : table.columns) {
      if (column.name == column.source_name) continue;
      statements +=
          name + "." + quote_identifier(column.name) + " was " + quote_identifier(column.source_name) + ";";
    }
  }
  const Hash128 hash = hash128(statements, 0);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

std::map<std::string, std::string> identity_of(const Options& options, const LoadPlan& plan) {
  std::map<std::string, std::string> identity = {
      {"target", without_password(options.target)},
      {"CockroachDB version", plan.target},
      {"pg2crdb version", plan.tool},
      {"method", options.method.empty() ? "copy" : options.method},
      {"row limit", std::to_string(options.row_limit)},
  };
  if (!options.include.empty())
    identity["tables included"] = fmt::format("{}", fmt::join(options.include, ","));
  if (!options.sample.empty()) identity["sample"] = options.sample;
  if (!options.exclude.empty())
    identity["tables excluded"] = fmt::format("{}", fmt::join(options.exclude, ","));
  if (!options.source.empty()) identity["source"] = without_password(options.source);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    // pg_dump puts a token of chance into each dump of a live source; its statements are what counts.
    if (is_connection_string(plan.inputs[i].path)) continue;
    identity[fmt::format("input {} (sha256)", i + 1)] = plan.inputs[i].sha256;
  }
  identity["statements (hash)"] = hash_of_statements(plan);
  return identity;
}

Result<LoadOptions> load_options_of(const Options& options, const std::string& state_dir) {
  LoadOptions load;
  load.source = options.source;
  load.target = options.target;
  load.method = options.method == "import-into" ? LoadMethod::import_into : LoadMethod::copy;
  load.host_files = options.host_files;
  if (Result<void> read = ObjectLocation::check_scheme(load.host_files); !read) return read.error();
  if (load.method == LoadMethod::import_into && ObjectLocation::is_one(load.host_files)) {
    if (auto location = ObjectLocation::parse(load.host_files); !location) return location.error();
  }
  load.state_dir = state_dir;
  if (!options.compress.empty()) load.compress = options.compress;
  load.row_limit = options.row_limit;
  load.jobs = static_cast<unsigned>(options.jobs);
  load.max_bad_rows = options.max_bad_rows;
  if (load.max_bad_rows > 0) load.reject_file = (fs::path(state_dir) / "rejected-rows.tsv").string();
  if (!options.memory.empty()) {
    auto size = parse_size(options.memory);
    if (!size) return size.error();
    load.memory = *size;
  }
  return load;
}

VerifyOptions verify_options_of(const Options& options) {
  VerifyOptions verify;
  verify.source = options.source;
  verify.target = options.target;
  verify.row_limit = options.row_limit;
  verify.jobs = static_cast<unsigned>(options.jobs);
  verify.max_reported = options.max_named_rows;
  verify.push_down = options.push_down;
  verify.json_log = options.log_format == "json";
  return verify;
}

bool confirmed(const Options& options, const std::string& question) {
  if (options.yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) return true;
  fmt::print(stderr, "{} [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  const bool is_confirmed = answer == "y" || answer == "Y" || answer == "yes";
  if (!is_confirmed) fmt::print(stderr, "pg2crdb: nothing was done\n");
  return is_confirmed;
}

int fail_resumable(const Error& error, std::string_view command, const Options& options) {
  const bool of_one_moment = !options.certificate.empty() || !options.check_certificate.empty();
  if (of_one_moment && error.kind == Error::Kind::interrupted) {
    return fail(Error{error.kind, error.message, error.sqlstate,
                      "run it again: a certificate is of all tables at one moment"});
  }
  const int status = fail(error);
  if (error.kind == Error::Kind::interrupted) print_resume_command(command, options);
  return status;
}

}  // namespace pg2crdb
