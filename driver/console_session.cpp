#include "driver/console_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

#include "ast/describe.h"
#include "console/page.h"
#include "driver/console_choices.h"
#include "driver/console_hits.h"
#include "driver/console_json.h"
#include "driver/pg_dump.h"
#include "driver/report.h"
#include "runtime/secrets.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

using console::Request;
using console::Response;

constexpr auto longest_wait = std::chrono::seconds(20);
// A browser opens six connections to a server, for all of its tabs, and the server has some threads: those
// that wait leave most of them to what is asked.
constexpr uint64_t most_waiters = 3;
constexpr size_t most_statements = 200;  ///< of one answer
constexpr size_t most_previewed = 50;
constexpr uint64_t no_line = std::numeric_limits<uint64_t>::max();

Response failure(int status, const Error& error) {
  Response response;
  response.status = status;
  response.body = "{\"error\":" + quoted_json(without_secrets(error.message));
  if (!error.advice.empty()) append_member(response.body, "advice", without_secrets(error.advice));
  response.body += '}';
  return response;
}

Response failure(int status, std::string message) {
  return failure(status, usage_error(std::move(message)));
}

Response object(std::string members) {
  return {200, "application/json", "{" + std::move(members) + "}"};
}

uint64_t number(std::string_view text, uint64_t otherwise) {
  uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

std::string text_in(simdjson::dom::element body, std::string_view name) {
  std::string_view text;
  return body[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool flag_in(simdjson::dom::element body, std::string_view name) {
  bool value = false;
  return body[name].get(value) == simdjson::SUCCESS && value;
}

}  // namespace

ConsoleSession::ConsoleSession(Options options, Compiled compiled)
    : options_(std::move(options)),
      view_(std::make_shared<const ConsoleView>(std::move(compiled))),
      decisions_(options_),
      target_(options_.target),
      compiler_([this] { compile_all(); }) {}

ConsoleSession::~ConsoleSession() {
  end();
  compiler_.join();
}

void ConsoleSession::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  news_.notify_all();
}

void ConsoleSession::open(int port, const std::string& token) {
  const std::lock_guard lock(mutex_);
  gate_ = std::make_unique<console::Gate>(port, token);
}

Response ConsoleSession::answer(const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    if (!gate_) return failure(503, "the console is not ready");
  }
  if (auto refused = gate_->refuse(request)) return *refused;
  if (!request.path.starts_with("/api/")) return console::page_file(request.path);
  try {
    return api(request);
  } catch (const std::exception& problem) {
    return failure(500, fmt::format("internal error, a bug in pg2crdb: {}", problem.what()));
  }
}

Response ConsoleSession::api(const Request& request) {
  if (request.method == "GET") return get(request);
  simdjson::dom::parser parser;
  Json body;
  if (parser.parse(request.body).get(body) != simdjson::SUCCESS || !body.is_object())
    return failure(400, "what was sent is no JSON object");
  return post(request.path, body);
}

// --- what is asked

Response ConsoleSession::get(const Request& request) {
  if (request.path == "/api/state") {
    wait_for_news(request);
    return object(state());
  }
  if (request.path == "/api/statements") return statements(request);
  if (request.path == "/api/output") return output();
  if (request.path == "/api/report")
    return {200, "text/plain; charset=utf-8", report_html(view()->compiled())};
  if (request.path == "/api/run") return object(run_.json(number(request.parameter("from"), 0)));
  return failure(404, "there is no such question");
}

/// Where there are others, the one that came first is answered without news.
void ConsoleSession::wait_for_news(const Request& request) const {
  const uint64_t seen = number(request.parameter("seen"), 0);
  if (seen == 0) return;
  std::unique_lock lock(mutex_);
  const uint64_t mine = ++waiters_;
  if (waiters_ > most_waiters) news_.notify_all();
  news_.wait_for(lock, longest_wait,
                 [&] { return ending_ || news_count() != seen || waiters_ - mine >= most_waiters; });
}

/// What is asked next is about all that was decided.
void ConsoleSession::wait_for_compile() const {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, longest_wait, [&] { return ending_ || wanted_ == compiled_; });
}

Options ConsoleSession::options_of_runs() const {
  Options options = options_;
  options.target = target_;
  options.create_database = creates_database_;
  options.owner = owner_;
  return options;
}

