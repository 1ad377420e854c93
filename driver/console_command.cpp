#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <limits>
#include <thread>

#include "console/gate.h"
#include "console/http.h"
#include "driver/command.h"
#include "driver/console_session.h"
#include "driver/execution.h"
#include "driver/pg_dump.h"
#include "runtime/runtime.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

int run(const Options& given) {
  Options options = given;
  if (!options.target.empty() && !is_connection_string(options.target)) {
    return fail(usage_error("`--target` is no connection string",
                            "write --target postgresql://root@localhost:26257/database, or leave it out: "
                            "decisions need no cluster"));
  }
  if (options.port > std::numeric_limits<uint16_t>::max())
    return fail(usage_error(fmt::format("`--port` cannot be {}: the last port is 65535", options.port)));
  if (auto again = check_is_read_again(options.arguments[0]); !again) return fail(again.error());
  // What is decided needs no cluster: where it does not answer, that is said.
  options.dry_run = true;
  // Its database may be one that is still to be made.
  options.create_database = !named_database(options.target).empty();
  if (auto asked = ask_release(options); !asked) return fail(asked.error());
  options.create_database = false;
  auto compiled = compile_inputs(options, options.arguments);
  if (!compiled) return fail(compiled.error());
  ConsoleSession session(options, std::move(*compiled));
  auto server =
      console::Server::start([&](const console::Request& request) { return session.answer(request); },
                             static_cast<uint16_t>(options.port));
  if (!server) return fail(server.error());
  session.open((*server)->port(), console::new_token());
  fmt::print("{}\n", session.url());
  std::fflush(stdout);
  if (!options.quiet)
    fmt::print(stderr, "pg2crdb: open this address in a browser of this machine; Ctrl-C ends the console\n");
  while (!stop_requested) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  session.end();
  return exit_clean;
}

}  // namespace

const Command console_command = {
    {.name = "console",
     .arguments = "INPUT",
     .summary = "a page in the browser: findings, statements, decisions, and the run on a cluster",
     .details = "Compiles INPUT as `compile` does and prints the address of a page, which this machine alone "
                "can open: "
                "docs/console.md. What is decided there is written into pg2crdb.toml, and what is run there "
                "is a command "
                "that the page shows. With --target, the schema can be tried and made on a cluster, and rows "
                "loaded and "
                "verified.",
     .groups = {OptionGroup::reading, OptionGroup::release, OptionGroup::answers, OptionGroup::choices,
                OptionGroup::outside, OptionGroup::findings, OptionGroup::settings, OptionGroup::source,
                OptionGroup::target, OptionGroup::jobs, OptionGroup::port},
     .formats = {},
     .least_arguments = 1,
     .most_arguments = 1,
     .examples = {"pg2crdb console dump.sql",
                  "pg2crdb console dump.sql --target postgresql://root@localhost:26257/shop"},
     .connects = true},
    run};

}  // namespace pg2crdb
