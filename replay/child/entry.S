/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first instructions, and the call of the kernel's function: with all of its registers, on its
 * own stack, and between two readings of the time stamp counter. The call itself leaves the
 * address of its return where the kernel's caller had left its own.
 */
	.bss
	.align	64
	.globl	call_gpr, call_after, call_target, call_flags, call_begin, call_end
call_gpr:	.skip	128
call_after:	.skip	128
call_target:	.skip	8
call_flags:	.skip	8
call_begin:	.skip	8
call_end:	.skip	8
own_stack:	.skip	8

	.text
	.globl	_start
_start:
	mov	%rsp, %rdi
	lea	child_stack+65536(%rip), %rsp
	xor	%ebp, %ebp
	call	begin
	ud2

	.globl	signal_return
signal_return:
	mov	$15, %eax
	syscall

	/* What a compiler may call by itself. */
	.globl	memcpy, memset
memcpy:
	mov	%rdi, %rax
	mov	%rdx, %rcx
	rep movsb
	ret
memset:
	mov	%rdi, %r8
	mov	%esi, %eax
	mov	%rdx, %rcx
	rep stosb
	mov	%r8, %rax
	ret

	.globl	call_nothing
	.align	64
call_nothing:
	ret

	.globl	call_in_steps
call_in_steps:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, own_stack(%rip)
	pushf
	orl	$0x100, (%rsp)
	popf
	jmp	1f

	.globl	call_it
	.align	64
call_it:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, own_stack(%rip)
1:	lfence
	rdtsc
	lfence
	mov	%eax, call_begin(%rip)
	mov	%edx, call_begin+4(%rip)
	mov	call_gpr(%rip), %rax
	mov	call_gpr+8(%rip), %rcx
	mov	call_gpr+16(%rip), %rdx
	mov	call_gpr+24(%rip), %rbx
	mov	call_gpr+40(%rip), %rbp
	mov	call_gpr+48(%rip), %rsi
	mov	call_gpr+56(%rip), %rdi
	mov	call_gpr+64(%rip), %r8
	mov	call_gpr+72(%rip), %r9
	mov	call_gpr+80(%rip), %r10
	mov	call_gpr+88(%rip), %r11
	mov	call_gpr+96(%rip), %r12
	mov	call_gpr+104(%rip), %r13
	mov	call_gpr+112(%rip), %r14
	mov	call_gpr+120(%rip), %r15
	mov	call_gpr+32(%rip), %rsp
	call	*call_target(%rip)
	.globl	call_back
call_back:
	mov	%rax, call_after(%rip)
	mov	%rdx, call_after+16(%rip)
	mov	%rsp, call_after+32(%rip)
	mov	%rcx, call_after+8(%rip)
	mov	own_stack(%rip), %rsp
	lfence
	rdtsc
	lfence
	mov	%eax, call_end(%rip)
	mov	%edx, call_end+4(%rip)
	pushf
	pop	call_flags(%rip)
	mov	%rbx, call_after+24(%rip)
	mov	%rbp, call_after+40(%rip)
	mov	%rsi, call_after+48(%rip)
	mov	%rdi, call_after+56(%rip)
	mov	%r8, call_after+64(%rip)
	mov	%r9, call_after+72(%rip)
	mov	%r10, call_after+80(%rip)
	mov	%r11, call_after+88(%rip)
	mov	%r12, call_after+96(%rip)
	mov	%r13, call_after+104(%rip)
	mov	%r14, call_after+112(%rip)
	mov	%r15, call_after+120(%rip)
	cld
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret

	.section .note.GNU-stack, "", @progbits