std::string ConsoleSession::state() const {
  const std::lock_guard lock(mutex_);
  std::string out = fmt::format("\"seen\":{},\"compiling\":{},\"compile_ms\":{},\"undo\":{}", news_count(),
                                wanted_ != compiled_, milliseconds_, decisions_.undoable());
  append_member(out, "input", redacted(options_.arguments[0]));
  const Options of_runs = options_of_runs();
  append_member(out, "target", without_password(target_));
  append_member(out, "database", named_database(target_));
  append_member(out, "owner", owner_);
  out += fmt::format(",\"creates_database\":{}", creates_database_);
  append_member(out, "source", without_password(options_.source));
  append_member(out, "error", error_);
  append_member(out, "advice", advice_);
  const auto file = find_decision_file(options_, view_->compiled().choices.config);
  append_member(out, "configuration", file ? file->path : std::string());
  out += ",\"steps\":[";
  for (const ConsoleStep& step : console_steps()) {
    if (out.back() != '[') out += ',';
    out += "{\"id\":" + quoted_json(step.id);
    append_member(out, "command", shell_command(words_of(step, of_runs, false)));
    out += '}';
  }
  out += ']';
  append_member(out, "compile", shell_command(words_of_compile(options_)));
  out += ",\"choices\":[";
  for (const ConsoleChoice& choice : console_choices(options_, view_->compiled().choices)) {
    if (out.back() != '[') out += ',';
    out += "{\"key\":" + quoted_json(choice.key);
    append_member(out, "about", choice.about);
    append_member(out, "value", choice.value);
    append_member(out, "option", choice.option);
    out += ",\"values\":[";
    for (const std::string& value : choice.values) out += (out.back() == '[' ? "" : ",") + quoted_json(value);
    out += "]}";
  }
  return out + "]," + view_->summary_json();
}

/// What `compile -o` writes.
Response ConsoleSession::output() const {
  const auto now = view();
  OutputFile file = one_file(now->compiled().inputs[0].output.phases, "schema.sql");
  if (!secret_literals(file.text).empty())
    return failure(409,
                   usage_error("the schema holds a password, which is not sent to a browser",
                               "`pg2crdb compile INPUT -o FILE` writes it into a file for its owner alone"));
  return {200, "text/plain; charset=utf-8", std::move(file.text)};
}

Response ConsoleSession::statements(const Request& request) const {
  StatementChoice choice;
  choice.rule = request.parameter("rule");
  choice.severity = request.parameter("severity");
  choice.object = request.parameter("object");
  choice.text = request.parameter("text");
  choice.fate = request.parameter("fate");
  choice.open = request.parameter("open") == "1";
  choice.decided = request.parameter("decided") == "1";
  choice.offset = number(request.parameter("offset"), 0);
  choice.limit = std::min(number(request.parameter("limit"), choice.limit), most_statements);
  return object(view()->statements_json(choice));
}

// --- what is done

Response ConsoleSession::post(std::string_view path, Json body) {
  if (path == "/api/decide") return decide(body);
  if (path == "/api/choose") return choose(body);
  if (path == "/api/run") return start(body);
  if (path == "/api/target") return choose_target(body);
  if (path == "/api/hits") return hits(body);
  if (path == "/api/stop") {
    run_.stop();
    return object({});
  }
  if (path == "/api/compile") {
    compile_again();
    return object({});
  }
  if (path == "/api/undo") {
    std::unique_lock lock(mutex_);
    const Result<void> done = decisions_.undo();
    lock.unlock();
    return changed(done);
  }
  if (path != "/api/remove") return failure(404, "there is no such action");
  std::unique_lock lock(mutex_);
  uint64_t index = 0;
  const Compiled& compiled = view_->compiled();
  if (body["decision"].get(index) != simdjson::SUCCESS || index >= compiled.choices.config.decisions.size())
    return failure(400, "there is no such decision");
  const Result<void> done = decisions_.remove(compiled.choices.config.decisions[index], compiled);
  lock.unlock();
  return changed(done);
}

Response ConsoleSession::choose(Json body) {
  const std::string key = text_in(body, "key");
  const std::string value = text_in(body, "value");
  std::unique_lock lock(mutex_);
  const std::vector<ConsoleChoice> choices = console_choices(options_, view_->compiled().choices);
  const auto choice = std::ranges::find(choices, key, &ConsoleChoice::key);
  if (choice == choices.end() || std::ranges::find(choice->values, value) == choice->values.end())
    return failure(400, "there is no such choice");
  if (!choice->option.empty())
    return failure(409, usage_error(fmt::format("{} was given, which wins over the key", choice->option),
                                    "start the console without it"));
  const Result<void> done = decisions_.choose(key, value, view_->compiled());
  lock.unlock();
  return changed(done);
}

