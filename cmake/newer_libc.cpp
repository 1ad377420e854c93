// What a libpg_query that was compiled for a newer libc calls and an older one lacks.
#include <cstddef>
#include <cstdlib>
#include <cstring>

#if defined(__GLIBC__) && !__GLIBC_PREREQ(2, 38)

extern "C" {

// C23's, which reads 0b, too; no caller asks for base 2.
[[gnu::visibility("hidden")]] unsigned long __isoc23_strtoul(const char* text, char** end, int base) {
  return strtoul(text, end, base);
}

[[gnu::visibility("hidden")]] size_t strlcpy(char* to, const char* from, size_t size) {
  const size_t length = strlen(from);
  if (size > 0) {
    const size_t taken = length < size ? length : size - 1;
    memcpy(to, from, taken);
    to[taken] = '\0';
  }
  return length;
}

}

#endif
