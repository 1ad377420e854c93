#pragma once
#include <simdjson.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/lsp_compiled.h"
#include "driver/lsp_document.h"
#include "driver/lsp_transport.h"
#include "driver/options.h"
#include "support/thread.h"

namespace pg2crdb {

/// What `pg2crdb lsp` answers. Documents are compiled with their order kept, as `lint --in-order` does: a
/// document that is one of the inputs that the command names is compiled with all of them, another one alone.
/// Edits that wait are taken before anything is compiled, so that fast typing costs one compile. A thread
/// compiles behind, one script at a time; an edit that comes meanwhile gives that compile up and does not
/// wait for its end. In a long script the statements that are edited are answered before all of it is
/// compiled; what is published last is always what a compile of all finds.
class LspServer {
 public:
  LspServer(Options options, LspTransport& transport);
  ~LspServer();
  LspServer(const LspServer&) = delete;
  LspServer& operator=(const LspServer&) = delete;

  /// Until the editor says `exit` or goes away; true where it said `shutdown` before. Fails where what comes
  /// in is no message.
  Result<bool> run();

 private:
  using Json = simdjson::dom::element;

  struct Open {
    std::string uri;
    std::string path;
    std::optional<int64_t> version;
    LspDocument document;
    bool edited = false;  ///< and nothing is said of it yet
  };
  /// What was compiled together: the documents of one script.
  struct Unit {
    std::vector<std::string> names;
    std::unique_ptr<const LspCompiled> last;
    bool stale = true;
  };
  /// Of `mutex_`, for what waits for a compile.
  using Lock = std::unique_lock<std::mutex>;

  /// False where the editor says `exit`.
  bool take(const std::string& message, Lock& lock);
  void request(std::string_view method, const std::string& id, Json params, Lock& lock);
  void notification(std::string_view method, Json params);
  void open(Json params);
  void change(Json params);
  void close(Json params);

  Open* find_open(Json params);
  std::string unit_key(const std::string& path) const;
  Unit& unit_of(const Open& open) { return units_[unit_key(open.path)]; }
  /// Once it is compiled as it stands.
  const Unit& compiled_unit_of(const Open& open, Lock& lock);
  void mark_stale(const Open& open);
  /// Says what can be said at once of long documents that were edited.
  void answer_edits();
  void answer_edit(Open& open);
  /// What the thread does until the server ends: compiles units whose documents have changed.
  void compile_all();
  /// Of a unit's files, with the documents as they are held by now: the compile, or why there is none.
  std::pair<std::unique_ptr<const LspCompiled>, std::string> compile(
      const std::vector<std::string>& names, std::map<std::string, std::string> texts) const;
  void publish(const Unit& unit, const std::string& error);
  void publish(const Open& open, const std::vector<ShownFinding>& findings);
  void publish(const Open& open, std::string_view diagnostics);

  std::string initialized();
  std::string hover(Json params, Lock& lock);
  std::string code_actions(Json params, Lock& lock);

  void respond(const std::string& id, std::string_view result) const;
  void respond_error(const std::string& id, int code, std::string_view message) const;
  void notify(std::string_view method, std::string_view params) const;

  Options options_;
  LspTransport& transport_;  ///< is read without the lock, and written with it
  simdjson::dom::parser parser_;
  std::mutex mutex_;              ///< of all below; the maps themselves change in the thread that reads alone
  std::condition_variable news_;  ///< for the compiler: something is stale; for questions: it is no more
  std::atomic<bool> outdated_ = false;  ///< what is being compiled is not what stands in the editor
  bool ending_ = false;
  std::map<std::string, Open> documents_;    // by URI
  std::map<std::string, std::string> held_;  // their texts, by canonical path
  std::map<std::string, Unit> units_;   // by the path of the only document, "" is of the command's inputs
  std::vector<std::string> of_inputs_;  // canonical paths of the command's inputs
  bool initialized_ = false;
  bool shut_down_ = false;
  Thread compiler_;
};

}  // namespace pg2crdb
