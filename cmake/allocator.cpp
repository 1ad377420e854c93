/// What jemalloc reads when a program starts. Most of what a compile takes is touched once: in large pages that is
/// a tenth less time. Where the system has none to give, nothing changes.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,metadata_thp:always";
}
