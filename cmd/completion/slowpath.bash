# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of slowpath's command lines for bash. What there is to offer, slowpath says itself.

_slowpath()
{
	local rest=${COMP_LINE:0:COMP_POINT} word blanks i candidate begun files=
	local -a words=()

	# bash breaks words at ':' and '=' too, so that debian:6.17 comes as three.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		blanks=${rest%%[![:space:]]*}
		rest=${rest#"$blanks"}
		((i == COMP_CWORD)) && word=$rest
		if ((i > 1)) && [[ -z $blanks ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		rest=${rest#"$word"}
	done
	begun=${words[${#words[@]} - 1]}

	COMPREPLY=()
	while IFS= read -r candidate; do
		if [[ $candidate == :files ]]; then
			files=yes
			continue
		fi
		candidate=${candidate%%$'\t'*}
		# What stands before the last break stays on the line as it is.
		word=$begun
		[[ $COMP_WORDBREAKS == *:* ]] || word=${word//:/}
		[[ $COMP_WORDBREAKS == *=* ]] || word=${word//=/}
		if [[ $word == *[:=]* ]]; then
			word=${begun%"${word##*[:=]}"}
			candidate=${candidate#"$word"}
		fi
		COMPREPLY+=("$candidate")
	done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)

	if [[ $files ]]; then
		if ((!${#COMPREPLY[@]})); then
			compopt -o default 2>/dev/null
		elif [[ $begun == [./~]* ]]; then
			while IFS= read -r candidate; do
				COMPREPLY+=("$candidate")
			done < <(compgen -f -- "$begun")
		fi
	fi
}
complete -F _slowpath slowpath
