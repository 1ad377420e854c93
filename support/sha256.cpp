#include "support/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "support/result.h"

namespace pg2crdb {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) {
    throw InternalError("SHA-256 is not available");
  }
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Sha256::hexadecimal() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash = {};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context.get(), hash.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[hash[i] >> 4U];
    text += digits[hash[i] & 0xFU];
  }
  return text;
}

}  // namespace pg2crdb
