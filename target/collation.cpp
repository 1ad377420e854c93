#include <algorithm>
#include <string>

#include "target/target.h"

namespace pg2crdb {

bool is_collation(std::string_view name) {
  // ISO 639-1, which is what the language of a collation comes from in practice.
  constexpr std::string_view languages =
      "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz "
      "ee el en "
      "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
      "it iu ja "
      "jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
      "my na nb "
      "nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl "
      "sm sn so "
      "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za "
      "zh zu";
  std::string tag(name);
  std::ranges::transform(tag, tag.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::ranges::replace(tag, '_', '-');
  if (tag == "default") return true;
  const std::string language = tag.substr(0, tag.find('-'));
  const bool known =
      language == "und" || (language.size() == 2 && languages.find(language) != languages.npos);
  if (!known) return false;
  const bool plain = std::ranges::all_of(
      tag, [](char c) { return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
  return plain && tag.find("--") == std::string::npos && tag.back() != '-';
}

}  // namespace pg2crdb