/// What was written is compiled.
Response ConsoleSession::changed(const Result<void>& done) {
  if (!done) return failure(409, done.error());
  compile_again();
  return object({});
}

Result<Decision> ConsoleSession::decision_in(Json body, uint64_t& line) const {
  Decision decision;
  const std::string action = text_in(body, "action");
  const auto parsed = parse_action(action);
  if (!parsed)
    return usage_error(fmt::format("`action` cannot be `{}`: it is one of {}", action, known_actions()));
  decision.action = *parsed;
  decision.rule = text_in(body, "rule");
  decision.object = text_in(body, "object");
  decision.find = text_in(body, "find");
  if (flag_in(body, "regular_expression")) decision.expression = RegularExpression(decision.find);
  decision.reason = text_in(body, "reason");
  decision.until = text_in(body, "until");
  if (decision.reason.empty()) return usage_error("a decision needs a reason");
  if (decision.action == DecisionAction::replace) decision.sql = text_in(body, "sql");
  if (decision.action == DecisionAction::add) decision.sql = statement_text(text_in(body, "sql"));
  decision.position = parse_position(text_in(body, "position"));
  uint64_t id = 0;
  if (body["statement"].get(id) != simdjson::SUCCESS) return decision;
  uint64_t hit = 0;
  const bool is_hit = body["hit"].get(hit) == simdjson::SUCCESS;
  if (is_hit) wait_for_compile();  // another one may stand before it
  const auto now = view();
  const ast::Statement* statement = now->find(id);
  if (statement == nullptr) return usage_error("there is no such statement");
  const CompiledInput& input = now->compiled().inputs[0];
  auto text = text_to_decide_on(input, *statement);
  if (!text) return text.error();
  if (is_hit) {
    if (auto chosen = choose_hit(decision, *text, hit); !chosen) return chosen.error();
  }
  decision.statement = std::move(*text);
  const SourceFile& file = input.file->of(statement->span);
  line = input.is_added(*statement) ? no_line : file.locate(statement->span.begin).line;
  return decision;
}

/// The same as a command; empty where there is none: several statements stand in the line, or a decision
/// added it. `line`: of the statement that it is about, 0 where that is not one.
std::string ConsoleSession::command_of(const Decision& decision, uint64_t line) const {
  if (line > 0 && !statement_in_line(view()->compiled().inputs[0], line)) return {};
  std::vector<std::string> words = {"decide", options_.arguments[0]};
  const auto add_even_empty = [&](std::string_view option, std::string value) {
    words.push_back(fmt::format("--{}", option));
    words.push_back(std::move(value));
  };
  const auto add = [&](std::string_view option, const std::string& value) {
    if (!value.empty()) add_even_empty(option, value);
  };
  add("action", std::string(to_string(decision.action)));
  if (line > 0) add("line", std::to_string(line));
  add("rule", decision.rule);
  add("object", decision.object);
  add("find", decision.find);
  if (!decision.expression.empty()) words.push_back(fmt::format("--{}", "regular-expression"));
  if (decision.position) add("position", std::string(to_string(*decision.position)));
  if (decision.sql) add_even_empty("sql", *decision.sql);
  add("reason", decision.reason);
  add("until", decision.until);
  add("migrations", options_.migrations);
  add("database", options_.database);
  add("crdb", options_.crdb);
  add("capabilities", options_.capabilities);
  for (const std::string& path : options_.rules) add("rules", path);
  for (const std::string& path : options_.plugins) add("plugin", path);
  add("config", options_.config);
  return shell_command(words);
}

std::string ConsoleSession::preview(const Decision& decision, uint64_t line) const {
  const auto now = view();
  const Compiled& compiled = now->compiled();
  std::string out = "\"toml\":" + quoted_json(toml_decisions({&decision, 1}));
  append_member(out, "command", command_of(decision, line));
  out += fmt::format(",\"findings\":{}", decision.rule.empty() ? 0 : findings_about(decision, compiled));
  const auto about = statements_about(decision, compiled);
  out += fmt::format(",\"statements\":{},\"first\":[", about.size());
  for (size_t i = 0; i < std::min(about.size(), most_previewed); ++i) {
    const ast::Statement& statement = *about[i].statement;
    const Result<std::string> before = text_to_decide_on(*about[i].input, statement);
    if (!before) continue;
    if (out.back() != '[') out += ',';
    out += fmt::format("{{\"id\":{}", statement.id);
    append_member(out, "kind", ast::statement_kind(statement.node));
    append_member(out, "object", ast::statement_object(statement.node));
    append_member(out, "before", *before);
    if (decision.sql) append_member(out, "after", text_after(decision, *before));
    out += '}';
  }
  return out + "]";
}

