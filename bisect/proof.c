// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/proof.h"

#include <math.h>

const char *proof_status_name(enum proof_status s)
{
	static const char *const names[] = { "proven", "likely", "not confirmed", "no difference" };

	return names[s];
}

enum proof_status proof_judge(bool slower, const struct proof_pair *parent, size_t suspects,
			      const struct proof_pair *revert, double *won_back)
{
	const double change = parent->new_value - parent->old_value;

	*won_back = NAN;
	if (!parent->measured || !parent->differs || (change > 0) != slower)
		return PROOF_NOT_CONFIRMED;
	if (suspects > 1 || !revert->measured)
		return PROOF_LIKELY;
	*won_back = (revert->old_value - revert->new_value) / change;
	return *won_back >= PROOF_WON_BACK ? PROOF_PROVEN : PROOF_NOT_CONFIRMED;
}
