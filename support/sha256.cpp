#include "support/sha256.h"

// OpenSSL's older functions: the newer ones load its configuration and its providers first, which takes
// longer than hashing a small file.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>

namespace pg2crdb {

struct Sha256::State {
  SHA256_CTX context = {};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

std::string Sha256::hexadecimal() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash = {};
  SHA256_Final(hash.data(), &state_->context);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : hash) {
    text += digits[byte >> 4U];
    text += digits[byte & 0xFU];
  }
  return text;
}

}  // namespace pg2crdb