Response ConsoleSession::decide(Json body) {
  uint64_t line = 0;
  Result<Decision> decision = decision_in(body, line);
  if (!decision) return failure(400, decision.error());
  if (flag_in(body, "preview")) {
    if (const auto problem = problem_of(*decision)) return failure(400, *problem);
    return object(preview(*decision, line));
  }
  {
    std::unique_lock lock(mutex_);
    auto added = decisions_.add({&*decision, 1}, view_->compiled());
    if (!added && wanted_ != compiled_) {  // it may be about what the compile behind is going to find
      news_.wait_for(lock, longest_wait, [&] { return ending_ || wanted_ == compiled_; });
      added = decisions_.add({&*decision, 1}, view_->compiled());
    }
    if (!added) return failure(409, added.error());
  }
  compile_again();
  std::string out = "\"toml\":" + quoted_json(toml_decisions({&*decision, 1}));
  append_member(out, "command", command_of(*decision, line));
  return object(std::move(out));
}

Response ConsoleSession::start(Json body) {
  const std::string id = text_in(body, "step");
  const auto& steps = console_steps();
  const auto step = std::ranges::find(steps, id, &ConsoleStep::id);
  if (step == steps.end()) return failure(400, "there is no such step");
  if (options_.target.empty())
    return failure(
        409, usage_error("the console was started without --target", "start it again with --target URL"));
  std::unique_lock lock(mutex_);
  const Options options = options_of_runs();
  lock.unlock();
  if (auto started = run_.start(*step, options, flag_in(body, "resume")); !started)
    return failure(409, started.error());
  return object({});
}

/// The database of --target that the steps work on, which they may make.
Response ConsoleSession::choose_target(Json body) {
  if (options_.target.empty())
    return failure(
        409, usage_error("the console was started without --target", "start it again with --target URL"));
  if (run_.is_running()) return failure(409, usage_error("a command is at work", "wait for its end"));
  const std::string database = text_in(body, "database");
  if (database.empty()) return failure(400, "a database needs a name");
  const bool creates = flag_in(body, "create");
  const std::string owner = text_in(body, "owner");
  if (!creates && !owner.empty())
    return failure(400, "the owner is of a database that is made: a database that is there keeps its own");
  Result<std::string> url = database == named_database(options_.target)
                                ? Result<std::string>(options_.target)
                                : with_database(options_.target, database);
  if (!url) return failure(400, url.error());
  {
    const std::lock_guard lock(mutex_);
    target_ = std::move(*url);
    creates_database_ = creates;
    owner_ = owner;
    ++targets_;
  }
  news_.notify_all();
  return object({});
}

/// Where find and replace would change something, one by one.
Response ConsoleSession::hits(Json body) {
  wait_for_compile();
  uint64_t line = 0;
  const Result<Decision> decision = decision_in(body, line);
  if (!decision) return failure(400, decision.error());
  if (const auto problem = problem_of(*decision)) return failure(400, *problem);
  if (decision->find.empty()) return failure(400, "what is looked for is missing");
  uint64_t from = 0;
  if (body["from"].get(from) != simdjson::SUCCESS) from = 0;
  return object(hits_json(*decision, view()->compiled(), from));
}

// --- what is compiled

std::shared_ptr<const ConsoleView> ConsoleSession::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

void ConsoleSession::compile_again() {
  {
    const std::lock_guard lock(mutex_);
    ++wanted_;
  }
  news_.notify_all();
}

void ConsoleSession::compile_all() {
  while (true) {
    uint64_t wanted = 0;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [&] { return ending_ || wanted_ != compiled_; });
      if (ending_) return;
      wanted = wanted_;
    }
    const auto begin = std::chrono::steady_clock::now();
    std::shared_ptr<const ConsoleView> made;
    Error error;
    try {
      Result<Compiled> compiled = compile_inputs(options_, options_.arguments);
      if (compiled) {
        made = std::make_shared<const ConsoleView>(std::move(*compiled));
      } else {
        error = compiled.error();
      }
    } catch (const std::exception& problem) {
      error = usage_error(fmt::format("internal error, a bug in pg2crdb: {}", problem.what()));
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    {
      const std::lock_guard lock(mutex_);
      if (made) view_.swap(made);
      error_ = without_secrets(error.message);
      advice_ = without_secrets(error.advice);
      compiled_ = wanted;
      milliseconds_ =
          static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    }
    news_.notify_all();
  }
}

}  // namespace pg2crdb
