#include <CockroachDBParser.h>

#include "grammar/cockroachdb.h"
