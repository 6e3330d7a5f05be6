// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/number.h"

#include <math.h>
#include <stdio.h>

#define NOTHING 1e-9	   /* less than one instruction in a billion items */
#define REST 0.0005	   /* what three decimals do not show */
#define DECIMALS_FROM 0.01 /* below, three decimals have but one digit of it */

const char number_negative_note[] =
	"A negative count: 2N iterations had fewer than N, as what happens now and then falls on "
	"either side of a phase's edge.";

bool number_is_negative(double value)
{
	return value <= -REST;
}

double number_rest(double value)
{
	return value < 0 && value > -REST ? 0 : value;
}

/* Neither a "-0.000" nor what arithmetic left. */
static double meant(double value)
{
	return fabs(value) < NOTHING ? 0 : value;
}

static bool by_decimals(double value)
{
	return value == 0 || fabs(value) >= DECIMALS_FROM;
}

struct number_text number_of(double value)
{
	struct number_text t = { "-" };

	value = number_rest(meant(value));
	if (isfinite(value))
		snprintf(t.text, sizeof(t.text), by_decimals(value) ? "%.3f" : "%.3g", value);
	return t;
}

struct number_text number_change(double value)
{
	struct number_text t = { "-" };

	value = meant(value);
	if (isfinite(value))
		snprintf(t.text, sizeof(t.text), by_decimals(value) ? "%+.3f" : "%+.3g", value);
	return t;
}

struct number_text number_calls(double value)
{
	struct number_text t = { "?" };

	if (isfinite(value))
		snprintf(t.text, sizeof(t.text), "%.4g", value);
	return t;
}
