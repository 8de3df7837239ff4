_bg_complete() {
	local line cur="${COMP_WORDS[COMP_CWORD]}"
	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 && $cur == %* ]]; then
		mapfile -t COMPREPLY < <(compgen -A stopped -P % -- "${cur#%}")
		return
	fi
	while IFS= read -r line; do
		[[ $line == :* ]] || COMPREPLY+=("${line%%$'\t'*}")
	done < <({{program}} __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _bg_complete bg
