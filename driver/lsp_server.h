#pragma once
#include <simdjson.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/lsp_compiled.h"
#include "driver/lsp_document.h"
#include "driver/lsp_transport.h"
#include "driver/options.h"

namespace pg2crdb {

/// What `pg2crdb lsp` answers. Documents are compiled with their order kept, as `lint --in-order` does: a
/// document that is one of the inputs that the command names is compiled with all of them, another one alone.
/// Edits that wait are taken before anything is compiled, so that fast typing costs one compile, and one that
/// comes while a unit is compiled ends that compile. In a long script the statements that are edited are
/// answered before all of it is compiled; what is published last is always what a compile of all finds.
class LspServer {
 public:
  LspServer(Options options, LspTransport& transport);

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
    std::optional<LspCompiled> last;
    bool stale = true;
  };

  /// False where the editor says `exit`.
  bool take(const std::string& message);
  void request(std::string_view method, const std::string& id, Json params);
  void notification(std::string_view method, Json params);
  void open(Json params);
  void change(Json params);
  void close(Json params);

  Open* find_open(Json params);
  std::string unit_key(const std::string& path) const;
  Unit& unit_of(const Open& open) { return units_[unit_key(open.path)]; }
  Unit& compiled_unit_of(const Open& open);
  void mark_stale(const Open& open);
  /// Says what can be said at once of a long document that was edited; false where there is none.
  bool answer_one_edit();
  /// Compiles one unit whose documents have changed, unless another message comes; false where there is none.
  bool compile_one();
  enum class Ends { when_done, with_next_message };
  void compile(Unit& unit, Ends ends);
  void publish(const Unit& unit, const std::string& error);
  void publish(const Open& open, const std::vector<ShownFinding>& findings);
  void publish(const Open& open, std::string_view diagnostics);

  std::string initialized();
  std::string hover(Json params);
  std::string code_actions(Json params);

  void respond(const std::string& id, std::string_view result) const;
  void respond_error(const std::string& id, int code, std::string_view message) const;
  void notify(std::string_view method, std::string_view params) const;

  Options options_;
  LspTransport& transport_;
  simdjson::dom::parser parser_;
  std::map<std::string, Open> documents_;    // by URI
  std::map<std::string, std::string> held_;  // their texts, by canonical path
  std::map<std::string, Unit> units_;   // by the path of the only document, "" is of the command's inputs
  std::vector<std::string> of_inputs_;  // canonical paths of the command's inputs
  bool initialized_ = false;
  bool shut_down_ = false;
};

}  // namespace pg2crdb
