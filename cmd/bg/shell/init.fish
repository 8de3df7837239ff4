# bg for fish. Job control stays the shell's own: "bg" alone, "bg PID", "bg %1".
function bg --description 'Blue-green releases; job control as ever'
	if test (count $argv) -eq 0; or string match -qr '^(%.*|[0-9]*)$' -- $argv[1]
		builtin bg $argv
	else
		{{program}} $argv
	end
end
