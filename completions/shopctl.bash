# bash completion of shopctl. Needs no other package; works from bash 3.2 on.
_shopctl() {
	local line=${COMP_LINE:0:COMP_POINT} word rest=$COMP_LINE i typed last n=0
	local -a words=()
	COMPREPLY=()
	# bash also splits at = and :, shopctl does not: join what has no blank between.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		typed=${rest#"${rest%%[![:space:]]*}"}
		if ((n > 0)) && [[ $typed == "$rest" && -n $word ]]; then
			words[n - 1]+=$word
		else
			words[n++]=$word
		fi
		rest=${typed#"$word"}
	done
	last=${words[n - 1]}
	# The cursor may stand inside a word: complete what is before it.
	[[ $line == *[[:space:]] ]] && [[ -n $last ]] && ((COMP_POINT < ${#COMP_LINE})) && return
	local skip=${last%"${COMP_WORDS[COMP_CWORD]}"} candidate
	[[ ${COMP_WORDS[COMP_CWORD]} == [=:] ]] && skip=$last
	while IFS=$'\t' read -r candidate _; do
		COMPREPLY+=("${candidate#"$skip"}")
	done < <(shopctl __complete -- "${words[@]:1}" 2>/dev/null)
	if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=.] ]]; then
		compopt -o nospace 2>/dev/null
	fi
}
complete -o default -F _shopctl shopctl
