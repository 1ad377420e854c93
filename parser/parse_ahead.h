#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "parser/parser.h"
#include "support/thread.h"

namespace pg2crdb {

/// Parses statements on several threads, ahead of who takes them one by one, in their order. What a text is
/// as a tree depends on nothing before it, all else does: so the order, and what comes of it, is that of one
/// thread. Memory is bounded: a few batches of short statements; what is long waits for all before it.
class ParseAhead {
 public:
  /// Gets each segment on the caller's thread, good until it returns; `parsed` is null where nobody has
  /// parsed the text yet.
  using Take = std::function<void(const Segment& segment, ParsedStatement* parsed)>;

  /// `jobs` threads, the caller's among them. With one, and as long as a script is short, a segment is taken
  /// as it comes.
  ParseAhead(unsigned jobs, Take take);
  ~ParseAhead();
  ParseAhead(const ParseAhead&) = delete;
  ParseAhead& operator=(const ParseAhead&) = delete;

  /// `parse`: its text is a statement that will be asked for.
  void add(const Segment& segment, bool parse);
  /// Has all that was added taken.
  void finish();

 private:
  struct Item {
    Segment segment = {};
    bool parse = false;
    ParsedStatement parsed = {};
  };
  struct Batch {
    std::string text = {};  ///< of all items; stays where it is
    std::vector<Item> items = {};
    bool begun = false;
    bool parsed = false;
  };

  void begin_batch(size_t least_bytes);
  void hand_over();
  void take_oldest();
  void add_thread();
  void work();
  Batch* next_to_parse();
  void parse(Batch& batch, std::unique_lock<std::mutex>& lock);

  const Take take_;
  size_t alone_bytes_;   // of the next ones, which are taken as they come
  size_t most_threads_;  // besides the caller's
  std::unique_ptr<Batch> filling_;
  std::vector<std::unique_ptr<Batch>> spare_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::mutex mutex_;  // of what follows, and of each batch's two flags
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> batches_;  // only the caller's thread adds and takes away
  bool ended_ = false;
};

}  // namespace pg2crdb
