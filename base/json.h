/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reference to JSON that is dropped at the end of its scope. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/cleanup.h"

#include <jansson.h>

DEFINE_CLEANUP(json_t *, json_decref)
#define _cleanup_json_ _cleanup_(json_decref_p)

#endif
