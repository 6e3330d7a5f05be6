/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_TSC_H
#define VM_TSC_H

/* Frequency of this machine's time stamp counter in kHz, measured over 50 ms; 0: it has none. */
unsigned tsc_measure_khz(void);

#endif
