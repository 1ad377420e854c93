#pragma once
#include <simdjson.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "console/gate.h"
#include "console/http.h"
#include "driver/console_decisions.h"
#include "driver/console_run.h"
#include "driver/console_view.h"
#include "driver/options.h"

namespace pg2crdb {

/// What `pg2crdb console` answers. A decision is written and answered at once; a thread compiles behind, one
/// compile for all decisions of the meantime, and the old view answers until the new one is there.
class ConsoleSession {
 public:
  /// With the first compile of the input.
  ConsoleSession(Options options, Compiled compiled);
  ~ConsoleSession();

  /// Once the port is known; requests before that are refused.
  void open(int port, const std::string& token);
  /// Those who wait for news are answered, and nothing is compiled any more.
  void end();
  std::string url() const { return gate_->url(); }

  /// For the server: called by several threads at once.
  console::Response answer(const console::Request& request);

 private:
  using Json = simdjson::dom::element;

  console::Response api(const console::Request& request);
  console::Response get(const console::Request& request);
  console::Response post(std::string_view path, Json body);

  std::string state() const;
  void wait_for_news(const console::Request& request) const;
  console::Response statements(const console::Request& request) const;
  console::Response output() const;
  console::Response decide(Json body);
  console::Response choose(Json body);
  console::Response changed(const Result<void>& done);
  console::Response start(Json body);
  console::Response choose_target(Json body);
  console::Response hits(Json body);
  Options options_of_runs() const;
  uint64_t news_count() const { return wanted_ + compiled_ + targets_; }
  void wait_for_compile() const;
  Result<Decision> decision_in(Json body, uint64_t& line) const;
  std::string preview(const Decision& decision, uint64_t line) const;
  std::string command_of(const Decision& decision, uint64_t line) const;

  std::shared_ptr<const ConsoleView> view() const;
  void compile_again();
  void compile_all();

  const Options options_;
  std::unique_ptr<console::Gate> gate_;
  mutable std::mutex mutex_;      ///< of all below but the run
  mutable uint64_t waiters_ = 0;  ///< that came for news so far
  mutable std::condition_variable news_;
  std::shared_ptr<const ConsoleView> view_;
  ConsoleDecisions decisions_;
  std::string error_;  ///< of the last compile; the view is of the one before
  std::string advice_;
  uint64_t wanted_ = 1;  ///< compiles
  uint64_t compiled_ = 1;
  uint64_t milliseconds_ = 0;  ///< that the last compile took
  bool ending_ = false;
  uint64_t targets_ = 0;  ///< that were chosen
  std::string target_;
  bool creates_database_ = false;
  std::string owner_;  ///< of the database that is made
  ConsoleRun run_;
  std::thread compiler_;
};

}  // namespace pg2crdb
