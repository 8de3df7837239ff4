_bg_complete() {
	local line
	local -a found
	if (( CURRENT == 2 )) && [[ ${words[2]} == %* ]]; then
		_jobs_bg
		return
	fi
	for line in "${(@f)$({{program}} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		[[ $line == :* ]] || found+=("${${line//:/\\:}/$'\t'/:}")
	done
	_describe -t bg bg found
}
(( ! $+functions[compdef] )) || compdef _bg_complete bg
