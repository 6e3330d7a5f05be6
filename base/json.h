/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reference to JSON that is dropped at the end of its scope; members of foreign documents. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/cleanup.h"

#include <jansson.h>
#include <math.h>

DEFINE_CLEANUP(json_t *, json_decref)
#define _cleanup_json_ _cleanup_(json_decref_p)

/* The text of a member, borrowed; @otherwise where there is none, or no text. */
static inline const char *json_text_at(const json_t *o, const char *name, const char *otherwise)
{
	const char *value = json_string_value(json_object_get(o, name));

	return value ? value : otherwise;
}

/* The number of a member; NAN where there is none, or no number. */
static inline double json_number_at(const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	return json_is_number(v) ? json_number_value(v) : NAN;
}

#endif
