// Runs a fuzz target without libFuzzer: every seed below the folders given, then as many changed seeds as
// asked for, the same ones each time. What CI runs; scripts/soak looks further, led by coverage.
//   target <runs> <folder>...
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::vector<std::string> seeds_below(const std::string& folder) {
  std::vector<std::string> paths, seeds;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    seeds.push_back(text.str());
  }
  return seeds;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& seeds) : seeds_(seeds) {}

  std::string next() {
    std::string input = any();
    for (size_t changes = 1 + below(4); changes > 0; --changes) change(input);
    return input;
  }

 private:
  size_t below(size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  const std::string& any() { return seeds_[below(seeds_.size())]; }

  void change(std::string& input) {
    const size_t at = below(input.size() + 1);
    switch (below(5)) {
      case 0:
        if (!input.empty()) input[below(input.size())] = static_cast<char>(below(256));
        return;
      case 1:
        input.erase(at, 1 + below(16));
        return;
      case 2: {  // a piece of another seed
        const std::string& other = any();
        const size_t begin = below(other.size());
        input.insert(at, other.substr(begin, 1 + below(32)));
        return;
      }
      case 3: {  // a piece of itself, once more
        const size_t begin = below(input.size());
        input.insert(at, input.substr(begin, 1 + below(32)));
        return;
      }
      default:
        input.insert(at, 1 + below(3), "();,'\"$.{}[]:-\n\\0a1"[below(18)]);
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937 random_{1};
};

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("usage: target <runs> <folder>...\n", stderr);
    return 2;
  }
  std::vector<std::string> seeds;
  for (int i = 2; i < count; ++i) {
    for (std::string& seed : seeds_below(words[i])) seeds.push_back(std::move(seed));
  }
  if (seeds.empty()) seeds.emplace_back();
  for (const std::string& seed : seeds) run(seed);
  Mutator mutator(seeds);
  const unsigned long runs = std::strtoul(words[1], nullptr, 10);
  for (unsigned long i = 0; i < runs; ++i) run(mutator.next());
  std::printf("%zu seeds and %lu changed ones\n", seeds.size(), runs);
  return 0;
}
