# bg for bash. Job control stays the shell's own: "bg" alone, "bg %1", "bg 2".
function bg {
	case "${1-}" in
	'' | %*) builtin bg "$@" ;;
	*[!0-9]*) {{program}} "$@" ;;
	*) builtin bg "$@" ;;
	esac
}
